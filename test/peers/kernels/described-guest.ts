import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert } from "../../../src/assert.ts";
import { MachineFiles } from "../../../src/cli/machine-files.ts";
import { machineTables } from "../../../src/cli/machine-tables.ts";
import type { MachineTables } from "../../../src/host/discovery/discover.ts";
import { type Kernel, kernelFile } from "../../../src/kernels/cache.ts";
import {
  driverMembers,
  KERNEL_ARGUMENTS,
  SHELL_BEGINS,
  shellArchive,
} from "../../../src/lab/crash/guest/shell-guest.ts";
import { TemporaryFolder } from "../../../src/programs/life.ts";
import { probeQemu } from "../../../src/programs/qemu-probe.ts";
import { exitText, QemuProcess } from "../../../src/programs/qemu-process.ts";
import { virtualTime } from "../../../src/programs/qemu-time.ts";

const DOCUMENT = fileURLToPath(new URL("../../../docs/discovery.md", import.meta.url));
const DRIVERS = [
  ...["ipmi_msghandler", "ipmi_devintf", "ipmi_si", "i2c_smbus", "i2c_i801", "ipmi_ssif"],
];
const MEMORY_MB = 256;
const WALL_LIMIT_MS = 300_000;

/** A machine as its firmware describes it. */
export interface DescribedGuest {
  readonly kernel: Kernel;
  /** QEMU's options for the devices. */
  readonly devices: readonly string[];
  /** Records of SMBIOS beside those that QEMU makes, without strings. */
  readonly records: readonly Uint8Array[];
  /** Whole tables beside QEMU's own. */
  readonly acpiTables: readonly Uint8Array[];
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

/** Boots the machine, goes through the stages, and gives what came of each. */
export async function runDescribedGuest(
  guest: DescribedGuest,
): Promise<ReadonlyMap<string, Stage>> {
  const folder = new TemporaryFolder(tmpdir(), "baseboard-described-");
  try {
    const file = (name: string, bytes: Uint8Array | string) => {
      writeFileSync(join(folder.path, name), bytes);
      return join(folder.path, name);
    };
    const initrd = file("initrd", archive(guest));
    const told = file("told", "");
    const strings = new Uint8Array(2);
    const args = [
      ...["-accel", "tcg", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
      ...["-m", String(MEMORY_MB), "-machine", "q35", ...virtualTime()],
      ...["-kernel", kernelFile(guest.kernel, guest.kernel.manifest.elf), "-initrd", initrd],
      ...["-append", [...KERNEL_ARGUMENTS, "8250.nr_uarts=2"].join(" ")],
      ...["-serial", `file:${join(folder.path, "console")}`, "-serial", `file:${told}`],
      ...guest.records.flatMap((record, index) => {
        return ["-smbios", `file=${file(`record${index}`, Buffer.concat([record, strings]))}`];
      }),
      ...guest.acpiTables.flatMap((table, index) => {
        return ["-acpitable", `file=${file(`table${index}`, table)}`];
      }),
      ...guest.devices,
    ];
    const process = await QemuProcess.start(await probeQemu(), args, 0);
    const timer = setTimeout(() => process.kill(), WALL_LIMIT_MS);
    const exit = await process.gone;
    clearTimeout(timer);
    if (exit.code !== 0) throw new Error(exitText(exit));
    return stages(readFileSync(told, "latin1"), folder.path);
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

function archive({ kernel, stages }: DescribedGuest): Uint8Array {
  const init = `${SHELL_BEGINS}
exec > /dev/ttyS1
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
  return shellArchive(init, driverMembers(kernel, DRIVERS));
}

function stages(told: string, work: string): ReadonlyMap<string, Stage> {
  const [, ...parts] = told.split(/^STAGE /m);
  assert(told.trimEnd().endsWith("END"), "the guest came to its end");
  return new Map(
    parts.map((part) => {
      const [name = "", ...lines] = part.split(/\r?\n/);
      const behind = (mark: string) =>
        lines.flatMap((line) => (line.startsWith(mark) ? [line.slice(mark.length)] : []));
      const packed = lines.filter((line) => /^[A-Za-z0-9+/=]+$/.test(line) && line !== "END");
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
