import { Command } from "commander";
import { scenarioJsonSchema, seatsOf } from "../../lab/index.ts";
import { catalogueNames, loadScenario } from "../catalogue.ts";
import { Exit, Failure } from "../failure.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";
import { loadKnowledge } from "../knowledge.ts";

export function scenariosCommand(): Command {
  return new Command("scenarios")
    .description("List the catalogue, or explain one scenario.")
    .argument("[scenario]", "a name of the catalogue, or a YAML file to check")
    .option("--schema", "print the scenario format as a JSON Schema")
    .option("--log <word>", "those in whose matches a kernel's console said that")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  baseboard scenarios
  baseboard scenarios zombie-channel
  baseboard scenarios --log "incorrect response"
  baseboard scenarios --schema > scenario.schema.json`,
    )
    .action(scenarios);
}

interface ScenariosOptions {
  readonly schema?: boolean;
  readonly log?: string;
  readonly json?: string;
}

async function scenarios(name: string | undefined, options: ScenariosOptions): Promise<void> {
  if (options.schema === true) return schema(name, options.json);
  if (name !== undefined && options.log !== undefined) {
    throw new Failure(Exit.WrongCommand, "--log looks through all scenarios; give no name with it");
  }
  await withJson(options.json, (json) => {
    const { log } = options;
    const { document, text } = log === undefined ? listOrOne(name) : withLine(log);
    json.put(
      () => document,
      () => text,
    );
  });
}

/** It is a JSON document by itself, and one for all scenarios. */
async function schema(name: string | undefined, given: string | undefined): Promise<void> {
  if (name !== undefined) {
    const why = "the schema is one for all scenarios; give no name with it";
    throw new Failure(Exit.WrongCommand, `--schema ${name}: ${why}`);
  }
  const text = () => `${JSON.stringify(scenarioJsonSchema(), undefined, 2)}\n`;
  await withJson(given, (json) => json.put(scenarioJsonSchema, text));
}

/** The same for a reader and for a program. */
interface Said {
  readonly document: unknown;
  readonly text: string;
}

function listOrOne(name: string | undefined): Said {
  return name === undefined ? list() : one(name);
}

/** The scenarios by the kernel's words: whichever of its lines has them, numbers left out. */
function withLine(word: string): Said {
  const wanted = word.toLowerCase();
  const { matches } = loadKnowledge();
  const found = new Map<string, Map<string, Set<string>>>();
  for (const { scenario, kernel, lines } of matches) {
    for (const shape of lines.keys()) {
      if (!shape.toLowerCase().includes(wanted)) continue;
      const shapes = found.get(scenario) ?? new Map<string, Set<string>>();
      found.set(scenario, shapes.set(shape, (shapes.get(shape) ?? new Set()).add(kernel)));
    }
  }
  const document = [...found].map(([name, shapes]) => ({
    name,
    lines: [...shapes].map(([line, kernels]) => ({ line, kernels: [...kernels] })),
  }));
  const rows = document.flatMap(({ name, lines }) => [
    name,
    ...lines.map(({ line, kernels }) => `  ${line}  (${kernels.join(", ")})`),
  ]);
  const none = `no kernel said ${JSON.stringify(word)} in a match that was played`;
  return { document, text: `${rows.length === 0 ? none : rows.join("\n")}\n` };
}

function one(nameOrFile: string): Said {
  const { scenario, file } = loadScenario(nameOrFile);
  const { name, title, source, story, covers = [] } = scenario;
  const seats = seatsOf(scenario);
  const lines = [
    `${name}: ${title}`,
    "",
    story.trim(),
    "",
    `source  ${source}`,
    ...(covers.length > 0 ? [`covers  ${covers.join(", ")}`] : []),
    `hosts   ${seats.join(", ")}`,
  ];
  const document = { name, title, source, story, covers, seats, file };
  return { document, text: `${lines.join("\n")}\n` };
}

function list(): Said {
  const all = catalogueNames().map((name) => loadScenario(name).scenario);
  const width = Math.max(...all.map(({ name }) => name.length));
  const lines = all.map((scenario) => {
    const others = seatsOf(scenario).filter((seat) => seat !== "stack");
    const shown = others.map((seat) => `  [${seat}]`).join("");
    return `${scenario.name.padEnd(width)}  ${scenario.title}${shown}\n`;
  });
  const document = all.map((scenario) => {
    const { name, title, covers = [] } = scenario;
    return { name, title, covers, seats: seatsOf(scenario) };
  });
  return { document, text: lines.join("") };
}
