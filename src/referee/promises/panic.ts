import { commandName } from "../../ipmi/command-table.ts";
import type { On } from "../automaton.ts";
import type { InjectedFaults } from "../injected-faults.ts";
import type { HostFace } from "../observer.ts";
import type { CheckedRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { bytesText, sameBytes, seconds } from "../text.ts";
import { RESPONSE_BIT, type Transfer } from "../transfer.ts";
import { Barred } from "./traffic.ts";

export const panicInTime: CheckedRule = {
  id: "STACK-10",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "A panic is over within the bound that the stack states, whatever the BMC does.",
  observable: true,
  automaton: (context) => new EndsInTime(context),
};

class EndsInTime extends RuleAutomaton {
  sinceUs = -1;

  hostLife({ what, t }: On<"hostLife">): void {
    if (what === "panic") this.sinceUs = t;
    if (what !== "panic-end") return;
    this.#judge(t, "took");
    this.sinceUs = -1;
  }

  end({ t }: On<"end">): void {
    this.#judge(t, "goes on since");
  }

  #judge(nowUs: number, how: string): void {
    const { panicBoundUs: boundUs } = this.head.promises;
    const us = nowUs - this.sinceUs;
    if (this.sinceUs === -1 || us <= boundUs) return;
    this.report(`the panic ${how} ${seconds(us)}; the bound is ${seconds(boundUs)}`);
  }
}

/** For so long a panic waits at least before it gives up a BMC that is slow, or not there. */
const PANIC_PATIENCE_US = 2_000_000;
/** Of its bound a panic that has used its time leaves no more than this. */
const ITS_TIME_TO_SPARE_US = 10_000;

/** Only our own stack says in the trace what it sends. */
export const OUR_OWN = "stack";

export const panicMessages: CheckedRule = {
  id: "STACK-11",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence:
    "A panic sends its own messages and no others, in order and once each, and all reach a BMC " +
    "that answers.",
  shows: "an effect",
  presumes: "a right BMC",
  trusts: "the transfer",
  observable: true,
  automaton: (context) => {
    return context.head.host === OUR_OWN ? new FollowsPanic(context) : new ReachesBmc(context);
  },
};

export const silentAfterPanic: CheckedRule = {
  id: "STACK-12",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "When its panic is over the host touches no register any more.",
  observable: true,
  automaton: (context) =>
    new Barred(context, {
      from: ["panic-end"],
      until: ["start", "inserted"],
      where: "after the panic was over",
    }),
};

function answers(request: Uint8Array, response: Uint8Array): boolean {
  const [netFnLun, cmd] = response;
  return netFnLun === ((request[0] ?? 0) | RESPONSE_BIT) && cmd === request[1];
}

/** The response is one to that request, and says success: a garbled one tells the host nothing. */
function succeeded(request: Uint8Array, response: Uint8Array): boolean {
  return answers(request, response) && response[2] === 0;
}

/** The messages of a panic in their order; each but the last goes once. */
const Kind = { None: 0, Watchdog: 1, Event: 2, DeviceId: 3, Receiver: 4, Piece: 5 } as const;
type Kind = (typeof Kind)[keyof typeof Kind];

const PIECE_CHARACTERS = 11;
const TEXT_MAX = 1_024;
/** Where an OEM record has its sequence number, counted from its own beginning. */
const SEQUENCE_AT = 4;
const RECORD_BYTES = 16;
const SEL_DEVICE = 0x04;
const SUPPORT_AT = 8;
const BMC_ADDRESS = 0x20;

/** The panic at hand, as far as it came. */
class Course {
  readonly text: string;
  /** The last transfer that began before it. */
  readonly serial: number;
  /** How often a wire fault had come or gone when it began. */
  readonly wireChanges: number;
  message: Uint8Array = new Uint8Array(0);
  kind: Kind = Kind.None;
  pieces = 0;
  /** The message was sent to its end, and something was answered. */
  complete = false;
  /** It was the message's own answer. */
  answered = false;
  support = 0;
  receiver = 0;

  readonly startUs: number;
  /** When its last message was sent, or it began. */
  lastUs: number;
  /** The host's accesses by then. */
  accesses: number;

  constructor(
    text: string,
    from: { serial: number; startUs: number; wireChanges: number; accesses: number },
  ) {
    this.text = text;
    this.accesses = from.accesses;
    this.serial = from.serial;
    this.startUs = from.startUs;
    this.lastUs = from.startUs;
    this.wireChanges = from.wireChanges;
  }

