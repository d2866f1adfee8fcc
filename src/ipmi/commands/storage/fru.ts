import { commandLayout } from "../../command-layout.ts";
import { NetFn } from "../../command-table.ts";
import { flag, record, reserved, rest, uint } from "../../record.ts";

/** @see IPMI 2.0 §34.1 */
export const getFruInventoryAreaInfo = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x10,
  request: record({ fruId: uint(8) }),
  response: record({ areaBytes: uint(16), accessByWords: flag, _1: reserved(7) }),
});

/** `offset` and `count` are in words when the area is accessed by words. @see IPMI 2.0 §34.2 */
export const readFruData = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x11,
  request: record({ fruId: uint(8), offset: uint(16), count: uint(8) }),
  response: record({ count: uint(8), data: rest }),
});

/** @see IPMI 2.0 §34.3 */
export const writeFruData = commandLayout({
  netFn: NetFn.Storage,
  cmd: 0x12,
  request: record({ fruId: uint(8), offset: uint(16), data: rest }),
  response: record({ count: uint(8) }),
});

/** @see IPMI 2.0 §34.1 */
export const FRU_ID_RESERVED = 0xff;
