import type { RegisterWire } from "../wire/interface.ts";
import { type PciLocation, type RegisterLocation, registersSpan } from "../wire/location.ts";
import { MappedFile, type OpenRegisters, PAGE_BYTES, PortFile } from "./access.ts";
import { DeviceError } from "./errors.ts";
import { loadLibc } from "./libc.ts";
import { checkFree, type OwnershipOptions } from "./ownership.ts";
import { barRegisters, pciBar } from "./pci-function.ts";
import type { OpenWire } from "./stack-target.ts";

const IO_FILE = "/dev/port";
const MEMORY_FILE = "/dev/mem";

/** Opens registers that nobody uses. Throws `DeviceError`. */
export function openRegisters(
  name: string,
  location: RegisterLocation | PciLocation,
  options: OwnershipOptions,
): OpenWire {
  return location.at === "pci"
    ? behindBar(name, location, options)
    : atAddress(name, location, options);
}

function atAddress(name: string, location: RegisterLocation, options: OwnershipOptions): OpenWire {
  const { at, kind, base, spacing, width } = location;
  const span = registersSpan(location);
  if (at === "io" && width !== 8) {
    const text = `${name}: ${IO_FILE} makes accesses of 8 bits only`;
    throw new DeviceError(
      "NOT_ON_THIS_PLATFORM",
      text,
      "by its PCI function wider ones can be made",
    );
  }
  checkFree(name, { at, base, length: span }, options);
  const place = { path: at === "io" ? IO_FILE : MEMORY_FILE, base, spacing, width };
  const port = at === "io" ? new PortFile(place) : new MappedFile(place, span, loadLibc());
  return opened(kind, port, () => {});
}

function behindBar(name: string, location: PciLocation, options: OwnershipOptions): OpenWire {
  const bar = pciBar(location);
  const { path, claimed, enable } = bar;
  checkFree(name, claimed, options);
  const registers = barRegisters(location, bar);
  const { kind, spacing, width } = registers;
  const isIo = registers.at === "io";
  // Memory is mapped from the page on in which the BAR begins.
  const place = { path, base: isIo ? 0 : registers.base % PAGE_BYTES, spacing, width };
  const disable = enable();
  try {
    const span = registersSpan(registers);
    const port = isIo ? new PortFile(place) : new MappedFile(place, span, loadLibc());
    return opened(kind, port, disable);
  } catch (error) {
    disable();
    throw error;
  }
}

/** The port counts registers, so that how far apart they lie is its own matter. */
function opened(kind: RegisterWire["kind"], port: OpenRegisters, after: () => void): OpenWire {
  return {
    wire: { kind, port, spacing: 1 },
    close: () => {
      port.close();
      after();
    },
  };
}
