import { BtControl, BtRegister } from "../../wire/bt/protocol.ts";
import type { InterfaceOn } from "../../wire/interface.ts";
import { Control, KcsRegister } from "../../wire/kcs/protocol.ts";
import {
  operationOf,
  SmicFlag,
  SmicOperation,
  SmicRegister,
  streamOf,
} from "../../wire/smic/protocol.ts";
import type { Access } from "../sighting.ts";

type RegisterKind = InterfaceOn<"registers">;

/**
 * Tells KCS, SMIC and BT apart by what a host writes where: their registers are at offsets 0, 1 and 2 in
 * all three. A wrong guess would accuse both parties of all that they do, so it takes writes that only
 * one protocol knows, and what reads show proves nothing: a status that is polled and a FIFO that is
 * emptied look alike.
 */
export class RegisterGuess {
  readonly #kcs = new Fit();
  readonly #smic = new Fit();
  readonly #bt = new Fit();
  /** Writes of SMIC's BUSY. */
  #handedOver = 0;
  /** Bytes at offset 1 that are neither KCS's codes nor SMIC's: a BT host's into the FIFO. */
  #inFifo = 0;
  #accesses = 0;
  /** Where the access before wrote to; -1 if it read. */
  #wroteAt = -1;

  /** Takes an access of the host's in. */
  take({ what, offset, value }: Access): void {
    this.#accesses++;
    if (offset > KcsRegister.Status) this.#kcs.is(false);
    if (offset > LAST_REGISTER) {
      this.#smic.is(false);
      this.#bt.is(false);
    }
    const again = this.#wroteAt === offset;
    this.#wroteAt = what === "write" ? offset : -1;
    if (what === "write") this.#written(offset, value, again);
  }

  /** Sure enough to say so before the end. */
  get sure(): RegisterKind | undefined {
    return this.#accesses < SURE_AFTER ? undefined : this.best;
  }

  /** What it is by all that was seen; undefined when that fits several, or none. */
  get best(): RegisterKind | undefined {
    const isKcs = this.#kcs.shows;
    const isSmic = this.#smic.shows && this.#handedOver > 0;
    if (isKcs || isSmic) return isKcs && isSmic ? undefined : isKcs ? "kcs" : "smic";
    return this.#bt.shows && this.#inFifo >= SHOWN_BY ? "bt" : undefined;
  }

  #written(offset: number, value: number, again: boolean): void {
    if (offset === KcsRegister.Status) {
      // Between two codes a KCS host looks at the status; bytes go into a FIFO one behind the other.
      this.#kcs.is(KCS_CODES.has(value) && !again);
      this.#smic.is(isSmicCode(value));
      if (!KCS_CODES.has(value) && !isSmicCode(value)) this.#inFifo++;
    }
    if (offset === BtRegister.Control) this.#bt.is(isHostsInBtControl(value));
    if (offset === SmicRegister.Flags) {
      const busy = (value & SmicFlag.Busy) !== 0;
      this.#smic.is(busy);
      if (busy) this.#handedOver++;
    }
  }
}

/** How many accesses a protocol knows, and how many it does not: a bad host makes some of those. */
class Fit {
  #known = 0;
  #unknown = 0;

  is(known: boolean): void {
    if (known) this.#known++;
    else this.#unknown++;
  }

  get shows(): boolean {
    return this.#known >= SHOWN_BY && this.#known >= KNOWN_SHARE * this.#unknown;
  }
}

const SHOWN_BY = 2;
const KNOWN_SHARE = 4;
const LAST_REGISTER = 2;
const SURE_AFTER = 64;
const KCS_CODES: ReadonlySet<number> = new Set([
  Control.GetStatusAbort,
  Control.WriteStart,
  Control.WriteEnd,
]);

function isSmicCode(value: number): boolean {
  const isControl = value < 0x80 && streamOf(value) !== undefined;
  return isControl && operationOf(value) <= SmicOperation.ReadEnd;
}

/** A host writes one bit, or takes back pointers and attention at once. */
function isHostsInBtControl(value: number): boolean {
  const cleared = BtControl.ClearReadPointer | BtControl.ClearWritePointer | BtControl.SmsAtn;
  const oneBit = (value & (value - 1)) === 0 && value !== BtControl.BBusy;
  return value !== 0 && (oneBit || (value & ~cleared) === 0);
}
