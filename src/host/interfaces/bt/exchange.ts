import { BT_FRAME_BYTES_MAX } from "../../../wire/bt/protocol.ts";
import { Again } from "../machine.ts";

/** Where one exchange of a request and its response is. */
export const ExchangePhase = {
  /** There is none. */
  Free: 0,
  /** It waits until the BMC can take the request. */
  Waiting: 1,
  /** The BMC was told of the request. */
  Sent: 2,
  /** It waits until the interface was reset. */
  Held: 3,
} as const;
export type ExchangePhase = (typeof ExchangePhase)[keyof typeof ExchangePhase];

/** Length, NetFn/LUN, Seq, Cmd stand before the data. @see IPMI 2.0 §11.1 */
const SEQ_AT = 2;
const CMD_AT = 3;
const HEADER_BYTES = 4;
/** A message without Length and Seq has so many bytes less than its frame. */
const FRAMING_BYTES = 2;

/** One request under way. Made once and used again. */
export class BtExchange {
  readonly frame = new Uint8Array(BT_FRAME_BYTES_MAX);
  /** Bytes of the frame, Length included. */
  frameBytes = 0;
  phase: ExchangePhase = ExchangePhase.Free;
  /** Whose it is. */
  id = 0;
  again: Again = Again.Freely;
  /** It is the question for the interface's capabilities. */
  isGreeting = false;
  retriesLeft = 0;
  /** The request has gone out once at least. */
  wasSent = false;
  /** When the phase was entered. */
  sinceUs = 0;
  /** When it ends, whatever happens. */
  endUs = 0;

  /** Takes a message: NetFn/LUN, Cmd, data. */
  fill(message: Uint8Array, seq: number): void {
    const { frame } = this;
    this.frameBytes = message.length + FRAMING_BYTES;
    frame[0] = message.length + 1;
    frame[1] = message[0] ?? 0;
    frame[SEQ_AT] = seq;
    frame[CMD_AT] = message[1] ?? 0;
    for (let i = HEADER_BYTES; i < this.frameBytes; i++) frame[i] = message[i - FRAMING_BYTES] ?? 0;
    this.wasSent = false;
  }

  get seq(): number {
    return this.frame[SEQ_AT] ?? 0;
  }

  enter(phase: ExchangePhase, nowUs: number): void {
    this.phase = phase;
    this.sinceUs = nowUs;
  }

  /** Whether a response of that NetFn/LUN, Seq and Cmd is this request's. @see IPMI 2.0 §11.3 */
  matches(netFnLun: number, seq: number, cmd: number): boolean {
    if (this.phase === ExchangePhase.Free || !this.wasSent) return false;
    const netFn = ((this.frame[1] ?? 0) >> 2) | 1;
    return netFnLun >> 2 === netFn && seq === this.seq && cmd === this.frame[CMD_AT];
  }

  /** When the present phase ends by itself. `responseUs`: the request-to-response time. */
  dueUs(responseUs: number): number {
    switch (this.phase) {
      case ExchangePhase.Free:
        return Number.POSITIVE_INFINITY;
      case ExchangePhase.Held:
        return this.endUs;
      case ExchangePhase.Waiting:
      case ExchangePhase.Sent:
        return Math.min(this.endUs, this.sinceUs + responseUs);
    }
  }
}
