import type { TraceSink } from "../trace/tracer.ts";
import { locationText, type Place } from "../wire/location.ts";
import { DeviceError } from "./errors.ts";
import { openBus } from "./i2c-bus.ts";
import { KernelDevice } from "./kernel-device.ts";
import { KernelTarget } from "./kernel-target.ts";
import { loadLibc } from "./libc.ts";
import { openRegisters } from "./register-wire.ts";
import { stackTarget } from "./stack-target.ts";
import type { Target, TargetOptions } from "./target.ts";

/**
 * Opens the way to a BMC: the kernel's own driver, or our own stack on the wire itself. `sink` takes the
 * trace, of which `machineHead` says what it is: of our stack's wire, or of messages alone. Throws `DeviceError`.
 */
export async function openTarget(
  location: Place,
  options: TargetOptions = {},
  sink?: TraceSink,
): Promise<Target> {
  const name = locationText(location);
  const { signal } = options;
  switch (location.at) {
    case "device":
      return new KernelTarget(name, new KernelDevice(name, options), sink);
    case "io":
    case "mem":
    case "pci":
      return await stackTarget(name, openRegisters(name, location, options), sink, signal);
    case "i2c":
      return await stackTarget(name, openBus(name, location, loadLibc()), sink, signal);
    case "i801":
      throw new DeviceError(
        "NOT_ON_THIS_PLATFORM",
        `${name}: a controller that nobody drives is not driven from here`,
        "load the kernel's driver, i2c-i801, and i2c-dev; then write ssif:i2c-BUS:ADDRESS",
      );
  }
}
