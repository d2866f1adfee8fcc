import * as wire from "../../../ipmi/commands/app/device.ts";
import { Cc } from "../../../ipmi/completion.ts";
import type { AfterResponse } from "../../controller/after-response.ts";
import { command } from "../../controller/command.ts";
import type { Identity } from "../../controller/identity.ts";
import type { AcpiState } from "../../stores/acpi-state.ts";

/** @see IPMI 2.0 §20.1 */
export const getDeviceId = command<{ identity: Identity }>()({
  layout: wire.getDeviceId,
  handle: ({ identity }) => identity.device,
});

/** @see IPMI 2.0 §20.2 */
export const coldReset = command<{ identity: Identity; after: AfterResponse }>()({
  layout: wire.coldReset,
  handle: ({ identity, after }) => {
    after.reset("cold");
    return identity.answersColdReset ? {} : undefined;
  },
});

/** @see IPMI 2.0 §20.3 */
export const warmReset = command<{ after: AfterResponse }>()({
  layout: wire.warmReset,
  handle: ({ after }) => {
    after.reset("warm");
    return {};
  },
});

/** @see IPMI 2.0 §20.4 */
export const getSelfTestResults = command<{ identity: Identity }>()({
  layout: wire.getSelfTestResults,
  handle: ({ identity }) => identity.selfTest,
});

/** @see IPMI 2.0 §20.6 */
export const setAcpiPowerState = command<{ acpi: AcpiState }>()({
  layout: wire.setAcpiPowerState,
  handle: ({ acpi }, request) => {
    const { setSystemState, setDeviceState } = request;
    const system = setSystemState ? request.systemState : wire.SystemPowerState.NoChange;
    const device = setDeviceState ? request.deviceState : wire.DevicePowerState.NoChange;
    return acpi.set(system, device) ? {} : Cc.InvalidField;
  },
});

/** @see IPMI 2.0 §20.7 */
export const getAcpiPowerState = command<{ acpi: AcpiState }>()({
  layout: wire.getAcpiPowerState,
  handle: ({ acpi }) => ({ systemState: acpi.system, deviceState: acpi.device }),
});

/** @see IPMI 2.0 §20.8 */
export const getDeviceGuid = command<{ identity: Identity }>()({
  layout: wire.getDeviceGuid,
  handle: ({ identity }) => ({ guid: identity.guid }),
});

/** @see IPMI 2.0 §22.14 */
export const getSystemGuid = command<{ identity: Identity }>()({
  layout: wire.getSystemGuid,
  handle: ({ identity }) => ({ guid: identity.systemGuid }),
});
