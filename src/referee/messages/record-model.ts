import type { CommandLayout } from "../../ipmi/command-layout.ts";
import {
  type AllocationInfo,
  ClearOperation,
  ErasureProgress,
  RecordId,
} from "../../ipmi/commands/storage/allocation.ts";
import type { Layout } from "../../ipmi/record.ts";
import type { Dialogue } from "../dialogue.ts";
import type { Command } from "../dispatch.ts";

/** The log and the sensor data records repository have the same commands under other numbers. */
export interface RecordStore {
  readonly name: string;
  readonly reserve: CommandLayout<Layout<object>, Layout<{ readonly reservationId: number }>>;
  readonly get: CommandLayout<Layout<Asked & Piece>, Layout<Given>>;
  readonly add: CommandLayout<Layout<{ readonly record: Uint8Array }>, Layout<WithId>>;
  readonly partialAdd: CommandLayout<Layout<PartialAdd>, Layout<WithId>>;
  readonly erase: CommandLayout<Layout<Asked>, Layout<WithId>>;
  readonly clear: CommandLayout<Layout<Clear>, Layout<{ readonly progress: number }>>;
  readonly info: CommandLayout<Layout<object>, Layout<StoreInfo>>;
  readonly allocation: CommandLayout<Layout<object>, Layout<AllocationInfo>>;
  /** An added record cancels the reservation; else it may do so. */
  readonly addCancels: boolean;
  /** Events go there, without a command. */
  readonly logsEvents: boolean;
  /** How long that record is by its own word; undefined while it has not said. */
  bytesOf(record: Uint8Array): number | undefined;
  /** Its type is a defined one: another the store need not take. */
  isDefined(record: Uint8Array): boolean;
  /** What of a record is the store's own affair when it is added. */
  isOwn(record: Uint8Array, at: number): boolean;
}

interface WithId {
  readonly recordId: number;
}
interface Asked extends WithId {
  readonly reservationId: number;
}
interface Piece {
  readonly offset: number;
  readonly count: number;
}
interface Given {
  readonly nextRecordId: number;
  readonly data: Uint8Array;
}
interface PartialAdd extends Asked {
  readonly offset: number;
  readonly progress: number;
  readonly data: Uint8Array;
}
interface Clear {
  readonly reservationId: number;
  readonly signature: number;
  readonly operation: number;
}
/** What the store says of itself. */
export interface StoreInfo {
  readonly version: number;
  readonly recordCount?: number;
  readonly entries?: number;
  readonly freeBytes: number;
  readonly allocationInfoSupported: boolean;
  readonly reserveSupported: boolean;
  readonly partialAddSupported: boolean;
  readonly deleteSupported: boolean;
  readonly overflow: boolean;
}

/** The last piece of a record that is added in pieces. @see IPMI 2.0 §31.7, §33.14 */
export const LAST_PIECE = 1;

/** The records of a store as far as they are known by what was said. */
export class RecordModel {
  /** The ids in their order, when `complete`. */
  order: number[] = [];
  complete = false;
  /** How many there are; -1 when it is not known. */
  count = -1;
  /** How many there were before some went, and nothing else has happened since; -1 otherwise. */
  countBefore = -1;
  /** It was cleared, and nothing has come since. */
  emptied = false;
  /** The ids of records that are known to have gone; and whether others may have gone with them. */
  readonly erased = new Set<number>();
  othersGone = false;
  /** As they were read, whole. */
  readonly read = new Map<number, Uint8Array>();
  /** As they were added. */
  readonly added = new Map<number, Uint8Array>();
  /** The ids of a walk from the first record on, and what is next; -1 when nobody walks. */
  walk: number[] = [];
  next = -1;
  /** The pieces so far of a record that is being added, and the id that the first one was given. */
  pieces: number[] = [];
  piecesId = -1;

  forget(): void {
    this.order = [];
    this.complete = false;
    this.count = -1;
    this.countBefore = -1;
    this.erased.clear();
    this.othersGone = false;
    this.emptied = false;
    this.read.clear();
    this.added.clear();
    this.pieces = [];
    this.#stopWalk();
  }

  /** Takes in what was said, which was clear. */
  take(dialogue: Dialogue, store: RecordStore): void {
    this.#takeGet(dialogue, store);
    const added = dialogue.gives(store.add);
    const record = dialogue.asks(store.add)?.record;
    if (added !== undefined && record !== undefined) this.adds(added.recordId, record.slice());
    this.#takePartialAdd(dialogue, store);
    const erased = dialogue.gives(store.erase);
    if (erased !== undefined) this.#erases(erased.recordId);
    this.#takeClear(dialogue, store);
    const info = dialogue.gives(store.info);
    if (info === undefined) return;
    this.count = countOf(info);
    this.countBefore = -1;
    this.emptied = false;
  }

