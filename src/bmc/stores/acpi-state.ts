import { DevicePowerState, SystemPowerState } from "../../ipmi/commands/app/device.ts";

const SYSTEM_STATES: ReadonlySet<number> = new Set(Object.values(SystemPowerState));
const DEVICE_STATES: ReadonlySet<number> = new Set(Object.values(DevicePowerState));

/** What the system software last said of its ACPI power states. @see IPMI 2.0 §20.6, §20.7 */
export class AcpiState {
  #system: number = SystemPowerState.Unknown;
  #device: number = DevicePowerState.Unknown;

  get system(): number {
    return this.#system;
  }

  get device(): number {
    return this.#device;
  }

  /** Takes both states, or none and answers false when one of them does not exist. */
  set(system: number, device: number): boolean {
    if (!SYSTEM_STATES.has(system) || !DEVICE_STATES.has(device)) return false;
    if (system !== SystemPowerState.NoChange) this.#system = system;
    if (device !== DevicePowerState.NoChange) this.#device = device;
    return true;
  }

  /** Nothing is known: the BMC starts afresh, or the system does. */
  forget(): void {
    this.#system = SystemPowerState.Unknown;
    this.#device = DevicePowerState.Unknown;
  }
}
