import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BOOT_PARAMS_BYTES,
  type CrashResults,
  NoCrashResults,
  RESULTS_AT,
  readResults,
} from "../../../src/crash/results.ts";
import { parseHex } from "../../../src/ipmi/message.ts";
import { type Kernel, kernelFile } from "../../../src/kernels/cache.ts";
import { TemporaryFolder } from "../../../src/programs/life.ts";
import { probeQemu, transportOf } from "../../../src/programs/qemu-probe.ts";
import { QemuProcess, SocketNumbers } from "../../../src/programs/qemu-process.ts";
import { IpmiFunction } from "../../../src/seats/linux/device.ts";
import { Mailbox } from "../../../src/seats/linux/mailbox.ts";
import { Qmp } from "../../../src/seats/linux/qmp.ts";
import { ProxyTransport } from "../../../src/seats/linux/transport/proxy-transport.ts";
import { VfioUserTransport } from "../../../src/seats/linux/transport/vfio-user-transport.ts";
import type { RegisterPort } from "../../../src/wire/registers/port.ts";
import { kexecMembers } from "./kexec-tools.ts";
import {
  driverMembers,
  KERNEL_ARGUMENTS as PLAIN_ARGUMENTS,
  SHELL_BEGINS,
  shellArchive,
  VIRTUAL_TIME,
} from "./shell-guest.ts";

/** Where the firmware puts the registers of the one PCI function that has any. */
export const REGISTERS_AT = 0xc000;
/** Behind them: where the guest says what time it is. */
const CLOCK_AT = REGISTERS_AT + 0x20;
/** The clock is told in seconds of so many, and one more word that is none. */
const CLOCK_MODULUS = 128;
const CRASHES = 0xff;
/** Of the guest: its time stamp counter counts the nanoseconds of its virtual time. */
export const TICKS_PER_MS = 1_000_000;
const BASE_ADDRESS_REGISTER = 0x10;
const IO_ADDRESS_MASK = 0xffff_fffc;
const MEMORY_MB = 512;
const WALL_LIMIT_MS = 600_000;

const KERNEL_ARGUMENTS = [...PLAIN_ARGUMENTS, "8250.nr_uarts=1"];
const DUMP_ARGUMENTS = [...KERNEL_ARGUMENTS, "reset_devices", "nr_cpus=1", "irqpoll"];

export interface CrashedGuest {
  readonly console: readonly string[];
  /** Which kernel came up after the crash; undefined when none did. */
  readonly second: string | undefined;
  /** What the executor left for it; undefined when none ran. */
  readonly results: CrashResults | undefined;
  /** How the guest ended. */
  readonly exit: number | null;
}

/** What a guest does that is watched: by the BMC's timer, and by us. */
export interface Watched {
  /** The first kernel's own driver arms the BMC's timer with so many seconds. */
  readonly timerS: number;
  /** How long the second kernel needs for the dump; it never ends when it hangs. */
  readonly dumpS: number | "hangs";
  /** Given what resets the machine. */
  onReset(reset: () => void): void;
  /** The guest's clock moved on by so many seconds. */
  passed(seconds: number): void;
  /** The kernel crashes now. */
  crashes(): void;
  /** The second kernel is up, and has shown what it found. */
  isUp(results: CrashResults | undefined): void;
}

export interface CrashingGuest {
  readonly kernel: Kernel;
  /** What kexec is given to start after a crash. */
  readonly image: Uint8Array;
  /** The system call: kexec_load or kexec_file_load. */
  readonly how: "-c" | "-s";
  readonly port: RegisterPort;
  readonly watched?: Watched | undefined;
}

/**
 * A guest that loads the image by the distribution's kexec, with the kernel's own drivers at our
 * registers, and crashes. What comes up then shows its boot parameters and turns the power off.
 */
