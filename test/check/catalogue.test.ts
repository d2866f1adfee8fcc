import { describe, expect, test } from "vitest";
import { type Allowance, cases, check, checkedIn } from "../../src/check/index.ts";
import { catalogueNames, loadScenario } from "../../src/cli/catalogue.ts";
import { INTERFACES, interfaceOf, type Scenario } from "../../src/lab/index.ts";
import { model } from "../../src/seats/model/party.ts";

/** What a check cannot find, and why. */
const CANNOT: Readonly<Record<string, string>> = {
  "one-command-never-answered":
    "its BMC is silent to an OEM command alone, of which no check knows",
};

/** Of these not every rule: two rounds bring nothing new, and that is enough before the last fault comes. */
const LATER: Readonly<Record<string, readonly string[]>> = { "longer-than-asked": ["GEN-01"] };

/** The rules that its BMC breaks when our own stack plays it. */
function brokenIn({ expect: expected, seats = ["stack"] }: Scenario): readonly string[] {
  if (!seats.includes("stack")) return [];
  return expected?.stack?.bmc ?? expected?.bmc ?? [];
}

function soonBroken(scenario: Scenario): readonly string[] {
  const later = LATER[scenario.name] ?? [];
  return brokenIn(scenario).filter((rule) => !later.includes(rule));
}

/** A check looks at a system interface: what a firmware does between is no part of it. */
function isChecked(scenario: Scenario): boolean {
  return INTERFACES.some((kind) => kind === interfaceOf(scenario));
}

const all = catalogueNames().map((name) => loadScenario(name).scenario);
const bad = all.filter((scenario) => isChecked(scenario) && brokenIn(scenario).length > 0);

/** What a watchdog does is seen by who may set it; for all else it is enough to read. */
function allowedFor({ name }: Scenario): readonly Allowance[] {
  return name.startsWith("watchdog-") ? ["write", "power"] : [];
}

const MINUTE_US = 60_000_000;

async function found(scenario: Scenario) {
  const forUs = Math.min(scenario.until, MINUTE_US);
  const target = { bmc: model, scenario: checkedIn(scenario), forUs };
  const { outcomes, ownFaults } = await check(target, { cases, allow: allowedFor(scenario) });
  const remarks = outcomes.flatMap((each) => each.remarks);
  const rules = remarks
    .filter(({ grade }) => grade === "violates")
    .flatMap(({ rule }) => rule ?? []);
  return { rules: new Set(rules), ownFaults };
}

// Goal: what a scenario's BMC breaks, a check finds without the scenario's workload, by the same names.
describe("the BMC of a scenario that breaks a rule", () => {
  test.each(bad.filter(({ name }) => CANNOT[name] === undefined).map((each) => [each.name, each]))(
    "%s",
    async (_name, scenario) => {
      const { rules, ownFaults } = await found(scenario);
      expect([...rules]).toEqual(expect.arrayContaining([...soonBroken(scenario)]));
      expect(ownFaults).toEqual([]);
    },
  );

  test.each(Object.entries(CANNOT))("%s is not found: %s", async (name) => {
    const scenario = bad.find((each) => each.name === name);
    expect(scenario).toBeDefined();
    if (scenario !== undefined) expect((await found(scenario)).rules).toEqual(new Set());
  });
});
