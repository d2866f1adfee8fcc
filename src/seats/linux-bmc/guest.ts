import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "../../assert.ts";
import type { BmcKernel } from "../../kernels/bmc-kernel.ts";
import { SeatError } from "../../programs/errors.ts";
import { optionValue } from "../../programs/qemu-option.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { type CpioMember, cpioArchive } from "../linux/cpio.ts";
import { QemuMachine } from "../qemu/machine.ts";
import { boardTree, CONSOLE, KCS_DEVICE, LINE_DEVICE, MACHINE, MEMORY } from "./board.ts";
import { buildCarrier, type CarrierPlan, setUpSteps } from "./carrier.ts";
import { HostPort } from "./host-port.ts";
import { CarrierLine } from "./line.ts";

const QEMU = "qemu-system-arm";
const TRACING = "/tracing";
const MODULES = "modules";
/** Ten seconds on an idle machine. */
const BOOT_LIMIT_MS = 300_000;
const BOOT_POLL_MS = 20;
const LINE = "line";
/** Of a console, so much is repeated when a boot failed. */
const CONSOLE_TAIL_LINES = 3;

/** How a guest is started. */
export interface GuestStart {
  readonly kernel: BmcKernel;
  readonly program?: string | undefined;
  readonly lifeS?: number | undefined;
}

/** An unmodified kernel on QEMU's board, with its KCS driver loaded and our carrier as its only process. */
export class BmcGuest {
  /** The host's data and status registers: offsets 0 and 1. */
  readonly port: RegisterPort;
  readonly line: CarrierLine;
  readonly machine: QemuMachine;

  private constructor(machine: QemuMachine) {
    this.machine = machine;
    this.port = new HostPort(machine.qtest);
    assert(machine.channel !== undefined, "the machine was asked for a channel");
    this.line = new CarrierLine(machine.channel);
  }

  /** Resolves when the drivers are loaded; the device is not open yet. */
  static async start({ kernel, program = QEMU, lifeS }: GuestStart): Promise<BmcGuest> {
    const plan = planOf(kernel);
    let console = "";
    const machine = await QemuMachine.start({
      program,
      debianPackage: QEMU,
      lifeS,
      channel: LINE,
      args: (folder) => {
        console = join(folder, "console");
        return machineArguments(kernel, plan, folder);
      },
    });
    const guest = new BmcGuest(machine);
    try {
      await guest.#setUp(plan, console);
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

  /** Ends it. Resolves when nothing of it is left. */
  stop(): Promise<void> {
    return this.machine.stop();
  }

  async #setUp(plan: CarrierPlan, console: string): Promise<void> {
    const why = await this.#whyNotUp(setUpSteps(plan));
    if (why === undefined) return;
    throw new SeatError("GUEST_FAILED", `the BMC's kernel did not start: ${why}${tail(console)}`);
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

function machineArguments(kernel: BmcKernel, plan: CarrierPlan, folder: string): readonly string[] {
  const { image, deviceTree } = kernel.manifest;
  const at = (name: string) => join(folder, name);
  const blob = readFileSync(join(kernel.folder, deviceTree.file));
  writeFileSync(at("board.dtb"), boardTree(blob, deviceTree.file));
  writeFileSync(at("initrd"), initrd(kernel, plan));
  return [
    ...["-machine", MACHINE, "-m", MEMORY, "-nic", "none", "-no-reboot"],
    ...["-kernel", join(kernel.folder, image.file), "-dtb", at("board.dtb")],
    ...["-initrd", at("initrd"), "-append", `console=${CONSOLE} quiet maxcpus=1`],
    ...["-chardev", `file,id=console,path=${optionValue(at("console"))}`],
    ...["-serial", "chardev:console"],
    ...["-serial", `chardev:${LINE}`],
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

function tail(path: string): string {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    // It went with the machine.
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.length === 0 ? "" : `; its console: ${lines.slice(-CONSOLE_TAIL_LINES).join(" / ")}`;
}
