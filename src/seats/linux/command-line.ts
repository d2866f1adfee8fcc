import { optionValue } from "../../programs/qemu-option.ts";
import { virtualTime } from "../../programs/qemu-time.ts";
import type { DeviceProperties } from "./transport/pci.ts";

/** How the registers tell the guest that there is something to read. */
export type InterruptMode = "poll" | "timer" | "irq";

/** What one start of QEMU is made from. Numbers ending in `Fd` are the child's. */
export interface MachineSetup {
  readonly kernelPath: string;
  readonly initrdPath: string;
  readonly kernelArguments: readonly string[];
  /** False: start through firmware that has a boot loader's interface, for kernels without PVH. */
  readonly qboot: boolean;
  readonly realTime: boolean;
  /** Not for a guest that panics, or whose state is saved. */
  readonly inTurns: boolean;
  /** The file that takes what the guest's console says. */
  readonly consolePath: string;
  /** The file that takes what the guest sends to its second serial port, if it has one. */
  readonly witnessPath?: string | undefined;
  readonly qmpFd: number | undefined;
  readonly qtestFd: number | undefined;
  /** The devices that are there from the start. */
  readonly devices: readonly DeviceProperties[];
  /** Files of SMBIOS records beside QEMU's own. */
  readonly smbiosPaths?: readonly string[];
  /** Where to load the state from to start with. */
  readonly incoming: string | undefined;
  /** The machine stops when its loader has waited for the device for a while. */
  readonly stopsWaiting: boolean;
}

const MEMORY_MB = 160;
/** The first free slot of a machine without default devices. The loader looks for its device there. */
const FIRST_SLOT = 2;
/** The interrupt controller's input that pin A of that slot reaches on QEMU's `pc` machine. */
export const DEVICE_INTERRUPT = { qom: "/machine/i440fx/ioapic", input: 10 } as const;

/** The memory is shared with the device's process: both transports ask for it. */
const MEMORY_ID = "memory";

/**
 * What spares boot time or chance: no probing of what is not there, no address randomization, no
 * mitigations. A panic reboots at once, and a reboot ends QEMU.
 */
const KERNEL_ARGUMENTS: readonly string[] = [
  "console=ttyS0",
  "quiet",
  "panic=-1",
  "nokaslr",
  "mitigations=off",
  "tsc=reliable",
  "no_timer_check",
  "random.trust_cpu=on",
  "8250.nr_uarts=1",
  "i8042.noaux",
  "i8042.nokbd",
  "cryptomgr.notests",
  "audit=0",
  "apparmor=0",
  "selinux=0",
  "rcupdate.rcu_expedited=1",
  "pci=lastbus=0",
];

/** For a guest that has a second serial port: the last word on how many there are. */
const SECOND_PORT = "8250.nr_uarts=2";

/** The arguments of QEMU. */
export function qemuArguments(setup: MachineSetup): readonly string[] {
  const args = ["-accel", "tcg", "-nodefaults", "-no-user-config", "-display", "none"];
  args.push("-no-reboot", "-m", String(MEMORY_MB), "-machine", `pc,memory-backend=${MEMORY_ID}`);
  args.push("-object", `memory-backend-memfd,id=${MEMORY_ID},size=${MEMORY_MB}M,share=on`);
  args.push("-device", "ib700", "-action", `watchdog=${setup.stopsWaiting ? "pause" : "none"}`);
  if (!setup.realTime) args.push(...virtualTime(setup));
  if (setup.qboot) args.push("-bios", "qboot.rom");
  args.push("-kernel", setup.kernelPath, "-initrd", setup.initrdPath);
  const ports = setup.witnessPath === undefined ? [] : [SECOND_PORT];
  args.push("-append", [...KERNEL_ARGUMENTS, ...ports, ...setup.kernelArguments].join(" "));
  args.push("-chardev", `file,id=console,path=${optionValue(setup.consolePath)}`);
  args.push("-serial", "chardev:console");
  if (setup.witnessPath !== undefined) {
    args.push("-chardev", `file,id=witness,path=${optionValue(setup.witnessPath)}`);
    args.push("-serial", "chardev:witness");
  }
  for (const path of setup.smbiosPaths ?? []) args.push("-smbios", `file=${optionValue(path)}`);
  if (setup.qmpFd !== undefined) {
    args.push(...socketDevice("qmp", setup.qmpFd), "-qmp", "chardev:qmp");
  }
  if (setup.qtestFd !== undefined) {
    args.push(...socketDevice("qtest", setup.qtestFd));
    args.push("-object", "qtest,id=interrupts,chardev=qtest,log=/dev/null");
  }
  for (const [index, device] of setup.devices.entries()) {
    args.push("-device", JSON.stringify(placed(device, index)));
  }
  if (setup.incoming !== undefined) args.push("-S", "-incoming", setup.incoming);
  return args;
}

/** A device's properties with its name and place, each in a slot of its own. */
function placed(device: DeviceProperties, index: number): DeviceProperties {
  return { ...device, id: `ipmi${index}`, bus: "pci.0", addr: String(FIRST_SLOT + index) };
}

function socketDevice(id: string, fd: number): readonly string[] {
  return ["-chardev", `socket,id=${id},fd=${fd}`];
}
