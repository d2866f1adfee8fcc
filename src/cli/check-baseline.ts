/** What was wrong with a BMC before, so that only what is new counts. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { CaseOutcome } from "../check/index.ts";
import { failureAt } from "./environment.ts";
import { Exit, Failure } from "./failure.ts";
import { fails } from "./report/check.ts";

const document = z.object({
  format: z.literal("baseboard check"),
  version: z.literal(1),
  cases: z
    .array(
      z.object({
        id: z.string(),
        remarks: z
          .array(
            z
              .object({ grade: z.string(), text: z.string(), rule: z.string().optional() })
              .readonly(),
          )
          .readonly(),
      }),
    )
    .readonly(),
});

/** What is wrong in an earlier check, by `troublesOf`'s names. */
export function baselineFrom(path: string): ReadonlySet<string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw failureAt(`--baseline ${path}`, error);
  }
  const read = document.safeParse(parsed(path, text));
  if (!read.success) throw notOne(path);
  return new Set(
    read.data.cases.flatMap(({ id, remarks }) => remarks.map((each) => troubleOf(id, each))),
  );
}

/** What is wrong now and was not then: a rule's id, or a case's with what it saw. */
export function introducedSince(
  before: ReadonlySet<string>,
  outcomes: readonly CaseOutcome[],
  strict: boolean,
): readonly string[] {
  const now = outcomes.flatMap(({ id, remarks }) => {
    return remarks.filter(({ grade }) => fails(grade, strict)).map((each) => troubleOf(id, each));
  });
  return [...new Set(now)].filter((each) => !before.has(each));
}

/** A rule is the same trouble wherever it shows; what a case saw itself has no other name. */
function troubleOf(
  id: string,
  { grade, rule, text }: { grade: string; rule?: string | undefined; text: string },
): string {
  return `${rule ?? `${id}: ${text}`} (${grade})`;
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notOne(path);
  }
}

function notOne(path: string): Failure {
  const right = "`baseboard check TARGET --json=FILE` writes one";
  return new Failure(
    Exit.WrongCommand,
    `--baseline ${path}: not the document of a check; ${right}`,
  );
}
