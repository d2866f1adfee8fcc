import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { INTERFACES, type InterfaceKind } from "../../src/wire/interface.ts";
import { spoiled } from "../../tools/bugs/bug.ts";
import { drawnBugs } from "../../tools/bugs/drawn/draw.ts";
import { editsOf } from "../../tools/bugs/drawn/edits.ts";
import { drawnResultOf, drawnTable } from "../../tools/bugs/drawn/run.ts";
import type { Blame, Outcome } from "../../tools/bugs/sort.ts";

const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));

function lot(under: string, kinds: readonly InterfaceKind[] = INTERFACES) {
  return { sources: SOURCES, under, kinds };
}

/** Each text that a single edit makes of a source. */
function madeOf(text: string): readonly string[] {
  return editsOf(text).map(({ start, end, to }) => text.slice(0, start) + to + text.slice(end));
}

describe("the single edits of a source", () => {
  test("a condition is negated, halved, joined and compared otherwise, and what it guards left out", () => {
    const made = madeOf("if (a < 2 && b) go();");
    expect(made.toSorted()).toEqual(
      [
        ";",
        "if (!(a < 2 && b)) go();",
        "if (a < 2 || b) go();",
        "if (a < 2) go();",
        "if (b) go();",
        "if (a <= 2 && b) go();",
        "if (a < 3 && b) go();",
        "if (a < 1 && b) go();",
        "if (a < 2 && b) ;",
        "if (a < 2 && b) { go(); go(); }",
      ].toSorted(),
    );
  });

  test("numbers are missed by one, long times by a factor of two, and names by the next", () => {
    expect(madeOf("const x = [0, 5_000, 0x10, true];")).toEqual([
      "const x = [1, 5_000, 0x10, true];",
      "const x = [0, 10000, 0x10, true];",
      "const x = [0, 2500, 0x10, true];",
      "const x = [0, 5_000, 17, true];",
      "const x = [0, 5_000, 15, true];",
      "const x = [0, 5_000, 0x10, false];",
    ]);
    expect(madeOf("x = State.A; y = State.C;")).toContain("x = State.C; y = State.C;");
  });

  test("types, imports, assertions and what is only told have none", () => {
    const text = `import { a } from "./a.ts";
      type Two = 1 | 2;
      assert(a < 2, "less");
      if (tracer.active) tracer.emit({ e: "host" });
      if (a) throw new Error("a");`;
    expect(madeOf(text).every((made) => made.includes('assert(a < 2, "less")'))).toBe(true);
    expect(madeOf(text).every((made) => made.includes("if (tracer.active) tracer.emit"))).toBe(
      true,
    );
  });
});

describe("slips that are drawn", () => {
  test("the same seed draws the same, and each has its place in the sources", () => {
    const bugs = drawnBugs(lot("host"), 40, 7);
    expect(drawnBugs(lot("host"), 40, 7)).toEqual(bugs);
    expect(drawnBugs(lot("host"), 40, 8)).not.toEqual(bugs);
    expect(new Set(bugs.map(({ name }) => name)).size).toBeGreaterThan(35);
    for (const bug of bugs) {
      const text = readFileSync(join(SOURCES, bug.file), "utf8");
      expect(spoiled(bug, text)).not.toBe(text);
    }
  });

  test("those of an interface are played there, and others anywhere", () => {
    const kinds = drawnBugs(lot("host/interfaces/smic"), 5, 1).flatMap((bug) => bug.interfaces);
    expect(kinds).toEqual(["smic", "smic", "smic", "smic", "smic"]);
    const others = drawnBugs(lot("host/watchdog"), 60, 1).flatMap((bug) => bug.interfaces);
    expect(new Set(others).size).toBe(4);
    const onSsif = drawnBugs(lot("host/interfaces", ["ssif"]), 30, 1);
    expect(onSsif.every(({ file }) => !/kcs|smic|bt\//.test(file))).toBe(true);
    expect(new Set(onSsif.flatMap((bug) => bug.interfaces))).toEqual(new Set(["ssif"]));
  });
});

describe("what came of one", () => {
  const [bug] = drawnBugs(lot("host/watchdog"), 1, 1);
  if (bug === undefined) throw new Error("there is something to draw");
  const outcome = (blame: Blame | undefined, crash?: string): Outcome => {
    const accused = blame === "innocent" ? ["GEN-02"] : [];
    const place = { scenario: "device-id", interface: "kcs", first: undefined, accused };
    return { ...place, blame, ...(crash === undefined ? {} : { crash }) };
  };
  const sort = (...outcomes: Outcome[]) => drawnResultOf(bug, outcomes).sort;

  test("the innocent who is blamed once outweighs all, and a crash only what nobody saw", () => {
    expect(sort(outcome(undefined))).toBe("shows nothing");
    expect(sort(outcome(undefined), outcome("nothing"))).toBe("not found");
    expect(sort(outcome("nothing"), outcome(undefined, "assertion"))).toBe("stops itself");
    expect(sort(outcome("nothing"), outcome("right party"))).toBe("right party first");
    expect(sort(outcome("right party"), outcome("innocent"))).toBe("wrong party first");
  });

  test("the table has a line for each folder", () => {
    const { rows } = drawnTable([drawnResultOf(bug, [outcome("right party")])]);
    expect(rows.slice(1).map(([where, slips, right]) => [where, slips, right])).toEqual([
      ["`host/watchdog`", "1", "1"],
      ["all", "1", "1"],
    ]);
  });
});
