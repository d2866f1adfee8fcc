import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "../../assert.ts";
import type { BmcKernel } from "../../kernels/bmc-kernel.ts";
import { SeatError } from "../../programs/errors.ts";
import { optionValue } from "../../programs/qemu-option.ts";
import { type CpioMember, cpioArchive } from "../linux/cpio.ts";
import { QemuMachine } from "../qemu/machine.ts";
import { resume } from "../snapshots.ts";
import { boardTree, CONSOLE, KCS_DEVICE, LINE_DEVICE, MACHINE, MEMORY } from "./board.ts";
import { buildCarrier, type CarrierPlan, setUpSteps } from "./carrier.ts";
import { Ask } from "./carrier-protocol.ts";
import { HostPort } from "./host-port.ts";
import { CarrierLine } from "./line.ts";
import { incoming, type SnapshotParts, saveSnapshot, snapshotPath } from "./snapshot.ts";

const QEMU = "qemu-system-arm";
const TRACING = "/tracing";
const MODULES = "modules";
/** Ten seconds on an idle machine. */
const BOOT_LIMIT_MS = 300_000;
const BOOT_POLL_MS = 20;
const LINE = "line";
/** What is written to the kernel's tracing to have it write down accesses to registers: file, text. */
const TRACES_REGISTERS = [
  ["buffer_size_kb", "16384"],
  ["events/regmap/regmap_reg_read/enable", "1"],
  ["events/regmap/regmap_reg_write/enable", "1"],
] as const;

/** How a guest is started. */
export interface GuestStart {
  readonly kernel: BmcKernel;
  readonly program?: string | undefined;
  readonly lifeS?: number | undefined;
  /** False: it boots, and its state is neither taken from the cache nor kept there. */
  readonly snapshot?: boolean | undefined;
}

/** An unmodified kernel on QEMU's board, with its KCS driver loaded and our carrier as its only process. */
export class BmcGuest {
  /** The host's data and status registers: offsets 0 and 1. */
  readonly port: HostPort;
  readonly line: CarrierLine;
  readonly machine: QemuMachine;

  private constructor(machine: QemuMachine) {
    this.machine = machine;
    this.port = new HostPort(machine.qtest);
    assert(machine.channel !== undefined, "the machine was asked for a channel");
    this.line = new CarrierLine(machine.channel);
  }

  /**
   * Resolves when the drivers are loaded; the device is not open yet. A guest that has booted once
   * goes on from there the next time.
   */
  static async start(start: GuestStart): Promise<BmcGuest> {
    const { kernel, program = QEMU, lifeS, snapshot = true } = start;
    const parts = partsOf(kernel, program);
    const path = snapshot ? await snapshotPath(parts) : undefined;
    const state = incoming(path);
    const machine = await QemuMachine.start({
      program,
      debianPackage: QEMU,
      lifeS,
      channel: LINE,
      args: (folder) => [...filesFor(parts, folder), ...state],
    });
    const guest = new BmcGuest(machine);
    try {
      if (state.length > 0) await resume(machine.qmp);
      else await guest.#boot(parts);
      if (path !== undefined && state.length === 0) await saveSnapshot(machine.qmp, path);
    } catch (error) {
      await guest.stop();
      throw error;
    }
    return guest;
  }

  /** Stops or restarts its processor; the chip's registers can be had meanwhile. */
  power(on: boolean): void {
    this.machine.qmp.execute(on ? "cont" : "stop");
  }

  /** From here on the kernel writes down each access of its drivers to the LPC controller's registers. */
  traceRegisters(): void {
    for (const [file, text] of TRACES_REGISTERS) {
      const named = new TextEncoder().encode(`${TRACING}/${file}\0${text}`);
      const { value } = this.line.ask(Ask.Put, named);
      if (value >= 0) continue;
      const why = `the BMC's kernel does not trace its registers: ${file}, error ${-value}`;
      throw new SeatError("GUEST_FAILED", why);
    }
  }

  /** What it has written down and was not taken yet, as its tracing has it in text; the last piece is empty. */
  traced(): Uint8Array {
    const { value, bytes } = this.line.ask(Ask.Trace);
    return value > 0 ? bytes : new Uint8Array(0);
  }

  /** Ends it. Resolves when nothing of it is left. */
  stop(): Promise<void> {
    return this.machine.stop();
  }

  async #boot({ plan }: GuestParts): Promise<void> {
    const why = await this.#whyNotUp(setUpSteps(plan));
    if (why === undefined) return;
    throw new SeatError("GUEST_FAILED", `the BMC's kernel did not start: ${why}`);
  }

  /** Waits for the end of the set-up; gives why it failed. */
  async #whyNotUp(steps: readonly string[]): Promise<string | undefined> {
    for (const sinceMs = performance.now(); performance.now() - sinceMs < BOOT_LIMIT_MS; ) {
      const told = this.line.setUp();
      if (told === undefined) {
        await new Promise((resolve) => setTimeout(resolve, BOOT_POLL_MS));
        continue;
      }
      if (told.value < 0) return `to ${steps[told.of]} failed with error ${-told.value}`;
      if (told.of === steps.length - 1) return undefined;
    }
    return `no end after ${BOOT_LIMIT_MS / 1_000} s`;
  }
}

function planOf(kernel: BmcKernel): CarrierPlan {
  return {
    modules: kernel.manifest.modules.map(({ name }) => `/${MODULES}/${name}.ko`),
    device: KCS_DEVICE,
    line: LINE_DEVICE,
    tracing: TRACING,
  };
}

interface GuestParts extends SnapshotParts {
  readonly plan: CarrierPlan;
}

function partsOf(kernel: BmcKernel, program: string): GuestParts {
  const { deviceTree } = kernel.manifest;
  const plan = planOf(kernel);
  const blob = readFileSync(join(kernel.folder, deviceTree.file));
  return {
    kernel,
    program,
    plan,
    deviceTree: boardTree(blob, deviceTree.file),
    initrd: initrd(kernel, plan),
    machine: [
      ...["-machine", MACHINE, "-m", MEMORY, "-nic", "none", "-no-reboot"],
      ...["-append", `console=${CONSOLE} quiet maxcpus=1`],
      ...["-serial", "chardev:console", "-serial", `chardev:${LINE}`],
    ],
  };
}

/** QEMU's arguments, and the files that they name. */
function filesFor(parts: GuestParts, folder: string): readonly string[] {
  const { kernel, deviceTree, machine } = parts;
  const at = (name: string) => join(folder, name);
  writeFileSync(at("board.dtb"), deviceTree);
  writeFileSync(at("initrd"), parts.initrd);
  return [
    ...["-chardev", `file,id=console,path=${optionValue(at("console"))}`],
    ...machine,
    ...["-kernel", join(kernel.folder, kernel.manifest.image.file)],
    ...["-dtb", at("board.dtb"), "-initrd", at("initrd")],
  ];
}

function initrd(kernel: BmcKernel, plan: CarrierPlan): Uint8Array {
  const folders = ["dev", TRACING.slice(1), MODULES];
  const members: CpioMember[] = folders.map((path) => ({ path, kind: "folder" }));
  members.push({ path: "dev/console", kind: "device", major: 5, minor: 1 });
  members.push({ path: "init", kind: "file", data: buildCarrier(plan) });
  for (const { name, file } of kernel.manifest.modules) {
    const data = readFileSync(join(kernel.folder, file));
    members.push({ path: `${MODULES}/${name}.ko`, kind: "file", data });
  }
  return cpioArchive(members);
}
