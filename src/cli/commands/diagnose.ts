import { Command } from "commander";
import { diagnose, KernelLog } from "../../diagnosis/index.ts";
import { Lines } from "../../evidence/lines.ts";
import { catalogueNames, loadScenario } from "../catalogue.ts";
import { bytesOf } from "../evidence-bytes.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";
import { loadKnowledge } from "../knowledge.ts";
import { diagnosisJson, diagnosisText } from "../report/diagnosis.ts";

export function diagnoseCommand(): Command {
  return new Command("diagnose")
    .description("Which known failure a kernel's log looks like, what shows it, what ended it.")
    .argument("<log>", "dmesg, journalctl -k, syslog, a serial console; - is standard input")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Examples:
  baseboard diagnose dmesg.txt
  journalctl -k | baseboard diagnose -
  baseboard diagnose kern.log.gz --json

What is known comes from matches that unmodified kernels played. A log is evidence of little: it does
not show the wire, and who was at fault can be suspected from it, not proven.`,
    )
    .action(run);
}

async function run(file: string, options: { readonly json?: string }): Promise<void> {
  await withJson(options.json, async (json) => {
    const { log, remark } = await read(file);
    const diagnosis = diagnose(loadKnowledge(), log);
    const about = { file, log, remark, titleOf };
    json.put(
      () => diagnosisJson(about, diagnosis),
      () => diagnosisText(about, diagnosis),
    );
  });
}

/** A scenario that has gone from the catalogue since has none. */
function titleOf(scenario: string): string {
  return catalogueNames().includes(scenario) ? loadScenario(scenario).scenario.title : "";
}

async function read(file: string) {
  const log = new KernelLog();
  const lines = new Lines((text) => log.line(text));
  const decoder = new TextDecoder();
  let remark: string | undefined;
  const brokenOff = (why: string) => {
    remark = `the packed file breaks off: ${why}`;
  };
  for await (const bytes of bytesOf(file, brokenOff)) {
    lines.push(decoder.decode(bytes, { stream: true }));
  }
  lines.push(decoder.decode());
  lines.end();
  return { log, remark };
}
