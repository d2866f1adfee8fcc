import { z } from "zod";
import { rules } from "../referee/rulebook.ts";
import { nearest } from "./nearest.ts";

const IDS: readonly string[] = rules.map(({ id }) => id);
const known: ReadonlySet<string> = new Set(IDS);

/** A rule of the referee's by its id. */
export const ruleId = z
  .string()
  .refine((id) => known.has(id), {
    error: ({ input }) => {
      const near = nearest(String(input), IDS);
      return `"${String(input)}" is no rule; the nearest is ${near}, \`baseboard rules\` lists all`;
    },
  })
  .meta({ called: "rule", published: { enum: IDS } });
