import { assert } from "../../assert.ts";
import { RecordId } from "../../ipmi/commands/storage/allocation.ts";
import {
  SEL_RECORD_BYTES,
  selRecordHasTime,
  selRecordKind,
} from "../../ipmi/commands/storage/sel-record.ts";
import type { Clock } from "./clock.ts";
import { PartialRecord } from "./record-store.ts";
import { Reservation } from "./reservation.ts";

const RECORD_ID_MAX = 0xfffe;
/** The log's smallest legal size, in records. @see IPMI 2.0 §31 */
const CAPACITY_MIN = 16;
const CAPACITY_DEFAULT = 512;
const NEVER_S = 0;

const TYPE_AT = 2;
const TIMESTAMP_AT = 3;

interface Entry {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** A record and the id of the one after it. */
export interface Found {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly nextId: number;
}

/** The system event log. @see IPMI 2.0 §31, §32 */
export class EventLog {
  readonly reservation = new Reservation();
  readonly partial = new PartialRecord();
  readonly capacity: number;
  private readonly _clock: Clock;
  private readonly _entries: Entry[] = [];
  private _lastId = 0;
  private _overflow = false;
  private _lastAddS = NEVER_S;
  private _lastEraseS = NEVER_S;

  constructor(clock: Clock, capacity = CAPACITY_DEFAULT) {
    assert(capacity >= CAPACITY_MIN, "the log holds 16 records or more");
    assert(capacity < RECORD_ID_MAX, "every record of the log can have an id");
    this._clock = clock;
    this.capacity = capacity;
  }

  get records(): readonly Uint8Array[] {
    return this._entries.map(({ bytes }) => bytes.slice());
  }

  get length(): number {
    return this._entries.length;
  }

  /** An event was lost because the log was full. */
  get overflow(): boolean {
    return this._overflow;
  }

  get lastAddS(): number {
    return this._lastAddS;
  }

  get lastEraseS(): number {
    return this._lastEraseS;
  }

  get freeBytes(): number {
    return (this.capacity - this.length) * SEL_RECORD_BYTES;
  }

  /** The id that the next record will get. */
  get nextId(): number {
    let id = this._lastId;
    do id = id === RECORD_ID_MAX ? 1 : id + 1;
    while (this._entries.some((entry) => entry.id === id));
    return id;
  }

  /** The record as it would be logged: with that id, and the BMC's time where its type has one. */
  stamped(record: Uint8Array, id: number): Uint8Array {
    assert(record.length === SEL_RECORD_BYTES, "a record has 16 bytes");
    const bytes = record.slice();
    const view = new DataView(bytes.buffer);
    view.setUint16(0, id, true);
    if (selRecordHasTime(typeOf(record))) {
      view.setUint32(TIMESTAMP_AT, this._clock.seconds(), true);
    }
    return bytes;
  }

  /** Logs a record under a new id and answers that. */
  add(record: Uint8Array): number | "full" | "type" {
    if (selRecordKind(typeOf(record)) === "reserved") return "type";
    if (this.length >= this.capacity) {
      this._overflow = true;
      return "full";
    }
    const id = this.nextId;
    const bytes = this.stamped(record, id);
    this._entries.push({ id, bytes });
    this._lastId = id;
    this._lastAddS = this._clock.seconds();
    this.reservation.cancel();
    return id;
  }

  /** The record with that id, or the first or the last one. */
  find(id: number): Found | undefined {
    const index = this.#indexOf(id);
    const entry = this._entries[index];
    if (entry === undefined) return undefined;
    return { ...entry, nextId: this._entries[index + 1]?.id ?? RecordId.Last };
  }

  /** Removes a record and answers its id. No other record's id changes. */
  delete(id: number): number | undefined {
    const index = this.#indexOf(id);
    const entry = this._entries[index];
    if (entry === undefined) return undefined;
    this._entries.splice(index, 1);
    this._lastEraseS = this._clock.seconds();
    return entry.id;
  }

  clear(): void {
    this._entries.length = 0;
    this._overflow = false;
    this._lastEraseS = this._clock.seconds();
    this.reservation.cancel();
  }

  #indexOf(id: number): number {
    if (id === RecordId.First) return 0;
    if (id === RecordId.Last) return this.length - 1;
    return this._entries.findIndex((entry) => entry.id === id);
  }
}

function typeOf(record: Uint8Array): number {
  return record[TYPE_AT] ?? 0;
}
