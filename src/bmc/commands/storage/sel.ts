import {
  CLEAR_SIGNATURE,
  ClearOperation,
  ErasureProgress,
} from "../../../ipmi/commands/storage/allocation.ts";
import * as wire from "../../../ipmi/commands/storage/sel.ts";
import { SEL_RECORD_BYTES } from "../../../ipmi/commands/storage/sel-record.ts";
import { Cc, SpecificCc } from "../../../ipmi/completion.ts";
import { command } from "../../controller/command.ts";
import type { EventLog } from "../../stores/event-log.ts";
import { pieceOf, UNIT_BYTES } from "../../stores/record-store.ts";
import { refusalCode } from "./record-refusal.ts";

interface Needs {
  readonly log: EventLog;
}

/** The version of the SEL commands, BCD with the major version in the low nibble. */
const VERSION = 0x51;
/** "That or more." @see IPMI 2.0 §31.2 */
const FREE_BYTES_MAX = 0xffff;
const LAST_PIECE = 1;

/** @see IPMI 2.0 §31.2 */
export const getSelInfo = command<Needs>()({
  layout: wire.getSelInfo,
  handle: ({ log }) => ({
    version: VERSION,
    entries: log.length,
    freeBytes: Math.min(log.freeBytes, FREE_BYTES_MAX),
    lastAddition: log.lastAddS,
    lastErase: log.lastEraseS,
    allocationInfoSupported: true,
    reserveSupported: true,
    partialAddSupported: true,
    deleteSupported: true,
    overflow: log.overflow,
  }),
});

/** @see IPMI 2.0 §31.3 */
export const getSelAllocationInfo = command<Needs>()({
  layout: wire.getSelAllocationInfo,
  handle: ({ log }) => {
    const freeUnits = log.capacity - log.length;
    return {
      units: log.capacity,
      unitBytes: UNIT_BYTES,
      freeUnits,
      largestFreeUnits: freeUnits,
      recordUnitsMax: SEL_RECORD_BYTES / UNIT_BYTES,
    };
  },
});

/** @see IPMI 2.0 §31.4 */
export const reserveSel = command<Needs>()({
  layout: wire.reserveSel,
  handle: ({ log }) => ({ reservationId: log.reservation.reserve() }),
});

/** @see IPMI 2.0 §31.5 */
export const getSelEntry = command<Needs>()({
  layout: wire.getSelEntry,
  handle: ({ log }, request) => {
    const partial = request.offset !== 0;
    if (partial && !log.reservation.holds(request.reservationId)) return Cc.ReservationCanceled;
    const found = log.find(request.recordId);
    if (found === undefined) return Cc.NotPresent;
    const data = pieceOf(found.bytes, request);
    return typeof data === "string" ? refusalCode(data) : { nextRecordId: found.nextId, data };
  },
});

/** @see IPMI 2.0 §31.6 */
export const addSelEntry = command<Needs>()({
  layout: wire.addSelEntry,
  handle: ({ log }, { record }) => {
    const recordId = log.add(record);
    return typeof recordId === "string" ? refusalCode(recordId) : { recordId };
  },
});

/** @see IPMI 2.0 §31.7 */
export const partialAddSelEntry = command<Needs>()({
  layout: wire.partialAddSelEntry,
  handle: ({ log }, request) => {
    if (!log.reservation.holds(request.reservationId)) return Cc.ReservationCanceled;
    const recordId = log.nextId;
    const refusal = log.partial.append(request, recordId);
    if (refusal !== undefined) return refusalCode(refusal);
    if (request.progress !== LAST_PIECE) return { recordId };
    const record = log.partial.finish();
    if (record.length !== SEL_RECORD_BYTES) return SpecificCc.RecordLengthMismatch;
    const added = log.add(record);
    return typeof added === "string" ? refusalCode(added) : { recordId: added };
  },
});

/** @see IPMI 2.0 §31.8 */
export const deleteSelEntry = command<Needs>()({
  layout: wire.deleteSelEntry,
  handle: ({ log }, request) => {
    if (!log.reservation.holds(request.reservationId)) return Cc.ReservationCanceled;
    const recordId = log.delete(request.recordId);
    return recordId === undefined ? Cc.NotPresent : { recordId };
  },
});

/**
 * Erasing takes no time here. The question for its progress needs no reservation: the erasure has
 * cancelled the one that it was started with. @see IPMI 2.0 §31.9
 */
export const clearSel = command<Needs>()({
  layout: wire.clearSel,
  handle: ({ log }, { signature, operation, reservationId }) => {
    if (signature !== CLEAR_SIGNATURE) return Cc.InvalidField;
    if (operation === ClearOperation.Status) return { progress: ErasureProgress.Completed };
    if (operation !== ClearOperation.Initiate) return Cc.InvalidField;
    if (!log.reservation.holds(reservationId)) return Cc.ReservationCanceled;
    log.clear();
    return { progress: ErasureProgress.Completed };
  },
});
