import type { z } from "zod";
import { EVENT_NAMES } from "../../trace/event-names.ts";
import { choice, goesWith } from "./choice.ts";
import {
  command,
  type Field,
  number,
  oneOf,
  optional,
  text,
  time,
  times,
  type Unit,
  yes,
} from "./unit.ts";

/** What waits for the end comes too late, and no match of the lab has a gap. */
const EVENTS = EVENT_NAMES.filter((name) => name !== "end" && name !== "gap");

const NUMBER_MAX = 100_000_000;
/** More bytes than any message has. */
const PART_MAX = 1_000;

const message: Unit<"request" | "response"> = {
  ...oneOf("request", "response"),
  misfit: (of, kind) =>
    of === "request" && kind !== "ssif"
      ? `parts of a request are SSIF's; ${kind} has none`
      : undefined,
};

/** What a fault can wait for. */
export const CUES = {
  start: optional(yes, "From the very start, before the host comes up"),
  at: optional(time, "So long after the workload began"),
  command: optional(command, "When the BMC reads this request"),
  access: optional(number(1, NUMBER_MAX), "At the host's register access of that number"),
  number: optional(number(0, NUMBER_MAX), "At the event of that number, whatever it is"),
  part: optional(
    number(1, PART_MAX),
    "When the part of that number of a message is on its way: on SSIF its block, else its byte",
  ),
  event: optional({ ...oneOf(...EVENTS), form: "EVENT" }, "When an event of that kind is traced"),
} as const satisfies Readonly<Record<string, Field<unknown>>>;

/** When a fault begins. */
export const cue = choice({
  words: CUES,
  also: {
    what: goesWith(["event"], optional(text, "Its `what`, the fault's name, on or off for a run")),
    of: goesWith(["part"], optional(message, "Of which message; a response when left out")),
    count: goesWith(
      ["command", "event", "part"],
      optional(times, "At which one; the first when left out"),
    ),
    after: optional(time, "So much later than that"),
  },
});
export type When = z.output<typeof cue.schema>;
