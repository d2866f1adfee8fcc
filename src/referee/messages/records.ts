import { ClearOperation, RecordId, WHOLE_RECORD } from "../../ipmi/commands/storage/allocation.ts";
import { SEL_RECORD_BYTES } from "../../ipmi/commands/storage/sel-record.ts";
import { Cc, SpecificCc } from "../../ipmi/completion.ts";
import { parseHex } from "../../ipmi/message.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { Context } from "../rule.ts";
import { bytesText, hex } from "../text.ts";
import { HoldsState, WHOLE_CONTROLLER_CODES } from "./holds.ts";
import { commandsOf, countOf, idOf, RecordModel, type RecordStore } from "./record-model.ts";

/** What the trace says of a record that the BMC logged itself, and perhaps of its bytes. */
const LOGGED = /^record (\d+)(?:: ([0-9a-f ]+))?$/;

/** Judges one of the record stores by what was said to it and by it. */
export abstract class JudgesRecords extends HoldsState {
  readonly model = new RecordModel();
  readonly #store: RecordStore;

  constructor(context: Context, store: RecordStore) {
    super(context);
    this.#store = store;
  }

  protected get store(): RecordStore {
    return this.#store;
  }

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (event.what !== "sel" || !this.store.logsEvents) return;
    const [, id, bytes] = LOGGED.exec(event.text) ?? [];
    if (id === undefined) return this.refusedEvent();
    this.loggedEvent();
    this.model.adds(Number(id), bytes === undefined ? undefined : parseHex(bytes));
  }

  protected override about(command: Command): boolean {
    return isOf(commandsOf(this.store), command);
  }

  protected said(dialogue: Dialogue): void {
    this.judge(dialogue);
    if (this.changes(dialogue) && dialogue.cc !== Cc.Ok && !this.leftAlone(dialogue)) this.forget();
    else this.model.take(dialogue, this.store);
  }

  protected changes(dialogue: Dialogue): boolean {
    const { add, partialAdd, erase, clear } = this.store;
    return isOf([add, partialAdd, erase, clear], dialogue);
  }

  protected forget(): void {
    this.model.forget();
  }

  /** What is known is what was known before this was said. */
  protected abstract judge(dialogue: Dialogue): void;

  /** An event of the BMC's own was logged, or found no room. */
  protected loggedEvent(): void {}
  protected refusedEvent(): void {}
}

/** Ids are ids, each record has its own, and the walk from the first ends behind the last. */
export class WalksInOrder extends JudgesRecords {
  protected judge(dialogue: Dialogue): void {
    const { store, model } = this;
    const added = dialogue.gives(store.add) ?? dialogue.gives(store.partialAdd);
    if (added !== undefined && isNoId(added.recordId)) {
      this.report(`${dialogue.name} gave record id ${id(added.recordId)}`);
    }
    const asked = dialogue.asks(store.get);
    const given = dialogue.gives(store.get);
    if (asked === undefined) return;
    if (given !== undefined) this.#judgeGiven(dialogue, asked, given);
    const promised = asked.recordId === model.next && model.next !== RecordId.Last;
    // With a part it may be the reservation that was not there.
    if (dialogue.cc !== Cc.NotPresent || asked.offset !== 0 || !dialogue.witnessed) return;
    if (!promised && model.has(asked.recordId) !== true) return;
    this.report(`record ${id(asked.recordId)} is there, and was answered with CBh`);
  }

  #judgeGiven(
    { witnessed }: Dialogue,
    asked: { readonly recordId: number; readonly offset: number },
    { nextRecordId: next, data }: { readonly nextRecordId: number; readonly data: Uint8Array },
  ): void {
    const { recordId } = asked;
    const own =
      asked.offset === 0 && data.length >= 2 ? idOf({ recordId: 0, offset: 0 }, data) : -1;
    if (
      own !== -1 &&
      !isNoId(recordId) &&
      own !== recordId &&
      (witnessed || this.store.logsEvents)
    ) {
      this.report(`record ${id(recordId)} was asked for, and ${id(own ?? -1)} was given`);
    }
    if (witnessed && this.model.isInvented(recordId)) {
      this.report(`record ${id(recordId)} could be read, and no record got that id`);
    } else if (next === RecordId.First || (next === recordId && !isNoId(next))) {
      this.report(`after record ${id(recordId)} comes ${id(next)}, it says`);
    } else if (witnessed && this.model.complete) {
      this.#judgeNext(this.model.meant(recordId), next);
    }
  }

  #judgeNext(recordId: number, next: number): void {
    const { order } = this.model;
    const at = order.indexOf(recordId);
    if (at === -1) return;
    const right = order[at + 1] ?? RecordId.Last;
    if (next === right) return;
    this.report(`after record ${id(recordId)} comes ${id(right)}, and it says ${id(next)}`);
  }
}

