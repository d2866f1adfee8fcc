import { Command } from "commander";
import { explain, rules } from "../../referee/index.ts";
import { Exit, Failure } from "../failure.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";

export function rulesCommand(): Command {
  return new Command("rules")
    .description("List the referee's rules, or explain some.")
    .argument("[rule...]", "ids such as KCS-26, or their beginnings such as STACK")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  baseboard rules
  baseboard rules KCS-26 STACK`,
    )
    .action(list);
}

async function list(ids: readonly string[], options: { json?: string }): Promise<void> {
  const wanted = ids.map((id) => id.toUpperCase());
  for (const id of wanted) {
    if (rules.some((rule) => rule.id.startsWith(id))) continue;
    throw new Failure(Exit.WrongCommand, `no rule ${id}: \`baseboard rules\` lists them`);
  }
  const chosen = rules.filter((rule) => {
    return wanted.length === 0 || wanted.some((id) => rule.id.startsWith(id));
  });
  const document = () => {
    return chosen.map(({ id, party, severity, section, sentence, observable }) => {
      return { id, party, severity, section, sentence, observable };
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
