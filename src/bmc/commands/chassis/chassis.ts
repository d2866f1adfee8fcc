import * as wire from "../../../ipmi/commands/chassis/chassis.ts";
import { Cc } from "../../../ipmi/completion.ts";
import { BMC_ADDRESS } from "../../../ipmi/ipmb.ts";
import { command } from "../../controller/command.ts";
import { type Chassis, POH_MINUTES_PER_COUNT } from "../../stores/chassis.ts";

interface Needs {
  readonly chassis: Chassis;
}

const IDENTIFY_DEFAULT_S = 15;

/** Every device is behind the BMC itself. @see IPMI 2.0 §28.1 */
export const getChassisCapabilities = command<Needs>()({
  layout: wire.getChassisCapabilities,
  handle: () => ({
    intrusionSensor: false,
    frontPanelLockout: false,
    diagnosticInterrupt: true,
    powerInterlock: false,
    fruAddress: BMC_ADDRESS,
    sdrAddress: BMC_ADDRESS,
    selAddress: BMC_ADDRESS,
    systemManagementAddress: BMC_ADDRESS,
  }),
});

/** The capabilities are read-only, which is no error. @see IPMI 2.0 §28.7 */
export const setChassisCapabilities = command<Needs>()({
  layout: wire.setChassisCapabilities,
  handle: () => ({}),
});

/** @see IPMI 2.0 §28.2 */
export const getChassisStatus = command<Needs>()({
  layout: wire.getChassisStatus,
  handle: ({ chassis }) => {
    const { disabledButtons: disabled } = chassis;
    return {
      powerOn: chassis.poweredOn,
      powerOverload: false,
      powerInterlock: false,
      powerFault: false,
      powerControlFault: false,
      powerRestorePolicy: chassis.restorePolicy,
      lastDownByAcFailure: chassis.lastDownByAcFailure,
      lastDownByOverload: false,
      lastDownByInterlock: false,
      lastDownByFault: false,
      lastUpByCommand: chassis.lastUpByCommand,
      intrusion: false,
      frontPanelLockout: false,
      driveFault: false,
      coolingFault: false,
      identifyState: chassis.identify,
      identifySupported: true,
      powerOffButtonDisabled: disabled.disablePowerOff,
      resetButtonDisabled: disabled.disableReset,
      diagnosticButtonDisabled: disabled.disableDiagnostic,
      standbyButtonDisabled: disabled.disableStandby,
      powerOffButtonDisableAllowed: true,
      resetButtonDisableAllowed: true,
      diagnosticButtonDisableAllowed: true,
      standbyButtonDisableAllowed: true,
    };
  },
});

/** @see IPMI 2.0 §28.5 */
export const chassisIdentify = command<Needs>()({
  layout: wire.chassisIdentify,
  handle: ({ chassis }, { intervalS, forceOn }) => {
    if (forceOn === true) chassis.identifyForEver();
    else chassis.identifyFor(intervalS ?? IDENTIFY_DEFAULT_S);
    return {};
  },
});

/** @see IPMI 2.0 §28.8 */
export const setPowerRestorePolicy = command<Needs>()({
  layout: wire.setPowerRestorePolicy,
  handle: ({ chassis }, { policy }) => {
    if (policy > wire.PowerRestorePolicy.Query) return Cc.InvalidField;
    if (policy !== wire.PowerRestorePolicy.Query) chassis.restorePolicy = policy;
    return { supportsOff: true, supportsPrevious: true, supportsOn: true };
  },
});

/** @see IPMI 2.0 §28.11 */
export const getSystemRestartCause = command<Needs>()({
  layout: wire.getSystemRestartCause,
  handle: ({ chassis }) => ({ cause: chassis.restartCause, channel: chassis.restartChannel }),
});

/** @see IPMI 2.0 §28.6 */
export const setFrontPanelButtonEnables = command<Needs>()({
  layout: wire.setFrontPanelButtonEnables,
  handle: ({ chassis }, disabledButtons) => {
    chassis.disabledButtons = disabledButtons;
    return {};
  },
});

/** @see IPMI 2.0 §28.9 */
export const setPowerCycleInterval = command<Needs>()({
  layout: wire.setPowerCycleInterval,
  handle: ({ chassis }, { intervalS }) => {
    chassis.powerCycleIntervalS = intervalS;
    return {};
  },
});

/** @see IPMI 2.0 §28.14 */
export const getPohCounter = command<Needs>()({
  layout: wire.getPohCounter,
  handle: ({ chassis }) => ({
    minutesPerCount: POH_MINUTES_PER_COUNT,
    count: chassis.powerOnHours,
  }),
});
