import { RecordId, WHOLE_RECORD } from "../../ipmi/commands/storage/allocation.ts";
import { Cc, SpecificCc } from "../../ipmi/completion.ts";
import type { Dialogue } from "../dialogue.ts";
import { bytesText, hex } from "../text.ts";
import { id, isNoId, JudgesRecords } from "./judges-records.ts";
import { countOf, idOf } from "./record-model.ts";

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
    this.#judgeEnd(witnessed, asked, data);
    const own =
      asked.offset === 0 && data.length >= 2 ? idOf({ recordId: 0, offset: 0 }, data) : -1;
    // Where nobody else tells what is in the store, an id that is none is left to the walk.
    if (witnessed && own !== undefined && own !== -1 && isNoId(own)) {
      this.report(`a record has the id ${id(own)}`);
    } else if (
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

  /** The first and the last are those that they are. */
  #judgeEnd(
    witnessed: boolean,
    asked: { readonly recordId: number; readonly offset: number },
    data: Uint8Array,
  ): void {
    const { model } = this;
    const meant = model.meant(asked.recordId);
    const own = idOf(asked, data);
    if (!witnessed || !isNoId(asked.recordId) || isNoId(meant)) return;
    if (own === undefined || own === meant || model.erased.has(own)) return;
    const which = asked.recordId === RecordId.First ? "first" : "last";
    this.report(`the ${which} record is ${id(meant)}, and ${id(own)} was given`);
  }

  #judgeNext(recordId: number, next: number): void {
    const { order } = this.model;
    const at = order.indexOf(recordId);
    if (at === -1) return;
    const right = order[at + 1] ?? RecordId.Last;
    if (next === right || this.model.erased.has(next)) return;
    this.report(`after record ${id(recordId)} comes ${id(right)}, and it says ${id(next)}`);
  }
}

/** What was put in comes out as it was, whole and in pieces. */
export class ReadsBack extends JudgesRecords {
  /** So many bytes can be returned. */
  longest = 0;

  protected judge(dialogue: Dialogue): void {
    const { store, model } = this;
    const asked = dialogue.asks(store.get);
    const given = dialogue.gives(store.get);
    if (asked === undefined) return;
    const { offset, count } = asked;
    if (given === undefined) return this.#refused(dialogue, asked);
    this.longest = Math.max(this.longest, given.data.length);
    if (count !== WHOLE_RECORD && given.data.length > count) {
      this.report(`${count} bytes were asked for, and ${given.data.length} came`);
    }
    if (!dialogue.witnessed) return;
    if (count !== WHOLE_RECORD && given.data.length < count) {
      this.report(`${count} bytes were asked for, and ${given.data.length} came, without CAh`);
      return;
    }
    const recordId = model.meant(asked.recordId);
    // Which one is the first or the last is another matter.
    if (idOf(asked, given.data) !== recordId && isNoId(asked.recordId)) return;
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

  #refused(
    { cc, name, witnessed }: Dialogue,
    { recordId, offset, count }: { recordId: number; offset: number; count: number },
  ): void {
    const { model, store } = this;
    const meant = model.meant(recordId);
    const whole = count === WHOLE_RECORD;
    // Those of the log are all of one length.
    const unread = whole && offset === 0 ? store.bytesOf(NO_RECORD) : undefined;
    const length = (model.read.get(meant) ?? model.added.get(meant))?.length ?? unread;
    const refuses = cc === Cc.CannotReturnBytes || cc === Cc.ParameterOutOfRange;
    if (!refuses || !witnessed || length === undefined) return;
    const end = whole ? length : offset + count;
    if (offset >= length || end > length || length > Math.max(this.longest, FITS_BYTES)) return;
    this.report(`record ${id(meant)} has ${length} bytes, and ${name} up to ${end} got ${hex(cc)}`);
  }
}

const NO_RECORD = new Uint8Array();
/** So much of a record fits into the least response that any interface gives. @see IPMI 2.0 §6.13, §12.2 */
const FITS_BYTES = 27;

/** The number of records that it states is the number that there are. */
export class CountsRecords extends JudgesRecords {
  protected judge(dialogue: Dialogue): void {
    const info = dialogue.gives(this.store.info);
    if (info === undefined || !dialogue.witnessed) return;
    const { count, countBefore, emptied } = this.model;
    if (count === -1 || countOf(info) === count) return;
    // What ought to have gone is there yet: then it is not the counting that is wrong.
    if (emptied || countOf(info) === countBefore) return;
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
    const given = dialogue.gives(store.get);
    if (wanted === undefined || given === undefined) return;
    const own = idOf(wanted, given.data);
    if (model.erased.has(given.nextRecordId)) {
      this.report(`record ${id(given.nextRecordId)} went, and is said to come next`);
    } else if (isNoId(wanted.recordId) && own !== undefined && model.erased.has(own)) {
      this.report(`record ${id(own)} went, and could be read`);
    }
    if (model.has(wanted.recordId) !== false || model.isInvented(wanted.recordId)) return;
    this.report(`record ${id(wanted.recordId)} could be read, and is not there`);
  }

  #judgeCount(dialogue: Dialogue): void {
    const info = dialogue.gives(this.store.info);
    if (info === undefined) return;
    const { count, countBefore, emptied } = this.model;
    if (emptied && countOf(info) > 0) {
      this.report(`the ${this.store.name} was cleared, and has ${countOf(info)} records`);
    } else if (countBefore !== -1 && countOf(info) === countBefore) {
      this.report(
        `${countBefore} records there were, ${countBefore - count} went, and none is gone`,
      );
    }
  }
}

/** A record that comes in pieces, one behind the other, is taken. */
export class TakesPieces extends JudgesRecords {
  protected judge(dialogue: Dialogue): void {
    const { store, model } = this;
    const asked = dialogue.asks(store.partialAdd);
    if (asked === undefined || !dialogue.witnessed) return;
    const { pieces, piecesId } = model;
    if (asked.offset === 0 || asked.offset !== pieces.length) return;
    const given = dialogue.gives(store.partialAdd);
    if (given !== undefined && piecesId !== -1 && given.recordId !== piecesId) {
      this.report(`its first piece got id ${id(piecesId)}, and a later one ${id(given.recordId)}`);
    }
    const whole = Uint8Array.from([...pieces, ...asked.data]);
    const refusesOffset = dialogue.cc === Cc.ParameterOutOfRange;
    // One code says that the length is wrong, and that the type is not supported.
    const right = whole.length === store.bytesOf(whole) && store.isDefined(whole);
    const refusesLength = dialogue.cc === SpecificCc.RecordLengthMismatch && right;
    if (!refusesOffset && !refusesLength) return;
    const { offset } = asked;
    this.report(
      `${pieces.length} bytes were taken, and those from ${offset} on got ${hex(dialogue.cc)}`,
    );
  }
}
