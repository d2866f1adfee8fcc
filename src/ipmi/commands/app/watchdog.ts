import { commandLayout } from "../../command-layout.ts";
import { NetFn } from "../../command-table.ts";
import { flag, nothing, record, reserved, uint, type ValueOf } from "../../record.ts";

/** @see IPMI 2.0 §27.6 */
export const WatchdogUse = { BiosFrb2: 1, BiosPost: 2, OsLoad: 3, SmsOs: 4, Oem: 5 } as const;

/** @see IPMI 2.0 §27.6 */
export const WatchdogAction = { None: 0, HardReset: 1, PowerDown: 2, PowerCycle: 3 } as const;

/** @see IPMI 2.0 §27.6 */
export const PretimeoutInterrupt = { None: 0, Smi: 1, Nmi: 2, Messaging: 3 } as const;

/**
 * In Set: the flags to clear; in Get: those that are set. Bit n belongs to use n.
 * @see IPMI 2.0 §27.6, §27.7
 */
export const ExpirationFlag = {
  BiosFrb2: 0x02,
  BiosPost: 0x04,
  OsLoad: 0x08,
  SmsOs: 0x10,
  Oem: 0x20,
} as const;

/** @see IPMI 2.0 §27.5 */
export const resetWatchdogTimer = commandLayout({
  netFn: NetFn.App,
  cmd: 0x22,
  request: nothing,
  response: nothing,
});

/** @see IPMI 2.0 §27.6 */
export const setWatchdogTimer = commandLayout({
  netFn: NetFn.App,
  cmd: 0x24,
  request: record({
    use: uint(3),
    _1: reserved(3),
    dontStop: flag,
    dontLog: flag,
    action: uint(3),
    _2: reserved(1),
    pretimeoutInterrupt: uint(3),
    _3: reserved(1),
    pretimeoutS: uint(8),
    /** Bits of `ExpirationFlag`; the others are reserved, and the BMC ignores them. */
    clearExpired: uint(8),
    countdown100ms: uint(16),
  }),
  response: nothing,
});
/** What the BMC's watchdog timer is to do. @see IPMI 2.0 §27.6 */
export type SetWatchdog = ValueOf<typeof setWatchdogTimer.request>;

/** @see IPMI 2.0 §27.7 */
export const getWatchdogTimer = commandLayout({
  netFn: NetFn.App,
  cmd: 0x25,
  request: nothing,
  response: record({
    use: uint(3),
    _1: reserved(3),
    running: flag,
    dontLog: flag,
    action: uint(3),
    _2: reserved(1),
    pretimeoutInterrupt: uint(3),
    _3: reserved(1),
    pretimeoutS: uint(8),
    /** Bits of `ExpirationFlag`. */
    expired: uint(8),
    countdown100ms: uint(16),
    present100ms: uint(16),
  }),
});
/** What the BMC's watchdog timer does. @see IPMI 2.0 §27.7 */
export type WatchdogStatus = ValueOf<typeof getWatchdogTimer.response>;
