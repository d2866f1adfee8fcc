import { Channel } from "../../ipmi/commands/app/channel.ts";
import {
  ChannelReceive,
  enableMessageChannelReceive,
  MessageFlag,
  sendMessage,
} from "../../ipmi/commands/app/messaging.ts";
import { Cc, SpecificCc } from "../../ipmi/completion.ts";
import { decodeQueuedIpmb, SMS_LUN } from "../../ipmi/ipmb.ts";
import { hex as hexBytes, parseHex } from "../../ipmi/message.ts";
import type { On } from "../automaton.ts";
import { decoded } from "../decoded.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { beginsAnew, codeText } from "../text.ts";
import { HoldsState, WHOLE_CONTROLLER_CODES } from "./holds.ts";
import { startsAfresh } from "./watchdog-model.ts";

/** The bus behind the BMC, where the BMC tells what went over it. */
export const ipmbRules: readonly CommonRule[] = [
  {
    id: "SND-07",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §7.3, §22.7",
    sentence: "What Send Message was given goes to the IPMB once, as it is.",
    instead: "The BMC writes the message to the IPMB once, byte for byte.",
    observable: true,
    automaton: (context) => new SendsAsGiven(context),
  },
  {
    id: "SND-09",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.7",
    sentence:
      "Send Message succeeds when somebody takes the message on the IPMB, and gets 83h when nobody does.",
    instead:
      "The BMC answers 00h when the message was acknowledged on the IPMB, and 83h when it was " +
      "not.",
    observable: true,
    automaton: (context) => new SaysWhetherTaken(context),
  },
  {
    id: "SND-10",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.12, §6.13.1",
    sentence:
      "What comes whole over the IPMB for the BMC's LUN 10b is put into the receive message queue once, as it came, " +
      "unless that has no room or the channel does not receive.",
    instead:
      "The BMC puts the message into the queue, byte for byte and once, if there is room and the " +
      "channel receives.",
    observable: true,
    automaton: (context) => new QueuesWhatComes(context),
  },
];

/** What the trace says of the bus: who did what, and the message. */
const ON_BUS = /^(taken|not taken|came): ([0-9a-f ]+)$/;

/** So many requests that were given up are remembered. */
const LATE_MAX = 16;

interface Sent {
  readonly us: number;
  readonly taken: boolean;
  readonly text: string;
}

abstract class KnowsIpmb extends HoldsState {
  /** What was put on the bus since the last dialogue. */
  sent: Sent[] = [];
  /** The bus is told of. */
  tells = false;
  /** The last messages that were to be sent for who gave it up before the answer: they may go yet. */
  late: string[] = [];

  override dialogue(dialogue: Dialogue): void {
    super.dialogue(dialogue);
    const asked = dialogue.response.length === 0 ? dialogue.asks(sendMessage) : undefined;
    if (asked === undefined) return;
    this.late.push(hexBytes(asked.message));
    if (this.late.length > LATE_MAX) this.late.shift();
  }

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    const [, what, text] = event.what === "ipmb" ? (ON_BUS.exec(event.text) ?? []) : [];
    if (what === undefined || text === undefined) return;
    this.tells = true;
    if (what !== "came") this.sent.push({ us: event.t, taken: what === "taken", text });
  }

  protected said(dialogue: Dialogue): void {
    const sent = this.sent.filter(({ us, text }) => {
      return us >= dialogue.startUs && !this.late.includes(text);
    });
    this.sent = [];
    const asked = dialogue.asks(sendMessage);
    if (asked?.channel !== Channel.PrimaryIpmb || !dialogue.witnessed || dialogue.ordered) return;
    const message = hexBytes(asked.message);
    // Which of two that are alike was sent nobody can tell.
    if (this.tells && !this.late.includes(message)) this.judge(dialogue, message, sent);
  }

  protected override about(command: Command): boolean {
    return isOf([sendMessage], command);
  }

  protected changes(): boolean {
    return false;
  }

  protected forget(): void {
    this.sent = [];
    this.late = [];
  }

  protected abstract judge(dialogue: Dialogue, message: string, sent: readonly Sent[]): void;
}

