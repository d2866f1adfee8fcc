import type { CpioMember } from "./cpio.ts";

/** A shell script that runs in the guest while it plays, and what it needs for that. */
export interface GuestWitness {
  /** A BusyBox that needs no libraries. */
  readonly busybox: Uint8Array;
  /** It is told to end by SIGTERM. */
  readonly script: string;
  readonly arguments: readonly string[];
  /** What the script says on standard error when it is at work. */
  readonly begins: string;
  /** The last line that it prints. */
  readonly ends: string;
  /** What it needs beside, with the folders above. */
  readonly members?: readonly CpioMember[];
  /** Takes what it prints on standard output, line by line. */
  line(text: string): void;
}

/** Pipes and a file by which the guest's program and the script's keeper know of each other. */
export const Witness = {
  /** A text written to it starts the script. */
  begin: "/witness/begin",
  /** It is there when the script is at work, or has failed. */
  begun: "/witness/begun",
  /** Once it was open for writing, the script is ended. */
  over: "/witness/over",
  /** The serial port that takes what the script prints. */
  output: "/dev/ttyS1",
  loader: "/witness/loader",
  said: "/witness/said",
  script: "/witness/script",
} as const;

/** What a guest with a witness has on its first file system beside the rest. */
export function witnessMembers(witness: GuestWitness): readonly CpioMember[] {
  return [
    { path: "bin", kind: "folder" },
    { path: "witness", kind: "folder" },
    ...(witness.members ?? []),
    { path: "bin/busybox", kind: "file", data: witness.busybox },
    { path: Witness.script.slice(1), kind: "file", data: bytesOf(witness.script) },
    { path: "init", kind: "file", data: bytesOf(keeper(witness)) },
  ];
}

/**
 * The first process: it becomes the loader, and leaves behind the keeper, which minds the script. Who
 * prints on a terminal has its lines ended in the terminal's way unless it is raw.
 */
function keeper({ begins, arguments: args }: GuestWitness): string {
  return `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mkfifo ${Witness.begin} ${Witness.over}
(
  read -r word < ${Witness.begin}
  stty -F ${Witness.output} raw
  sh ${Witness.script} ${args.join(" ")} > ${Witness.output} 2> ${Witness.said} &
  script=$!
  until grep -qs '${begins}' ${Witness.said} || ! kill -0 $script; do sleep 0.01; done
  : > ${Witness.begun}
  read -r word < ${Witness.over}
  kill -TERM $script
  wait $script
  cat ${Witness.said} > ${Witness.output}
) &
exec ${Witness.loader}
`;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
