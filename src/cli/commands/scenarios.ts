import { Command } from "commander";
import { scenarioJsonSchema } from "../../lab/index.ts";
import { catalogueNames, loadScenario } from "../catalogue.ts";
import { say, sayJson } from "../say.ts";

export function scenariosCommand(): Command {
  return new Command("scenarios")
    .description("List the catalogue, or explain one scenario.")
    .argument("[scenario]", "a name of the catalogue, or a YAML file to check")
    .option("--schema", "print the scenario format as a JSON Schema")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText(
      "after",
      `
Examples:
  baseboard scenarios
  baseboard scenarios zombie-channel
  baseboard scenarios --schema > scenario.schema.json`,
    )
    .action(scenarios);
}

function scenarios(name: string | undefined, options: { schema?: boolean; json?: boolean }): void {
  if (options.schema === true) {
    sayJson(scenarioJsonSchema());
  } else if (name !== undefined) {
    one(name, options.json === true);
  } else {
    list(options.json === true);
  }
}

function one(name: string, json: boolean): void {
  const { scenario, file } = loadScenario(name);
  const { title, source, story } = scenario;
  const covers = scenario.covers ?? [];
  const seats = scenario.seats ?? ["stack"];
  if (json) {
    const { name: id } = scenario;
    sayJson({ name: id, title, source, story, covers, seats, file });
    return;
  }
  say(`${scenario.name}: ${title}\n\n${story.trim()}\n`);
  say(`source  ${source}`);
  if (covers.length > 0) say(`covers  ${covers.join(", ")}`);
  say(`hosts   ${seats.join(", ")}`);
}

function list(json: boolean): void {
  const all = catalogueNames().map((name) => loadScenario(name).scenario);
  if (json) {
    const rows = all.map(({ name, title, covers = [], seats = ["stack"] }) => {
      return { name, title, covers, seats };
    });
    sayJson(rows);
    return;
  }
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { name, title, seats = ["stack"] } of all) {
    say(`${name.padEnd(width)}  ${title}${seats.includes("linux") ? "  [linux]" : ""}`);
  }
}
