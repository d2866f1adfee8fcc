import type { CrashCommand } from "../../crash/commands.ts";
import type { CrashBounds } from "../../crash/executor.ts";
import type { ExecutorLocation } from "../../crash/interfaces.ts";
import type { WrappedImage } from "../../crash/wrap.ts";
import { byteAt } from "../../ipmi/bytes.ts";
import { commandName } from "../../ipmi/command-table.ts";
import { hex } from "../../ipmi/message.ts";
import { locationText } from "../../wire/location.ts";

/** What `crash build` has done. */
export interface CrashBuild {
  readonly kernel: string;
  readonly out: string;
  readonly location: ExecutorLocation;
  readonly commands: readonly CrashCommand[];
  readonly bounds: CrashBounds;
  /** The counter's rate was measured on this machine. */
  readonly measured: boolean;
  readonly wrapped: WrappedImage;
}

export function crashBuildText(build: CrashBuild): string {
  const { out, kernel, location, commands, bounds, measured, wrapped } = build;
  const mhz = Math.round(bounds.ticksPerMs / 1_000);
  const by = measured ? "as measured here" : "as it was said";
  const { signatureBytes, executorBytes, filledBytes, initSize } = wrapped;
  return [
    `${out}: ${kernel} with an executor of ${executorBytes} bytes for ${locationText(location)}`,
    ...commands.map(commandLine),
    `  ${bounds.budgetTicks / bounds.ticksPerMs} ms for all of them, at ${mhz} MHz ${by}`,
    `  fills ${filledBytes} of the ${initSize} bytes that the kernel asks for`,
    ...(signatureBytes === 0 ? [] : [signatureLine(signatureBytes)]),
    "",
    "Load it in place of the kernel, by either system call:",
    `  kexec -p ${out} --initrd=INITRD --append="..."`,
    `  kexec -s -p ${out} --initrd=INITRD --append="..."`,
    "or, with kdump-tools, in /etc/default/kdump-tools:",
    `  KDUMP_KERNEL=${out}`,
    "Do not boot it by a boot loader: it would send its commands then, too.",
  ].join("\n");
}

function commandLine({ bytes, once }: CrashCommand): string {
  const name = commandName(byteAt(bytes, 0) >> 2, byteAt(bytes, 1));
  return `  ${name} (${hex(bytes)}), ${once ? "at most once" : "again until it is answered"}`;
}

function signatureLine(bytes: number): string {
  return `  its signature of ${bytes} bytes is gone: where one is asked for, it must be signed anew`;
}
