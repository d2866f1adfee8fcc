import { commandLayout } from "../../command-layout.ts";
import { NetFn } from "../../command-table.ts";
import { flag, nothing, record, reserved, uint, type ValueOf } from "../../record.ts";

/** @see IPMI 2.0 §22.9 */
export const SystemInterfaceType = { Ssif: 0, Kcs: 1, Smic: 2 } as const;

/** What an SSIF can transfer. @see IPMI 2.0 §22.9 */
export const SsifTransactions = { SinglePart: 0, StartAndEnd: 1, StartMiddleAndEnd: 2 } as const;

/**
 * KCS and SMIC answer with the short form, in which the fields of SSIF are reserved and the version
 * is that of the interface; SSIF adds the output size. @see IPMI 2.0 §22.9
 */
export const getSystemInterfaceCapabilities = commandLayout({
  netFn: NetFn.App,
  cmd: 0x57,
  request: record({ interfaceType: uint(4), _1: reserved(4) }),
  response: record(
    {
      _1: reserved(8),
      version: uint(3),
      pecSupported: flag,
      _2: reserved(2),
      transactions: uint(2),
      inputBytesMax: uint(8),
    },
    { outputBytesMax: uint(8) },
  ),
});
/** What the system interface can transfer. @see IPMI 2.0 §22.9 */
export type SystemInterfaceCapabilities = ValueOf<typeof getSystemInterfaceCapabilities.response>;

/** @see IPMI 2.0 §22.10 */
export const getBtInterfaceCapabilities = commandLayout({
  netFn: NetFn.App,
  cmd: 0x36,
  request: nothing,
  response: record({
    outstandingRequests: uint(8),
    inputBytesMax: uint(8),
    outputBytesMax: uint(8),
    requestToResponseS: uint(8),
    retries: uint(8),
  }),
});
/** How much BT takes at a time, and for how long. @see IPMI 2.0 §22.10 */
export type BtInterfaceCapabilities = ValueOf<typeof getBtInterfaceCapabilities.response>;
