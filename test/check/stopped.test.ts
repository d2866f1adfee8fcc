import { describe, expect, test } from "vitest";
import { cases, check, plainScenario } from "../../src/check/index.ts";
import { INTERFACES, type InterfaceKind } from "../../src/lab/index.ts";
import { Referee } from "../../src/referee/index.ts";
import { model } from "../../src/seats/model/party.ts";

/** As Ctrl-C does when the case of that number begins. */
async function stoppedAt(kind: InterfaceKind, at: number) {
  const stop = new AbortController();
  const referees: Referee[] = [];
  const target = { bmc: model, scenario: plainScenario(kind), forUs: 0 };
  const result = await check(target, {
    cases,
    allow: [],
    signal: stop.signal,
    began: (_of, number) => {
      if (number === at) stop.abort();
    },
    sinks: (head) => {
      const referee = new Referee(head);
      referees.push(referee);
      return [referee];
    },
  });
  return { result, verdict: referees[0]?.verdict() };
}

// Goal: who stops a check leaves the interface clean. Method: our own BMC and the referee, who tells of
// whatever is still owed or half done as the trace ends.
describe.each(INTERFACES)("a check on %s that is stopped", (kind) => {
  test.each([1, 2, 4, 10, 25])(
    "in case %i ends what it began, and asks nothing more",
    async (at) => {
      const { result, verdict } = await stoppedAt(kind, at);
      expect(verdict).toMatchObject({ ended: true, open: [], violations: [] });
      expect(result).toMatchObject({ interrupted: true, ownFaults: [] });
      const last = result.outcomes.at(-1);
      expect(last).toMatchObject({ grade: "inconclusive" });
      expect(result.outcomes).toHaveLength(at + 1);
    },
  );

  test("says of no case that it conforms which it did not come to", async () => {
    const { result } = await stoppedAt(kind, 3);
    const missed = result.left.filter(({ why }) => why === "the check did not come to it");
    const done = result.outcomes.map(({ id }) => id);
    expect(missed.length).toBeGreaterThan(20);
    for (const { id } of missed) expect(done).not.toContain(id);
  });
});
