import { Command } from "commander";
import { explain, rules } from "../../referee/index.ts";
import { Exit, Failure } from "../failure.ts";
import { say, sayJson } from "../say.ts";

export function rulesCommand(): Command {
  return new Command("rules")
    .description("List the referee's rules, or explain some.")
    .argument("[rule...]", "ids such as KCS-26, or their beginnings such as STACK")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText(
      "after",
      `
Examples:
  baseboard rules
  baseboard rules KCS-26 STACK`,
    )
    .action(list);
}

function list(ids: readonly string[], options: { json?: boolean }): void {
  const wanted = ids.map((id) => id.toUpperCase());
  for (const id of wanted) {
    if (rules.some((rule) => rule.id.startsWith(id))) continue;
    throw new Failure(Exit.WrongCommand, `no rule ${id}: \`baseboard rules\` lists them`);
  }
  const chosen = rules.filter((rule) => {
    return wanted.length === 0 || wanted.some((id) => rule.id.startsWith(id));
  });
  if (options.json === true) {
    const rows = chosen.map(({ id, party, severity, section, sentence, observable }) => {
      return { id, party, severity, section, sentence, observable };
    });
    sayJson(rows);
  } else if (wanted.length > 0) {
    say(chosen.map(explain).join("\n"));
  } else {
    for (const rule of chosen) {
      say(`${rule.id.padEnd(9)} ${rule.party.padEnd(5)} ${rule.sentence}`);
    }
  }
}
