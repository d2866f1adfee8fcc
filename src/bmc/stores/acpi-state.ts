import { DevicePowerState, SystemPowerState } from "../../ipmi/commands/app/device.ts";

const SYSTEM_STATES: ReadonlySet<number> = new Set(Object.values(SystemPowerState));
const DEVICE_STATES: ReadonlySet<number> = new Set(Object.values(DevicePowerState));

/** What the system software last said of its ACPI power states. @see IPMI 2.0 §20.6, §20.7 */
export class AcpiState {
  private _system: number = SystemPowerState.Unknown;
  private _device: number = DevicePowerState.Unknown;

  get system(): number {
    return this._system;
  }

  get device(): number {
    return this._device;
  }

  /** Takes both states, or none and answers false when one of them does not exist. */
  set(system: number, device: number): boolean {
    if (!SYSTEM_STATES.has(system) || !DEVICE_STATES.has(device)) return false;
    if (system !== SystemPowerState.NoChange) this._system = system;
    if (device !== DevicePowerState.NoChange) this._device = device;
    return true;
  }

  /** Nothing is known: the BMC starts afresh, or the system does. */
  forget(): void {
    this._system = SystemPowerState.Unknown;
    this._device = DevicePowerState.Unknown;
  }
}
