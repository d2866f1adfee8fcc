import { Command } from "commander";
import { discover } from "../../host/discovery/discover.ts";
import { type Answer, samePlace } from "../../host/discovery/weigh.ts";
import { type Location, locationText, parseLocation } from "../../wire/location.ts";
import { Exit } from "../failure.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";
import { MachineFiles } from "../machine-files.ts";
import { machineTables } from "../machine-tables.ts";
import { discoveryJson, discoveryText } from "../report/discovery.ts";

export function discoverCommand(): Command {
  return new Command("discover")
    .description("Which interfaces this machine, or a dump of another, says it has, and where.")
    .argument("[interface]", "only what is said of this one, such as kcs:io:0xca8/4")
    .option("--from <folder>", "another machine's tables, at the paths that they have there", "/")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  sudo npx baseboard discover
  baseboard discover --from dump
  baseboard discover kcs:io:0xca2 --json

Nothing is written, and no register is touched. Exit status: 0 when an interface is found, 3 when none is.
docs/discovery.md says what to copy from another machine.`,
    )
    .action(run);
}

async function run(
  given: string | undefined,
  { from, json }: { readonly from: string; readonly json?: string },
): Promise<void> {
  const wanted = given === undefined ? undefined : parseLocation(given);
  await withJson(json, async (output) => {
    const files = new MachineFiles(from);
    const { answers, remarks, looked } = discover(machineTables(files));
    const shown = answers.filter((each) => wanted === undefined || isAbout(each, wanted));
    const report = {
      from,
      wanted: wanted === undefined ? undefined : locationText(wanted),
      discovery: { answers: shown, remarks, looked },
      unread: files.unread,
    };
    const found = shown.some(({ finding }) => finding.unusable === undefined);
    process.exitCode = found ? Exit.AsExpected : Exit.Missing;
    output.put(
      () => discoveryJson(report),
      () => discoveryText(report),
    );
  });
}

/** Whether an answer is of the interface that was asked for. */
function isAbout({ finding, chosen }: Answer, wanted: Location): boolean {
  if (wanted.at === "discovered") return chosen;
  if (wanted.at === "device") return finding.device === locationText(wanted);
  const { location } = finding;
  if (location !== undefined && locationText(location) === locationText(wanted)) return true;
  return samePlace(finding, { location: wanted });
}