/** What was put in comes out as it was, whole and in pieces. */
export class ReadsBack extends JudgesRecords {
  protected judge(dialogue: Dialogue): void {
    const { store, model } = this;
    const asked = dialogue.asks(store.get);
    const given = dialogue.gives(store.get);
    if (asked === undefined || given === undefined) return;
    const { offset, count } = asked;
    if (count !== WHOLE_RECORD && given.data.length > count) {
      this.report(`${count} bytes were asked for, and ${given.data.length} came`);
    }
    if (!dialogue.witnessed) return;
    const recordId = model.meant(asked.recordId);
    const read = model.read.get(recordId);
    const known = read ?? model.added.get(recordId);
    if (known === undefined) return;
    const end = count === WHOLE_RECORD ? known.length : offset + count;
    const right = known.subarray(offset, Math.min(end, known.length));
    const same = right.every((byte, at) => {
      return given.data[at] === byte || (read === undefined && store.isOwn(known, offset + at));
    });
    if (same && given.data.length === right.length) return;
    const was = read === undefined ? "was added as" : "read";
    this.report(
      `record ${id(recordId)} from byte ${offset} on ${was} ${bytesText(right)}, and now reads ${bytesText(given.data)}`,
    );
  }
}

/** The number of records that it states is the number that there are. */
export class CountsRecords extends JudgesRecords {
  protected judge(dialogue: Dialogue): void {
    const info = dialogue.gives(this.store.info);
    if (info === undefined || !dialogue.witnessed) return;
    const { count, countBefore } = this.model;
    // As many as before they went: then it is not the counting that is wrong.
    if (count === -1 || countOf(info) === count || countOf(info) === countBefore) return;
    this.report(`${dialogue.name} counts ${countOf(info)} records, and there are ${count}`);
  }
}

/** What was erased is gone, and nothing else is. */
export class ErasesWhatIsNamed extends JudgesRecords {
  protected judge(dialogue: Dialogue): void {
    const { store, model } = this;
    if (!dialogue.witnessed) return;
    const asked = dialogue.asks(store.erase);
    const erased = dialogue.gives(store.erase);
    if (asked !== undefined && erased !== undefined) {
      const meant = model.meant(asked.recordId);
      const first = isNoId(meant);
      if (!first && erased.recordId !== meant) {
        this.report(`record ${id(meant)} was to go, and ${id(erased.recordId)} went`);
      } else if (!first && model.has(meant) === false) {
        this.report(`record ${id(meant)} was not there, and could be erased`);
      }
    }
    this.#judgeCount(dialogue);
    const wanted = dialogue.asks(store.get);
    if (wanted === undefined || dialogue.gives(store.get) === undefined) return;
    if (model.has(wanted.recordId) !== false || model.isInvented(wanted.recordId)) return;
    this.report(`record ${id(wanted.recordId)} could be read, and is not there`);
  }

  #judgeCount(dialogue: Dialogue): void {
    const info = dialogue.gives(this.store.info);
    const { count, countBefore } = this.model;
    if (info === undefined || countBefore === -1 || countOf(info) !== countBefore) return;
    this.report(`${countBefore} records there were, ${countBefore - count} went, and none is gone`);
  }
}

/** A full store takes no more and says so, and one with room takes what comes. */
export class RefusesWhenFull extends JudgesRecords {
  /** It stated so many free bytes, and nothing was erased since; -1 when that is not known. */
  freeBytes = -1;
  /** Something was lost for want of room, and nothing was erased since. */
  lost = false;

  protected judge(dialogue: Dialogue): void {
    const { store } = this;
    if (!dialogue.witnessed) return;
    if (dialogue.is(store.erase) || dialogue.is(store.clear)) {
      this.freeBytes = -1;
      this.lost = false;
    }
    const record = dialogue.asks(store.add)?.record;
    if (record !== undefined) this.#judgeAdd(dialogue, record);
    const info = dialogue.gives(store.info);
    if (info === undefined) return;
    this.freeBytes = info.freeBytes >= FREE_UNKNOWN ? -1 : info.freeBytes;
    if (!this.lost || info.overflow) return;
    this.report(`${dialogue.name} shows no overflow, though a record was lost for want of room`);
    this.lost = false;
  }

  protected override loggedEvent(): void {
    if (this.freeBytes === -1) return;
    if (this.freeBytes < SEL_RECORD_BYTES) {
      this.report(`${this.freeBytes} bytes were free, and an event was logged`);
      this.freeBytes = -1;
    } else {
      this.freeBytes -= SEL_RECORD_BYTES;
    }
  }

  protected override refusedEvent(): void {
    this.lost = true;
  }

  protected override forget(): void {
    super.forget();
    this.freeBytes = -1;
    this.lost = false;
  }

  #judgeAdd({ cc, name }: Dialogue, record: Uint8Array): void {
    const free = this.freeBytes;
    if (cc === Cc.Ok) {
      if (free >= 0 && free < record.length) {
        this.report(`${free} bytes were free, and ${name} of ${record.length} succeeded`);
      }
      this.freeBytes = -1;
    } else if (cc === Cc.OutOfSpace) {
      this.lost = true;
      // What a record takes besides its bytes is the store's own affair.
      if (free < ROOM_BYTES) return;
      this.report(`${free} bytes were free, and ${name} of ${record.length} got C4h: out of space`);
    } else if (free === 0 && !WHOLE_CONTROLLER_CODES.has(cc) && !STORE_CODES.has(cc)) {
      this.report(`the ${this.store.name} was full, and ${name} got ${hex(cc)}`);
    }
  }
}

