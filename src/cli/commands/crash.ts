import { Command } from "commander";
import { type CrashBuildOptions, crashBuild } from "../crash-build.ts";
import { BOOT_PARAMS, type CrashReportOptions, crashReport } from "../crash-report.ts";
import { JSON_OPTION } from "../json-output.ts";

export function crashCommand(): Command {
  const crash = new Command("crash").description(
    "What tells the BMC of a crash, between the kernel that crashed and the one that saves its memory.",
  );
  crash
    .command("build <vmlinuz>")
    .description("puts the executor into a copy of the kernel that kdump starts")
    .requiredOption("-o, --out <file>", "the wrapped kernel")
    .requiredOption("--at <interface>", "where the BMC is, such as kcs:io:0xca2, or discovered")
    .option("--watchdog <order>", "stop, or a time and an action, such as 300s:reset")
    .option("--sel <text>", "log that the host's system stopped, and this text")
    .option("--raw <bytes>", "NetFn/LUN, command, data; may be repeated", repeated)
    .option("--budget <time>", "for all commands together", "2s")
    .option(
      "--tsc <MHz>",
      "how fast the machine's time stamp counter goes; measured here when left out",
    )
    .option("--force", "replace the file of --out, if there is one", false)
    .addHelpText(
      "after",
      `
Examples:
  baseboard crash build /boot/vmlinuz-6.1.0-57-amd64 -o vmlinuz.ipmi --at kcs:io:0xca2 --watchdog stop --sel "OS stop"
  sudo baseboard crash build /boot/vmlinuz -o /var/lib/kdump/vmlinuz.ipmi --at discovered --watchdog 300s:reset

docs/crash.md says how kdump takes it, and what was proven. Exit status: 0 the file is written; 2 the command, or
the kernel, is not one that this can be done with; 3 something that is needed is not here.`,
    )
    .action((kernel: string, options: CrashBuildOptions) => crashBuild(kernel, options));
  crash
    .command("report")
    .description("says, in the kernel that saves the memory, what the BMC took before it")
    .option("--from <file>", "the page of boot parameters", BOOT_PARAMS)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Exit status: 0 the BMC did all that it was told; 1 it did not; 2 the file cannot be read; 3 no executor ran
before this kernel.`,
    )
    .action((options: CrashReportOptions) => crashReport(options));
  return crash;
}

function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
