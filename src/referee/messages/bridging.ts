import { Channel } from "../../ipmi/commands/app/channel.ts";
import { getMessage, sendMessage, Tracking } from "../../ipmi/commands/app/messaging.ts";
import {
  BMC_ADDRESS,
  decodeIpmb,
  decodeQueuedIpmb,
  IPMB_BYTES_MIN,
  type IpmbFrame,
  ipmbChecksum,
  SMS_LUN,
} from "../../ipmi/ipmb.ts";
import type { On } from "../automaton.ts";
import { decoded } from "../decoded.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { bytesText, frameText, hex } from "../text.ts";
import type { Transfer } from "../transfer.ts";
import { HoldsState } from "./holds.ts";

/** Requests to controllers on the IPMB, and their responses. */
export const bridgingRules: readonly CommonRule[] = [
  {
    id: "SND-01",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.13.2, §22.7",
    sentence: "Send Message from the system interface is answered at once, and with no data.",
    instead: "The BMC answers with a completion code alone, as soon as it has the message.",
    observable: true,
    automaton: ({ report }) => ({
      concerns: (command) => isOf([sendMessage], command),
      dialogue: (dialogue) => {
        const message = dialogue.clear ? dialogue.gives(sendMessage)?.message : undefined;
        if (message === undefined || message.length === 0) return;
        report(`Send Message was answered with ${bytesText(message)}`);
      },
    }),
  },
  {
    id: "SND-02",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §6.13.2, §7.3, §22.7",
    sentence:
      "A request to the IPMB goes from the BMC's address and LUN 10b, untracked, with both " +
      "checksums and a sequence number of its own.",
    instead:
      "The host names the BMC's address and LUN 10b as its own, asks for no tracking, makes both " +
      "checksums right and takes a sequence number that is free.",
    // Whoever asked it may have done so before.
    needs: ["users", "the beginning"],
    observable: true,
    automaton: (context) => new SendsRightly(context),
  },
  {
    id: "SND-05",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.13.1, §7.3, §22.6",
    sentence:
      "A bridged response comes from the channel that was asked, with right checksums and the " +
      "sequence number of its request.",
    instead:
      "The BMC returns the response with its channel, its checksums and the sequence number of " +
      "the request that it answers.",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => new BringsBack(context),
  },
];

/** So long a sequence number belongs to its request. @see IPMI 2.0 §6.13.4 */
const PENDING_US = 5_000_000;
/** A response that comes later than this belongs to nobody. */
const REMEMBERED_US = 60_000_000;

/** Behind the channel, NetFn/LUN and the first checksum. @see IPMI 2.0 §22.6 */
const RESPONDER_AT = 3;

/** By the message as the host's face shows it. What a user sends by himself is the user's affair. */
class SendsRightly extends RuleAutomaton {
  /** Users' own Send Messages that have not been answered. */
  readonly own = new Set<number>();
  /** When a sequence number was used last, by it and its responder; and the rest of that message. */
  readonly used = new Map<number, { readonly us: number; readonly text: string }>();

  request({ id, netFn, cmd }: On<"request">): void {
    if (netFn === sendMessage.netFn && cmd === sendMessage.cmd) this.own.add(id);
  }

