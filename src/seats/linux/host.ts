import { tmpdir } from "node:os";
import { TemporaryFolder } from "../../programs/life.ts";
import { probeQemu, type Qemu } from "../../programs/qemu-probe.ts";
import type { Exit, QemuProcess } from "../../programs/qemu-process.ts";
import { launch, type RunningGuest } from "./launch.ts";
import type { HostEnd, LinuxHostOptions } from "./options.ts";

const WALL_LIMIT_MS_MAX = 0x7fff_ffff;

/** A guest with an unmodified kernel, whose `ipmi_si` drives `machine.port`. */
export class LinuxHost {
  /**
   * Settles when QEMU is gone and nothing of it is left. It is rejected only with what the
   * machine's own functions threw.
   */
  readonly ended: Promise<HostEnd>;
  readonly qemu: Qemu;
  /** What did not go as asked, though the guest runs all the same. */
  readonly notes: readonly string[];
  readonly #process: QemuProcess;
  #why: HostEnd["why"] | undefined;

  private constructor(qemu: Qemu, guest: RunningGuest) {
    const { process, transports, folder, outputs, options, failure } = guest;
    this.qemu = qemu;
    this.notes = guest.notes;
    this.#process = process;
    const limitMs = Math.min(options.wallLimitMs, WALL_LIMIT_MS_MAX);
    const limit = setTimeout(() => this.#end("wall-limit"), limitMs);
    failure.onRaise(() => process.kill());
    this.ended = process.gone.then((exit) => {
      clearTimeout(limit);
      for (const transport of transports) transport.close();
      try {
        for (const output of outputs) output.end();
      } catch (error) {
        failure.raise(error);
      }
      folder.kill();
      if (failure.thrown !== undefined) throw failure.thrown.error;
      return { ...exit, why: this.#why ?? reason(exit, process.killed) };
    });
    // Who never asks how the guest ended has no use for the machine's error either.
    this.ended.catch(() => {});
  }

  static async start(options: LinuxHostOptions): Promise<LinuxHost> {
    const folder = new TemporaryFolder(tmpdir(), "baseboard-");
    try {
      const qemu = await probeQemu(options.qemu);
      folder.check();
      return new LinuxHost(qemu, await launch(folder, qemu, options));
    } catch (error) {
      folder.kill();
      throw error;
    }
  }

  /** Ends the guest, if it still runs. Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#end("stopped");
    await this.ended.catch(() => {});
  }

  #end(why: HostEnd["why"]): void {
    this.#why ??= why;
    this.#process.kill();
  }
}

/** QEMU obeys a polite kill, says so, and ends as if its guest had. */
const TOLD_TO_END = /terminating on signal \d+/;

function reason(exit: Exit, killed: boolean): HostEnd["why"] {
  if (killed) return "stopped";
  return exit.code === 0 && !TOLD_TO_END.test(exit.stderrTail) ? "guest" : "qemu";
}
