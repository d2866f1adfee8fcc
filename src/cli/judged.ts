import { type LadderOptions, Ladders } from "../explain/index.ts";
import { commandName } from "../ipmi/command-table.ts";
import { Referee, rules, type Verdict } from "../referee/index.ts";
import type { TraceEvent } from "../trace/events.ts";
import type { TraceHead } from "../trace/head.ts";
import { OpenAtEnd } from "../trace/open-at-end.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { visible } from "./printable.ts";

/** What makes a command fail that judges a trace. */
export const FAIL_ON = ["violation", "fault", "introduced", "none"] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** Where traces are written, one after the other. */
export interface Written {
  begin(head: TraceHead): TraceSink;
}

/** For what else the events are needed. */
export interface Further {
  /** They are kept. */
  readonly keeps?: boolean;
  /** They are written down. */
  readonly traces?: Written | undefined;
  /** False: they are not judged here, because whoever writes them down does. */
  readonly judges?: boolean | undefined;
  /** Ladders are drawn of them. */
  readonly explain?: LadderOptions | undefined;
}

/** A trace on its way past the referee, and what is open in it. */
export class Judged implements TraceSink {
  readonly head: TraceHead;
  readonly #referee: Referee | Ladders;
  readonly #open = new OpenAtEnd();
  readonly #keeps: boolean;
  readonly #file: TraceSink | undefined;
  /** The events, where they were to be kept. */
  readonly kept: TraceEvent[] = [];

  constructor(head: TraceHead, { keeps = false, traces, explain, judges = true }: Further = {}) {
    this.head = head;
    this.#keeps = keeps;
    this.#file = traces?.begin(head);
    this.#referee =
      explain === undefined ? new Referee(head, judges ? rules : []) : new Ladders(head, explain);
  }

  event(event: TraceEvent): void {
    if (this.#keeps) this.kept.push(event);
    this.#file?.event(event);
    this.#referee.event(event);
    this.#open.event(event);
  }

  get verdict(): Verdict {
    return this.#referee.verdict();
  }

  /** Where they were asked for. */
  get ladders(): Ladders | undefined {
    return this.#referee instanceof Ladders ? this.#referee : undefined;
  }

  /** What was begun and is not ended, a sentence each. */
  get open(): string[] {
    return openText(this.#open);
  }
}

/** Whether a command fails of that verdict; what a baseline has is another's business (`Gate`). */
export function breaks(verdict: Verdict, failOn: FailOn = "violation"): boolean {
  switch (failOn) {
    case "violation":
    case "introduced":
      return verdict.violations.length > 0;
    case "fault":
      return verdict.fault.some((each) => each !== "wire");
    case "none":
      return false;
  }
}

/** The verdict whose sentences hold no line ends of a stranger's, which would look like ours. */
export function withVisibleTexts(verdict: Verdict): Verdict {
  const shown = (findings: Verdict["violations"]) =>
    findings.map((found) => ({
      ...found,
      seat: visible(found.seat),
      detail: visible(found.detail),
      orders: found.orders.map(visible),
      wire: found.wire.map(visible),
    }));
  return {
    ...verdict,
    violations: shown(verdict.violations),
    notes: shown(verdict.notes),
    open: verdict.open.map(visible),
  };
}

/** A time as verdicts give it. */
export function at(us: number): string {
  return `${(us / 1_000_000).toFixed(6)} s`;
}

function openText(open: OpenAtEnd): string[] {
  return [
    ...open.requests.map(({ id, netFn, cmd, user, t }) => {
      return `request ${id} (${commandName(netFn, cmd)} by ${user}, accepted at ${at(t)}) has no answer`;
    }),
    ...open.atBmc.map(({ message, t }) => {
      const [netFnLun = 0, cmd = 0] = message;
      const what = message.length < 2 ? "a request" : commandName(netFnLun >> 2, cmd);
      return `the BMC read ${what} at ${at(t)} and has handed in no response`;
    }),
    ...(open.panic === undefined
      ? []
      : [`the host panicked at ${at(open.panic.t)}, and its last messages are not over`]),
    ...open.faults.map(({ name, text, t }) => `the fault ${name} (${text}) acts since ${at(t)}`),
  ];
}
