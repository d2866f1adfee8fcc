import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { rules } from "../../src/referee/index.ts";
import { type Bug, spoiled } from "../../tools/bugs/bug.ts";
import { BUGS } from "../../tools/bugs/list/index.ts";
import { type Breach, outcomeOf, type Played, resultOf } from "../../tools/bugs/sort.ts";
import { UNSHOWN } from "../../tools/bugs/unshown.ts";
import { checkPlace } from "../../tools/bugs/workshop.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const BUG: Bug = {
  name: "canary",
  party: "bmc",
  file: "bmc/kcs/kcs.ts",
  from: "one",
  to: "two",
  rules: ["KCS-24"],
};

function breach(rule: string, party: Breach["party"], more: Partial<Breach> = {}): Breach {
  return { rule, party, count: 1, ordered: false, follows: false, note: false, ...more };
}

function played(hash: string, ...breaches: Breach[]): Played {
  return { scenario: "device-id", interface: "kcs", hash, breaches };
}

function blame(without: Played, bugged: Played) {
  const { blame, accused } = outcomeOf(BUG, without, bugged);
  return [blame, accused];
}

describe("what a match says of a bug", () => {
  const plain = played("a");

  test("nothing, when its trace is the one without the bug", () => {
    expect(blame(plain, played("a"))).toEqual([undefined, []]);
  });

  test("the rule that comes first decides", () => {
    expect(blame(plain, played("b"))).toEqual(["nothing", []]);
    expect(blame(plain, played("b", breach("KCS-24", "bmc")))).toEqual(["right rule", []]);
    expect(blame(plain, played("b", breach("GEN-02", "bmc")))).toEqual(["right party", []]);
    const both = [breach("KCS-06", "host"), breach("KCS-24", "bmc")];
    expect(blame(plain, played("b", ...both))).toEqual(["innocent", ["KCS-06"]]);
    const turned = [breach("KCS-24", "bmc"), breach("KCS-06", "host")];
    expect(blame(plain, played("b", ...turned))).toEqual(["right rule", ["KCS-06"]]);
  });

  test("what follows, was ordered, or is there without the bug, too, accuses nobody", () => {
    const follows = breach("KCS-06", "host", { follows: true });
    const ordered = breach("KCS-08", "host", { ordered: true });
    const own = breach("KCS-24", "bmc");
    expect(blame(plain, played("b", follows, ordered, own))).toEqual(["right rule", []]);
    const known = played("a", breach("STACK-03", "host"));
    const still = played("b", breach("STACK-03", "host"), own);
    expect(blame(known, still)).toEqual(["right rule", []]);
    const note = breach("KCS-11", "bmc", { note: true });
    expect(blame(plain, played("b", note))).toEqual(["nothing", []]);
    const wanted = breach("KCS-24", "bmc", { note: true });
    expect(blame(plain, played("b", note, wanted))).toEqual(["right rule", []]);
  });
});

test("one match that puts the innocent first outweighs all others", () => {
  const plain = played("a");
  const right = outcomeOf(BUG, plain, played("b", breach("KCS-24", "bmc")));
  const wrong = outcomeOf(BUG, plain, played("b", breach("KCS-06", "host")));
  const same = outcomeOf(BUG, plain, plain);
  expect(resultOf(BUG, [same, right]).sort).toBe("right rule first");
  expect(resultOf(BUG, [right, wrong]).sort).toBe("wrong party first");
  expect(resultOf(BUG, [same]).sort).toBe("shows nothing");
});

test("a bug that has lost its place, or has two, is found out", () => {
  expect(spoiled(BUG, "one, three")).toBe("two, three");
  expect(() => spoiled(BUG, "three")).toThrow("its place is 0 times in src/bmc/kcs/kcs.ts");
  expect(() => spoiled(BUG, "one, one")).toThrow("its place is 2 times");
});

test("each bug has its own name, its place, and a rule that is to name it", () => {
  expect(new Set(BUGS.map(({ name }) => name)).size).toBe(BUGS.length);
  for (const bug of BUGS) checkPlace(bug);
  expect(BUGS.filter((bug) => bug.rules.length === 0)).toEqual([]);
  const ids = new Set(rules.map(({ id }) => id));
  const wanted = BUGS.flatMap((bug) => bug.rules.filter((id) => !ids.has(id)));
  expect(wanted).toEqual([]);
});

// Goal: no rule is asleep. Method: each is broken in a scenario of the catalogue, or a bug is to be named by
// it; or the list says why neither can be.
test("each rule is expected in a scenario, wanted by a bug, or it is said why not", () => {
  const folder = `${ROOT}/scenarios`;
  const expected = readdirSync(folder).flatMap((file) => {
    const [, expect = ""] = readFileSync(`${folder}/${file}`, "utf8").split("\nexpect:");
    return expect.match(/\b[A-Z]+-\d+\b/g) ?? [];
  });
  const awake = new Set([...expected, ...BUGS.flatMap((bug) => bug.rules)]);
  const observable = rules.filter((rule) => rule.observable).map(({ id }) => id);
  expect(observable.filter((id) => !awake.has(id)).sort()).toEqual(Object.keys(UNSHOWN).sort());
});

// Goal: the referee is asked of a tenth of the bugs at each change, and each of them still shows.
test("a tenth of the bugs", () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--import", "tsx", "tools/bugs/main.ts", "--every", "10", "--workers", "2"],
    { cwd: ROOT, encoding: "utf8" },
  );
  expect(stdout).not.toMatch(/^(shows nothing|wrong party first) /m);
  expect(status).toBe(0);
}, 600_000);
