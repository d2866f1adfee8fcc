import { createHash, type Hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { HostStack } from "../../../src/host/index.ts";
import {
  eventMap,
  faultKinds,
  plainPlan,
  type RunPlan,
  runPlan,
} from "../../../src/lab/explore/index.ts";
import { Rehearsal } from "../../../src/lab/explore/rehearsal.ts";
import { Rehearsals } from "../../../src/lab/explore/rehearsals.ts";
import { runClasses } from "../../../src/lab/explore/run-classes.ts";
import { onInterface } from "../../../src/scenario/on-interface.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { encodeEvent } from "../../../src/trace/jsonl.ts";
import type { InterfaceKind } from "../../../src/wire/interface.ts";
import { lost, SMALL } from "./small.ts";

/** A trace as one text, of which a checkpoint can take the state. */
class TraceText {
  lines: string[] = [];

  event(event: TraceEvent): void {
    this.lines.push(encodeEvent(event));
  }

  get hash(): string {
    const hash: Hash = createHash("sha256");
    return hash.update(this.lines.join("\n")).digest("hex");
  }
}

/** Has each run in one match and by itself, and holds the outcomes and the traces against each other. */
function compare(plans: readonly RunPlan[]): void {
  const [first] = plans;
  if (first === undefined) throw new Error("nothing to compare");
  const rehearsed = new TraceText();
  const rehearsal = new Rehearsal(first, { sinks: () => [rehearsed] });
  for (const plan of plans) {
    const what = JSON.stringify([plan.inject, plan.delays]);
    const whole = new TraceText();
    const outcome = runPlan(plan, { sinks: () => [whole] });
    const again = rehearsal.run(plan);
    if (again === undefined) continue;
    expect(again, what).toEqual(outcome);
    expect(rehearsed.hash, what).toBe(whole.hash);
  }
}

/** So many of a scenario's runs, of all kinds of fault and from all its parts. */
function spread(text: string, count: number, seed = 0): readonly RunPlan[] {
  const classes = runClasses(text, faultKinds(text), eventMap(text, seed));
  const stride = Math.max(1, Math.floor(classes.length / count));
  return classes
    .filter((_class, index) => index % stride === 0)
    .map(({ kind, place: { n, labUs } }) => {
      return { ...plainPlan(text, seed), judge: "both", inject: kind.injections({ n, labUs }) };
    });
}

function textOf(name: string, kind: InterfaceKind): string {
  return onInterface(readFileSync(`scenarios/${name}.yaml`, "utf8"), kind);
}

describe("a run that begins in the middle has the trace of the run from the start", () => {
  test.each([
    ["small", "kcs", SMALL],
    ["small", "smic", onInterface(SMALL, "smic")],
    ["small", "bt", onInterface(SMALL, "bt")],
    ["small", "ssif", onInterface(SMALL, "ssif")],
    ["bring-up", "kcs", textOf("bring-up", "kcs")],
    ["panic-in-transfer", "smic", textOf("panic-in-transfer", "smic")],
    ["sticky-event-buffer", "bt", textOf("sticky-event-buffer", "bt")],
    ["watchdog-bmc-reset", "ssif", textOf("watchdog-bmc-reset", "ssif")],
  ])("%s on %s", (_name, _kind, text) => compare(spread(text, 30)), 60_000);
});

test("on a course that was drawn, too", () => {
  for (const seed of [1, 5, 9]) compare(spread(SMALL, 10, seed));
});

test("with two faults, with delays, and with both, in whatever order they come", () => {
  const plain: RunPlan = { ...plainPlan(SMALL, 0), judge: "both" };
  const delays = [
    { from: 5, count: 3 },
    { from: 60, count: 1 },
  ];
  const inject = [
    { at: 700, fault: lost },
    { at: 300, fault: { wire: { "all-ones": "true" }, for: "50ms" } },
  ];
  const plans = [{ ...plain, delays }, { ...plain, inject }, { ...plain, inject, delays }, plain];
  compare([...plans, ...plans.toReversed()]);
});

test("what differs before the first checkpoint is had from the start", () => {
  const plan: RunPlan = { ...plainPlan(SMALL, 0), inject: [{ at: 0, fault: lost }] };
  expect(new Rehearsal(plan).run(plan)).toBeUndefined();
  const rehearsals = new Rehearsals();
  for (let again = 0; again < 3; again++) expect(rehearsals.run(plan)).toEqual(runPlan(plan));
});

test("a scenario that crashes by itself does so in each of its runs", () => {
  const options = {
    makeStack: (parts: ConstructorParameters<typeof HostStack>[0]) => {
      const { scheduler } = parts;
      scheduler.at(1_500_000, "trap", () => {
        throw new Error("a trap");
      });
      return new HostStack(parts);
    },
  };
  const rehearsals = new Rehearsals(options);
  const plain = plainPlan(SMALL, 0);
  const plans = [400, 500, 100_000].map((at) => ({ ...plain, inject: [{ at, fault: lost }] }));
  for (const plan of [plain, ...plans]) {
    const outcome = runPlan(plan, options);
    expect(outcome.breaches.map(({ rule }) => rule)).toEqual(["crash"]);
    expect(rehearsals.run(plan)).toEqual(outcome);
  }
});
