import { Argument, Command } from "commander";
import { CAPTURE_KINDS, type CaptureKind, captureScript } from "../../evidence/capture/kinds.ts";
import { say } from "../say.ts";

export function captureCommand(): Command {
  return new Command("capture")
    .description("Print a shell script that writes down what a machine's own IPMI driver does.")
    .addArgument(new Argument("<kind>", "the host's side, or the BMC's").choices(CAPTURE_KINDS))
    .addHelpText(
      "after",
      `
Examples:
  baseboard capture kcs > capture.sh         for the machine that has the fault; it needs no Node
  sudo sh capture.sh 60 > machine.txt        there: a minute of its KCS interface
  baseboard capture bmc-kcs > capture.sh     for the BMC itself

The script says in its first lines what it writes down, and that this is the IPMI traffic itself.
docs/evidence.md has what it takes, and what can be read off it.`,
    )
    .action((kind: CaptureKind) => say(captureScript(kind).trimEnd()));
}
