import { describe, expect, test } from "vitest";
import { explore, ownHands } from "../../src/lab/explore/index.ts";
import { INTERFACES } from "../../src/lab/index.ts";
import { Accused } from "../../tools/judge/accused.ts";
import { subjectsOn } from "../../tools/judge/subjects.ts";
import { trialOf } from "../../tools/judge/trials.ts";

/** Short ones, of each sort: a right match, a bad BMC, a panic, a watchdog, flags, a reset. */
const CHOSEN: readonly string[] = [
  "a-right-match",
  "bring-up",
  "panic-in-transfer",
  "sticky-event-buffer",
  "watchdog-bmc-reset-late",
  "cold-reset-by-user",
];
const DRAWS = 40;

// Goal: right parties are accused of nothing. Method: a sample of what `npm run test:judge` has, the
// same each time.
describe.each(INTERFACES)("on %s nobody is accused", (kind) => {
  const subjects = subjectsOn(kind, (name) => CHOSEN.includes(name));

  test.each(["latencies", "products"] as const)("under %s", async (trial) => {
    const accused = new Accused();
    let matches = 0;
    for (const strategy of trialOf(trial, subjects, { seed: 3, draws: DRAWS })) {
      const { runs, broken } = await explore({ strategy, crew: ownHands(), judge: "both" });
      matches += runs;
      for (const run of broken) accused.add(run);
    }
    expect([...accused.sorts.keys()]).toEqual([]);
    expect(matches).toBeGreaterThan(10);
  });
});
