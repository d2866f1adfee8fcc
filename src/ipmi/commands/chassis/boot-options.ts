import { commandLayout } from "../../command-layout.ts";
import { NetFn } from "../../command-table.ts";
import { bytes, flag, nothing, record, reserved, rest, uint, type ValueOf } from "../../record.ts";

/** 96 to 127 are OEM. @see IPMI 2.0 §28.13, Table 28-14 */
export const BootParameter = {
  SetInProgress: 0,
  ServicePartitionSelector: 1,
  ServicePartitionScan: 2,
  ValidBitClearing: 3,
  InfoAcknowledge: 4,
  BootFlags: 5,
  InitiatorInfo: 6,
  InitiatorMailbox: 7,
} as const;

/** Without data only the parameter's "invalid" mark changes. @see IPMI 2.0 §28.12 */
export const setSystemBootOptions = commandLayout({
  netFn: NetFn.Chassis,
  cmd: 0x08,
  request: record({ selector: uint(7), invalid: flag, data: rest }),
  response: nothing,
});

/** `data` depends on the selector: the layouts below. @see IPMI 2.0 §28.13 */
export const getSystemBootOptions = commandLayout({
  netFn: NetFn.Chassis,
  cmd: 0x09,
  request: record({
    selector: uint(7),
    _1: reserved(1),
    setSelector: uint(8),
    blockSelector: uint(8),
  }),
  response: record({
    version: uint(4),
    _1: reserved(4),
    selector: uint(7),
    invalid: flag,
    data: rest,
  }),
});

/** Parameter 0: 0 complete, 1 in progress, 2 commit. @see IPMI 2.0 §28.13 */
export const bootSetInProgress = record({ state: uint(2), _1: reserved(6) });

/** Parameter 3: after what the BMC leaves the boot flags valid. @see IPMI 2.0 §28.13 */
export const bootValidBitClearing = record({
  keepOnPowerButton: flag,
  keepOnResetOrSoftReset: flag,
  keepOnWatchdog: flag,
  keepOnTimeout: flag,
  keepOnPef: flag,
  _1: reserved(3),
});

/** Parameter 4. @see IPMI 2.0 §28.13 */
export const bootInfoAcknowledge = record({ writeMask: uint(8), acknowledged: uint(8) });

/** @see IPMI 2.0 §28.13 */
export const BootDevice = {
  NoOverride: 0x0,
  Pxe: 0x1,
  HardDrive: 0x2,
  HardDriveSafeMode: 0x3,
  DiagnosticPartition: 0x4,
  CdDvd: 0x5,
  Setup: 0x6,
  RemoteFloppy: 0x7,
  RemoteCdDvd: 0x8,
  PrimaryRemote: 0x9,
  RemoteHardDrive: 0xb,
  Floppy: 0xf,
} as const;

/** Parameter 5. @see IPMI 2.0 §28.13 */
export const bootFlags = record({
  _1: reserved(5),
  efi: flag,
  persistent: flag,
  valid: flag,
  lockResetButton: flag,
  screenBlank: flag,
  device: uint(4),
  lockKeyboard: flag,
  clearCmos: flag,
  consoleRedirection: uint(2),
  lockSleepButton: flag,
  bypassPassword: flag,
  forceProgressTraps: flag,
  verbosity: uint(2),
  lockPowerButton: flag,
  muxControl: uint(3),
  sharedModeOverride: flag,
  _2: reserved(4),
  deviceInstance: uint(5),
  _3: reserved(3),
});
/** What the system is to boot from next. @see IPMI 2.0 §28.13 */
export type BootFlags = ValueOf<typeof bootFlags>;

/** Parameter 6. @see IPMI 2.0 §28.13 */
export const bootInitiatorInfo = record({
  channel: uint(4),
  _1: reserved(4),
  sessionId: uint(32),
  time: uint(32),
});

/** Parameter 7: one block of the mailbox. @see IPMI 2.0 §28.13 */
export const bootInitiatorMailbox = record({ block: uint(8), data: bytes(16) });
