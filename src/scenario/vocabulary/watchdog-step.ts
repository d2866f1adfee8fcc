import type { z } from "zod";
import { having, struct, wordsOf } from "./choice.ts";
import { type Field, flag, oneOf, optional, text, time, yes } from "./unit.ts";

const ACTS = {
  open: optional(yes, "Open it: one at a time can"),
  write: optional(text, "A heartbeat; with a V in it the close will stop it"),
  close: optional(yes, "Close it; without the V before, the timer goes on"),
} as const satisfies Readonly<Record<string, Field<unknown>>>;

const SETTINGS = {
  timeout: optional(time, "10 s when never set"),
  pretimeout: optional(time, "So long before the time-out; none when never set"),
  action: optional(oneOf("none", "reset", "power-down", "power-cycle")),
  preaction: optional(oneOf("none", "smi", "nmi", "messaging")),
  nowayout: optional(flag, "Before the first use: it cannot be stopped"),
  policy: optional(oneOf("error", "hook", "reboot"), "Before the first use"),
  "policy-after": optional(time, "Unprotected for so long, the policy runs"),
} as const satisfies Readonly<Record<string, Field<unknown>>>;

const any = struct({ ...ACTS, ...SETTINGS });

/** What a user does with the watchdog timer: one act, or settings. */
export const watchdogStep: typeof any = { ...any, schema: actingOrSetting() };
export type WatchdogStep = z.output<typeof watchdogStep.schema>;

function actingOrSetting(): typeof any.schema {
  const acts = wordsOf(ACTS);
  const settings = wordsOf(SETTINGS);
  const setting = { anyOf: settings.map((key) => having(key)) };
  return any.schema
    .superRefine((value, context) => {
      const acting = acts.filter((key) => value[key] !== undefined).length;
      const isSetting = settings.some((key) => value[key] !== undefined);
      if (acting + (isSetting ? 1 : 0) === 1) return;
      context.addIssue({
        code: "custom",
        message: `give one of ${acts.join(", ")}, or settings`,
      });
    })
    .meta({ oneOf: [...acts.map((key) => having(key)), setting] });
}
