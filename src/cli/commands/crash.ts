import { Command } from "commander";
import { type CrashBuildOptions, crashBuild } from "../crash-build.ts";
import { type CrashExploreOptions, crashExplore } from "../crash-explore.ts";
import { type CrashInstallOptions, crashInstall } from "../crash-install.ts";
import { BOOT_PARAMS, type CrashReportOptions, crashReport } from "../crash-report.ts";
import { type CrashTestOptions, crashTestCommand } from "../crash-test.ts";
import { JSON_OPTION } from "../json-output.ts";

export function crashCommand(): Command {
  const crash = new Command("crash").description(
    "What tells the BMC of a crash, between the kernel that crashed and the one that saves its memory.",
  );
  crash
    .command("build [vmlinuz]")
    .description("puts the executor into a copy of the kernel that kdump starts")
    .option("--no-kernel", "an image of its own: it tells the BMC, and no kernel follows")
    .option("--then <end>", "with --no-kernel: reset, power-off or power-cycle")
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
  baseboard crash build --no-kernel -o crash.img --at kcs:io:0xca2 --sel "OS stop" --then power-cycle

docs/crash.md says how kdump takes it, and what was proven. Exit status: 0 the file is written; 2 the command, or
the kernel, is not one that this can be done with; 3 something that is needed is not here.`,
    )
    .action((kernel: string | undefined, options: CrashBuildOptions) => {
      return crashBuild(kernel, options);
    });
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
  addInstall(crash);
  addTest(crash);
  addExplore(crash);
  return crash;
}

function addInstall(crash: Command): void {
  crash
    .command("install")
    .description("has Debian's kdump-tools start the wrapped kernel, built anew at each start")
    .requiredOption("--at <interface>", "as for build")
    .option("--watchdog <order>", "as for build")
    .option("--sel <text>", "as for build")
    .option("--raw <bytes>", "as for build", repeated)
    .option("--budget <time>", "as for build", "2s")
    .option("--tsc <MHz>", "as for build; measured at each start when left out")
    .option("--write", "write the files; they are shown when left out", false)
    .option("--force", "with --write: replace files that are there and are others", false)
    .option("--root <folder>", "the machine's root folder", "/")
    .addHelpText(
      "after",
      `
Examples:
  baseboard crash install --at discovered --watchdog stop --sel "OS stop"
  sudo baseboard crash install --at discovered --watchdog 300s:reset --write

It is a unit that builds the kernel before kdump-tools loads it, a hook for a kernel that is installed anew, and
a line for kdump-tools. Exit status: 0 shown, or written; 2 the command is wrong, or would replace what is not to be
replaced; 3 kdump-tools is not installed, or a file cannot be written.`,
    )
    .action((options: CrashInstallOptions) => crashInstall(options));
}

function addTest(crash: Command): void {
  crash
    .command("test <image>")
    .description("crashes a kernel in QEMU with a built image loaded, and says who got what")
    .option("--bmc <bmc>", "what the crash comes upon: well, slow, mute, dead or absent", "well")
    .option("--host <kernel>", "which kernel crashes, such as linux:6.1; the newest when left out")
    .option("-s, --file-load", "load the image by kexec -s in place of kexec -c", false)
    .option("--trace <file>", "write the trace of the registers")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
The image is the very file that kdump gets: the guest has the registers where the executor looks for them, in
I/O space. QEMU, kexec-tools and busybox-static are needed, and a kernel (baseboard kernels add debian:6.1).

Examples:
  baseboard crash test vmlinuz.ipmi
  baseboard crash test vmlinuz.ipmi --bmc dead --host linux:7.2 -s

Exit status: 0 the second kernel came up, and a BMC that could answer did all that it was told; 1 it was not so;
2 the command, or the image, is wrong; 3 something that is needed is not here; 130 it was interrupted.`,
    )
    .action((image: string, options: CrashTestOptions) => crashTestCommand(image, options));
}

function addExplore(crash: Command): void {
  crash
    .command("explore")
    .description(
      "has everything break under the executor, at each register access, in the lab's time",
    )
    .option("--interface <kind>", "kcs, smic, bt or ssif; the first three when left out")
    .option("--at <interface>", "in its place: where the BMC is, such as kcs:io:0xca8/4")
    .option("--watchdog <order>", "what it is to tell the BMC, as for build")
    .option("--sel <text>", "as for build; --watchdog stop --sel 'OS stop' when nothing is said")
    .option("--raw <bytes>", "as for build", repeated)
    .option("--only <point>", "one run alone: what breaks, and at which access, such as resets@117")
    .option("--trace <file>", "with --only: write the run's trace")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
The BMC stops, falls silent, answers late, is gone or is reset at every access of the executor; the kernel
that crashed dies after every access of a transfer. The BMC is the lab's, the bounds are scaled to its time.

Examples:
  baseboard crash explore --interface bt
  baseboard crash explore --interface smic --only resets@117 --trace smic.jsonl

Exit status: 0 nothing breaks; 1 something does, with the line that shows it again; 2 the command was wrong; 3 a
file could not be written; 130 it was interrupted.`,
    )
    .action((options: CrashExploreOptions) => crashExplore(options));
}

function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
