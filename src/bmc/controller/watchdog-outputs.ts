import { PretimeoutInterrupt, WatchdogAction } from "../../ipmi/commands/app/watchdog.ts";
import type { Events } from "../stores/events.ts";
import type { Messaging } from "../stores/messaging.ts";
import type { WatchdogOutputs } from "../stores/watchdog.ts";
import type { HostPower, PowerAction } from "./host-power.ts";
import type { ControllerOutputs } from "./options.ts";
import { watchdogEvent } from "./watchdog-event.ts";

interface Needs {
  readonly messaging: Messaging;
  readonly events: Events;
  /** Given late: the host's power and the watchdog know each other. */
  power(): HostPower;
}

const ACTIONS: ReadonlyMap<number, PowerAction> = new Map([
  [WatchdogAction.HardReset, "reset"],
  [WatchdogAction.PowerDown, "power-down"],
  [WatchdogAction.PowerCycle, "power-cycle"],
]);

/** What the watchdog does to the rest of the controller. @see IPMI 2.0 §27.3, §27.4 */
export function watchdogOutputs(needs: Needs, outputs: ControllerOutputs): WatchdogOutputs {
  const { messaging, events } = needs;
  return {
    clearPretimeout: () => messaging.clearPretimeout(),
    pretimeout: (setting) => {
      if (!setting.dontLog) events.raise(watchdogEvent("interrupt", setting));
      if (setting.pretimeoutInterrupt === PretimeoutInterrupt.Messaging)
        messaging.raisePretimeout();
      outputs.pretimeout(nameOf(setting.pretimeoutInterrupt));
    },
    expired: (setting) => {
      outputs.life("watchdog-expired", `use ${setting.use}, action ${setting.action}`);
      if (!setting.dontLog) events.raise(watchdogEvent("timeout", setting));
      const action = ACTIONS.get(setting.action);
      if (action !== undefined) needs.power().act(action, "watchdog");
    },
  };
}

function nameOf(pretimeoutInterrupt: number): "smi" | "nmi" | "messaging" {
  if (pretimeoutInterrupt === PretimeoutInterrupt.Smi) return "smi";
  return pretimeoutInterrupt === PretimeoutInterrupt.Nmi ? "nmi" : "messaging";
}
