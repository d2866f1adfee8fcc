import { NetFn } from "../../ipmi/command-table.ts";
import type { RequestAccepted } from "../../trace/events.ts";
import type { On } from "../automaton.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { bytesText, sameBytes, transferText } from "../text.ts";
import type { Transfer } from "../transfer.ts";
import { remember } from "./remember.ts";

/** Whether what goes over the wire is what the host's users asked, and got. */
export const hostCarries: readonly CheckedRule[] = [
  {
    id: "STACK-17",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence: "What is sent is the request that was accepted, byte for byte, each time it is sent.",
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
    observable: true,
    automaton: (context) => new TakesWhatCame(context),
  },
];

const SEND_MESSAGE = 0x34;

/** Only a stack that tells what it sends, and for whom, shows it. */
class SendsWhatWasAsked extends RuleAutomaton {
  readonly asked = new Map<number, RequestAccepted>();
  readonly sent = new Map<number, Uint8Array>();

  request(event: On<"request">): void {
    this.asked.set(event.id, event);
  }

  refused({ id }: On<"refused">): void {
    this.asked.delete(id);
  }

  answer({ id }: On<"answer">): void {
    this.asked.delete(id);
  }

  send({ id, message }: On<"send">): void {
    remember(this.sent, id, message);
    const request = this.asked.get(id);
    if (request === undefined || isBridged(request, message)) return;
    const asked = messageOf(request);
    if (sameBytes(asked, message)) return;
    const sends = `${bytesText(message)} is sent for request ${id}`;
    this.report(`${sends}, which asked for ${bytesText(asked)}`);
  }

  transfer(transfer: Transfer): void {
    const wanted = this.sent.get(transfer.tag);
    if (wanted === undefined || transfer.tag === 0 || !transfer.sent || transfer.again) return;
    if (transfer.request.equals(wanted)) return;
    const wrote = `${transferText(transfer)}: ${bytesText(transfer.request.copy())} was written`;
    this.report(`${wrote}, and ${bytesText(wanted)} was to be sent`, undefined, transfer.sentUs);
  }
}

/** To a controller behind the BMC it goes inside of another command. */
function isBridged({ netFn, cmd }: RequestAccepted, message: Uint8Array): boolean {
  const sendsMessage = message[0] === NetFn.App << 2 && message[1] === SEND_MESSAGE;
  return sendsMessage && !(netFn === NetFn.App && cmd === SEND_MESSAGE);
}

function messageOf({ netFn, lun, cmd, data }: RequestAccepted): Uint8Array {
  return Uint8Array.of((netFn << 2) | lun, cmd, ...data);
}

class TakesWhatCame extends RuleAutomaton {
  readonly came = new Map<number, Uint8Array>();

  transfer(transfer: Transfer): void {
    if (transfer.complete && transfer.tag !== 0)
      remember(this.came, transfer.tag, transfer.response.copy());
  }

  received({ id, message }: On<"received">): void {
    const came = this.came.get(id);
    if (came === undefined) return;
    if (sameBytes(came.subarray(0, message.length), message)) return;
    const took = `request ${id}: ${bytesText(message)} was taken for the response`;
    this.report(`${took}; on the wire it was ${bytesText(came)}`);
  }
}
