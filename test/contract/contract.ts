import { describe, test } from "vitest";

/** Who is held to a contract, and to which of its cases not. */
export interface Implementation<Case extends string> {
  readonly name: string;
  /** Why a case makes no sense here. The reason is printed with the skipped test. */
  readonly skips: Readonly<Partial<Record<Case, string>>>;
}

/** Holds each implementation to each case, or says why not. */
export function holdTo<Case extends string, I extends Implementation<Case>>(
  implementations: readonly I[],
  cases: Readonly<Record<Case, (implementation: I) => void>>,
): void {
  describe.each(implementations)("$name", (implementation) => {
    for (const name of namesOf(cases)) {
      test(name, ({ skip }) => {
        const reason = implementation.skips[name];
        if (reason !== undefined) skip(reason);
        cases[name](implementation);
      });
    }
  });
}

function namesOf<Case extends string>(cases: Readonly<Record<Case, unknown>>): readonly Case[] {
  const names: Case[] = [];
  for (const name in cases) names.push(name);
  return names;
}
