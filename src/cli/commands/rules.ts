import { Command } from "commander";
import { coverageOf } from "../../lab/coverage.ts";
import { HOSTS, interfaceOf, TRANSPORTS, whyNotFor } from "../../lab/index.ts";
import { clauses } from "../../referee/clauses/index.ts";
import { explain, rules } from "../../referee/index.ts";
import { chosenScenarios, playedOn } from "../catalogue.ts";
import { Exit, Failure } from "../failure.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";
import { Progress } from "../progress.ts";
import { coverageJson, coverageText } from "../report/coverage.ts";

export function rulesCommand(): Command {
  return new Command("rules")
    .description("List the referee's rules, or explain some.")
    .argument("[rule...]", "ids such as KCS-26, or their beginnings such as STACK")
    .option("--coverage", "play the catalogue: which rule fires where, and which clause has none")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  baseboard rules
  baseboard rules KCS-26 STACK
  baseboard rules --coverage
  baseboard rules --coverage SSIF`,
    )
    .action(list);
}

interface RulesOptions {
  readonly json?: string;
  readonly coverage?: boolean;
}

async function list(ids: readonly string[], options: RulesOptions): Promise<void> {
  const wanted = ids.map((id) => id.toUpperCase());
  for (const id of wanted) {
    if (rules.some((rule) => rule.id.startsWith(id))) continue;
    throw new Failure(Exit.WrongCommand, `no rule ${id}: \`baseboard rules\` lists them`);
  }
  const chosen = rules.filter((rule) => {
    return wanted.length === 0 || wanted.some((id) => rule.id.startsWith(id));
  });
  if (options.coverage === true) return covered(wanted, options);
  const document = () => {
    return chosen.map(({ id, party, severity, section, sentence, instead, observable }) => {
      return { id, party, severity, section, sentence, instead, observable };
    });
  };
  const text = () => {
    const lines = chosen.map((rule) => {
      return wanted.length > 0
        ? explain(rule)
        : `${rule.id.padEnd(9)} ${rule.party.padEnd(5)} ${rule.sentence}`;
    });
    return `${lines.join("\n")}\n`;
  };
  await withJson(options.json, (json) => json.put(document, text));
}

/** Plays the whole catalogue on each system interface, and what is OPAL's there. */
async function covered(wanted: readonly string[], { json }: RulesOptions): Promise<void> {
  const catalogue = chosenScenarios([], true);
  const subjects = TRANSPORTS.flatMap((kind) => {
    return catalogue
      .filter(({ scenario }) => kind !== "opal" || interfaceOf(scenario) === "opal")
      .map((each) => playedOn(each, kind))
      .filter(({ scenario }) => whyNotFor(scenario, HOSTS.stack) === undefined)
      .map(({ scenario }) => ({ scenario, kind }));
  });
  const named = (id: string) => wanted.length === 0 || wanted.some((each) => id.startsWith(each));
  await withJson(json, async (output) => {
    const progress = new Progress(subjects.length, output.alone);
    let over = () => {};
    const all = await coverageOf(subjects, ({ name }) => {
      over();
      over = progress.next(name);
    });
    over();
    progress.end();
    const coverage = {
      matches: subjects.length,
      rules: all.filter(({ rule }) => named(rule.id)),
      clauses: clauses.filter(({ id }) => named(id)),
    };
    output.put(
      () => coverageJson(coverage),
      () => coverageText(coverage),
    );
  });
}
