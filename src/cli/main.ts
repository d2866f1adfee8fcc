#!/usr/bin/env node
/**
 * The `baseboard` command. `commands/` has a file for each of its commands: options, and who does the
 * work. `report/` says what came of it, to a reader or a program. What is thrown anywhere ends in
 * `ending.ts`; what is printed anywhere goes through `say.ts`.
 */
import { Command } from "commander";
import { campaignCommand } from "./commands/campaign.ts";
import { captureCommand } from "./commands/capture.ts";
import { checkCommand } from "./commands/check.ts";
import { crashCommand } from "./commands/crash.ts";
import { diagnoseCommand } from "./commands/diagnose.ts";
import { discoverCommand } from "./commands/discover.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { explainCommand } from "./commands/explain.ts";
import { exploreCommand } from "./commands/explore.ts";
import { exportCommand } from "./commands/export.ts";
import { judgeCommand } from "./commands/judge.ts";
import { kernelsCommand } from "./commands/kernels.ts";
import { matrixCommand } from "./commands/matrix.ts";
import { mergeCommand } from "./commands/merge.ts";
import { rawCommand } from "./commands/raw.ts";
import { replayCommand } from "./commands/replay.ts";
import { reportCommand } from "./commands/report.ts";
import { rulesCommand } from "./commands/rules.ts";
import { runCommand } from "./commands/run.ts";
import { scenariosCommand } from "./commands/scenarios.ts";
import { serveCommand } from "./commands/serve.ts";
import { viewCommand } from "./commands/view.ts";
import { endingOf } from "./ending.ts";
import { failureAt } from "./environment.ts";
import { Exit } from "./failure.ts";
import { withJsonAlone } from "./json-output.ts";
import { sayError } from "./say.ts";
import { version } from "./version.ts";

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
  baseboard diagnose dmesg.txt                           which known failure a kernel's log looks like
  baseboard judge machine.txt                            what a machine in the field wrote down
  baseboard discover                                     where this machine says that its BMC is
  baseboard check model                                  does a BMC keep the specification, case by case
  baseboard raw /dev/ipmi0 06 01                         one request to this machine's BMC
  baseboard serve serial-terminal                        our BMC over a pseudo-terminal, for ipmitool
  baseboard crash build --help                           what tells the BMC of a crash, before the dump
  baseboard rules KCS-26                                 what a rule says, and where it stands

Exit status: 0 the verdict is what the scenario expects; 1 it is not; 2 the command was wrong;
3 something that was asked for is missing here, full, not writable, or it died.`,
  )
  .version(version(), "--version", "print the version")
  .option("--no-color", "no colours on a terminal; NO_COLOR in the environment says the same")
  .hook("preAction", () => {
    if (program.opts<{ color: boolean }>().color) return;
    const { env } = process;
    env["NO_COLOR"] = "1";
    delete env["FORCE_COLOR"];
  })
  .showHelpAfterError("(--help shows the commands, with examples)")
  .exitOverride();

for (const command of [
  runCommand,
  exploreCommand,
  matrixCommand,
  mergeCommand,
  campaignCommand,
  replayCommand,
  diagnoseCommand,
  captureCommand,
  judgeCommand,
  explainCommand,
  reportCommand,
  viewCommand,
  exportCommand,
  discoverCommand,
  checkCommand,
  rawCommand,
  serveCommand,
  crashCommand,
  kernelsCommand,
  doctorCommand,
  rulesCommand,
  scenariosCommand,
]) {
  program.addCommand(adopted(command(), program));
}

// What is thrown from an event comes here as well as what a command throws.
process.on("uncaughtException", (error) => process.exit(end(error)));
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that goes away, such as head, is no error of ours.
  if (error.code === "EPIPE") process.exit(process.exitCode ?? Exit.AsExpected);
  process.exit(end(failureAt("standard output", error)));
});
// Nobody is left who could be told.
process.stderr.on("error", () => {});

try {
  await program.parseAsync(withJsonAlone(process.argv.slice(2)), { from: "user" });
} catch (error) {
  process.exitCode = end(error);
}

/** A command made by itself, and those below it, take over what the program has set. */
function adopted(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const below of command.commands) adopted(below, command);
  return command;
}

/** Says what is wrong, and gives the exit status. */
function end(error: unknown): number {
  const { exit, text } = endingOf(error);
  if (text !== "") sayError(text.trimEnd());
  return exit;
}
