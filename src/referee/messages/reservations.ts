import {
  CLEAR_SIGNATURE,
  ClearOperation,
  WHOLE_RECORD,
} from "../../ipmi/commands/storage/allocation.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import { beginsAnew, hex } from "../text.ts";
import { isReset } from "./holds.ts";
import { id, JudgesRecords } from "./judges-records.ts";
import { loggedBy } from "./logged.ts";
import { LAST_PIECE } from "./record-model.ts";

/** The reservation that was made last, and what became of it. */
abstract class KnowsReservation extends JudgesRecords {
  /** The one that holds; 0 none, -1 it is not known. */
  held = -1;
  /** Whether it may have been cancelled by something that not every BMC takes for a reason. */
  doubtful = false;
  /** Those that hold no more, and why. */
  readonly cancelled = new Map<number, string>();
  /** The one that was made last, and the one that a reset took; -1 none, or nobody knows. */
  last = -1;
  voided = -1;

  protected judge(dialogue: Dialogue): void {
    const { store } = this;
    const used = this.#used(dialogue);
    if (used !== undefined) this.judgeUse(dialogue, used);
    const reserved = dialogue.gives(store.reserve);
    if (reserved !== undefined) {
      this.judgeNew(reserved.reservationId);
      this.#cancel("another one was made");
      this.held = reserved.reservationId;
      this.last = this.held;
      if (this.voided === this.held) this.voided = -1;
      this.doubtful = false;
      this.cancelled.delete(this.held);
    }
    if (dialogue.cc !== Cc.Ok) return;
    const last = dialogue.asks(store.partialAdd)?.progress === LAST_PIECE;
    if (dialogue.is(store.add) || last) this.#added();
    if (dialogue.is(store.erase)) this.doubtful = true;
    const operation = dialogue.asks(store.clear)?.operation;
    if (operation === ClearOperation.Initiate) this.#cancel(`the ${store.name} was cleared`);
  }

  override bmcLife(event: On<"bmcLife">): void {
    const { last, voided } = this;
    super.bmcLife(event);
    if (beginsAnew(event.what)) this.#remember(last, voided);
    if (this.store.logsEvents && loggedBy(event) !== undefined) this.#added();
    if (event.what === "reset" && event.text !== "warm") this.voided = last;
  }

  override dialogue(dialogue: Dialogue): void {
    const { last, voided } = this;
    super.dialogue(dialogue);
    if (isReset(dialogue)) this.#remember(last, voided);
  }

  /** Why that reservation does not hold; undefined when it may, or never was one. */
  protected whyNot(reservationId: number): string | undefined {
    const why = this.cancelled.get(reservationId);
    return why ?? (reservationId === this.voided ? "the BMC was reset" : undefined);
  }

  /** What a reset makes the BMC forget was made nevertheless. */
  #remember(last: number, voided: number): void {
    this.last = last;
    this.voided = voided;
  }

  protected override changes(dialogue: Dialogue): boolean {
    return super.changes(dialogue) || dialogue.is(this.store.reserve);
  }

  protected override forget(): void {
    super.forget();
    this.held = -1;
    this.cancelled.clear();
    this.last = -1;
    this.voided = -1;
  }

  /** A new reservation; `held` is still the one before. */
  protected judgeNew(_reservationId: number): void {}
  /** A request that needs a reservation. */
  protected abstract judgeUse(dialogue: Dialogue, reservationId: number): void;

  /** No order of checks explains that code where the reservation does not hold, and all else is right. */
  protected contradicts(dialogue: Dialogue): boolean {
    const { get, erase, clear, partialAdd } = this.store;
    if (dialogue.cc === Cc.InvalidField) {
      const signature = dialogue.asks(clear)?.signature ?? CLEAR_SIGNATURE;
      const progress = dialogue.asks(partialAdd)?.progress ?? LAST_PIECE;
      return signature === CLEAR_SIGNATURE && progress <= LAST_PIECE;
    }
    if (CONTRADICTS.has(dialogue.cc)) return true;
    const recordId = (dialogue.asks(get) ?? dialogue.asks(erase))?.recordId;
    if (dialogue.cc !== Cc.NotPresent || recordId === undefined) return false;
    return dialogue.witnessed && this.model.has(recordId) === true;
  }

  #used(dialogue: Dialogue): number | undefined {
    const { get, partialAdd, erase, clear } = this.store;
    const piece = dialogue.asks(get);
    if (piece !== undefined) return piece.offset === 0 ? undefined : piece.reservationId;
    const cleared = dialogue.asks(clear);
    if (cleared !== undefined) {
      return cleared.operation === ClearOperation.Initiate ? cleared.reservationId : undefined;
    }
    return (dialogue.asks(partialAdd) ?? dialogue.asks(erase))?.reservationId;
  }

  #added(): void {
    if (this.store.addCancels) this.#cancel("a record was added");
    else this.doubtful = true;
  }

  #cancel(why: string): void {
    if (this.held > 0) this.cancelled.set(this.held, why);
    if (this.held !== -1) this.held = 0;
  }
}

/** What needs a reservation is done with the one that holds, and with no other. */
export class NeedsReservation extends KnowsReservation {
  protected override judge(dialogue: Dialogue): void {
    const piece = dialogue.asks(this.store.get);
    const whole = piece?.offset === 0 && piece.count === WHOLE_RECORD;
    if (whole && dialogue.cc === Cc.ReservationCanceled) {
      this.report(`${dialogue.name} of a whole record got C5h`);
    }
    super.judge(dialogue);
  }

  protected override judgeNew(reservationId: number): void {
    if (reservationId === 0) this.report("a reservation was made, and it was 0000h");
  }

  protected judgeUse(dialogue: Dialogue, used: number): void {
    const { cc, name, witnessed } = dialogue;
    const unknown =
      witnessed && this.held !== -1 && used !== this.held && this.whyNot(used) === undefined;
    if (used === 0 || unknown) {
      if (cc === Cc.Ok)
        this.report(`${name} succeeded with reservation ${id(used)}, which is none`);
      else if (this.contradicts(dialogue))
        this.report(`${name} without a reservation got ${hex(cc)}`);
    } else if (cc === Cc.ReservationCanceled && used === this.held && witnessed && !this.doubtful) {
      this.report(`reservation ${id(used)} holds, and ${name} with it got C5h`);
    }
  }
}

/** What cancels a reservation does cancel it. */
export class LosesReservation extends KnowsReservation {
  protected override judgeNew(reservationId: number): void {
    if (this.held <= 0 || reservationId !== this.held) return;
    this.report(`a new reservation was made, and it is still ${id(reservationId)}`);
  }

  protected judgeUse(dialogue: Dialogue, used: number): void {
    const { cc, name } = dialogue;
    const why = this.whyNot(used);
    if (why === undefined) return;
    if (cc === Cc.Ok) this.report(`${name} succeeded with reservation ${id(used)}, though ${why}`);
    else if (this.contradicts(dialogue)) {
      this.report(`${name} with reservation ${id(used)} got ${hex(cc)}, though ${why}`);
    }
  }
}

/** Codes that no order of checks explains where a reservation does not hold. */
const CONTRADICTS: ReadonlySet<number> = new Set([Cc.OutOfSpace, Cc.IllegalForType]);
