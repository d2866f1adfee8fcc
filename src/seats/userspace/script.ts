import type { Actor, Scenario, Step } from "../../scenario/schema.ts";
import { SECOND_US } from "../../time/index.ts";
import { wantedBy } from "../stack/workload.ts";
import type { ProgramSet } from "./programs.ts";

/** What a user has a program do. */
export interface Turn {
  readonly user: string;
  readonly step: Step;
  readonly command: readonly string[];
}

/** A workload as a shell script of the guest, and what its numbers mean. */
export interface WorkloadScript {
  readonly text: string;
  /** By the number that the script gives them. */
  readonly turns: readonly Turn[];
  /** What it leaves out, a sentence each. */
  readonly remarks: readonly string[];
}

/** What a line of the script's is about: a program's begin, what it printed, its end. */
export const Mark = { begins: ">", said: "|", ended: "=" } as const;
/** The last line. */
export const OVER = "over";

/**
 * That a program begins is to be read before it reaches for the wire; that takes a tick of the guest's
 * clock, which this is longer than. In s.
 */
const HEARD_S = 0.03;

/**
 * Each user is a shell of its own, and each thing that it does a program's life: a line that says so
 * before and after, and the program's own lines between.
 */
export function workloadScript(
  { workload }: Scenario,
  set: ProgramSet,
  options: readonly string[],
): WorkloadScript {
  const turns: Turn[] = [];
  const users = workload.map((actor, index) => userFunction(actor, index, { set, options, turns }));
  const text = `export PATH=/bin HOME=/root
echo begun >&2
turn() {
  n=$1; shift
  echo "$n ${Mark.begins}"
  sleep ${HEARD_S}
  { "$@" 2>&1 < /dev/null; echo "${Mark.ended}$?"; } | while IFS= read -r line; do
    case "$line" in ${Mark.ended}*) echo "$n $line";; *) echo "$n ${Mark.said}$line";; esac
  done
}
${users.join("\n")}
${users.map((_, index) => `user${index} &`).join("\n")}
wait
echo ${OVER}
# Who ended would disturb the shell that waits for the match to be over.
exec sleep 1000000
`;
  const listeners = workload.filter(({ steps }) => steps.some(({ events }) => events === "on"));
  const remarks = listeners.map(({ user }) => {
    return `left out: ${user} is told of no events, which programs of ${set.title} do not wait for`;
  });
  return { text, turns, remarks };
}

interface Making {
  readonly set: ProgramSet;
  readonly options: readonly string[];
  /** Those that the script has until now. */
  readonly turns: Turn[];
}

function userFunction({ user, steps }: Actor, index: number, making: Making): string {
  const lines = steps.flatMap((step) => stepLines(user, step, making));
  return [`user${index}() {`, ...lines, "  :", "}"].join("\n");
}

function stepLines(user: string, step: Step, { set, options, turns }: Making): readonly string[] {
  if (step.sleep !== undefined) return [`  sleep ${step.sleep / SECOND_US}`];
  const words = commandOf(step, set);
  if (words === undefined) return [];
  const command = words.toSpliced(set.wordsFirst, 0, ...options);
  const number = turns.length;
  turns.push({ user, step, command });
  const turn = `turn ${number} ${command.map(quoted).join(" ")}`;
  const { times = 1, every = 0 } = step;
  if (times === 1) return [`  ${turn}`];
  return [
    `  for i in $(seq ${times}); do`,
    `    ${turn}`,
    `    sleep ${every / SECOND_US}`,
    "  done",
  ];
}

function commandOf(step: Step, set: ProgramSet): readonly string[] | undefined {
  if (step.program !== undefined) return step.program.trim().split(/\s+/);
  const wanted = wantedBy(step);
  return wanted === undefined ? undefined : set.ask(wanted);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
