import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { selCommands, watchdogCommands } from "../../../src/crash/commands.ts";
import type { ExecutorLocation } from "../../../src/crash/interfaces.ts";
import { BOOT_PARAMS_BYTES, Outcome, RESULTS_AT, readResults } from "../../../src/crash/results.ts";
import { wrapBzImage } from "../../../src/crash/wrap.ts";
import { parseHex } from "../../../src/ipmi/message.ts";
import { kernelFile } from "../../../src/kernels/cache.ts";
import {
  KERNEL_ARGUMENTS,
  SHELL_BEGINS,
  shellArchive,
} from "../../../src/lab/crash/guest/shell-guest.ts";
import { TemporaryFolder } from "../../../src/programs/life.ts";
import { probeQemu } from "../../../src/programs/qemu-probe.ts";
import { exitText, QemuProcess } from "../../../src/programs/qemu-process.ts";
import { virtualTime } from "../../../src/programs/qemu-time.ts";
import { kernelFor } from "./kernel.ts";

const VERSION = "6.1";
const WALL_LIMIT_MS = 300_000;
/** The executor counts looks: the guest's clock, and its counter with it, is no measure of a register access. */
const BOUNDS = {
  ...{ budgetTicks: 60e9, ticksPerMs: 1_000_000 },
  ...{ looks: 100_000, tries: 3, restLooks: 1_000 },
};
const COMMANDS = [
  ...watchdogCommands({ seconds: 300, action: "HardReset" }),
  ...selCommands("OS stop"),
];
const SHOWING = `${SHELL_BEGINS}
echo "PARAMS $(tail -c +${RESULTS_AT + 1} /sys/kernel/boot_params/data | od -An -v -tx1 | tr -d '\\n')"
reboot -f
`;
/** Where QEMU, or its firmware, has them. */
const KCS = { at: "io", kind: "kcs", base: 0xca2, spacing: 1, width: 8 } as const;
const BT = { at: "io", kind: "bt", base: 0xe4, spacing: 1, width: 8 } as const;
const SSIF = { at: "i801", kind: "ssif", base: 0x700, address: 0x10 } as const;

beforeAll(async () => {
  await kernelFor(VERSION);
});

// Goal: the executor has its commands taken by devices, a bus controller and a BMC that nobody here wrote. Method:
// the wrapped kernel is booted, which goes the same way through its 64-bit entry; it then shows what was noted.
test.each<readonly [string, ExecutorLocation, string]>([
  ["KCS", KCS, "isa-ipmi-kcs"],
  ["BT", BT, "isa-ipmi-bt"],
  ["SSIF behind the ICH9's SMBus controller", SSIF, "smbus-ipmi,address=0x10"],
])("QEMU's BMC on %s has all commands", async (_, location, device) => {
  const { commands } = await booted(location, device);
  expect(commands).toHaveLength(COMMANDS.length);
  for (const [index, { bytes }] of COMMANDS.entries()) {
    const right = { outcome: Outcome.Answered, completionCode: 0, tries: 1, cmd: bytes[1] };
    expect(commands[index]).toMatchObject(right);
  }
});

async function booted(location: ExecutorLocation, device: string) {
  const kernel = await kernelFor(VERSION);
  const folder = new TemporaryFolder(tmpdir(), "baseboard-executor-");
  try {
    const put = (name: string, bytes: Uint8Array | string) => {
      writeFileSync(join(folder.path, name), bytes);
      return join(folder.path, name);
    };
    const vmlinuz = readFileSync(kernelFile(kernel, kernel.manifest.image));
    const image = wrapBzImage(vmlinuz, { location, commands: COMMANDS, bounds: BOUNDS });
    const console = put("console", "");
    const args = [
      ...["-accel", "tcg", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
      ...[
        "-m",
        "256",
        "-machine",
        "q35",
        ...virtualTime({ inTurns: false }),
        "-serial",
        `file:${console}`,
      ],
      ...["-device", "ipmi-bmc-sim,id=bmc", "-device", `${device},bmc=bmc`],
      ...[
        "-kernel",
        put("image", image.bytes),
        "-initrd",
        put("initrd", shellArchive(SHOWING, [])),
      ],
      ...["-append", KERNEL_ARGUMENTS.join(" ")],
    ];
    const process = await QemuProcess.start(await probeQemu(), args, 0);
    const timer = setTimeout(() => process.kill(), WALL_LIMIT_MS);
    const exit = await process.gone;
    clearTimeout(timer);
    if (exit.code !== 0) throw new Error(exitText(exit));
    const [, noted = ""] = /PARAMS ([0-9a-f ]+)/.exec(readFileSync(console, "latin1")) ?? [];
    const page = new Uint8Array(BOOT_PARAMS_BYTES);
    page.set(parseHex(noted.trim()), RESULTS_AT);
    return readResults(page);
  } finally {
    folder.kill();
  }
}
