import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BOOT_PARAMS_BYTES,
  type CrashResults,
  NoCrashResults,
  RESULTS_AT,
  readResults,
} from "../../../crash/results.ts";
import { parseHex } from "../../../ipmi/message.ts";
import { kernelFile } from "../../../kernels/cache.ts";
import { SeatError } from "../../../programs/errors.ts";
import { TemporaryFolder } from "../../../programs/life.ts";
import { probeQemu, transportOf } from "../../../programs/qemu-probe.ts";
import { exitText, QemuProcess, SocketNumbers } from "../../../programs/qemu-process.ts";
import { virtualTime } from "../../../programs/qemu-time.ts";
import { PlacedRegisters } from "../../../seats/linux/placed-registers.ts";
import { Qmp } from "../../../seats/linux/qmp.ts";
import type { PciFunction } from "../../../seats/linux/transport/pci.ts";
import { ProxyTransport } from "../../../seats/linux/transport/proxy-transport.ts";
import { VfioUserTransport } from "../../../seats/linux/transport/vfio-user-transport.ts";
import { Ear } from "./ear.ts";
import { kexecMembers } from "./kexec-tools.ts";
import type { CrashedGuest, CrashingGuest, CrashWitness } from "./parts.ts";
import { firstArchive, KERNEL_ARGUMENTS, Said, SLOTS } from "./scripts.ts";

const MEMORY_MB = 512;
const CRASH_KERNEL_MB = 192;
const WALL_LIMIT_MS = 600_000;

/** Of a guest with a clock of its own. */
export const TICKS_PER_MS = 1_000_000;

/**
 * A guest that loads the image by the distribution's kexec, with the kernel's own drivers at our
 * registers, and crashes. What comes up then shows its boot parameters and turns the power off.
 */
export async function runCrashingGuest(guest: CrashingGuest): Promise<CrashedGuest> {
  const qemu = await probeQemu();
  const kexec = await kexecMembers();
  const folder = new TemporaryFolder(tmpdir(), "baseboard-crash-");
  try {
    const machine = new CrashingMachine(guest, folder.path);
    writeFileSync(machine.initrd, firstArchive(guest, kexec));
    return await machine.run(qemu);
  } finally {
    folder.kill();
  }
}

/** QEMU with the guest's functions, from its start to its end. */
class CrashingMachine {
  readonly initrd: string;
  readonly #guest: CrashingGuest;
  readonly #folder: string;
  readonly #console: string;
  readonly #story: Story;
  #failure: unknown;
  #qmp: Qmp | undefined;

  constructor(guest: CrashingGuest, folder: string) {
    this.#guest = guest;
    this.#folder = folder;
    this.#console = join(folder, "console");
    this.initrd = join(folder, "initrd");
    this.#story = new Story(guest.witness, () => seen(this.#lines()).results);
    guest.witness.onReset(() => {
      this.#story.stop();
      void this.#qmp?.execute("system_reset").catch(() => {});
    });
  }

