import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ticksElf, ticksPerMs } from "../guest/ticks.ts";
import { TemporaryFolder } from "../programs/life.ts";
import { runTool } from "../programs/tool.ts";
import { Exit, Failure } from "./failure.ts";

/** Why the rate is not known here, and what to do about it. */
const REMEDY = "say it with --tsc, in MHz, as the machine's own log has it after `tsc:`";

/** How many ticks this machine's time stamp counter makes in a millisecond. Takes 0.1 s. */
export async function tickRate(): Promise<number> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Failure(Exit.Missing, `this machine has no time stamp counter; ${REMEDY}`);
  }
  const folder = new TemporaryFolder(tmpdir(), "baseboard-ticks-");
  try {
    const program = join(folder.path, "ticks");
    writeFileSync(program, ticksElf(), { mode: 0o700 });
    const { stdout } = await runTool(program, []);
    const rate = ticksPerMs(stdout);
    if (rate !== undefined) return rate;
  } catch {
    // A folder for temporary files may forbid programs: the same sentence helps.
  } finally {
    folder.kill();
  }
  throw new Failure(Exit.Missing, `the time stamp counter could not be measured; ${REMEDY}`);
}