class SendsAsGiven extends KnowsIpmb {
  protected judge({ cc }: Dialogue, message: string, sent: readonly Sent[]): void {
    const [first] = sent;
    const right = sent.filter(({ text }) => text === message);
    if (cc === Cc.Ok && first === undefined) {
      this.report(`${message} was accepted, and not sent`);
    } else if (first !== undefined && right.length === 0) {
      this.report(`${message} was to be sent, and ${first.text} was`);
    } else if (right.length > 1) {
      this.report(`${message} was sent ${right.length} times`);
    }
  }
}

class SaysWhetherTaken extends KnowsIpmb {
  protected judge({ cc }: Dialogue, _message: string, sent: readonly Sent[]): void {
    const [first] = sent;
    if (first === undefined || sent.length > 1) return;
    const right = first.taken ? cc === Cc.Ok : cc === SpecificCc.NakOnWrite;
    // Some codes may come of something else.
    const other = WHOLE_CONTROLLER_CODES.has(cc) && cc !== Cc.Unspecified;
    if (right || other) return;
    this.report(
      `${first.text} was ${first.taken ? "taken" : "not taken"}, and got ${codeText(cc)}`,
    );
  }
}

class QueuesWhatComes extends HoldsState {
  /** What came and has not been seen in the queue, and what was the last that was. */
  came: { readonly us: number; readonly text: string; readonly room: boolean } | undefined;
  queued = { us: -1, text: "" };
  /** What came for the BMC itself. */
  own = { us: -1, text: "" };
  /** The queue is known to be empty. */
  empty = false;
  /** Somebody may have told the channel not to receive. */
  receives = true;

  override bmcLife(event: On<"bmcLife">): void {
    this.#look(event.t);
    super.bmcLife(event);
    if (beginsAnew(event.what)) this.receives = true;
    if (startsAfresh(event)) this.empty = true;
    if (event.what === "flags") {
      this.empty = (event.flags & MessageFlag.ReceiveMessageAvailable) === 0;
    } else if (event.what === "message") {
      this.#isQueued(event.text, event.t);
    } else if (event.what === "ipmb") {
      this.#comes(event.text, event.t);
    }
  }

  end({ t }: On<"end">): void {
    this.#look(t);
  }

  protected said(dialogue: Dialogue): void {
    this.#look(dialogue.endUs);
    const asked = dialogue.asks(enableMessageChannelReceive);
    if (asked?.channel !== Channel.PrimaryIpmb || asked.operation === ChannelReceive.Get) return;
    this.receives = asked.operation === ChannelReceive.Enable && dialogue.cc === Cc.Ok;
  }

  protected changes(dialogue: Dialogue): boolean {
    return dialogue.is(enableMessageChannelReceive);
  }

  protected forget(): void {
    this.came = undefined;
    this.receives = false;
  }

  protected override about(command: Command): boolean {
    return isOf([enableMessageChannelReceive], command);
  }

  #comes(text: string, nowUs: number): void {
    const [, what, bytes] = ON_BUS.exec(text) ?? [];
    if (what !== "came" || bytes === undefined) return;
    const frame = decoded(() => decodeQueuedIpmb(parseHex(bytes).subarray(1)));
    // To another address, or broken: nothing that the BMC would take.
    if (frame === undefined) return;
    if (frame.toLun !== SMS_LUN) {
      this.own = { us: nowUs, text: bytes };
      return;
    }
    const sure = !this.dialogues.inHand([enableMessageChannelReceive]);
    this.came = { us: nowUs, text: bytes, room: this.empty && this.receives && sure };
  }

  #isQueued(text: string, nowUs: number): void {
    const { came, queued } = this;
    this.empty = false;
    if (came?.text === text) {
      this.came = undefined;
      this.queued = { us: nowUs, text };
    } else if (came !== undefined) {
      this.report(`${came.text} came, and ${text} was put into the queue`);
      this.came = undefined;
    } else if (this.own.us === nowUs && this.own.text === text) {
      this.report(`${text} is not for LUN 10b, and was put into the queue`);
    } else if (queued.us === nowUs && queued.text === text) {
      this.report(`${text} came once, and was put into the queue twice`);
    }
  }

  /** What is taken is in the queue at once. */
  #look(nowUs: number): void {
    const { came } = this;
    if (came === undefined || nowUs <= came.us) return;
    this.came = undefined;
    if (came.room) this.report(`${came.text} came, and the queue was empty, and did not get it`);
  }
}
