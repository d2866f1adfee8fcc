import { beforeAll, describe, expect, test } from "vitest";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { compared } from "../../../tools/evidence/comparison.ts";
import { playWitnessed } from "../../../tools/evidence/witnessed.ts";
import { told } from "../../evidence/told.ts";
import { capturedAccesses, tappedAccesses } from "./captured-accesses.ts";
import { kernelFor } from "./kernel.ts";

const VERSIONS = ["6.1", "7.2"] as const;
const KINDS = ["kcs", "smic", "bt", "ssif"] as const;

beforeAll(async () => {
  for (const version of VERSIONS) await kernelFor(version, "ssif");
});

/** What the kernel itself complained of: a capture must not be a reason to. */
function troubles(events: readonly TraceEvent[]): readonly TraceEvent[] {
  return events.filter(({ e }) => e === "guest");
}

/** The capture's own trace of the one interface. */
function captured(lines: readonly string[]): readonly TraceEvent[] {
  return told(lines.join("\n")).traces.flatMap(({ events }) => events);
}

/** Each request and its answer; who comes first may differ by what the guest's report takes. */
function usersOf(events: readonly TraceEvent[]): readonly string[] {
  const requests = events.flatMap((event) => (event.e === "request" ? [event] : []));
  const answers = new Map(events.flatMap((each) => (each.e === "answer" ? [[each.id, each]] : [])));
  return requests
    .map(({ id, netFn, lun, cmd, data }) => {
      const { cc, data: got = [] } = answers.get(id) ?? {};
      return `${netFn} ${lun} ${cmd} ${[...data]}: ${cc} ${[...got]}`;
    })
    .sort();
}

// Goal: what a stock kernel's own tracing writes down is what was on the wire. Method: one match is
// seen by our tap at the registers, and captured within the guest by the script that users get.
describe.each(VERSIONS)("what Linux %s writes down of itself is what we saw", (version) => {
  test.each(KINDS)("on %s", async (kind) => {
    const kernel = await kernelFor(version, kind);
    const { result, events, lines } = await playWitnessed({ name: "device-id", kind, kernel });
    expect(result.misses).toEqual([]);
    expect(troubles(events)).toEqual([]);
    const tapped = tappedAccesses(events, kind);
    expect(tapped.length).toBeGreaterThan(50);
    expect(capturedAccesses(lines).slice(0, tapped.length)).toEqual(tapped);
    expect(lines).toContain("# lost: 0");
    expect(lines).toContain(`# baseboard capture 1 ${kind}`);
    // The kernel's log of that time, and then the end.
    expect(lines.slice(lines.indexOf("# log")).join("\n")).toContain("Found new BMC");
    expect(lines.at(-1)).toBe("# end");
    // What the users asked and got is in it, too, as they themselves report it.
    expect(events.some(({ e }) => e === "answer")).toBe(true);
    expect(usersOf(captured(lines))).toEqual(usersOf(events));
    // And whoever has no more than that comes to the same verdict.
    expect(compared(lines.join("\n"), result.verdict.fault).says).toBe("the same");
  });
});

test("with interrupts that get lost, and a BMC that is busy", async () => {
  const kernel = await kernelFor("6.1");
  for (const name of ["lost-interrupt", "a-right-match"]) {
    const { result, events, lines } = await playWitnessed({ name, kind: "kcs", kernel });
    expect(result.misses).toEqual([]);
    const tapped = tappedAccesses(events, "kcs");
    expect(capturedAccesses(lines).slice(0, tapped.length)).toEqual(tapped);
    expect(usersOf(captured(lines))).toEqual(usersOf(events));
  }
});

// Goal: a capture that ends while traffic goes on has all of it or nothing. Method: a BMC that has no end
// of events keeps the driver at work, and the script ends by its seconds, as a user's does.
test.each(KINDS)("a capture on %s that ends in the midst of traffic", async (kind) => {
  const kernel = await kernelFor("6.1", kind);
  const asked = { name: "sticky-event-buffer", kind, kernel, seconds: 5 } as const;
  const { lines } = await playWitnessed(asked);
  expect(compared(lines.join("\n"), ["bmc"]).rules).toEqual(kind === "ssif" ? [] : ["MF-06"]);
});

// Method: the smallest buffer, in a guest that has one processor for its driver and for the reader.
test("what a buffer had no room for is counted, and its place is shown", async () => {
  const kernel = await kernelFor("6.1");
  const asked = { name: "a-right-match", kind: "kcs", kernel, kilobytes: 8 } as const;
  const { lines } = await playWitnessed(asked);
  const lost = lines.flatMap((line) => /^CPU:0 \[LOST (\d+) EVENTS\]$/.exec(line)?.[1] ?? []);
  expect(lost.length).toBeGreaterThan(0);
  const sum = lost.reduce((all, each) => all + Number(each), 0);
  expect(lines).toContain(`# lost: ${sum}`);
});
