/** An exploration as its page has it: of the document that `explore` writes, what is shown. */
export interface Explored {
  readonly scenario: string;
  readonly interface: string;
  readonly host: string;
  readonly judge: string;
  readonly what: string;
  readonly seed: number;
  readonly ended: string;
  readonly coverage: string;
  readonly plain?: string | undefined;
  readonly runs: number;
  readonly brokenRuns: number;
  readonly brokenSorts: readonly string[];
  readonly outcomes: readonly { readonly what: string; readonly runs: number }[];
  readonly broken: readonly KeptRun[];
  readonly firstBroken: readonly BrokenRun[];
  readonly tried: Tried;
}

/** A broken run that was made smaller and written to a file. */
export interface KeptRun {
  readonly index: number;
  readonly file: string;
  readonly unwritten?: string | undefined;
  readonly shrunk?: string | undefined;
}

/** A broken run as it was found, and what it broke first. */
export interface BrokenRun {
  readonly index: number;
  readonly rule: string;
  readonly detail: string;
  /** The event of the breach. */
  readonly n: number;
  readonly faults: readonly { readonly at: number; readonly fault: string }[];
}

/** Which faults were tried at which events. */
export interface Tried {
  /** So many events are one cell. */
  readonly width: number;
  readonly faults: readonly string[];
  /** The cell's first event divided by `width`; the fault by its place; runs; broken ones. */
  readonly cells: readonly (readonly [at: number, fault: number, runs: number, broken: number])[];
}

/** What narrows the list of broken runs. */
export interface RunFilter {
  readonly rule: string;
  /** A fault that was in the run. */
  readonly fault: string;
  /** A fault that did not come before what was broken. */
  readonly without: string;
  /** Where the fault was tried, first and last event; undefined of anywhere. */
  readonly events: readonly [first: number, last: number] | undefined;
}

export const ALL_RUNS: RunFilter = { rule: "", fault: "", without: "", events: undefined };

/** The broken runs that fit. */
export function runsOf(
  { firstBroken }: Explored,
  { rule, fault, without, events }: RunFilter,
): readonly BrokenRun[] {
  return firstBroken.filter((run) => {
    if (rule !== "" && run.rule !== rule) return false;
    if (without !== "" && run.faults.some((each) => each.fault === without && each.at <= run.n)) {
      return false;
    }
    if (fault === "" && events === undefined) return true;
    return run.faults.some((each) => {
      if (fault !== "" && each.fault !== fault) return false;
      return events === undefined || (each.at >= events[0] && each.at <= events[1]);
    });
  });
}
