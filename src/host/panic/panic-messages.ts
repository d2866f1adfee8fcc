import { BMC_ADDRESS, SMS_LUN } from "../../ipmi/ipmb.ts";

/** Characters of the panic's text in one OEM record. @see IPMI 2.0 §32.3 */
export const PIECE_CHARACTERS = 11;
/** More of the text is not logged. */
export const PANIC_TEXT_MAX = 1_024;

/** The host's software as an event generator. @see IPMI 2.0 §5.5, software IDs */
const GENERATOR = 0x41;
const EVM_REV = 0x03;
/** OS stop or shutdown. @see IPMI 2.0 §42.2, Table 42-3 */
const OS_CRITICAL_STOP = 0x20;
const SENSOR_SPECIFIC = 0x6f;
/** Run-time critical stop; OEM codes in event data 2 and 3. @see IPMI 2.0 §29.7 */
const RUN_TIME_STOP = 0xa1;
const RECORD_ID_PLACEHOLDER = 0x00;
/** OEM record without a timestamp, by no range of a vendor's. @see IPMI 2.0 §32.3 */
const OEM_RECORD = 0xf0;

const NUMBER_AT = 5;
const DATA_2_AT = 8;
const SEQUENCE_AT = 6;
const TEXT_AT = 7;
const BRIDGED_HEADER = 9;
const IPMB_AT = 3;
const RECORD_BYTES = 16;
const RECORD_AT = 2;
const NOT_ASCII = 0x3f;

/**
 * The messages of a panic, in the form that Linux gives them. All of them are made beforehand; a
 * panic only fills in its text.
 */
export class PanicMessages {
  readonly platformEvent = Uint8Array.of(
    ...[0x10, 0x02, GENERATOR, EVM_REV, OS_CRITICAL_STOP, 0, SENSOR_SPECIFIC, RUN_TIME_STOP, 0, 0],
  );
  readonly getDeviceId = Uint8Array.of(0x18, 0x01);
  readonly getEventReceiver = Uint8Array.of(0x10, 0x01);
  private readonly _addSelEntry = new Uint8Array(RECORD_AT + RECORD_BYTES);
  private readonly _bridged = new Uint8Array(BRIDGED_HEADER + RECORD_BYTES + 1);

  constructor() {
    const record = [RECORD_ID_PLACEHOLDER, RECORD_ID_PLACEHOLDER, OEM_RECORD, BMC_ADDRESS];
    this._addSelEntry.set([0x28, 0x44, ...record]);
    this._bridged.set([0x18, 0x34, 0x00, 0, 0, 0, BMC_ADDRESS, 0, 0x44]);
  }

  /** The first three characters go into the event. */
  setText(text: string): void {
    this.platformEvent[NUMBER_AT] = characterAt(text, 0);
    this.platformEvent[DATA_2_AT] = characterAt(text, 1);
    this.platformEvent[DATA_2_AT + 1] = characterAt(text, 2);
  }

  /** Add SEL Entry with the text's piece of that number. */
  piece(text: string, sequence: number): Uint8Array {
    this._addSelEntry[SEQUENCE_AT] = sequence;
    for (let i = 0; i < PIECE_CHARACTERS; i++) {
      this._addSelEntry[TEXT_AT + i] = characterAt(text, sequence * PIECE_CHARACTERS + i);
    }
    return this._addSelEntry;
  }

  /** The same for an event receiver on channel 0, by Send Message. @see IPMI 2.0 §22.7 */
  bridgedPiece(text: string, sequence: number, to: { address: number; lun: number }): Uint8Array {
    const message = this._bridged;
    const record = this.piece(text, sequence);
    message[IPMB_AT] = to.address;
    message[IPMB_AT + 1] = (0x0a << 2) | to.lun;
    message[IPMB_AT + 2] = checksum(message, IPMB_AT, IPMB_AT + 2);
    message[IPMB_AT + 4] = ((sequence & 0x3f) << 2) | SMS_LUN;
    for (let i = 0; i < RECORD_BYTES; i++) message[BRIDGED_HEADER + i] = record[RECORD_AT + i] ?? 0;
    const last = message.length - 1;
    message[last] = checksum(message, IPMB_AT + 3, last);
    return message;
  }
}

/** How many records the text takes. */
export function piecesOf(text: string): number {
  return Math.ceil(Math.min(text.length, PANIC_TEXT_MAX) / PIECE_CHARACTERS);
}

/** The log is for ASCII; what lies behind the text's end is zero. */
function characterAt(text: string, at: number): number {
  if (at >= text.length || at >= PANIC_TEXT_MAX) return 0;
  const code = text.charCodeAt(at);
  return code < 0x80 ? code : NOT_ASCII;
}

function checksum(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += bytes[i] ?? 0;
  return -sum & 0xff;
}