  async run(qemu: Awaited<ReturnType<typeof probeQemu>>): Promise<CrashedGuest> {
    const { place, port } = this.#guest;
    const sockets = new SocketNumbers();
    const ear = new Ear((byte) => this.#story.take(byte));
    const served = [
      { target: new PlacedRegisters(place, port), slot: SLOTS.registers },
      { target: ear, slot: SLOTS.ear },
    ].map(({ target, slot }) => this.#serve(qemu, target, { slot, sockets }));
    const qmpFd = sockets.take();
    for (const { transport } of served) await transport.open();
    const devices = served.map(({ device }) => device);
    const process = await QemuProcess.start(qemu, this.#arguments(devices, qmpFd), sockets.count);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      process.kill();
    }, WALL_LIMIT_MS);
    try {
      for (const { transport, fd } of served) {
        if (transport.inherits) transport.connect(process.socket(fd));
      }
      this.#qmp = new Qmp(process.socket(qmpFd));
      // Who does not come so far is gone, and says why.
      this.#qmp.open().catch(() => {});
      const exit = await process.gone;
      if (this.#failure !== undefined) throw this.#failure;
      if (exit.code !== 0 && !late) throw new SeatError("QEMU_FAILED", exitText(exit));
      const said = this.#lines();
      return { console: said, exit: exit.code, ...seen(said) };
    } finally {
      clearTimeout(timer);
      for (const { transport } of served) transport.close();
      process.kill();
    }
  }

  #serve(
    qemu: Awaited<ReturnType<typeof probeQemu>>,
    target: PciFunction,
    { slot, sockets }: { readonly slot: number; readonly sockets: SocketNumbers },
  ) {
    const failed = (error: unknown) => {
      this.#failure ??= error;
    };
    const vfio = transportOf(qemu) === "vfio-user-pci";
    const transport = vfio
      ? new VfioUserTransport(target, this.#folder, failed)
      : new ProxyTransport(target, failed);
    const fd = transport.inherits ? sockets.take() : 0;
    const place = { id: `crash${slot}`, bus: "pci.0", addr: String(slot) };
    return { transport, fd, device: JSON.stringify({ ...transport.device(fd), ...place }) };
  }

  #arguments(devices: readonly string[], qmpFd: number): readonly string[] {
    const { kernel, clock } = this.#guest;
    const append = [...KERNEL_ARGUMENTS, `crashkernel=${CRASH_KERNEL_MB}M`].join(" ");
    return [
      ...["-accel", "tcg", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
      ...["-m", String(MEMORY_MB), "-machine", "pc,memory-backend=memory"],
      ...["-object", `memory-backend-memfd,id=memory,size=${MEMORY_MB}M,share=on`],
      ...(clock === "guest" ? virtualTime({ inTurns: false }) : []),
      ...["-kernel", kernelFile(kernel, kernel.manifest.elf), "-initrd", this.initrd],
      ...["-append", append, "-serial", `file:${this.#console}`],
      ...devices.flatMap((device) => ["-device", device]),
      ...["-chardev", `socket,id=qmp,fd=${qmpFd}`, "-qmp", "chardev:qmp"],
    ];
  }

  #lines(): readonly string[] {
    if (!existsSync(this.#console)) return [];
    return readFileSync(this.#console, "latin1").split(/\r?\n/);
  }
}

/** What the guest tells, in one kernel and the next: its time of day, and where it is. */
class Story {
  readonly #witness: CrashWitness;
  readonly #results: () => CrashResults | undefined;
  #last: number | undefined;
  #over = false;

  constructor(witness: CrashWitness, results: () => CrashResults | undefined) {
    this.#witness = witness;
    this.#results = results;
  }

  take(byte: number): void {
    if (this.#over) return;
    if (byte === Said.Crashes) return this.#witness.crashes();
    if (byte === Said.IsUp) return this.#witness.isUp();
    if (byte === Said.HasShown) return this.#witness.hasShown(this.#results());
    const passed = (byte - (this.#last ?? byte) + Said.Clock) % Said.Clock;
    this.#last = byte;
    this.#witness.passed(passed);
  }

  /** What the guest still says is of no match any more. */
  stop(): void {
    this.#over = true;
  }
}

function seen(lines: readonly string[]): Pick<CrashedGuest, "loaded" | "second" | "results"> {
  const after = (word: string) => {
    return lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
  };
  const loaded = after("KEXEC") === "0 1";
  const shown = after("PARAMS") ?? "";
  const second = after("SECOND");
  const page = new Uint8Array(BOOT_PARAMS_BYTES);
  if (shown !== "") page.set(parseHex(shown), RESULTS_AT);
  try {
    return { loaded, second, results: readResults(page) };
  } catch (error) {
    if (!(error instanceof NoCrashResults)) throw error;
    return { loaded, second, results: undefined };
  }
}
