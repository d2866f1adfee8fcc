import { NetFn } from "../../ipmi/command-table.ts";
import { sendMessage } from "../../ipmi/commands/app/messaging.ts";
import { IPMB_BYTES_MIN } from "../../ipmi/ipmb.ts";
import type { RequestAccepted } from "../../trace/events.ts";
import type { On } from "../automaton.ts";
import { Few } from "../few.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { bothTexts, hex, sameBytes, transferText } from "../text.ts";
import type { Transfer } from "../transfer.ts";
import { Remembered } from "./remembered.ts";

/** Whether what goes over the wire is what the host's users asked, and got. */
export const hostCarries: readonly CheckedRule[] = [
  {
    id: "STACK-17",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "What is sent is the request that was accepted, byte for byte, each time it is sent, and to the " +
      "controller that it is for.",
    instead:
      "The stack sends the bytes that were accepted, to the controller that they are for, in " +
      "each try.",
    shows: "an effect",
    observable: true,
    automaton: (context) => new SendsWhatWasAsked(context),
  },
  {
    id: "STACK-18",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "What the stack takes for a response is what it read off the wire; that it cuts one which is too long is left to its answer.",
    instead: "The stack takes the bytes that it read off the wire, all of them and no others.",
    observable: true,
    automaton: (context) => new TakesWhatCame(context),
  },
];

/** Only a stack that tells what it sends, and for whom, shows it. */
class SendsWhatWasAsked extends RuleAutomaton {
  readonly sent = new Remembered<Uint8Array>();
  /** By user, the controller that his next request is for; by request, the one that it is for. */
  readonly next = new Map<string, string>();
  readonly bridged = new Few<string>();

  user({ user, what, text }: On<"user">): void {
    if (what === "bridges") this.next.set(user, text);
  }

  request(event: On<"request">): void {
    const to = this.next.get(event.user);
    this.next.delete(event.user);
    if (to !== undefined) this.bridged.set(event.id, to);
  }

  refused({ user }: On<"refused">): void {
    this.next.delete(user);
  }

  answer({ id }: On<"answer">): void {
    this.bridged.delete(id);
  }

  send({ id, message }: On<"send">): void {
    this.sent.set(id, message);
    const request = this.requests.byId.get(id)?.request;
    if (request === undefined) return;
    const inner = isBridged(request, message) ? this.#bridges(request, message) : message;
    if (inner === undefined || isMessageOf(request, inner)) return;
    const [sent, asked] = bothTexts(message, messageOf(request));
    this.report(`${sent} is sent for request ${id}, which asked for ${asked}`);
  }

  /** The request within Send Message; undefined when it is none that can be read. */
  #bridges({ id }: RequestAccepted, message: Uint8Array): Uint8Array | undefined {
    const channel = (message[2] ?? 0) & 0x0f;
    // A broadcast has an address of its own before the message.
    const frame = message.subarray(message[3] === 0 ? 4 : 3);
    if (frame.length < IPMB_BYTES_MIN) return undefined;
    const { to, netFn, toLun, cmd, data } = fieldsOf(frame);
    const there = `${hex(to)} on channel ${channel}`;
    const wanted = this.bridged.get(id);
    if (wanted !== undefined && wanted !== there) {
      this.report(`request ${id} is sent to ${there}, and is for ${wanted}`);
    }
    return Uint8Array.of((netFn << 2) | toLun, cmd, ...data);
  }

  transfer(transfer: Transfer): void {
    const wanted = this.sent.get(transfer.tag);
    if (wanted === undefined || transfer.tag === 0 || !transfer.sent || transfer.again) return;
    if (transfer.request.equals(wanted)) return;
    const [wrote, meant] = bothTexts(transfer.request.copy(), wanted);
    const what = `${transferText(transfer)}: ${wrote} was written, and ${meant} was to be sent`;
    this.report(what, undefined, transfer.sentUs);
  }
}

/** To a controller behind the BMC it goes inside of another command. */
function isBridged({ netFn, cmd }: RequestAccepted, message: Uint8Array): boolean {
  const sendsMessage = message[0] === NetFn.App << 2 && message[1] === sendMessage.cmd;
  return sendsMessage && !(netFn === NetFn.App && cmd === sendMessage.cmd);
}

function isMessageOf({ netFn, lun, cmd, data }: RequestAccepted, message: Uint8Array): boolean {
  return message[0] === ((netFn << 2) | lun) && message[1] === cmd && sameBytes(data, message, 2);
}

function messageOf({ netFn, lun, cmd, data }: RequestAccepted): Uint8Array {
  return Uint8Array.of((netFn << 2) | lun, cmd, ...data);
}

/** Whatever its checksums are: another rule looks at those. @see IPMI 2.0 §7.3 */
function fieldsOf(frame: Uint8Array) {
  const [to = 0, target = 0, , , , cmd = 0] = frame;
  return { to, netFn: target >> 2, toLun: target & 3, cmd, data: frame.subarray(6, -1) };
}

class TakesWhatCame extends RuleAutomaton {
  readonly came = new Remembered<Uint8Array>();

  /** What a try before this one was answered is no response to it. */
  send({ id }: On<"send">): void {
    this.came.delete(id);
  }

  transfer(transfer: Transfer): void {
    if (transfer.complete && transfer.tag !== 0) {
      this.came.set(transfer.tag, transfer.response.copy());
    }
  }

  received({ id, message }: On<"received">): void {
    const came = this.came.get(id);
    if (came === undefined) return;
    if (beginsWith(came, message)) return;
    const [took, was] = bothTexts(message, came);
    this.report(`request ${id}: ${took} was taken for the response; on the wire it was ${was}`);
  }
}

function beginsWith(bytes: Uint8Array, first: Uint8Array): boolean {
  if (first.length > bytes.length) return false;
  for (let at = 0; at < first.length; at++) if (bytes[at] !== first[at]) return false;
  return true;
}
