import { commandLayout } from "../../command-layout.ts";
import { NetFn } from "../../command-table.ts";
import { flag, nothing, record, reserved, rest, uint, type ValueOf } from "../../record.ts";
import { allocationInfo } from "./allocation.ts";

/** @see IPMI 2.0 §33.9 */
export const SdrUpdateModes = { Unspecified: 0, NonModal: 1, Modal: 2, Both: 3 } as const;

/** @see IPMI 2.0 §33.9 */
export const getSdrRepositoryInfo = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x20,
  request: nothing,
  response: record({
    /** BCD, the major version in the low nibble: 51h. */
    version: uint(8),
    recordCount: uint(16),
    /** FFFEh: that or more. FFFFh: unspecified. */
    freeBytes: uint(16),
    lastAddition: uint(32),
    lastErase: uint(32),
    allocationInfoSupported: flag,
    reserveSupported: flag,
    partialAddSupported: flag,
    deleteSupported: flag,
    _1: reserved(1),
    updateModes: uint(2),
    overflow: flag,
  }),
});
/** How much the SDR repository holds, and what it can do. @see IPMI 2.0 §33.9 */
export type SdrRepositoryInfo = ValueOf<typeof getSdrRepositoryInfo.response>;

/** @see IPMI 2.0 §33.10 */
export const getSdrRepositoryAllocationInfo = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x21,
  request: nothing,
  response: allocationInfo,
});

/** @see IPMI 2.0 §33.11 */
export const reserveSdrRepository = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x22,
  request: nothing,
  response: record({ reservationId: uint(16) }),
});

/** @see IPMI 2.0 §33.12 */
export const getSdr = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x23,
  request: record({
    /** 0000h is enough when the offset is 0. */
    reservationId: uint(16),
    recordId: uint(16),
    offset: uint(8),
    count: uint(8),
  }),
  response: record({ nextRecordId: uint(16), data: rest }),
});

/** @see IPMI 2.0 §33.13 */
export const addSdr = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x24,
  request: record({ record: rest }),
  response: record({ recordId: uint(16) }),
});

/** `progress` 1: this is the last piece. @see IPMI 2.0 §33.14 */
export const partialAddSdr = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x25,
  request: record({
    reservationId: uint(16),
    recordId: uint(16),
    offset: uint(8),
    progress: uint(4),
    _1: reserved(4),
    data: rest,
  }),
  response: record({ recordId: uint(16) }),
});

/** @see IPMI 2.0 §33.15 */
export const deleteSdr = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x26,
  request: record({ reservationId: uint(16), recordId: uint(16) }),
  response: record({ recordId: uint(16) }),
});

/** @see IPMI 2.0 §33.16 */
export const clearSdrRepository = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x27,
  request: record({ reservationId: uint(16), signature: uint(24), operation: uint(8) }),
  response: record({ progress: uint(4), _1: reserved(4) }),
});

/** @see IPMI 2.0 §33.17 */
export const getSdrRepositoryTime = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x28,
  request: nothing,
  response: record({ time: uint(32) }),
});

/** @see IPMI 2.0 §33.18 */
export const setSdrRepositoryTime = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x29,
  request: record({ time: uint(32) }),
  response: nothing,
});

/** What every SDR begins with. @see IPMI 2.0 §43 */
export const sdrHeader = record({
  recordId: uint(16),
  version: uint(8),
  recordType: uint(8),
  /** Bytes after the header. */
  remainingBytes: uint(8),
});
