import type { TraceSink } from "../trace/tracer.ts";
import { locationText, type Place } from "../wire/location.ts";
import { DeviceError } from "./errors.ts";
import { openBus } from "./i2c-bus.ts";
import { KernelDevice } from "./kernel-device.ts";
import { loadLibc } from "./libc.ts";
import { openRegisters } from "./register-wire.ts";
import { stackTarget } from "./stack-target.ts";
import type { Target, TargetOptions } from "./target.ts";

/**
 * Opens the way to a BMC: the kernel's own driver, or our own stack on the wire itself, whose trace goes to
 * `sink`. Throws `DeviceError`.
 */
export async function openTarget(
  location: Place,
  options: TargetOptions = {},
  sink?: TraceSink,
): Promise<Target> {
  const name = locationText(location);
  switch (location.at) {
    case "device":
      return kernelTarget(name, options);
    case "io":
    case "mem":
    case "pci":
      return await stackTarget(name, openRegisters(name, location, options), sink);
    case "i2c":
      return await stackTarget(name, openBus(name, location, loadLibc()), sink);
    case "i801":
      throw new DeviceError(
        "NOT_ON_THIS_PLATFORM",
        `${name}: a controller that nobody drives is not driven from here`,
        "load the kernel's driver, i2c-i801, and i2c-dev; then write ssif:i2c-BUS:ADDRESS",
      );
  }
}

function kernelTarget(name: string, options: TargetOptions): Target {
  const device = new KernelDevice(name, options);
  return {
    name,
    submit: (spec, answered, failed) => device.submit(spec, answered, failed),
    request: (spec) => device.request(spec),
    close: () => device.close(),
  };
}
