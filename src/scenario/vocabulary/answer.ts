import type { z } from "zod";
import { choice, type Values } from "./choice.ts";
import {
  byte,
  bytes,
  commandOrAny,
  type Field,
  number,
  optional,
  required,
  time,
  times,
  yes,
} from "./unit.ts";

const LENGTH_MAX = 1_000;

/** What can become of the BMC's responses, by the scenario's word for it. */
export const ANSWER = {
  code: optional(byte, "Another completion code, and no data"),
  data: optional(bytes, "Success, with these data"),
  bytes: optional(bytes, "The whole response: NetFn/LUN, Cmd, code, data"),
  netfn: optional(byte, "Another NetFn"),
  cmd: optional(byte, "Another Cmd"),
  length: optional(number(0, LENGTH_MAX), "Cut, or filled with zeros, to so many bytes"),
  silence: optional(yes, "No response at all"),
  delay: optional(time, "So much later"),
  duplicate: optional(yes, "Handed in twice"),
  "one-late": optional(yes, "The response to the request before it; the first gets none"),
} as const satisfies Readonly<Record<string, Field<unknown>>>;
export type AnswerValues = Values<typeof ANSWER>;

/** A change of the BMC's responses. */
export const answer = choice({
  given: { to: required(commandOrAny, "Which requests' responses; any") },
  words: ANSWER,
  also: { times: optional(times, "For so many responses; for all when left out") },
});
export type AnswerFault = z.output<typeof answer.schema>;
