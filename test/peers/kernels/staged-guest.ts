import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert } from "../../../src/assert.ts";
import { MachineFiles } from "../../../src/cli/machine-files.ts";
import { machineTables } from "../../../src/cli/machine-tables.ts";
import type { MachineTables } from "../../../src/host/discovery/discover.ts";
import { SHELL_BEGINS, shellArchive } from "../../../src/lab/crash/guest/shell-guest.ts";
import { TemporaryFolder } from "../../../src/programs/life.ts";
import { probeQemu } from "../../../src/programs/qemu-probe.ts";
import { exitText, QemuProcess } from "../../../src/programs/qemu-process.ts";
import { virtualTime } from "../../../src/programs/qemu-time.ts";
import type { CpioMember } from "../../../src/seats/linux/cpio.ts";

const DOCUMENT = fileURLToPath(new URL("../../../docs/discovery.md", import.meta.url));
const MEMORY_MB = 256;
const WALL_LIMIT_MS = 300_000;

/** Has a file of that name and content among those that go with the guest; gives its path. */
export type PutFile = (name: string, bytes: Uint8Array | string) => string;

/** A guest that goes through stages, and copies its machine's tables at each. */
export interface StagedGuest {
  /** QEMU's program; the one for x86-64 when it is not said. */
  readonly qemu?: string;
  /** The kernel, as QEMU takes it. */
  readonly kernel: string;
  readonly drivers: readonly CpioMember[];
  /** Another shell than this machine's, for another processor. */
  readonly shell?: Uint8Array;
  /** The serial line on which the guest tells, and the words of the kernel's command line. */
  readonly line: string;
  readonly commandLine: readonly string[];
  /** QEMU's options, but for those that all guests have; `told` is the file behind the line. */
  readonly options: (put: PutFile, told: string) => readonly string[];
  /** What the guest does, one after the other, as lines of a shell. */
  readonly stages: Readonly<Record<string, string>>;
}

/** What a guest's kernel made of its machine at a stage. */
export interface Stage {
  /** What the page on discovery says to copy, copied as it says, and read. */
  readonly tables: MachineTables;
  /** What the kernel's drivers said since the stage before. */
  readonly said: readonly string[];
}

/** Boots the guest, goes through the stages, and gives what came of each. */
export async function runStagedGuest(guest: StagedGuest): Promise<(name: string) => Stage> {
  const folder = new TemporaryFolder(tmpdir(), "baseboard-staged-");
  try {
    const put: PutFile = (name, bytes) => {
      writeFileSync(join(folder.path, name), bytes);
      return join(folder.path, name);
    };
    const initrd = put("initrd", shellArchive(init(guest), guest.drivers, guest.shell));
    const told = put("told", "");
    const args = [
      ...["-accel", "tcg", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
      ...["-m", String(MEMORY_MB), ...virtualTime()],
      ...["-kernel", guest.kernel, "-initrd", initrd, "-append", guest.commandLine.join(" ")],
      ...guest.options(put, told),
    ];
    const process = await QemuProcess.start(await probeQemu(guest.qemu), args, 0);
    const timer = setTimeout(() => process.kill(), WALL_LIMIT_MS);
    const exit = await process.gone;
    clearTimeout(timer);
    if (exit.code !== 0) throw new Error(exitText(exit));
    const stages = readStages(readFileSync(told, "latin1"), folder.path);
    return (name) => {
      const stage = stages.get(name);
      assert(stage !== undefined, "the guest had such a stage");
      return stage;
    };
  } finally {
    folder.kill();
  }
}

/** The shell lines by which the page copies a machine's tables. */
function copying(): string {
  const [, text] = /As root, there:\n\n((?: {4}.*\n)+)/.exec(readFileSync(DOCUMENT, "utf8")) ?? [];
  assert(text !== undefined, "the page says what to copy");
  return text;
}

function init({ line, stages }: StagedGuest): string {
  return `${SHELL_BEGINS}
exec > /dev/${line}
stty raw
for each in ipmi_msghandler ipmi_devintf; do insmod /modules/$each.ko; done
copy() {
${copying()}
}
# What the kernel does not show of a module's parameters stands where a user has it.
told() { mkdir -p etc/modprobe.d; echo "options ipmi_si $*" > etc/modprobe.d/ipmi.conf; }
stage() {
  echo "STAGE $1"
  rm -rf dump; copy 2> /dev/null
  # A name that is a link's goes with the copy of what it leads to.
  for each in /sys/class/ipmi/ipmi*; do
    [ -e $each ] && echo "BOUND \${each##*/} $(basename $(readlink -f $each/device))"
  done
  dmesg -c | sed -n 's/^.*\\(ipmi_si\\|ipmi_ssif\\|IPI0001\\)/SAID \\1/p'
  tar -c dump | gzip | base64
}
${Object.entries(stages)
  .map(([name, lines]) => `${lines}\nstage ${name}`)
  .join("\n")}
echo END
reboot -f
`;
}

function readStages(told: string, work: string): ReadonlyMap<string, Stage> {
  // Where the line is the console's, too, the kernel's last words are behind it.
  const [before, after] = told.split(/^END\r?$/m);
  assert(before !== undefined && after !== undefined, "the guest came to its end");
  const [, ...parts] = before.split(/^STAGE /m);
  return new Map(
    parts.map((part) => {
      const [name = "", ...lines] = part.split(/\r?\n/);
      const behind = (mark: string) =>
        lines.flatMap((line) => (line.startsWith(mark) ? [line.slice(mark.length)] : []));
      const packed = lines.filter((line) => /^[A-Za-z0-9+/=]+$/.test(line));
      const place = join(work, name);
      mkdirSync(place);
      execFileSync("tar", ["-xz", "-C", place], { input: Buffer.from(packed.join(""), "base64") });
      const tables = machineTables(new MachineFiles(join(place, "dump")));
      const bound = new Map(behind("BOUND ").map((line) => line.split(" ", 2) as [string, string]));
      const kernel = tables.kernel.map((each) => ({ ...each, device: bound.get(each.name) }));
      return [name, { tables: { ...tables, kernel }, said: behind("SAID ") }];
    }),
  );
}