  /** A record was added, whose bytes stay as they are; undefined: whatever it says. */
  adds(id: number, record: Uint8Array | undefined): void {
    if (this.complete) this.order.push(id);
    if (this.count !== -1) this.count++;
    this.countBefore = -1;
    this.emptied = false;
    this.piecesId = -1;
    this.erased.delete(id);
    this.read.delete(id);
    if (record === undefined) this.added.delete(id);
    else this.added.set(id, record);
    this.#stopWalk();
  }

  /** Whether a record is there: undefined when nobody can tell. */
  has(id: number): boolean | undefined {
    if (this.complete)
      return id === RecordId.First || id === RecordId.Last
        ? this.order.length > 0
        : this.order.includes(id);
    return this.read.has(id) || this.added.has(id) ? true : undefined;
  }

  /** No record has got that id, as far as is known. */
  isInvented(id: number): boolean {
    if (id === RecordId.First || id === RecordId.Last) return false;
    return this.has(id) === false && !this.erased.has(id) && !this.othersGone;
  }

  /** The id that is meant, where first and last are known. */
  meant(id: number): number {
    if (!this.complete || this.order.length === 0) return id;
    if (id === RecordId.First) return this.order[0] ?? id;
    return id === RecordId.Last ? (this.order.at(-1) ?? id) : id;
  }

  #takeGet(dialogue: Dialogue, store: RecordStore): void {
    const asked = dialogue.asks(store.get);
    const given = dialogue.gives(store.get);
    if (asked === undefined || given === undefined) return;
    const id = idOf(asked, given.data);
    if (id === undefined) return;
    if (asked.offset === 0 && given.data.length === store.bytesOf(given.data)) {
      this.read.set(id, given.data.slice());
    }
    if (asked.recordId === RecordId.First) this.walk = [id];
    else if (this.walk.length === 0 || this.next !== id) return;
    else this.walk.push(id);
    this.next = given.nextRecordId;
    if (this.next !== RecordId.Last) return;
    this.order = this.walk.slice();
    this.complete = true;
    this.count = this.order.length;
  }

  #takePartialAdd(dialogue: Dialogue, store: RecordStore): void {
    const asked = dialogue.asks(store.partialAdd);
    const given = dialogue.gives(store.partialAdd);
    if (asked === undefined || given === undefined) return;
    if (asked.offset === 0) {
      this.pieces = [];
      this.piecesId = given.recordId;
    }
    const whole = asked.offset === this.pieces.length;
    this.pieces.push(...asked.data);
    if (asked.progress !== LAST_PIECE) return;
    this.adds(given.recordId, whole ? Uint8Array.from(this.pieces) : undefined);
    this.pieces = [];
  }

  #takeClear(dialogue: Dialogue, store: RecordStore): void {
    const asked = dialogue.asks(store.clear);
    const given = dialogue.gives(store.clear);
    if (asked?.operation !== ClearOperation.Initiate || given === undefined) return;
    const { count, complete, order } = this;
    const gone = [...this.read.keys(), ...this.added.keys(), ...(complete ? order : [])];
    this.forget();
    if (given.progress !== ErasureProgress.Completed) return;
    this.complete = true;
    this.count = 0;
    this.countBefore = count > 0 ? count : -1;
    this.emptied = true;
    for (const id of gone) this.erased.add(id);
    this.othersGone = !complete;
  }

  #erases(id: number): void {
    this.order = this.order.filter((each) => each !== id);
    if (this.countBefore === -1 && this.count > 0) this.countBefore = this.count;
    if (this.count > 0) this.count--;
    this.erased.add(id);
    this.read.delete(id);
    this.added.delete(id);
    this.#stopWalk();
  }

  #stopWalk(): void {
    this.walk = [];
    this.next = -1;
  }
}

/** The commands that have to do with the store's records. */
export function commandsOf(store: RecordStore): readonly Command[] {
  const { reserve, get, add, partialAdd, erase, clear, info, allocation } = store;
  return [reserve, get, add, partialAdd, erase, clear, info, allocation];
}

/** Both stores count their records, under other names. */
export function countOf(info: StoreInfo): number {
  return info.entries ?? info.recordCount ?? -1;
}

/** Which record it was: of the first and the last one its first bytes tell. */
export function idOf(
  { recordId, offset }: { readonly recordId: number; readonly offset: number },
  data: Uint8Array,
): number | undefined {
  if (recordId !== RecordId.First && recordId !== RecordId.Last) return recordId;
  return offset === 0 && data.length >= 2 ? (data[0] ?? 0) | ((data[1] ?? 0) << 8) : undefined;
}
