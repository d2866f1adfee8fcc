import { commandName } from "../../ipmi/command-table.ts";
import { RESPONSE_BIT } from "../../ipmi/message.ts";
import { sameBytes } from "../text.ts";

/** What a panic sends, and in which order: its messages as they have to be. */
export function answers(request: Uint8Array, response: Uint8Array): boolean {
  const [netFnLun, cmd] = response;
  return netFnLun === ((request[0] ?? 0) | RESPONSE_BIT) && cmd === request[1];
}

/** The response is one to that request, and says success: a garbled one tells the host nothing. */
export function succeeded(request: Uint8Array, response: Uint8Array): boolean {
  return answers(request, response) && response[2] === 0;
}

/** The messages of a panic in their order; each but the last goes once. */
export const Kind = { None: 0, Watchdog: 1, Event: 2, DeviceId: 3, Receiver: 4, Piece: 5 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

const PIECE_CHARACTERS = 11;
const TEXT_MAX = 1_024;
/** Where an OEM record has its sequence number, counted from its own beginning. */
const SEQUENCE_AT = 4;
const RECORD_BYTES = 16;
/** @see IPMI 2.0 §32.3 */
const OEM_RECORD = 0xf0;
const SEL_DEVICE = 0x04;
const EVENT_GENERATOR = 0x20;
/** In the response to Get Device ID. @see IPMI 2.0 §20.1 */
export const SUPPORT_AT = 8;
const BMC_ADDRESS = 0x20;

/** The panic at hand, as far as it came. */
export class Course {
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
  receiverLun = 0;

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
    if (!this.bridged && (this.support & SEL_DEVICE) === 0) return 0;
    return Math.ceil(Math.min(this.text.length, TEXT_MAX) / PIECE_CHARACTERS);
  }

  /** The BMC's events go to another controller, and so does the text. */
  get bridged(): boolean {
    const { receiver } = this;
    return receiver !== 0 && receiver % 2 === 0 && receiver !== BMC_ADDRESS;
  }

  /** What our own stack, which logs its text, has left out by now; undefined: nothing. */
  get leftOut(): string | undefined {
    if (this.kind < Kind.Event) return "the event was not sent";
    const logs = this.text.length === 0 || this.kind >= Kind.DeviceId;
    return logs ? undefined : "nobody asked where the text is to be logged";
  }
}

/** What speaks against the message as the panic's next; undefined when nothing does. */
export function whatIsWrong(course: Course, message: Uint8Array): string | undefined {
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
      const generates = (course.support & EVENT_GENERATOR) !== 0;
      if (course.kind === Kind.DeviceId && generates)
        return "goes without the event receiver asked";
      if (course.bridged !== isBridged(message)) return "goes to another than takes the events";
      if (course.bridged && message[ADDRESS_AT] !== course.receiver) return "has a wrong address";
      if (course.bridged && lunIn(message) !== course.receiverLun) return "has a wrong LUN";
      const record = recordIn(message);
      // An OEM's record without a time, from the BMC's own address.
      if (record[2] !== OEM_RECORD || record[3] !== BMC_ADDRESS) return "is no record of text";
      if (record[SEQUENCE_AT] !== course.pieces) return "is not the next record";
      const from = course.pieces * PIECE_CHARACTERS;
      const piece = textBytes(course.text, from, PIECE_CHARACTERS);
      return sameBytes(record.subarray(SEQUENCE_AT + 1), piece) ? undefined : "has another text";
    }
  }
}

export function kindOf(message: Uint8Array): Kind {
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

/** Behind Send Message and its channel. @see IPMI 2.0 §22.7 */
const ADDRESS_AT = 3;

function lunIn(message: Uint8Array): number {
  return (message[ADDRESS_AT + 1] ?? 0) & 0x03;
}

function isBridged(message: Uint8Array): boolean {
  return message[0] === 0x18;
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

/** Get Event Receiver's response. @see IPMI 2.0 §29.2 */
export function takeReceiver(course: Course, response: Uint8Array): void {
  course.receiver = response[3] ?? 0;
  course.receiverLun = (response[4] ?? 0) & 0x03;
}

export function nameOf(message: Uint8Array): string {
  return commandName((message[0] ?? 0) >> 2, message[1] ?? 0);
}
