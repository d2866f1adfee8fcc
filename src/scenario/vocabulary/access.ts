import type { z } from "zod";
import { choice, goesWith, having, struct, wordsOf } from "./choice.ts";
import { registerOf } from "./register.ts";
import {
  byte,
  bytes,
  type Field,
  number,
  oneOf,
  onlyOn,
  optional,
  text,
  time,
  type Unit,
} from "./unit.ts";

/** A label that every script has: behind its last step. */
export const SCRIPT_END = "end";
const TIMES_MAX = 10_000;
/** More steps than any script has. */
export const SCRIPT_STEPS_MAX = 1_000;

const readable = registerOf("read", oneOf("data", "status", "control", "flags", "intmask"));
const written = registerOf("written", oneOf("data", "command", "control", "flags", "intmask"));

const LOOKS = {
  set: optional(byte, "These bits are 1"),
  clear: optional(byte, "These bits are 0"),
  is: optional(byte, "It is this byte"),
  state: optional(
    onlyOn(["kcs"], "state", oneOf("idle", "read", "write", "error")),
    "On KCS the state bits of Status say so",
  ),
} as const satisfies Readonly<Record<string, Field<unknown>>>;

const anyLook = struct(LOOKS);
/** What a byte that was read looks like: all that is said of it has to be so. */
const condition: typeof anyLook = {
  ...anyLook,
  schema: anyLook.schema
    .refine((value) => Object.keys(value).length > 0, {
      error: "say what the byte looks like: set, clear, is or state",
    })
    .meta({ anyOf: wordsOf(LOOKS).map((key) => having(key)) }),
};
export type Look = z.output<typeof condition.schema>;

const label: Unit<string> = { ...text, form: "LABEL" };

/** What a host does that is a script, by the scenario's word for it. */
const ACCESSES = {
  write: optional(bytes, "The host writes these bytes to `to`, one right after the other"),
  read: optional(readable, "The host reads that register, `times` times"),
  wait: optional(
    condition,
    "It reads `reg` until the byte looks so; after `for` it goes on at `else`, or gives up",
  ),
  go: optional(label, "On with the step of that label, if the byte read last looks like `if`"),
  sleep: optional(time, "Nothing for so long"),
  fail: optional(text, "It should not have come here: the match is not as expected"),
} as const satisfies Readonly<Record<string, Field<unknown>>>;

/** What goes with them. */
const COMPANIONS = {
  label: optional(label, "What `go` and `else` call this step"),
  to: goesWith(["write"], optional(written, "The register; data when left out")),
  reg: goesWith(
    ["wait"],
    optional(readable, "The register; status, on SMIC flags, on BT control when left out"),
  ),
  for: goesWith(["wait"], optional(time, "How long at most; 5s when left out")),
  every: goesWith(["wait"], optional(time, "From one look to the next; 1ms when left out")),
  else: goesWith(["wait"], optional(label, "Where it goes on that has waited in vain")),
  if: goesWith(["go"], optional(condition, "Only if the byte read last looks so")),
  times: goesWith(
    ["read", "go"],
    optional(number(1, TIMES_MAX), "How often; a `go` that went so often goes no more"),
  ),
} as const;

/** One step of a host that is a script of register accesses. */
export const accessStep = choice({ words: ACCESSES, also: COMPANIONS });
export type AccessStep = z.output<typeof accessStep.schema>;

/** All words of a step, for people. */
export const ACCESS_WORDS = { ...ACCESSES, ...COMPANIONS, ...LOOKS };
