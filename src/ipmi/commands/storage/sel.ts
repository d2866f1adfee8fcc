import { commandLayout } from "../../command-layout.ts";
import { NetFn } from "../../command-table.ts";
import {
  bytes,
  flag,
  int,
  nothing,
  record,
  reserved,
  rest,
  uint,
  type ValueOf,
} from "../../record.ts";
import { allocationInfo } from "./allocation.ts";

/** @see IPMI 2.0 §31.2 */
export const getSelInfo = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x40,
  request: nothing,
  response: record({
    /** BCD, the major version in the low nibble: 51h. */
    version: uint(8),
    entries: uint(16),
    /** FFFFh: that or more. */
    freeBytes: uint(16),
    lastAddition: uint(32),
    lastErase: uint(32),
    allocationInfoSupported: flag,
    reserveSupported: flag,
    partialAddSupported: flag,
    deleteSupported: flag,
    _1: reserved(3),
    overflow: flag,
  }),
});
/** How full the log is, and what it can do. @see IPMI 2.0 §31.2 */
export type SelInfo = ValueOf<typeof getSelInfo.response>;

/** @see IPMI 2.0 §31.3 */
export const getSelAllocationInfo = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x41,
  request: nothing,
  response: allocationInfo,
});

/** @see IPMI 2.0 §31.4 */
export const reserveSel = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x42,
  request: nothing,
  response: record({ reservationId: uint(16) }),
});

/** @see IPMI 2.0 §31.5 */
export const getSelEntry = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x43,
  request: record({
    /** 0000h is enough when the offset is 0. */
    reservationId: uint(16),
    recordId: uint(16),
    offset: uint(8),
    count: uint(8),
  }),
  response: record({ nextRecordId: uint(16), data: rest }),
});

/** @see IPMI 2.0 §31.6 */
export const addSelEntry = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x44,
  request: record({ record: bytes(16) }),
  response: record({ recordId: uint(16) }),
});

/** `progress` 1: this is the last piece. @see IPMI 2.0 §31.7 */
export const partialAddSelEntry = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x45,
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

/** @see IPMI 2.0 §31.8 */
export const deleteSelEntry = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x46,
  request: record({ reservationId: uint(16), recordId: uint(16) }),
  response: record({ recordId: uint(16) }),
});

/** @see IPMI 2.0 §31.9 */
export const clearSel = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x47,
  request: record({ reservationId: uint(16), signature: uint(24), operation: uint(8) }),
  response: record({ progress: uint(4), _1: reserved(4) }),
});

/** @see IPMI 2.0 §31.10 */
export const getSelTime = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x48,
  request: nothing,
  response: record({ time: uint(32) }),
});

/** @see IPMI 2.0 §31.11 */
export const setSelTime = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x49,
  request: record({ time: uint(32) }),
  response: nothing,
});

/** The offset of a clock whose offset nobody set. @see IPMI 2.0 §31.11a */
export const UTC_OFFSET_UNSPECIFIED = 0x7ff;

/** @see IPMI 2.0 §31.11a */
export const getSelTimeUtcOffset = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x5c,
  request: nothing,
  response: record({ offsetMinutes: int(16) }),
});

/** @see IPMI 2.0 §31.11b */
export const setSelTimeUtcOffset = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x5d,
  request: record({ offsetMinutes: int(16) }),
  response: nothing,
});
