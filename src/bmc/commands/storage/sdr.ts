import {
  CLEAR_SIGNATURE,
  ClearOperation,
  ErasureProgress,
} from "../../../ipmi/commands/storage/allocation.ts";
import * as wire from "../../../ipmi/commands/storage/sdr.ts";
import { Cc } from "../../../ipmi/completion.ts";
import { command } from "../../controller/command.ts";
import { pieceOf, UNIT_BYTES } from "../../stores/record-store.ts";
import {
  REPOSITORY_BYTES,
  SDR_BYTES_MAX,
  type SdrRepository,
} from "../../stores/sdr-repository.ts";
import { refusalCode } from "./record-refusal.ts";

interface Needs {
  readonly sdr: SdrRepository;
}

/** The version of the SDR commands, BCD with the major version in the low nibble. */
const VERSION = 0x51;
const LAST_PIECE = 1;

/** @see IPMI 2.0 §33.9 */
export const getSdrRepositoryInfo = command<Needs>()({
  layout: wire.getSdrRepositoryInfo,
  handle: ({ sdr }) => ({
    version: VERSION,
    recordCount: sdr.length,
    freeBytes: sdr.freeBytes,
    lastAddition: sdr.lastAddS,
    lastErase: sdr.lastEraseS,
    allocationInfoSupported: true,
    reserveSupported: true,
    partialAddSupported: true,
    deleteSupported: true,
    updateModes: wire.SdrUpdateModes.NonModal,
    overflow: sdr.overflow,
  }),
});

/** @see IPMI 2.0 §33.10 */
export const getSdrRepositoryAllocationInfo = command<Needs>()({
  layout: wire.getSdrRepositoryAllocationInfo,
  handle: ({ sdr }) => {
    const freeUnits = sdr.freeBytes / UNIT_BYTES;
    return {
      units: REPOSITORY_BYTES / UNIT_BYTES,
      unitBytes: UNIT_BYTES,
      freeUnits,
      largestFreeUnits: freeUnits,
      recordUnitsMax: SDR_BYTES_MAX / UNIT_BYTES,
    };
  },
});

/** @see IPMI 2.0 §33.11 */
export const reserveSdrRepository = command<Needs>()({
  layout: wire.reserveSdrRepository,
  handle: ({ sdr }) => ({ reservationId: sdr.reservation.reserve() }),
});

/** @see IPMI 2.0 §33.12 */
export const getSdr = command<Needs>()({
  layout: wire.getSdr,
  handle: ({ sdr }, request) => {
    const partial = request.offset !== 0;
    if (partial && !sdr.reservation.holds(request.reservationId)) return Cc.ReservationCanceled;
    const found = sdr.find(request.recordId);
    if (found === undefined) return Cc.NotPresent;
    const data = pieceOf(found.bytes, request);
    return typeof data === "string" ? refusalCode(data) : { nextRecordId: found.nextId, data };
  },
});

/** @see IPMI 2.0 §33.13 */
export const addSdr = command<Needs>()({
  layout: wire.addSdr,
  handle: ({ sdr }, { record }) => {
    const recordId = sdr.add(record);
    // This command has no code of its own for a record whose length is not what its header says.
    if (recordId === "length") return Cc.RequestLengthInvalid;
    return typeof recordId === "string" ? refusalCode(recordId) : { recordId };
  },
});

/** @see IPMI 2.0 §33.14 */
export const partialAddSdr = command<Needs>()({
  layout: wire.partialAddSdr,
  handle: ({ sdr }, request) => {
    if (!sdr.reservation.holds(request.reservationId)) return Cc.ReservationCanceled;
    const recordId = sdr.nextId;
    const refusal = sdr.partial.append(request, recordId);
    if (refusal !== undefined) return refusalCode(refusal);
    if (request.progress !== LAST_PIECE) return { recordId };
    const added = sdr.add(sdr.partial.finish());
    return typeof added === "string" ? refusalCode(added) : { recordId: added };
  },
});

/** @see IPMI 2.0 §33.15 */
export const deleteSdr = command<Needs>()({
  layout: wire.deleteSdr,
  handle: ({ sdr }, request) => {
    if (!sdr.reservation.holds(request.reservationId)) return Cc.ReservationCanceled;
    const recordId = sdr.delete(request.recordId);
    return recordId === undefined ? Cc.NotPresent : { recordId };
  },
});

/** As Clear SEL: no time, and no reservation for the question. @see IPMI 2.0 §33.16 */
export const clearSdrRepository = command<Needs>()({
  layout: wire.clearSdrRepository,
  handle: ({ sdr }, { signature, operation, reservationId }) => {
    if (signature !== CLEAR_SIGNATURE) return Cc.InvalidField;
    if (operation === ClearOperation.Status) return { progress: ErasureProgress.Completed };
    if (operation !== ClearOperation.Initiate) return Cc.InvalidField;
    if (!sdr.reservation.holds(reservationId)) return Cc.ReservationCanceled;
    sdr.clear();
    return { progress: ErasureProgress.Completed };
  },
});
