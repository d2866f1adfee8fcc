import { ChassisAction, chassisControl as layout } from "../../../ipmi/commands/chassis/chassis.ts";
import { Cc } from "../../../ipmi/completion.ts";
import type { AfterResponse } from "../../controller/after-response.ts";
import { command } from "../../controller/command.ts";
import type { HostPower, PowerAction } from "../../controller/host-power.ts";
import type { BootOptions } from "../../stores/boot-options.ts";
import type { Chassis } from "../../stores/chassis.ts";

interface Needs {
  readonly chassis: Chassis;
  readonly boot: BootOptions;
  readonly power: HostPower;
  readonly after: AfterResponse;
}

const ACTIONS: ReadonlyMap<number, PowerAction> = new Map([
  [ChassisAction.PowerDown, "power-down"],
  [ChassisAction.PowerUp, "power-up"],
  [ChassisAction.PowerCycle, "power-cycle"],
  [ChassisAction.HardReset, "reset"],
  [ChassisAction.DiagnosticInterrupt, "diagnostic-interrupt"],
  [ChassisAction.SoftShutdown, "soft-shutdown"],
]);
const WITHOUT_POWER: ReadonlySet<PowerAction> = new Set(["power-down", "power-up"]);

/**
 * The response goes out before the action, so that a host that resets itself can still read it.
 * @see IPMI 2.0 §28.3
 */
export const chassisControl = command<Needs>()({
  layout,
  handle: ({ chassis, boot, power, after }, request) => {
    const action = ACTIONS.get(request.action);
    if (action === undefined) return Cc.InvalidField;
    if (!chassis.poweredOn && !WITHOUT_POWER.has(action)) return Cc.NotSupportedInState;
    boot.chassisControlled();
    after.do(() => power.act(action, "chassis-control"));
    return {};
  },
});
