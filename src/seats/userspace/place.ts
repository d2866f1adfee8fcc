import { KINDS, TYPE_IPMI_DEVICE } from "../../host/discovery/smbios-record.ts";
import { BUS_DEVICE } from "../../kernels/modules.ts";
import { SeatError } from "../../programs/errors.ts";
import type { InterfaceKind, InterfaceOn } from "../../wire/interface.ts";
import type { DescribedInterface, GuestProgram, Kernel } from "../linux/index.ts";
import { loadForBus, placingSteps } from "../linux/match/drivers.ts";
import { USUAL_BASE } from "../stack/discovered.ts";

/** How a guest without a kernel's IPMI drivers has its interface. */
export interface Place {
  readonly described: DescribedInterface | undefined;
  readonly setup: GuestProgram["setup"];
  readonly kernelArguments: readonly string[];
  readonly tickUs: number;
}

const TICK_US = 10_000;
/** A bus is slow: its transactions show as done when the guest's time has come after them. */
const BUS_TICK_US = 1_000;
/** The firmware's table makes the kernel take the registers' place for a driver that nobody loads. */
const FOR_PROGRAMS = "initcall_blacklist=scan_for_dmi_ipmi";

/**
 * Registers are where the specification has them, and firmware tells of them; a bus is driven by the
 * kernel, and its devices are there for programs. Throws `KERNEL_WITHOUT_IPMI` where a kernel's drivers
 * for that were not kept.
 */
export function placeFor(kind: InterfaceKind, kernel: Kernel): Place {
  if (kind === "ssif") return onBus(kernel);
  const location = { at: "io", kind, base: USUAL_BASE[kind], spacing: 1, width: 8 } as const;
  return {
    described: { smbios: [recordOf(kind, location.base)], place: location },
    setup: placingSteps(location),
    kernelArguments: [FOR_PROGRAMS],
    tickUs: TICK_US,
  };
}

function onBus({ name, manifest }: Kernel): Place {
  const modules = manifest.modules.map((module) => module.name);
  if (!modules.includes(BUS_DEVICE)) {
    throw new SeatError(
      "KERNEL_WITHOUT_IPMI",
      `kernel ${name} was added without ${BUS_DEVICE}, which programs reach a bus by`,
      `add it again: \`baseboard kernels add debian:${manifest.version}\``,
    );
  }
  return {
    described: undefined,
    setup: modules.filter((module) => !module.startsWith("ipmi_")).map(loadForBus),
    kernelArguments: [],
    tickUs: BUS_TICK_US,
  };
}

/**
 * The record by which firmware says where registers are: bit 0 of the address stands for I/O space.
 * @see IPMI 2.0 Appendix C1
 */
function recordOf(kind: InterfaceOn<"registers">, base: number): Uint8Array {
  const record = new DataView(new ArrayBuffer(18));
  const fields = { handle: 0x3800, ipmi20: 0x20, address: 0x20, noStorage: 0xff };
  record.setUint8(0, TYPE_IPMI_DEVICE);
  record.setUint8(1, record.byteLength);
  record.setUint16(2, fields.handle, true);
  record.setUint8(4, KINDS.indexOf(kind));
  record.setUint8(5, fields.ipmi20);
  record.setUint8(6, fields.address);
  record.setUint8(7, fields.noStorage);
  record.setBigUint64(8, BigInt(base + 1), true);
  return new Uint8Array(record.buffer);
}