export async function runCrashingGuest(guest: CrashingGuest): Promise<CrashedGuest> {
  const { kernel, port, watched } = guest;
  const folder = new TemporaryFolder(tmpdir(), "baseboard-crash-");
  const qemu = await probeQemu();
  const initrd = join(folder.path, "initrd");
  const consolePath = join(folder.path, "console");
  writeFileSync(initrd, firstArchive(guest));
  const lines = () => readFileSync(consolePath, "latin1").split(/\r?\n/);
  let qmp: Qmp | undefined;
  const reset = () => void qmp?.execute("system_reset").catch(() => {});
  const clock = watched === undefined ? undefined : new GuestClock(watched, lines);
  watched?.onReset(() => {
    clock?.stop();
    reset();
  });
  const receiver = { report: (byte: number) => clock?.take(byte), tick: () => {} };
  const mailbox = new Mailbox(new Uint8Array(0), receiver);
  const target = new IpmiFunction(port, mailbox, { kind: "kcs", pin: 0 });
  let failure: unknown;
  const failed = (error: unknown) => {
    failure ??= error;
  };
  const sockets = new SocketNumbers();
  const vfio = transportOf(qemu) === "vfio-user-pci";
  const transport = vfio
    ? new VfioUserTransport(target, folder.path, failed)
    : new ProxyTransport(target, failed);
  const fd = transport.inherits ? sockets.take() : 0;
  const qmpFd = sockets.take();
  await transport.open();
  const device = { ...transport.device(fd), id: "ipmi0", bus: "pci.0", addr: "2" };
  const args = [
    ...["-accel", "tcg", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-m", String(MEMORY_MB), "-machine", "pc,memory-backend=memory"],
    ...["-object", `memory-backend-memfd,id=memory,size=${MEMORY_MB}M,share=on`],
    ...VIRTUAL_TIME,
    ...["-kernel", kernelFile(kernel, kernel.manifest.elf), "-initrd", initrd],
    ...["-append", [...KERNEL_ARGUMENTS, "crashkernel=192M"].join(" ")],
    ...["-serial", `file:${consolePath}`, "-device", JSON.stringify(device)],
    ...["-chardev", `socket,id=qmp,fd=${qmpFd}`, "-qmp", "chardev:qmp"],
  ];
  const process = await QemuProcess.start(qemu, args, sockets.count);
  if (transport.inherits) transport.connect(process.socket(fd));
  qmp = new Qmp(process.socket(qmpFd));
  const timer = setTimeout(() => process.kill(), WALL_LIMIT_MS);
  await qmp.open();
  const { code } = await process.gone;
  clearTimeout(timer);
  transport.close();
  const said = lines();
  folder.kill();
  if (failure !== undefined) throw failure;
  const base = target.configRead(BASE_ADDRESS_REGISTER, 4) & IO_ADDRESS_MASK;
  if (base !== REGISTERS_AT) throw new Error(`the registers are at 0x${base.toString(16)}`);
  return { console: said, exit: code, ...seen(said) };
}

/** The guest's time of day, from the bytes in which it tells the time, in one kernel and the next. */
class GuestClock {
  readonly #watched: Watched;
  readonly #lines: () => readonly string[];
  #last: number | undefined;
  #crashed = false;
  #isUp = false;
  #over = false;

  constructor(watched: Watched, lines: () => readonly string[]) {
    this.#watched = watched;
    this.#lines = lines;
  }

  take(byte: number): void {
    if (this.#over) return;
    if (byte === CRASHES) {
      this.#crashed = true;
      return this.#watched.crashes();
    }
    if (this.#crashed && !this.#isUp) {
      this.#isUp = true;
      this.#watched.isUp(seen(this.#lines()).results);
    }
    const passed = (byte - (this.#last ?? byte) + CLOCK_MODULUS) % CLOCK_MODULUS;
    this.#last = byte;
    this.#watched.passed(passed);
  }

  /** What the guest still says is of no match any more. */
  stop(): void {
    this.#over = true;
  }
}

function seen(lines: readonly string[]): Pick<CrashedGuest, "second" | "results"> {
  const second = lines.find((line) => line.startsWith("SECOND "))?.slice("SECOND ".length);
  const shown = lines.find((line) => line.startsWith("PARAMS "))?.slice("PARAMS ".length) ?? "";
  const page = new Uint8Array(BOOT_PARAMS_BYTES);
  if (shown !== "") page.set(parseHex(shown), RESULTS_AT);
  try {
    return { second, results: readResults(page) };
  } catch (error) {
    if (!(error instanceof NoCrashResults)) throw error;
    return { second, results: undefined };
  }
}

const DRIVERS = ["ipmi_msghandler", "ipmi_devintf", "ipmi_si"];
const WATCHDOG_DRIVER = "ipmi_watchdog";

/** Tells a byte, or the second that it is. */
const TELLING = `tell() { printf "\\\\x$(printf %x $1)" | dd of=/dev/port bs=1 seek=${CLOCK_AT} conv=notrunc 2> /dev/null; }
tick() { tell $(( $(date +%s) % ${CLOCK_MODULUS} )); }`;

/** Loads the drivers and the image, and crashes by the kernel's own key for it. */
function firstArchive({ kernel, image, how, watched }: CrashingGuest): Uint8Array {
  const arming = `insmod /modules/${WATCHDOG_DRIVER}.ko timeout=${watched?.timerS} action=reset
tick; exec 3> /dev/watchdog; echo -n x >&3; echo ARMED; tick; tell ${CRASHES}`;
  const init = `${SHELL_BEGINS}
${TELLING}
for each in ${DRIVERS.join(" ")}; do insmod /modules/$each.ko; done
LD_LIBRARY_PATH=/lib kexec ${how} -p --command-line="${DUMP_ARGUMENTS.join(" ")}" \\
  --initrd=/crash/initrd /crash/vmlinuz
echo "KEXEC $? $(cat /sys/kernel/kexec_crash_loaded)"
${watched === undefined ? "" : arming}
echo c > /proc/sysrq-trigger
`;
  return shellArchive(init, [
    ...kexecMembers(),
    ...driverMembers(kernel, [...DRIVERS, WATCHDOG_DRIVER]),
    { path: "crash/vmlinuz", kind: "file", data: image },
    { path: "crash/initrd", kind: "file", data: secondArchive(watched) },
  ]);
}

/** Shows which kernel it is, that the other's memory is there, and what it was given. */
function secondArchive(watched: Watched | undefined): Uint8Array {
  const init = `${SHELL_BEGINS}
${TELLING}
echo "SECOND $(uname -r), vmcore $(test -s /proc/vmcore && echo there || echo missing)"
echo "PARAMS $(tail -c +${RESULTS_AT + 1} /sys/kernel/boot_params/data | od -An -v -tx1 | tr -d '\\n')"
${watched === undefined ? "" : dumping(watched.dumpS)}
reboot -f
`;
  return shellArchive(init, []);
}

/** A dump to a slow disk, a piece each second; one that hangs has no more pieces after the third. */
function dumping(dumpS: Watched["dumpS"]): string {
  const goesOn = dumpS === "hangs" ? "true" : `[ $piece -lt ${dumpS} ]`;
  const saves = dumpS === "hangs" ? "[ $piece -lt 3 ]" : "true";
  return `piece=0
sleep 1; tick
while ${goesOn}; do
  ${saves} && dd if=/proc/vmcore of=/dev/null bs=65536 skip=$piece count=1 2> /dev/null && echo "DUMPED $piece"
  sleep 1; tick; piece=$((piece + 1))
done
echo "DUMP COMPLETE"`;
}
