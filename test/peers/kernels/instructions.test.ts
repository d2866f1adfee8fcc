import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { SHELL_BEGINS, shellArchive } from "../../../src/lab/crash/guest/shell-guest.ts";
import { TemporaryFolder } from "../../../src/programs/life.ts";
import { asProcess, carriedOut, differences } from "../../assembler/instructions.ts";
import { randomProgram } from "../../assembler/random-program.ts";
import { kernelFor } from "./kernel.ts";
import { runMachine } from "./machine.ts";

const COUNT = 3_000;
const INIT = `${SHELL_BEGINS}
stty -F /dev/ttyS1 raw
/crash/program > /states; echo "ENDED $?"
gzip -c /states > /dev/ttyS1
reboot -f
`;

// Goal: the lab's processor does what QEMU's does, instruction for instruction, ports among them. Method:
// as test/assembler/instructions.test.ts, in a guest with a device that keeps what is written to it.
test("random instructions do in QEMU what they do on the lab's processor", async () => {
  const program = randomProgram(20_261_130, { count: COUNT, ports: true });
  const folder = new TemporaryFolder(tmpdir(), "baseboard-instructions-");
  try {
    const output = join(folder.path, "states.gz");
    const data = asProcess(program);
    const { console } = await runMachine({
      kernel: await kernelFor("6.1"),
      initrd: shellArchive(INIT, [{ path: "crash/program", kind: "file", data }]),
      ...{ functions: [], memoryMb: 256, kernelArguments: ["8250.nr_uarts=2"] },
      qemuArguments: ["-device", "pc-testdev", "-serial", `file:${output}`],
    });
    expect(console).toContain("ENDED 0");
    const theirs = gunzipSync(readFileSync(output));
    expect(differences(program, carriedOut(program), theirs).slice(0, 5)).toEqual([]);
    expect(program.steps.length).toBeGreaterThanOrEqual(COUNT);
  } finally {
    folder.kill();
  }
});