/** From here on it means: that or more, or nobody knows. @see IPMI 2.0 §31.2, §33.9 */
const FREE_UNKNOWN = 0xfffe;
/** So much room takes any record, whatever it takes besides. */
const ROOM_BYTES = 256;
/** The record's type or length is refused, or the store is being erased. @see IPMI 2.0 §31.6 */
const STORE_CODES: ReadonlySet<number> = new Set([
  0x80,
  0x81,
  Cc.RequestLengthInvalid,
  Cc.InvalidField,
]);

/** A record that comes in pieces, one behind the other, is taken. */
export class TakesPieces extends JudgesRecords {
  protected judge(dialogue: Dialogue): void {
    const { store, model } = this;
    const asked = dialogue.asks(store.partialAdd);
    if (asked === undefined || !dialogue.witnessed) return;
    const { pieces } = model;
    if (asked.offset === 0 || asked.offset !== pieces.length) return;
    const whole = Uint8Array.from([...pieces, ...asked.data]);
    const refusesOffset = dialogue.cc === Cc.ParameterOutOfRange;
    const right = whole.length === store.bytesOf(whole);
    const refusesLength = dialogue.cc === SpecificCc.RecordLengthMismatch && right;
    if (!refusesOffset && !refusesLength) return;
    const { offset } = asked;
    this.report(
      `${pieces.length} bytes were taken, and those from ${offset} on got ${hex(dialogue.cc)}`,
    );
  }
}

/** The reservation that was made last, and what became of it. */
abstract class KnowsReservation extends JudgesRecords {
  /** The one that holds; 0 none, -1 it is not known. */
  held = -1;
  /** Whether it may have been cancelled by something that not every BMC takes for a reason. */
  doubtful = false;
  /** Those that hold no more, and why. */
  readonly cancelled = new Map<number, string>();

  protected judge(dialogue: Dialogue): void {
    const { store } = this;
    const used = this.#used(dialogue);
    if (used !== undefined) this.judgeUse(dialogue, used);
    const reserved = dialogue.gives(store.reserve);
    if (reserved !== undefined) {
      this.judgeNew(reserved.reservationId);
      this.#cancel("another one was made");
      this.held = reserved.reservationId;
      this.doubtful = false;
      this.cancelled.delete(this.held);
    }
    if (dialogue.cc !== Cc.Ok) return;
    const last = dialogue.asks(store.partialAdd)?.progress === 1;
    if (dialogue.is(store.add) || last) this.#added();
    if (dialogue.is(store.erase)) this.doubtful = true;
    const operation = dialogue.asks(store.clear)?.operation;
    if (operation === ClearOperation.Initiate) this.#cancel(`the ${store.name} was cleared`);
  }

  override bmcLife(event: On<"bmcLife">): void {
    const { held } = this;
    super.bmcLife(event);
    if (event.what === "sel" && this.store.logsEvents && LOGGED.test(event.text)) this.#added();
    if (event.what !== "reset" || event.text === "warm" || held === -1) return;
    this.held = held;
    this.#cancel("the BMC was reset");
  }

  protected override changes(dialogue: Dialogue): boolean {
    return super.changes(dialogue) || dialogue.is(this.store.reserve);
  }

  protected override forget(): void {
    super.forget();
    this.held = -1;
    this.cancelled.clear();
  }

  /** A new reservation; `held` is still the one before. */
  protected judgeNew(_reservationId: number): void {}
  /** A request that needs a reservation. */
  protected abstract judgeUse(dialogue: Dialogue, reservationId: number): void;

  /** No order of checks explains that code where the reservation does not hold. */
  protected contradicts(dialogue: Dialogue): boolean {
    if (CONTRADICTS.has(dialogue.cc)) return true;
    const { get, erase } = this.store;
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
      witnessed && this.held !== -1 && used !== this.held && !this.cancelled.has(used);
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
    const why = this.cancelled.get(used);
    if (why === undefined) return;
    if (cc === Cc.Ok) this.report(`${name} succeeded with reservation ${id(used)}, though ${why}`);
    else if (this.contradicts(dialogue)) {
      this.report(`${name} with reservation ${id(used)} got ${hex(cc)}, though ${why}`);
    }
  }
}

/** Codes that no order of checks explains where a reservation does not hold. */
const CONTRADICTS: ReadonlySet<number> = new Set([
  Cc.OutOfSpace,
  Cc.InvalidField,
  Cc.IllegalForType,
]);

/** These ids mean the first and the last record, and are no record's. */
function isNoId(recordId: number): boolean {
  return recordId === RecordId.First || recordId === RecordId.Last;
}

function id(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(4, "0")}h`;
}
