import { tmpdir } from "node:os";
import { SeatError } from "../../programs/errors.ts";
import { TemporaryFolder } from "../../programs/life.ts";
import { type Exit, QemuProcess } from "../../programs/qemu-process.ts";
import { hasTool } from "../../programs/tool.ts";
import { NamedPipes } from "./named-pipes.ts";
import { Qmp } from "./qmp.ts";
import { Qtest } from "./qtest.ts";

/** What one machine is made from. */
export interface MachineSetup {
  readonly program: string;
  /** The distribution's package that has the program. */
  readonly debianPackage: string;
  /** QEMU's arguments for the board and its devices. `folder` goes with the machine. */
  readonly args: (folder: string) => readonly string[];
  /** QEMU is ended after so long, and with it every wait for it. In s. */
  readonly lifeS?: number | undefined;
  /** The id of one more character device, which is our `channel`. */
  readonly channel?: string;
}

const LIFE_DEFAULT_S = 300;
/** A QEMU that does not end by itself within this is killed. */
const QUIT_LIMIT_MS = 2_000;
const COMMON_ARGUMENTS = ["-accel", "tcg", "-nodefaults", "-no-user-config", "-display", "none"];

/** A QEMU whose devices we drive from outside. What is asked of it is done when the call returns. */
export class QemuMachine {
  readonly qtest: Qtest;
  readonly qmp: Qmp;
  /** Our end of the character device that was asked for. */
  readonly channel: NamedPipes | undefined;
  /** Settles when QEMU is gone and nothing of it is left. */
  readonly gone: Promise<Exit>;
  readonly #process: QemuProcess;

  private constructor(process: QemuProcess, folder: TemporaryFolder, pipes: Pipes) {
    this.#process = process;
    this.qtest = new Qtest(pipes.qtest);
    this.qmp = new Qmp(pipes.qmp);
    this.channel = pipes.channel;
    this.gone = process.gone.finally(() => {
      pipes.qtest.close();
      pipes.qmp.close();
      pipes.channel?.close();
      folder.kill();
    });
  }

  static async start(setup: MachineSetup): Promise<QemuMachine> {
    await checkPrograms(setup);
    const folder = new TemporaryFolder(tmpdir(), "baseboard-qemu-");
    try {
      const { channel } = setup;
      const pipes = {
        qtest: await NamedPipes.create(folder.path, "qtest"),
        qmp: await NamedPipes.create(folder.path, "qmp"),
        channel: channel === undefined ? undefined : await NamedPipes.create(folder.path, channel),
      };
      folder.check();
      const args = [
        ...COMMON_ARGUMENTS,
        ...channels(pipes),
        ...(pipes.channel?.chardev(channel ?? "") ?? []),
        ...setup.args(folder.path),
      ];
      const qemu = { program: setup.program, guard: guard(setup.lifeS ?? LIFE_DEFAULT_S) };
      const process = await QemuProcess.start(qemu, args, 0);
      const machine = new QemuMachine(process, folder, pipes);
      await machine.#open(pipes);
      return machine;
    } catch (error) {
      folder.kill();
      throw error;
    }
  }

  /** Ends it, if it still runs. Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.qmp.quit();
    const limit = setTimeout(() => this.#process.kill(), QUIT_LIMIT_MS);
    await this.gone;
    clearTimeout(limit);
  }

  async #open(pipes: Pipes): Promise<void> {
    let ended = false;
    void this.gone.then(() => {
      ended = true;
    });
    try {
      await pipes.qtest.open(() => ended);
      await pipes.qmp.open(() => ended);
      await pipes.channel?.open(() => ended);
      this.qmp.open();
    } catch (error) {
      if (!(error instanceof SeatError)) throw error;
      await this.stop();
      const { stderrTail } = await this.gone;
      throw new SeatError("QEMU_FAILED", `QEMU did not start: ${stderrTail || error.message}`);
    }
  }
}

interface Pipes {
  readonly qtest: NamedPipes;
  readonly qmp: NamedPipes;
  readonly channel: NamedPipes | undefined;
}

function channels({ qtest, qmp }: Pipes): readonly string[] {
  return [
    ...qtest.chardev("qtest"),
    ...["-object", "qtest,id=registers,chardev=qtest,log=/dev/null"],
    ...qmp.chardev("qmp"),
    ...["-mon", "chardev=qmp,mode=control"],
  ];
}

/** QEMU dies with the timer that limits its life, and both die with this process. */
function guard(lifeS: number): readonly string[] {
  const diesWithParent = ["setpriv", "--pdeathsig", "KILL", "--"];
  return [...diesWithParent, "timeout", "--signal=KILL", String(lifeS), ...diesWithParent];
}

async function checkPrograms({ program, debianPackage }: MachineSetup): Promise<void> {
  if (!(await hasTool(program))) {
    const remedy = `on Debian: apt-get install ${debianPackage}`;
    throw new SeatError("QEMU_MISSING", `there is no ${program} here`, remedy);
  }
  for (const tool of ["setpriv", "timeout"]) {
    if (await hasTool(tool)) continue;
    const remedy = "on Debian: apt-get install util-linux coreutils";
    throw new SeatError("TOOL_MISSING", `there is no ${tool} here`, remedy);
  }
}
