import type { RegisterPort } from "../../wire/registers/port.ts";
import type { SmbusPort } from "../../wire/smbus/port.ts";
import { SSIF_ADDRESS } from "../../wire/ssif/protocol.ts";
import type { QemuMachine } from "./machine.ts";
import { IoPorts, placeIoBar, startPc } from "./pc.ts";
import { SmbusController } from "./smbus-controller.ts";

/** Which of QEMU's IPMI devices. */
export interface IpmiDeviceOptions {
  readonly interface: "kcs" | "bt";
  readonly bus: "isa" | "pci";
  /** QEMU's arguments for the BMC behind it, as the device `BMC_ID`; its own when left out. */
  readonly bmc?: readonly string[] | undefined;
  readonly program?: string | undefined;
  /** QEMU is ended after so long. In s. */
  readonly lifeS?: number | undefined;
}

/** One of QEMU's IPMI devices with our hand on its registers. */
export interface IpmiDevice {
  readonly machine: QemuMachine;
  readonly port: RegisterPort;
  readonly spacing: 1;
}

export const BMC_ID = "bmc";
/** Where the interrupt controller is to be watched for the ISA devices' interrupts. */
export const INTERRUPT_CONTROLLER = "/machine/i440fx/ioapic";
/** The interrupt line of the ISA devices. */
export const ISA_INTERRUPT = 5;

const OWN_BMC = ["-device", `ipmi-bmc-sim,id=${BMC_ID}`];
/** The specification's places. @see IPMI 2.0 §9.5, §11.6 */
const ISA_BASE = { kcs: 0xca2, bt: 0xe4 } as const;
const PCI_BASE = 0xc000;
const PCI_SLOT = 4;

/** QEMU's SSIF device with our hand on the bus controller before it. */
export interface SsifDevice {
  readonly machine: QemuMachine;
  readonly bus: SmbusPort;
  readonly address: number;
}

/** Where QEMU's `pc` has the PIIX4's SMBus controller. */
const SMBUS_CONTROLLER = 0xb100;

/** Starts a machine with that device, and nobody else at it. */
export async function startIpmiDevice(options: IpmiDeviceOptions): Promise<IpmiDevice> {
  const { interface: kind, bus } = options;
  const place =
    bus === "isa"
      ? `ioport=0x${ISA_BASE[kind].toString(16)},irq=${ISA_INTERRUPT}`
      : `addr=0x${PCI_SLOT.toString(16)}`;
  const device = ["-device", `${bus}-ipmi-${kind},bmc=${BMC_ID},${place}`];
  const machine = await startPc([...(options.bmc ?? OWN_BMC), ...device], options);
  if (bus === "pci") placeIoBar(machine.qtest, PCI_SLOT, PCI_BASE);
  const base = bus === "isa" ? ISA_BASE[kind] : PCI_BASE;
  return { machine, port: new IoPorts(machine.qtest, base), spacing: 1 };
}

/** Starts a machine with QEMU's SSIF device on its SMBus, and nobody else at it. */
export async function startSsifDevice(
  options: Pick<IpmiDeviceOptions, "bmc" | "program" | "lifeS">,
): Promise<SsifDevice> {
  const address = SSIF_ADDRESS;
  const device = ["-device", `smbus-ipmi,bmc=${BMC_ID},address=0x${address.toString(16)}`];
  const machine = await startPc([...(options.bmc ?? OWN_BMC), ...device], options);
  return { machine, bus: new SmbusController(machine.qtest, SMBUS_CONTROLLER), address };
}
