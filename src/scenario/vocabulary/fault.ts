import type { z } from "zod";
import { answer } from "./answer.ts";
import { bmcAction } from "./bmc.ts";
import { choice, having, type Values, wordsOf } from "./choice.ts";
import { cue } from "./cue.ts";
import { hostAction } from "./host.ts";
import {
  exactText,
  type Field,
  fieldText,
  oneOf,
  onlyOn,
  optional,
  required,
  text,
  time,
  yes,
} from "./unit.ts";
import { wireAction } from "./wire.ts";

/** SSIF has no bit for it: there it is the alert line, and what Get Message Flags says. */
const attention = onlyOn(["kcs", "smic", "bt"], "attention", oneOf("high", "low"));

/** Where a fault acts, and what it does there. */
export const ACTIONS = {
  answer: optional(answer, "In messages: what becomes of the BMC's responses"),
  attention: optional(attention, "SMS_ATN, whatever the flags are"),
  bmc: optional(bmcAction, "In the BMC's life"),
  wire: optional(wireAction, "On the wire"),
  host: optional(hostAction, "In the host's life"),
} as const satisfies Readonly<Record<string, Field<unknown>>>;
export type ActionValues = Values<typeof ACTIONS>;

const anyFault = choice({
  given: {
    name: optional(text, "Its name in the trace; faults[N] when left out"),
    when: required(cue),
    for: optional(time, "Ends after so long; never when left out"),
    "may-miss": optional(yes, "Its moment need not come, and it need not act"),
    until: optional(time, "Ends at that time of the trace, if not before"),
  },
  words: ACTIONS,
});

export const fault: typeof anyFault = { ...anyFault, schema: endingOnce() };
/** Something that the lab does on purpose, and when. */
export type Fault = z.output<typeof fault.schema>;

/** A fault's action in one line, in the scenario's own words. */
export function faultText(fault: Fault): string {
  const parts = wordsOf(ACTIONS).flatMap((word) => {
    const action = fault[word];
    if (action === undefined) return [];
    // What stands in a map says by itself where it acts.
    const field: Field<unknown> = ACTIONS[word];
    return [typeof action === "string" ? fieldText(word, field, action) : field.unit.text(action)];
  });
  if (fault.for !== undefined) parts.push(`for ${exactText(fault.for)}`);
  if (fault.until !== undefined) parts.push(`until ${exactText(fault.until)}`);
  return parts.join(", ");
}

function isDoneAtOnce({ bmc, host }: z.output<typeof anyFault.schema>): boolean {
  if (host !== undefined) return host.driver === undefined;
  if (bmc === undefined) return false;
  if (bmc.daemon !== undefined) return bmc.daemon !== "gone";
  const { reset, event, message, firmware, power } = bmc;
  return [reset, event, message, firmware, power].some((said) => said !== undefined);
}

function endingOnce(): typeof anyFault.schema {
  return anyFault.schema
    .refine((value) => value.for === undefined || value.until === undefined, {
      error: "a fault ends by `for` or by `until`, not by both",
    })
    .refine((value) => value.for === undefined || !isDoneAtOnce(value), {
      error: "this is done at once: there is nothing that could end after a while",
      path: ["for"],
    })
    .meta({ not: having("for", "until") });
}
