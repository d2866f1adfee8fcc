import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { asProcess, carriedOut, differences } from "./instructions.ts";
import { randomProgram } from "./random-program.ts";

const folder = mkdtempSync(join(tmpdir(), "baseboard-instructions-"));
afterAll(() => rmSync(folder, { recursive: true }));

// Goal: the lab's processor does what a processor does, so that what the lab says of the executor's bytes
// holds. Method: random programs of all instructions, here as processes of this very machine, which write
// down all registers and flags after each. In QEMU, with ports: test/peers/kernels/instructions.test.ts.
test.each([1, 2, 3, 4])(
  "random instructions do what this machine's processor does: seed %i",
  (seed) => {
    const program = randomProgram(seed, { count: 1_000, ports: false });
    const path = join(folder, `program-${seed}`);
    writeFileSync(path, asProcess(program), { mode: 0o755 });
    const theirs = execFileSync(path, { maxBuffer: 2 * program.logBytes });
    expect(differences(program, carriedOut(program), theirs).slice(0, 5)).toEqual([]);
  },
);
