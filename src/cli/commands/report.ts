import { Command } from "commander";
import { FORMAT_LINES, FORMAT_OPTION, INTERFACE_OPTION } from "../judged-files.ts";
import { numbered } from "../judged-traces.ts";
import { explorationPage, explorationsIn } from "../page/exploration-page.ts";
import { pageHtml, pageScript } from "../page/html.ts";
import { type PageOptions, pagesOf } from "../page/pages.ts";
import { visible } from "../printable.ts";
import { say } from "../say.ts";
import { WholeFile } from "../whole-file.ts";

interface ReportOptions extends PageOptions {
  readonly output: string;
}

export function reportCommand(): Command {
  return new Command("report")
    .description(
      "Write a trace, or evidence, as a page of one file that shows who broke which rule.",
    )
    .argument(
      "<file>",
      "a trace, evidence of any format below, or what `explore --json` wrote; - is standard input",
    )
    .argument("[other]", "the other face of the same wire, the BMC's or the host's")
    .requiredOption("-o, --output <file>", "where; of further interfaces to <file>.2 and so on")
    .option("--unmasked", "passwords and keys, too, for which zeros stand otherwise")
    .addOption(FORMAT_OPTION)
    .addOption(INTERFACE_OPTION)
    .addHelpText(
      "after",
      `
Formats to read:
${FORMAT_LINES}

Examples:
  baseboard run dead-channel --trace dead.trace.jsonl
  baseboard report dead.trace.jsonl -o dead.html
  baseboard report machine.txt -o machine.html
  baseboard explore bring-up --fault-everywhere --json=bring-up.json
  baseboard report bring-up.json -o bring-up.html

The page works without a network and without a server, judges the trace that is in it by itself, and
prints. \`baseboard view\` serves the same on this machine.

Exit status: 0 whatever was found; 2 the file is of no format that can be read.`,
    )
    .action((file: string, other: string | undefined, options: ReportOptions) => {
      return reported(file, other, options);
    });
}

async function reported(
  file: string,
  other: string | undefined,
  { output, ...options }: ReportOptions,
): Promise<void> {
  const files = [new WholeFile("-o", output)];
  try {
    const explorations = other === undefined ? explorationsIn(file) : undefined;
    const pages =
      explorations === undefined
        ? await tracePages(file, other, options)
        : [explorationPage(explorations)];
    for (const [i, page] of pages.entries()) {
      const into = files[i] ?? new WholeFile("-o", numbered(output, i));
      if (files[i] === undefined) files.push(into);
      into.write(page);
    }
    for (const each of files) each.finish();
    for (const i of pages.keys()) say(visible(numbered(output, i)));
  } finally {
    for (const each of files) each.discard();
  }
}

async function tracePages(
  file: string,
  other: string | undefined,
  options: PageOptions,
): Promise<readonly string[]> {
  const pages = await pagesOf(file, other, options);
  return pages.map((page) =>
    pageHtml(pageScript(`page-${page.interface}`), page.about, page.packed),
  );
}
