import { Channel } from "../../ipmi/commands/app/channel.ts";
import { PowerRestorePolicy, RestartCause } from "../../ipmi/commands/chassis/chassis.ts";
import { type Scheduler, SECOND_US, type Task } from "../../time/scheduler.ts";
import type { AcpiState } from "../stores/acpi-state.ts";
import type { BootOptions } from "../stores/boot-options.ts";
import type { Chassis } from "../stores/chassis.ts";
import type { Messaging } from "../stores/messaging.ts";
import type { Watchdog } from "../stores/watchdog.ts";

/** What happens to the host. */
export type PowerAction =
  | "reset"
  | "power-down"
  | "power-up"
  | "power-cycle"
  | "diagnostic-interrupt"
  | "soft-shutdown";

/** Why it happens. */
export type PowerCause = "chassis-control" | "watchdog" | "restore-policy";

/** Power stays off in a power cycle for so long at least. @see IPMI 2.0 §28.3 */
const CYCLE_OFF_S_MIN = 1;
const NO_CHANNEL = 0;

const RESTART_CAUSES: Readonly<Record<Exclude<PowerCause, "restore-policy">, number>> = {
  "chassis-control": RestartCause.ChassisControl,
  watchdog: RestartCause.Watchdog,
};

interface Needs {
  readonly scheduler: Scheduler;
  readonly chassis: Chassis;
  readonly watchdog: Watchdog;
  readonly messaging: Messaging;
  readonly boot: BootOptions;
  readonly acpi: AcpiState;
}

/** The system's power as the BMC controls it, and what its changes do to the BMC's own state. */
export class HostPower {
  private readonly _needs: Needs;
  private readonly _output: (action: PowerAction, cause: PowerCause) => void;
  private _powerReturns: Task | undefined;

  constructor(needs: Needs, output: (action: PowerAction, cause: PowerCause) => void) {
    this._needs = needs;
    this._output = output;
  }

  /** The BMC acts on the host. In a power cycle, `power-up` follows when the interval is over. */
  act(action: PowerAction, cause: "chassis-control" | "watchdog"): void {
    this._output(action, cause);
    switch (action) {
      case "reset":
        this.systemReset(RESTART_CAUSES[cause]);
        break;
      case "power-down":
        this.powerOff();
        break;
      case "power-up":
        this.powerOn(RESTART_CAUSES[cause]);
        break;
      case "power-cycle":
        this.#cycle(cause);
        break;
      case "diagnostic-interrupt":
      case "soft-shutdown":
        break;
    }
  }

  /** The system was hard reset. @see IPMI 2.0 §22.1, §27 */
  systemReset(cause: number): void {
    if (!this._needs.chassis.poweredOn) return;
    this.#started(cause);
  }

  powerOn(cause: number): void {
    this._powerReturns?.cancel();
    const { chassis } = this._needs;
    if (chassis.poweredOn) return;
    chassis.poweredOn = true;
    chassis.lastUpByCommand = cause === RestartCause.ChassisControl;
    this.#started(cause);
  }

  powerOff(): void {
    this._powerReturns?.cancel();
    this._needs.chassis.poweredOn = false;
    this._needs.chassis.lastDownByAcFailure = false;
    this._needs.watchdog.systemReset();
    this._needs.acpi.forget();
  }

  /** AC power is back after it was lost: the policy says what becomes of the host. */
  acPowerRestored(): void {
    const { chassis } = this._needs;
    const wasOn = chassis.poweredOn;
    this.powerOff();
    chassis.lastDownByAcFailure = true;
    const always = chassis.restorePolicy === PowerRestorePolicy.On;
    const previous = chassis.restorePolicy === PowerRestorePolicy.Previous && wasOn;
    if (!always && !previous) return;
    this._output("power-up", "restore-policy");
    this.powerOn(always ? RestartCause.RestorePolicyAlwaysOn : RestartCause.RestorePolicyPrevious);
  }

  #cycle(cause: "chassis-control" | "watchdog"): void {
    this.powerOff();
    const offS = Math.max(this._needs.chassis.powerCycleIntervalS, CYCLE_OFF_S_MIN);
    const { scheduler } = this._needs;
    const returnUs = scheduler.now() + offS * SECOND_US;
    this._powerReturns = scheduler.at(returnUs, "power cycle ends", () => {
      this._output("power-up", cause);
      this.powerOn(RESTART_CAUSES[cause]);
    });
  }

  #started(cause: number): void {
    const { chassis, watchdog, messaging, boot, acpi } = this._needs;
    chassis.restartCause = cause;
    const commanded = cause === RestartCause.ChassisControl;
    chassis.restartChannel = commanded ? Channel.SystemInterface : NO_CHANNEL;
    watchdog.systemReset();
    messaging.systemReset();
    boot.systemStarted(cause);
    acpi.forget();
  }
}
