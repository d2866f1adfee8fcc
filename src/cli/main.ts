#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { NotForGuests, ScenarioError } from "../lab/index.ts";
import { SeatError } from "../seats/linux/index.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { exploreCommand } from "./commands/explore.ts";
import { kernelsCommand } from "./commands/kernels.ts";
import { matrixCommand } from "./commands/matrix.ts";
import { replayCommand } from "./commands/replay.ts";
import { rulesCommand } from "./commands/rules.ts";
import { runCommand } from "./commands/run.ts";
import { scenariosCommand } from "./commands/scenarios.ts";
import { Exit, Failure } from "./failure.ts";

const program = new Command("baseboard")
  .description("Puts an IPMI host and a BMC on one wire, and names who broke which rule.")
  .addHelpText(
    "after",
    `
Examples:
  baseboard run sticky-event-buffer                      our own host stack, in virtual time
  baseboard kernels add debian:6.17                      fetch a kernel from the distribution
  baseboard run sticky-event-buffer --host linux:6.17    the same BMC, an unmodified kernel
  baseboard matrix --all --host stack,linux:6.17         a table of verdicts, host by host
  baseboard explore cold-reset-unseen --fault-everywhere a fault at every event of a run
  baseboard rules KCS-26                                 what a rule says, and where it stands

Exit status: 0 the verdict is what the scenario expects; 1 it is not; 2 the command was wrong;
3 something that was asked for is missing here.`,
  )
  .showHelpAfterError("(--help shows the commands, with examples)")
  .exitOverride();

for (const command of [
  runCommand,
  exploreCommand,
  matrixCommand,
  replayCommand,
  kernelsCommand,
  doctorCommand,
  rulesCommand,
  scenariosCommand,
]) {
  program.addCommand(command().copyInheritedSettings(program));
}

// A reader that goes away, such as head, is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitOf(error);
}

/** Says in one line what is wrong, and gives the exit status. Our own bugs keep their stack. */
function exitOf(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? Exit.AsExpected : Exit.WrongCommand;
  }
  if (error instanceof Failure) return say(error.message, error.exit);
  if (error instanceof ScenarioError || error instanceof NotForGuests) {
    return say(error.message, Exit.WrongCommand);
  }
  if (error instanceof SeatError) {
    const remedy = error.remedy === "" ? "" : `; ${error.remedy}`;
    const exit = error.code === "BAD_KERNEL_SPEC" ? Exit.WrongCommand : Exit.Missing;
    return say(`${error.message}${remedy}`, exit);
  }
  throw error;
}

function say(message: string, exit: number): number {
  console.error(`baseboard: ${message}`);
  return exit;
}
