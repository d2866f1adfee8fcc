import type { GuestTrouble } from "../../../trace/events.ts";

const TROUBLE: readonly (readonly [RegExp, GuestTrouble["what"]])[] = [
  [/list_(add|del) (double add|corruption)/, "list-corruption"],
  [/INFO: task .* blocked for more than/, "hung-task"],
  [/soft lockup|hard LOCKUP|rcu.*(stall|detected)|watchdog: BUG/, "lockup"],
  [/kernel BUG at/, "bug"],
  [
    /Oops|general protection fault|BUG: (kernel NULL|unable to handle)|unable to handle kernel/,
    "oops",
  ],
  [/Kernel panic/, "panic"],
  [/WARNING: CPU|WARNING: .* at /, "warning"],
];

/** What a line of a kernel's console says is wrong; undefined when nothing. */
export function troubleIn(line: string): GuestTrouble["what"] | undefined {
  return TROUBLE.find(([pattern]) => pattern.test(line))?.[1];
}

/** The line without the terminal's control codes. */
export function plain(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a console sends them
  return line.replace(/\u001b\[[0-9;?]*[a-zA-Z]|\u001b[c7]|\r/g, "");
}
