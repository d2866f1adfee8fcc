import { Command, Option } from "commander";
import { EXPORT_FORMATS } from "../../export/index.ts";
import { ExportFiles } from "../export-files.ts";
import {
  FORMAT_LINES,
  FORMAT_OPTION,
  INTERFACE_OPTION,
  judgedFiles,
  type ReadOptions,
} from "../judged-files.ts";
import { visible } from "../printable.ts";
import { say } from "../say.ts";

interface ExportOptions extends Pick<ReadOptions, "format" | "interface"> {
  readonly to: string;
  readonly output: string;
  readonly unmasked?: boolean;
}

export function exportCommand(): Command {
  return new Command("export")
    .description("Write a trace, or evidence, in the format of another program.")
    .argument("<file>", "a trace, or evidence of any format below; - is standard input")
    .argument("[other]", "the other face of the same wire, the BMC's or the host's")
    .addOption(
      new Option("--to <format>", "what to write")
        .choices(EXPORT_FORMATS.map(({ name }) => name))
        .makeOptionMandatory(),
    )
    .requiredOption("-o, --output <file>", "where; of further interfaces to <file>.2 and so on")
    .option("--unmasked", "passwords and keys, too, for which zeros stand otherwise")
    .addOption(FORMAT_OPTION)
    .addOption(INTERFACE_OPTION)
    .addHelpText(
      "after",
      `
Formats to write:
${EXPORT_FORMATS.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`).join("\n")}

Formats to read:
${FORMAT_LINES}

Examples:
  baseboard export dead.trace.jsonl --to pcapng -o dead.pcapng
  tshark -o ipmi.dissect_bus_commands:TRUE -r dead.pcapng
  baseboard export machine.txt --to vcd -o machine.vcd
  baseboard export dead.trace.jsonl --to perfetto -o dead.pftrace

Exit status: 0 whatever was found; 2 the file is of no format that can be read.`,
    )
    .action((file: string, other: string | undefined, options: ExportOptions) => {
      return exported(file, other, options);
    });
}

async function exported(
  file: string,
  other: string | undefined,
  { to, output, unmasked = false, format: read, interface: kind }: ExportOptions,
): Promise<void> {
  const format = EXPORT_FORMATS.find(({ name }) => name === to);
  if (format === undefined) return;
  const files = new ExportFiles(output, format, { unmasked });
  try {
    await judgedFiles(file, other, {
      ...(read === undefined ? {} : { format: read }),
      ...(kind === undefined ? {} : { interface: kind }),
      traces: files,
      judges: false,
    });
    files.finish();
    for (const path of files.paths) say(visible(path));
  } finally {
    files.discard();
  }
}
