import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { ExternBmc, ExternSocket, QemuMachine } from "../../../src/seats/qemu/index.ts";
import { LeasedScheduler, RealScheduler } from "../../../src/time/index.ts";
import { Recorder, Tracer } from "../../../src/trace/tracer.ts";
import { eventually } from "../eventually.ts";

/** A POWER machine with skiboot, the OPAL firmware, from QEMU's own package, and our controller. */
export interface OpalMachine {
  readonly bmc: ExternBmc;
  /** What firmware and kernel have printed so far. */
  console(): string;
  /** What became of the machine so far: the names of QEMU's events. */
  events(): readonly string[];
  /** What the controller was asked, or answered, so far, as hexadecimal digits. */
  messages(kind: "bmc.request" | "bmc.response"): readonly string[];
}

/** What the firmware starts, and on what. */
export interface OpalBoot {
  readonly board: "powernv8" | "powernv9";
  readonly lifeS: number;
  /** QEMU's arguments for the kernel; `folder` goes with the machine. */
  readonly kernel: (folder: string) => readonly string[];
}

/** A kernel that asks the firmware to turn the machine off. */
export const TURNED_OFF: OpalBoot = {
  board: "powernv9",
  lifeS: 60,
  kernel: (folder) => {
    const kernel = join(folder, "kernel");
    writeFileSync(kernel, kernelElf());
    return ["-kernel", kernel];
  },
};

/**
 * The firmware with a BT device in front of our controller. QEMU stays when the machine is off. What ends it is put in
 * `ends`, in its order.
 */
export async function startOpal(boot: OpalBoot, ends: (() => unknown)[]): Promise<OpalMachine> {
  const scheduler = new LeasedScheduler(new RealScheduler());
  ends.unshift(() => scheduler.end());
  const tracer = new Tracer(() => scheduler.now());
  const recorder = new Recorder();
  tracer.attach(recorder);
  const bmc = new ExternBmc({ scheduler, tracer });
  const socket = await ExternSocket.open(bmc);
  ends.unshift(() => socket.close());
  const { machine, console } = await board(socket.arguments(), boot);
  ends.unshift(() => machine.stop());
  await eventually(() => expect(bmc.capabilities).not.toBe(0));
  machine.qmp.execute("cont");
  const events: string[] = [];
  return {
    bmc,
    console,
    events: () => {
      events.push(...machine.qmp.sync().map(({ event }) => event));
      return events;
    },
    messages: (kind) =>
      recorder.events.flatMap((event) => {
        return event.e === kind ? [Buffer.from(event.message).toString("hex")] : [];
      }),
  };
}

/** It waits until it is told to go on. */
async function board(bmc: readonly string[], boot: OpalBoot) {
  let console = "";
  const machine = await QemuMachine.start({
    program: "qemu-system-ppc64",
    debianPackage: "qemu-system-ppc",
    lifeS: boot.lifeS,
    args: (folder) => {
      console = join(folder, "console");
      return [
        ...["-machine", boot.board, "-m", "1G", "-S", "-no-shutdown", ...boot.kernel(folder)],
        ...["-chardev", `file,id=console,path=${console}`, "-serial", "chardev:console"],
        ...[...bmc, "-device", "isa-ipmi-bt,bmc=bmc,irq=10"],
      ];
    },
  });
  return { machine, console: () => readFileSync(console, "latin1") };
}

/** @see ELF-64 Object File Format */
const ELF = { headerBytes: 64, segmentBytes: 56, executable: 2, powerPc64: 21, load: 1 } as const;
const ALL_ALLOWED = 7;
const CODE_AT = 0x100;
const LINKED_AT = 0xc000_0000_0000_0000n;

/**
 * Asks the firmware to turn the machine off, then lets it work for ever: its messages to the BMC go
 * out while it is called. It finds the firmware's data in r8 and its entry in r9.
 * @see OPAL-ABI, tokens 5 (OPAL_CEC_POWER_DOWN) and 10 (OPAL_POLL_EVENTS)
 */
const KERNEL_CODE = [
  0x7d3f4b78, // mr r31, r9
  0x7d1e4378, // mr r30, r8
  0x7fc2f378, // mr r2, r30
  0x7fe903a6, // mtctr r31
  0x38000005, // li r0, 5
  0x38600000, // li r3, 0
  0x4e800421, // bctrl
  0x7fc2f378, // poll: mr r2, r30
  0x7fe903a6, // mtctr r31
  0x3800000a, // li r0, 10
  0x38600000, // li r3, 0
  0x4e800421, // bctrl
  0x4bffffec, // b poll
] as const;

/**
 * The least that the firmware takes for a kernel: a little-endian ELF file with one segment. It is
 * entered in big-endian mode, as all OPAL kernels are, and so that is how its instructions lie.
 */
function kernelElf(): Uint8Array {
  const codeBytes = 4 * KERNEL_CODE.length;
  const file = new DataView(new ArrayBuffer(CODE_AT + codeBytes));
  const bytes = new Uint8Array(file.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.setUint16(16, ELF.executable, true);
  file.setUint16(18, ELF.powerPc64, true);
  file.setUint32(20, 1, true);
  file.setBigUint64(24, LINKED_AT, true);
  file.setBigUint64(32, BigInt(ELF.headerBytes), true);
  file.setUint16(52, ELF.headerBytes, true);
  file.setUint16(54, ELF.segmentBytes, true);
  file.setUint16(56, 1, true);
  const segment = ELF.headerBytes;
  file.setUint32(segment, ELF.load, true);
  file.setUint32(segment + 4, ALL_ALLOWED, true);
  file.setBigUint64(segment + 8, BigInt(CODE_AT), true);
  file.setBigUint64(segment + 16, LINKED_AT, true);
  file.setBigUint64(segment + 32, BigInt(codeBytes), true);
  file.setBigUint64(segment + 40, BigInt(codeBytes), true);
  for (const [index, word] of KERNEL_CODE.entries())
    file.setUint32(CODE_AT + 4 * index, word, false);
  return bytes;
}
