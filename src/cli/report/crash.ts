import type { CrashCommand } from "../../crash/commands.ts";
import type { CrashBounds } from "../../crash/executor.ts";
import type { ExecutorLocation } from "../../crash/interfaces.ts";
import type { Ending } from "../../crash/own-image.ts";
import type { WrappedImage } from "../../crash/wrap.ts";
import { byteAt } from "../../ipmi/bytes.ts";
import { commandName } from "../../ipmi/command-table.ts";
import { hex } from "../../ipmi/message.ts";
import { locationText } from "../../wire/location.ts";

/** What every build has. */
interface Built {
  readonly out: string;
  readonly location: ExecutorLocation;
  readonly commands: readonly CrashCommand[];
  readonly bounds: CrashBounds;
  /** The counter's rate was measured on this machine. */
  readonly measured: boolean;
}

/** What `crash build` has done. */
export interface CrashBuild extends Built {
  readonly kernel: string;
  readonly wrapped: WrappedImage;
}

/** What `crash build --no-kernel` has done. */
export interface OwnImageBuild extends Built {
  readonly own: { readonly bytes: Uint8Array; readonly executorBytes: number };
  readonly ending: Ending;
}

export function ownImageText(build: OwnImageBuild): string {
  const { out, location, own, ending } = build;
  const { executorBytes } = own;
  return [
    `${out}: no kernel, ${own.bytes.length} bytes, an executor of ${executorBytes} for ${locationText(location)}`,
    ...ordersLines(build),
    `  then ${THEN[ending]}`,
    "",
    "Load it as one loads a kernel for a crash, by either system call; crashkernel=16M is enough:",
    `  kexec -p ${out} --command-line=none`,
    `  kexec -s -p ${out} --command-line=none`,
    "No dump is saved. Do not boot it by a boot loader: it would send its commands then, too.",
  ].join("\n");
}

const BY_BMC = "; where the BMC does not within 10 s, the processor resets the machine";
const THEN: Readonly<Record<Ending, string>> = {
  reset: "the processor resets the machine",
  "power-off": `the BMC turns the power off${BY_BMC}`,
  "power-cycle": `the BMC cycles the power${BY_BMC}`,
};

function ordersLines({ commands, bounds, measured }: Built): readonly string[] {
  const mhz = Math.round(bounds.ticksPerMs / 1_000);
  const by = measured ? "as measured here" : "as it was said";
  return [
    ...commands.map(commandLine),
    `  ${bounds.budgetTicks / bounds.ticksPerMs} ms for all of them, at ${mhz} MHz ${by}`,
  ];
}

export function crashBuildText(build: CrashBuild): string {
  const { out, kernel, location, wrapped } = build;
  const { signatureBytes, executorBytes, filledBytes, initSize } = wrapped;
  return [
    `${out}: ${kernel} with an executor of ${executorBytes} bytes for ${locationText(location)}`,
    ...ordersLines(build),
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
