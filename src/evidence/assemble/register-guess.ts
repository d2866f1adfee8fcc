import type { InterfaceKind } from "../../trace/head.ts";
import { BtControl, BtRegister } from "../../wire/bt/protocol.ts";
import { Control, KcsRegister } from "../../wire/kcs/protocol.ts";
import {
  operationOf,
  SmicFlag,
  SmicOperation,
  SmicRegister,
  streamOf,
} from "../../wire/smic/protocol.ts";
import type { Access } from "../sighting.ts";

type RegisterKind = Exclude<InterfaceKind, "ssif">;

/**
 * Tells KCS, SMIC and BT apart by what a host does at a register block: which register it asks again
 * and again, and what it writes where. Nothing else says so: the registers are at offsets 0, 1 and 2
 * in all three.
 */
export class RegisterGuess {
  readonly #scores: Record<RegisterKind, number> = { kcs: 0, smic: 0, bt: 0 };
  readonly #polls = [0, 0, 0];
  #accesses = 0;

  /** Takes an access of the host's in. */
  take({ what, offset, value }: Access): void {
    this.#accesses++;
    if (offset > KcsRegister.Status) this.#weigh("kcs", false);
    if (offset > LAST_REGISTER) {
      this.#weigh("smic", false);
      this.#weigh("bt", false);
    }
    if (what === "read") this.#polls[offset] = (this.#polls[offset] ?? 0) + 1;
    else this.#written(offset, value);
  }

  /** Sure enough to say so before the end. */
  get sure(): RegisterKind | undefined {
    return this.#accesses < SURE_AFTER ? undefined : this.best;
  }

  /** What it is by all that was seen; undefined when that fits several, or none. */
  get best(): RegisterKind | undefined {
    const scores = KINDS.map((kind) => ({ kind, score: this.#score(kind) }));
    scores.sort((a, b) => b.score - a.score);
    const [first, second] = scores;
    if (first === undefined || second === undefined) return undefined;
    const clear = first.score >= CLEAR && first.score > second.score;
    return clear ? first.kind : undefined;
  }

  #score(kind: RegisterKind): number {
    const most = Math.max(...this.#polls);
    // A host asks one register before all that it does; which one is the protocol's.
    const asked = most > 0 && this.#polls[ASKED[kind]] === most;
    return this.#scores[kind] + (asked ? Math.min(most, CLEAR) : 0);
  }

  #written(offset: number, value: number): void {
    if (offset === KcsRegister.Status) {
      this.#weigh("kcs", KCS_CODES.has(value));
      this.#weigh("smic", isSmicCode(value));
      // As a byte of a message such a value is rare.
      if (KCS_CODES.has(value)) this.#scores.bt -= FITS;
    }
    if (offset === BtRegister.Control) this.#weigh("bt", isHostsInBtControl(value));
    if (offset === SmicRegister.Flags) this.#weigh("smic", (value & SmicFlag.Busy) !== 0);
  }

  #weigh(kind: RegisterKind, fits: boolean): void {
    this.#scores[kind] += fits ? FITS : UNFIT;
  }
}

const KINDS = ["kcs", "smic", "bt"] as const;
const ASKED: Readonly<Record<RegisterKind, number>> = {
  kcs: KcsRegister.Status,
  smic: SmicRegister.Flags,
  bt: BtRegister.Control,
};
const LAST_REGISTER = 2;
const SURE_AFTER = 64;
const FITS = 2;
/** Two writes that fit, or as much asking, are the least. */
const CLEAR = 4;
/** One access that a protocol does not know outweighs several that it happens to share. */
const UNFIT = -8;
const KCS_CODES: ReadonlySet<number> = new Set([
  Control.GetStatusAbort,
  Control.WriteStart,
  Control.WriteEnd,
]);

function isSmicCode(value: number): boolean {
  return (
    value < 0x80 && streamOf(value) !== undefined && operationOf(value) <= SmicOperation.ReadEnd
  );
}

/** A host writes one bit, or takes back pointers and attention at once. */
function isHostsInBtControl(value: number): boolean {
  const cleared = BtControl.ClearReadPointer | BtControl.ClearWritePointer | BtControl.SmsAtn;
  const oneBit = (value & (value - 1)) === 0 && value !== BtControl.BBusy;
  return value !== 0 && (oneBit || (value & ~cleared) === 0);
}