  get name(): string {
    return nameOf(this.message);
  }

  /** How many records the text should take; 0 when it is not to be logged. */
  get piecesDue(): number {
    if (this.kind < Kind.DeviceId) return 0;
    const { receiver } = this;
    const bridged = receiver !== 0 && receiver % 2 === 0 && receiver !== BMC_ADDRESS;
    if (!bridged && (this.support & SEL_DEVICE) === 0) return 0;
    return Math.ceil(Math.min(this.text.length, TEXT_MAX) / PIECE_CHARACTERS);
  }
}

/** The panic begins. */
function begun(host: HostFace, faults: InjectedFaults, { text, t }: { text: string; t: number }) {
  return new Course(text, {
    serial: host.transfer.serial,
    startUs: t,
    wireChanges: faults.wireChanges,
    accesses: host.accesses,
  });
}

/** The scenario has the BMC play a bad one while the panic goes on. */
function excused({ startUs }: Course, faults: InjectedFaults): boolean {
  return faults.ordersSince("bmc", startUs).length > 0;
}

class FollowsPanic extends RuleAutomaton {
  course: Course | undefined;

  hostLife({ what, text, t }: On<"hostLife">): void {
    if (what === "panic") this.course = begun(this.host, this.faults, { text, t });
    const { course } = this;
    if (what !== "panic-end" || course === undefined) return;
    const disturbed = excused(course, this.faults) || this.bmc.away;
    if (text !== "sent") {
      if (!disturbed && !this.#keptWaiting(course, t))
        this.report(`the panic gave up a BMC that is there: ${text}`, undefined, undefined, course);
    } else if (course.pieces !== course.piecesDue) {
      this.report(
        `${course.pieces} of ${course.piecesDue} records of the text were sent`,
        undefined,
        undefined,
        course,
      );
    }
    this.course = undefined;
  }

  /** It had no time left, or the BMC let it wait for long; and it was not idle itself. */
  #keptWaiting({ serial, startUs, lastUs, accesses }: Course, nowUs: number): boolean {
    if (this.host.transfer.serial === serial && this.host.accesses === accesses) return false;
    if (nowUs - startUs >= this.head.promises.panicBoundUs - ITS_TIME_TO_SPARE_US) return true;
    const itsTurn = !this.bmc.exchange.offered || this.host.turn === "bmc";
    return nowUs - lastUs >= PANIC_PATIENCE_US && itsTurn;
  }

  send({ message, t }: On<"send">): void {
    const { course } = this;
    if (course === undefined) return;
    if (course.kind !== Kind.None && !course.complete && !this.#blurred(course)) {
      this.report(
        `${nameOf(message)} was sent though ${course.name} before it had not arrived`,
        undefined,
        undefined,
        course,
      );
    }
    const wrong = whatIsWrong(course, message);
    if (wrong !== undefined)
      this.report(
        `${nameOf(message)} ${wrong}: ${bytesText(message)}`,
        undefined,
        undefined,
        course,
      );
    course.kind = kindOf(message);
    course.message = message;
    course.lastUs = t;
    course.accesses = this.host.accesses;
    course.complete = false;
    course.answered = false;
    if (course.kind === Kind.Piece) course.pieces++;
  }

  received({ message }: On<"received">): void {
    const { course } = this;
    if (course === undefined || !succeeded(course.message, message)) return;
    if (course.kind === Kind.DeviceId) course.support = message[SUPPORT_AT] ?? 0;
    if (course.kind === Kind.Receiver) course.receiver = message[3] ?? 0;
  }

  transfer(transfer: Transfer): void {
    const { course } = this;
    // What was interrupted may turn out to be complete when the panic looks.
    if (course === undefined || transfer.serial <= course.serial || !transfer.complete) return;
    if (transfer.again) return;
    if (this.#blurred(course)) {
      course.complete = true;
      return;
    }
    if (!transfer.request.equals(course.message)) {
      this.report(
        `in the panic ${bytesText(transfer.request.copy())} was sent besides`,
        undefined,
        undefined,
        course,
      );
    } else if (course.answered) {
      this.report(`in the panic ${course.name} was sent twice`, undefined, undefined, course);
    }
    course.complete = true;
    course.answered = answers(course.message, transfer.response.copy());
  }

