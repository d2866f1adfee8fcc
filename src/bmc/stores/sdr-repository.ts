import { assert } from "../../assert.ts";
import { RecordId } from "../../ipmi/commands/storage/allocation.ts";
import type { Clock } from "./clock.ts";
import { PartialRecord, UNIT_BYTES } from "./record-store.ts";
import { Reservation } from "./reservation.ts";

/** Record id, version, type and the number of bytes that follow. @see IPMI 2.0 §43 */
export const SDR_HEADER_BYTES = 5;
const SDR_LENGTH_AT = 4;
export const SDR_BYTES_MAX = 64;
const RECORD_ID_MAX = 0xfffe;
export const REPOSITORY_BYTES = 0x4000;

/** The sensor data record repository. @see IPMI 2.0 §33 */
export class SdrRepository {
  readonly reservation = new Reservation();
  readonly partial = new PartialRecord();
  private readonly _clock: Clock;
  private readonly _records: Uint8Array[] = [];
  private _lastId = 0;
  private _lastAddS = 0;
  private _lastEraseS = 0;
  private _overflow = false;

  constructor(clock: Clock, records: readonly Uint8Array[]) {
    this._clock = clock;
    for (const record of records) {
      assert(typeof this.add(record) === "number", "the initial records are whole and fit");
    }
  }

  get length(): number {
    return this._records.length;
  }

  get freeBytes(): number {
    return this._records.reduce((left, record) => left - spaceOf(record), REPOSITORY_BYTES);
  }

  get overflow(): boolean {
    return this._overflow;
  }

  get lastAddS(): number {
    return this._lastAddS;
  }

  get lastEraseS(): number {
    return this._lastEraseS;
  }

  /** Adds a record under a new id. No other record's id changes, so reservations stay. */
  add(record: Uint8Array): number | "full" | "length" {
    const stated = record[SDR_LENGTH_AT];
    if (stated === undefined || record.length !== SDR_HEADER_BYTES + stated) return "length";
    if (record.length > SDR_BYTES_MAX) return "length";
    if (spaceOf(record) > this.freeBytes) {
      this._overflow = true;
      return "full";
    }
    const bytes = record.slice();
    const id = this.nextId;
    new DataView(bytes.buffer).setUint16(0, id, true);
    this._records.push(bytes);
    this._lastId = id;
    this._lastAddS = this._clock.seconds();
    return id;
  }

  /** The id that the next record will get. */
  get nextId(): number {
    let id = this._lastId;
    do id = id === RECORD_ID_MAX ? 1 : id + 1;
    while (this._records.some((record) => idOf(record) === id));
    return id;
  }

  /** The record with that id, or the first or the last one. */
  find(id: number): { readonly bytes: Uint8Array; readonly nextId: number } | undefined {
    const index = this.#indexOf(id);
    const bytes = this._records[index];
    if (bytes === undefined) return undefined;
    const next = this._records[index + 1];
    return { bytes, nextId: next === undefined ? RecordId.Last : idOf(next) };
  }

  /** Removes a record and answers its id. No other record's id changes. */
  delete(id: number): number | undefined {
    const index = this.#indexOf(id);
    const record = this._records[index];
    if (record === undefined) return undefined;
    this._records.splice(index, 1);
    this._lastEraseS = this._clock.seconds();
    return idOf(record);
  }

  clear(): void {
    this._records.length = 0;
    this._overflow = false;
    this._lastEraseS = this._clock.seconds();
    this.reservation.cancel();
  }

  #indexOf(id: number): number {
    if (id === RecordId.First) return 0;
    if (id === RecordId.Last) return this.length - 1;
    return this._records.findIndex((record) => idOf(record) === id);
  }
}

function idOf(record: Uint8Array): number {
  return (record[0] ?? 0) | ((record[1] ?? 0) << 8);
}

/** What a record takes of the repository: whole units. */
function spaceOf(record: Uint8Array): number {
  return Math.ceil(record.length / UNIT_BYTES) * UNIT_BYTES;
}