  answer({ id }: On<"answer">): void {
    this.own.delete(id);
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what === "start" || what === "inserted") this.used.clear();
  }

  transfer(transfer: Transfer): void {
    const { netFn, cmd, request } = transfer;
    if (transfer.succeeds(getMessage.netFn, getMessage.cmd)) this.#answered(transfer);
    if (netFn !== sendMessage.netFn || cmd !== sendMessage.cmd) return;
    if (!transfer.sent || transfer.again || this.own.size > 0 || this.faults.wireActive) return;
    const data = request.copy().subarray(2);
    const head = data[0] ?? 0;
    if ((head & 0x0f) !== Channel.PrimaryIpmb) return;
    if (head >> 6 !== Tracking.None) this.report(`it asks for tracking ${head >> 6}`);
    this.#look(data.subarray(1), transfer.startUs);
  }

  /** Whose response was fetched has its number no longer. */
  #answered(transfer: Transfer): void {
    const responder = transfer.data(RESPONDER_AT);
    this.used.delete((responder << 8) | (transfer.data(RESPONDER_AT + 1) >> 2));
  }

  #look(sent: Uint8Array, nowUs: number): void {
    // A broadcast has an address of its own before the message.
    const message = sent[0] === 0 ? sent.subarray(1) : sent;
    if (message.length < IPMB_BYTES_MIN) {
      this.report(`the message has ${message.length} bytes, and ${IPMB_BYTES_MIN} are the least`);
    } else if (ipmbChecksum(message.subarray(0, 3)) !== 0) {
      this.report(`the first checksum of ${frameText(message)} is wrong`);
    } else if (ipmbChecksum(message.subarray(3)) !== 0) {
      this.report(`the second checksum of ${frameText(message)} is wrong`);
    } else {
      this.#addressing(decodeIpmb(message), frameText(message), nowUs);
    }
  }

  #addressing(frame: IpmbFrame, text: string, nowUs: number): void {
    const { from, fromLun, to, sequence } = frame;
    // A response goes back as what it answers came, with that one's number.
    if (frame.netFn % 2 === 1) return;
    if (from !== BMC_ADDRESS) this.report(`it comes from ${hex(from)}, and not from the BMC`);
    if (fromLun !== SMS_LUN) this.report(`its response would go to LUN ${fromLun}`);
    const key = (to << 8) | sequence;
    const before = this.used.get(key);
    this.used.set(key, { us: nowUs, text });
    // The same message is a repetition.
    if (before === undefined || before.text === text || nowUs - before.us >= PENDING_US) return;
    this.report(`sequence number ${sequence} belonged to another request to ${hex(to)}`);
  }
}

interface Sent {
  readonly frame: IpmbFrame;
  readonly us: number;
}

/** What comes back is compared with what was sent, as far as it was sent rightly. */
class BringsBack extends HoldsState {
  sent: Sent[] = [];

  protected override about(command: Command): boolean {
    return isOf([sendMessage, getMessage], command);
  }

  override dialogue(dialogue: Dialogue): void {
    // One that nobody knows was carried out may bring an answer back nevertheless.
    const asked = dialogue.asks(sendMessage);
    if (asked !== undefined && asked.channel === Channel.PrimaryIpmb) {
      const frame = decoded(() => decodeIpmb(asked.message));
      if (frame !== undefined) this.sent.push({ frame, us: dialogue.startUs });
    }
    super.dialogue(dialogue);
  }

  protected said(dialogue: Dialogue): void {
    const given = dialogue.gives(getMessage);
    if (given === undefined || !dialogue.witnessed || dialogue.ordered) return;
    this.sent = this.sent.filter(({ us }) => dialogue.endUs - us < REMEMBERED_US);
    this.#look(given.channel, given.message);
  }

  protected changes(): boolean {
    return false;
  }

  protected forget(): void {
    this.sent = [];
  }

  #look(channel: number, message: Uint8Array): void {
    const [head = 0, , from, sequence = 0, cmd] = message;
    // Requests of other controllers are theirs.
    const answers = this.sent.filter(({ frame }) => {
      return head >> 2 === (frame.netFn | 1) && frame.to === from && frame.cmd === cmd;
    });
    if (answers.length === 0) return;
    const text = bytesText(message);
    if (decoded(() => decodeQueuedIpmb(message)) === undefined) {
      this.report(`a response came as ${text}, whose checksums are wrong`);
    } else if (channel !== Channel.PrimaryIpmb) {
      this.report(`a response from the IPMB came as from channel ${channel}`);
    } else if (!answers.some(({ frame }) => frame.sequence === sequence >> 2)) {
      this.report(`a response came with sequence number ${sequence >> 2}, which was not sent`);
    } else if ((head & 3) !== SMS_LUN) {
      this.report(`a response to LUN ${head & 3} came out of the queue`);
    }
  }
}