  /** A wire that failed in the panic may have shown the host an end that was none. */
  #blurred({ wireChanges }: Course): boolean {
    return this.faults.wireActive || this.faults.wireChanges !== wireChanges;
  }
}

/** Another host's panic, as the wire shows it: it may do what it likes besides. */
class ReachesBmc extends RuleAutomaton {
  course: Course | undefined;

  hostLife({ what, text, t }: On<"hostLife">): void {
    if (what === "panic") this.course = begun(this.host, this.faults, { text, t });
    const { course } = this;
    if (what !== "panic-end" || course === undefined) return;
    const disturbed = excused(course, this.faults) || this.bmc.away;
    if (!disturbed) {
      if (course.kind < Kind.Event)
        this.report(
          "the panic's event did not reach a BMC that is there",
          undefined,
          undefined,
          course,
        );
      else if (course.pieces !== course.piecesDue) {
        this.report(
          `${course.pieces} of ${course.piecesDue} records of the text reached the BMC`,
          undefined,
          undefined,
          course,
        );
      }
    }
    this.course = undefined;
  }

  transfer(transfer: Transfer): void {
    const { course } = this;
    if (course === undefined || transfer.serial <= course.serial || !transfer.complete) return;
    const message = transfer.request.copy();
    const response = transfer.response.copy();
    if (!succeeded(message, response) || whatIsWrong(course, message) !== undefined) return;
    course.kind = kindOf(message);
    if (course.kind === Kind.DeviceId) course.support = response[SUPPORT_AT] ?? 0;
    if (course.kind === Kind.Receiver) course.receiver = response[3] ?? 0;
    if (course.kind === Kind.Piece) course.pieces++;
  }
}

/** What speaks against the message as the panic's next; undefined when nothing does. */
function whatIsWrong(course: Course, message: Uint8Array): string | undefined {
  const kind = kindOf(message);
  switch (kind) {
    case Kind.None:
      return "is no message of a panic";
    case Kind.Watchdog:
      return course.kind === Kind.None ? undefined : "does not come first";
    case Kind.Event: {
      if (course.kind > Kind.Watchdog) return "is out of order";
      const [s0 = 0, s1 = 0, s2 = 0] = textBytes(course.text, 0, 3);
      const event = [0x10, 0x02, 0x41, 0x03, 0x20, s0, 0x6f, 0xa1, s1, s2];
      return sameBytes(message, event) ? undefined : "does not tell of this panic";
    }
    case Kind.DeviceId:
      return course.kind === Kind.Event ? undefined : "is out of order";
    case Kind.Receiver:
      return course.kind === Kind.DeviceId ? undefined : "is out of order";
    case Kind.Piece: {
      if (course.kind < Kind.DeviceId) return "is out of order";
      const record = recordIn(message);
      if (record[SEQUENCE_AT] !== course.pieces) return "is not the next record";
      const from = course.pieces * PIECE_CHARACTERS;
      const piece = textBytes(course.text, from, PIECE_CHARACTERS);
      return sameBytes(record.subarray(SEQUENCE_AT + 1), piece) ? undefined : "has another text";
    }
  }
}

function kindOf(message: Uint8Array): Kind {
  switch (((message[0] ?? 0) << 8) | (message[1] ?? 0)) {
    case 0x1824:
      return Kind.Watchdog;
    case 0x1002:
      return Kind.Event;
    case 0x1801:
      return Kind.DeviceId;
    case 0x1001:
      return Kind.Receiver;
    case 0x2844:
    case 0x1834:
      return Kind.Piece;
    default:
      return Kind.None;
  }
}

/** The SEL record in Add SEL Entry, sent as it is or by Send Message, with a checksum behind. */
function recordIn(message: Uint8Array): Uint8Array {
  const end = message[0] === 0x28 ? message.length : message.length - 1;
  return message.subarray(Math.max(end - RECORD_BYTES, 0), end);
}

function textBytes(text: string, from: number, length: number): number[] {
  return Array.from({ length }, (_, i) => {
    const code = from + i < TEXT_MAX ? text.charCodeAt(from + i) : 0;
    if (Number.isNaN(code)) return 0;
    return code < 0x80 ? code : 0x3f;
  });
}

function nameOf(message: Uint8Array): string {
  return commandName((message[0] ?? 0) >> 2, message[1] ?? 0);
}
