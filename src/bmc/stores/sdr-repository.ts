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
  readonly #clock: Clock;
  readonly #records: Uint8Array[] = [];
  #lastId = 0;
  #lastAddS = 0;
  #lastEraseS = 0;
  #overflow = false;

  constructor(clock: Clock, records: readonly Uint8Array[]) {
    this.#clock = clock;
    for (const record of records) {
      assert(typeof this.add(record) === "number", "the initial records are whole and fit");
    }
  }

  get length(): number {
    return this.#records.length;
  }

  get freeBytes(): number {
    return this.#records.reduce((left, record) => left - spaceOf(record), REPOSITORY_BYTES);
  }

  get overflow(): boolean {
    return this.#overflow;
  }

  get lastAddS(): number {
    return this.#lastAddS;
  }

  get lastEraseS(): number {
    return this.#lastEraseS;
  }

  /** Adds a record under a new id. No other record's id changes, so reservations stay. */
  add(record: Uint8Array): number | "full" | "length" {
    const stated = record[SDR_LENGTH_AT];
    if (stated === undefined || record.length !== SDR_HEADER_BYTES + stated) return "length";
    if (record.length > SDR_BYTES_MAX) return "length";
    if (spaceOf(record) > this.freeBytes) {
      this.#overflow = true;
      return "full";
    }
    const bytes = record.slice();
    const id = this.nextId;
    new DataView(bytes.buffer).setUint16(0, id, true);
    this.#records.push(bytes);
    this.#lastId = id;
    this.#lastAddS = this.#clock.seconds();
    return id;
  }

  /** The id that the next record will get. */
  get nextId(): number {
    let id = this.#lastId;
    do id = id === RECORD_ID_MAX ? 1 : id + 1;
    while (this.#records.some((record) => idOf(record) === id));
    return id;
  }

  /** The record with that id, or the first or the last one. */
  find(id: number): { readonly bytes: Uint8Array; readonly nextId: number } | undefined {
    const index = this.#indexOf(id);
    const bytes = this.#records[index];
    if (bytes === undefined) return undefined;
    const next = this.#records[index + 1];
    return { bytes, nextId: next === undefined ? RecordId.Last : idOf(next) };
  }

  /** Removes a record and answers its id. No other record's id changes. */
  delete(id: number): number | undefined {
    const index = this.#indexOf(id);
    const record = this.#records[index];
    if (record === undefined) return undefined;
    this.#records.splice(index, 1);
    this.#lastEraseS = this.#clock.seconds();
    return idOf(record);
  }

  clear(): void {
    this.#records.length = 0;
    this.#overflow = false;
    this.#lastEraseS = this.#clock.seconds();
    this.reservation.cancel();
  }

  #indexOf(id: number): number {
    if (id === RecordId.First) return 0;
    if (id === RecordId.Last) return this.length - 1;
    return this.#records.findIndex((record) => idOf(record) === id);
  }
}

function idOf(record: Uint8Array): number {
  return (record[0] ?? 0) | ((record[1] ?? 0) << 8);
}

/** What a record takes of the repository: whole units. */
function spaceOf(record: Uint8Array): number {
  return Math.ceil(record.length / UNIT_BYTES) * UNIT_BYTES;
}
