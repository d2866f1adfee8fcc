import { commandLayout } from "../../command-layout.ts";
import { NetFn } from "../../command-table.ts";
import { flag, nothing, record, reserved, uint, type ValueOf } from "../../record.ts";

const capabilities = [
  {
    intrusionSensor: flag,
    frontPanelLockout: flag,
    diagnosticInterrupt: flag,
    powerInterlock: flag,
    _1: reserved(4),
    fruAddress: uint(8),
    sdrAddress: uint(8),
    selAddress: uint(8),
    systemManagementAddress: uint(8),
  },
  /** 20h when absent. */
  { bridgeAddress: uint(8) },
] as const;

/** @see IPMI 2.0 §28.1 */
export const getChassisCapabilities = commandLayout({
  netFn: NetFn.Chassis,
  cmd: 0x00,
  request: nothing,
  response: record(...capabilities),
});
/** Which controllers have what of the chassis. @see IPMI 2.0 §28.1 */
export type ChassisCapabilities = ValueOf<typeof getChassisCapabilities.response>;

/** @see IPMI 2.0 §28.7 */
export const setChassisCapabilities = commandLayout({
  netFn: NetFn.Chassis,
  cmd: 0x05,
  request: record(...capabilities),
  response: nothing,
});

/** In Set Power Restore Policy 3 only asks; in Get Chassis Status it is "unknown". */
export const PowerRestorePolicy = { Off: 0, Previous: 1, On: 2, Query: 3 } as const;

/** @see IPMI 2.0 §28.2 */
export const IdentifyState = { Off: 0, Temporary: 1, Indefinite: 2 } as const;

/** @see IPMI 2.0 §28.2 */
export const getChassisStatus = commandLayout({
  netFn: NetFn.Chassis,
  cmd: 0x01,
  request: nothing,
  response: record(
    {
      powerOn: flag,
      powerOverload: flag,
      powerInterlock: flag,
      powerFault: flag,
      powerControlFault: flag,
      powerRestorePolicy: uint(2),
      _1: reserved(1),
      lastDownByAcFailure: flag,
      lastDownByOverload: flag,
      lastDownByInterlock: flag,
      lastDownByFault: flag,
      lastUpByCommand: flag,
      _2: reserved(3),
      intrusion: flag,
      frontPanelLockout: flag,
      driveFault: flag,
      coolingFault: flag,
      identifyState: uint(2),
      identifySupported: flag,
      _3: reserved(1),
    },
    {
      powerOffButtonDisabled: flag,
      resetButtonDisabled: flag,
      diagnosticButtonDisabled: flag,
      standbyButtonDisabled: flag,
      powerOffButtonDisableAllowed: flag,
      resetButtonDisableAllowed: flag,
      diagnosticButtonDisableAllowed: flag,
      standbyButtonDisableAllowed: flag,
    },
  ),
});
/** The state of power, chassis and front panel. @see IPMI 2.0 §28.2 */
export type ChassisStatus = ValueOf<typeof getChassisStatus.response>;

/** @see IPMI 2.0 §28.3 */
export const ChassisAction = {
  PowerDown: 0,
  PowerUp: 1,
  PowerCycle: 2,
  HardReset: 3,
  DiagnosticInterrupt: 4,
  SoftShutdown: 5,
} as const;

/** @see IPMI 2.0 §28.3 */
export const chassisControl = commandLayout({
  netFn: NetFn.Chassis,
  cmd: 0x02,
  request: record({ action: uint(4), _1: reserved(4) }),
  response: nothing,
});

/** Without an interval 15 s, with 0 off. @see IPMI 2.0 §28.5 */
export const chassisIdentify = commandLayout({
  netFn: NetFn.Chassis,
  cmd: 0x04,
  request: record({}, { intervalS: uint(8) }, { forceOn: flag, _1: reserved(7) }),
  response: nothing,
});

/** @see IPMI 2.0 §28.8 */
export const setPowerRestorePolicy = commandLayout({
  netFn: NetFn.Chassis,
  cmd: 0x06,
  request: record({ policy: uint(3), _1: reserved(5) }),
  response: record({
    supportsOff: flag,
    supportsPrevious: flag,
    supportsOn: flag,
    _1: reserved(5),
  }),
});

/** @see IPMI 2.0 §28.11 */
export const RestartCause = {
  Unknown: 0x0,
  ChassisControl: 0x1,
  ResetButton: 0x2,
  PowerButton: 0x3,
  Watchdog: 0x4,
  Oem: 0x5,
  RestorePolicyAlwaysOn: 0x6,
  RestorePolicyPrevious: 0x7,
  PefReset: 0x8,
  PefPowerCycle: 0x9,
  SoftReset: 0xa,
  RtcWakeup: 0xb,
} as const;

/** @see IPMI 2.0 §28.11 */
export const getSystemRestartCause = commandLayout({
  netFn: NetFn.Chassis,
  cmd: 0x07,
  request: nothing,
  response: record({ cause: uint(4), _1: reserved(4), channel: uint(8) }),
});

/** @see IPMI 2.0 §28.6 */
export const setFrontPanelButtonEnables = commandLayout({
  netFn: NetFn.Chassis,
  cmd: 0x0a,
  request: record({
    disablePowerOff: flag,
    disableReset: flag,
    disableDiagnostic: flag,
    disableStandby: flag,
    _1: reserved(4),
  }),
  response: nothing,
});

/** 0: no delay. @see IPMI 2.0 §28.9 */
export const setPowerCycleInterval = commandLayout({
  netFn: NetFn.Chassis,
  cmd: 0x0b,
  request: record({ intervalS: uint(8) }),
  response: nothing,
});

/** Power-on hours. @see IPMI 2.0 §28.14 */
export const getPohCounter = commandLayout({
  netFn: NetFn.Chassis,
  cmd: 0x0f,
  request: nothing,
  response: record({ minutesPerCount: uint(8), count: uint(32) }),
});
