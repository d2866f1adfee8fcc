import {
  GlobalEnable,
  getBmcGlobalEnables,
  setBmcGlobalEnables,
} from "../../ipmi/commands/app/messaging.ts";
import { Cc } from "../../ipmi/completion.ts";
import { SECOND_US } from "../../time/scheduler.ts";
import { type Ask, NO_DATA } from "../messages/ask.ts";
import type { Answer } from "../messages/request.ts";

const QUEUE_INTERRUPT = GlobalEnable.ReceiveMessageQueueInterrupt;
const INTERRUPTS = QUEUE_INTERRUPT | GlobalEnable.EventMessageBufferFullInterrupt;
const BUFFER = GlobalEnable.EventMessageBuffer;
/** The bits that the host sets; the others are somebody else's. @see IPMI 2.0 §22.1 */
const OURS = INTERRUPTS | BUFFER;
/** Written as 0, whatever was read: a bus from which the BMC has gone reads all ones. */
const RESERVED = 0x10;
const ENABLES_BYTES = 1;
/** How long a BMC that refused its enables is not asked again. */
const REFUSED_PAUSE_US = 60 * SECOND_US;

/**
 * The BMC's global enables. What the BMC can do is found out by trying, once; later it is only
 * looked whether it still does it, since a BMC that was reset forgets. @see IPMI 2.0 §22.1
 */
export class EnablesKeeper {
  private readonly _interrupt: boolean;
  /** The bits that the BMC took. */
  private _wanted = 0;
  /** Bits that stay set whatever is written. */
  private _stuck = 0;
  private _refusedUntilUs = 0;
  private _checking = false;

  constructor(interrupt: boolean) {
    this._interrupt = interrupt;
  }

  /** Whether the BMC interrupts. */
  get interrupts(): boolean {
    return this._interrupt && (this._wanted & QUEUE_INTERRUPT) !== 0;
  }

  /** Finds out what the BMC takes, and sets it. */
  setUp(ask: Ask, done: () => void): void {
    this._wanted = 0;
    this._refusedUntilUs = 0;
    this.#read(ask, (bits) => {
      if (bits === undefined) done();
      else if ((bits & QUEUE_INTERRUPT) === 0) this.#try(ask, bits, this.#candidates(), done);
      else this.#clear(ask, bits, done);
    });
  }

  /**
   * Looks whether the BMC still has the enables, and sets them if it lost them. There is one check
   * at a time: what was read before another one wrote must not be written any more, and a slow BMC
   * is not asked for more than it answers. `renewed`: it had lost them, and took them again.
   */
  check(ask: Ask, nowUs: number, renewed: () => void): void {
    if (this._checking || nowUs < this._refusedUntilUs) return;
    this._checking = true;
    this.#read(ask, (bits) => {
      if (bits === undefined || (bits & this._wanted) === this._wanted) {
        this._checking = false;
        return;
      }
      this.#write(ask, (bits & ~OURS) | this._wanted | this._stuck, (taken) => {
        this._checking = false;
        if (taken) renewed();
        else this._refusedUntilUs = nowUs + REFUSED_PAUSE_US;
      });
    });
  }

  /** Whoever asked hears of no answer any more. */
  abandon(): void {
    this._checking = false;
  }

  /** Some BMCs do not let go of the interrupt enable; then it is kept in all that is written. */
  #clear(ask: Ask, bits: number, done: () => void): void {
    this.#write(ask, bits & ~OURS, () => {
      this.#read(ask, (cleared) => {
        this._stuck = (cleared ?? bits) & INTERRUPTS;
        this.#try(ask, cleared ?? bits, this.#candidates(), done);
      });
    });
  }

  /** What is worth trying, the best first. */
  #candidates(): readonly number[] {
    return this._interrupt ? [BUFFER | INTERRUPTS, INTERRUPTS, BUFFER] : [BUFFER];
  }

  #try(ask: Ask, bits: number, candidates: readonly number[], done: () => void): void {
    const [first, ...others] = candidates;
    if (first === undefined) {
      done();
      return;
    }
    this.#write(ask, (bits & ~OURS) | first | this._stuck, (taken) => {
      if (taken) this.#settle(ask, first, done);
      else this.#try(ask, bits, others, done);
    });
  }

  /** What a BMC takes without setting it is not there. */
  #settle(ask: Ask, written: number, done: () => void): void {
    this.#read(ask, (bits) => {
      this._wanted = (bits ?? 0) & written;
      done();
    });
  }

  #read(ask: Ask, then: (bits: number | undefined) => void): void {
    ask(getBmcGlobalEnables.cmd, NO_DATA, (answer) => then(bitsOf(answer)));
  }

  #write(ask: Ask, bits: number, then: (taken: boolean) => void): void {
    ask(setBmcGlobalEnables.cmd, Uint8Array.of(bits), (answer) => then(answer.cc === Cc.Ok));
  }
}

/** An answer of another length is none: who knows which of its bytes, if any, are the enables. */
function bitsOf(answer: Answer): number | undefined {
  const [bits] = answer.data;
  const whole = answer.cc === Cc.Ok && answer.data.length === ENABLES_BYTES;
  return whole && bits !== undefined ? bits & ~RESERVED : undefined;
}
