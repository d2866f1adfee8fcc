import { Command } from "commander";
import { untilInterrupted } from "../interruptible.ts";
import { FORMAT_LINES, FORMAT_OPTION, INTERFACE_OPTION } from "../judged-files.ts";
import { pageScript } from "../page/html.ts";
import { type PageOptions, pagesOf } from "../page/pages.ts";
import { PageServer } from "../page/serving.ts";
import { say } from "../say.ts";
import { wholeNumber } from "../whole-number.ts";

const PORT_MAX = 65_535;

interface ViewOptions extends PageOptions {
  readonly port?: string;
}

export function viewCommand(): Command {
  return new Command("view")
    .description("Show a trace, or evidence, in this machine's browser, until Ctrl-C.")
    .argument("<file>", "a trace, or evidence of any format below; - is standard input")
    .argument("[other]", "the other face of the same wire, the BMC's or the host's")
    .option("--port <number>", "on that port of 127.0.0.1; any that is free when left out")
    .option("--unmasked", "passwords and keys, too, for which zeros stand otherwise")
    .addOption(FORMAT_OPTION)
    .addOption(INTERFACE_OPTION)
    .addHelpText(
      "after",
      `
Formats to read:
${FORMAT_LINES}

Examples:
  baseboard view dead.trace.jsonl
  baseboard view machine.txt --port 8080

Only this machine can ask for the page. \`baseboard report\` writes the same as a file.

Exit status: 0 when Ctrl-C ended it; 2 the file is of no format that can be read; 3 the port is in use.`,
    )
    .action((file: string, other: string | undefined, options: ViewOptions) => {
      return view(file, other, options);
    });
}

async function view(
  file: string,
  other: string | undefined,
  { port, ...options }: ViewOptions,
): Promise<void> {
  const wanted = wholeNumber("--port", port, { least: 1, most: PORT_MAX }) ?? 0;
  const script = pageScript("page");
  const server = new PageServer(script, await pagesOf(file, other, options));
  for (const address of await server.listen(wanted)) say(address);
  await untilInterrupted();
  await server.close();
}
