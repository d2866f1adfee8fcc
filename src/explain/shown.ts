import type { Ladder } from "./ladders.ts";
import type { Step } from "./steps.ts";

/** So many steps are shown before the event, and from the beginning where there are more. */
const SHOWN_BEFORE = 24;
const SHOWN_AT_START = 6;
/** And so many after it. */
const SHOWN_AFTER = 16;

/** Those steps of a ladder that a reader sees first: its beginning, and what is round the event. */
export interface ShownSteps {
  readonly head: readonly Step[];
  /** So many events between `head` and `middle`. */
  readonly leftOut: number;
  readonly middle: readonly Step[];
  /** So many events after `middle`. */
  readonly after: number;
}

export function shownSteps({ steps, leftOut }: Pick<Ladder, "steps" | "leftOut">): ShownSteps {
  const mark = steps.findIndex(({ apart }) => apart);
  const from = Math.max(0, (mark === -1 ? steps.length : mark) - SHOWN_BEFORE);
  const to = steps.findLastIndex(({ apart }) => apart) + SHOWN_AFTER + 1;
  const whole = from <= SHOWN_AT_START && leftOut === 0;
  const head = steps.slice(0, whole ? from : SHOWN_AT_START);
  return {
    head,
    leftOut: eventsIn(steps.slice(head.length, from)) + leftOut,
    middle: steps.slice(from, to),
    after: eventsIn(steps.slice(to)),
  };
}

/** Where the host was in its transfer, and whose turn it was. */
export function placeText({ place, turn }: Pick<Ladder, "place" | "turn">): string {
  return `${place}${TURNS[turn]}`;
}

const TURNS = {
  host: "; next to act: the host",
  bmc: "; next to act: the BMC",
  error: "; the BMC has shown an error",
  unknown: "",
  none: "",
} as const;

function eventsIn(steps: readonly Step[]): number {
  return steps.reduce((sum, { rungs, times }) => sum + rungs.length * times, 0);
}
