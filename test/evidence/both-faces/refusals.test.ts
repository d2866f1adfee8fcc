import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bothFaces, type WholeTrace } from "../../../src/evidence/index.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { playedMatch } from "../../../tools/evidence/writers.ts";
import { bmcsFace, hostsFace } from "./faces.ts";

const SHIFT = { offsetUs: 1_000_000, driftPpm: 10 };

describe("what is not two faces of one wire is refused in one line", () => {
  const match = played("device-id", "kcs");
  const host = hostsFace(match);
  const bmc = bmcsFace(match, SHIFT);
  const alone = { ...host, head: { ...host.head, taps: { host: false, bmc: false } } };

  test.each([
    ["twice the host", host, host, /one is the host's face.*of the host's, and.*of the host's/],
    ["twice the BMC", bmc, bmc, /of the BMC's, and here is one of the BMC's/],
    ["a trace that has both already", match, bmc, /one with both, and here is one of the BMC's/],
    ["messages without a wire", host, alone, /of the host's, and here are messages alone/],
    [
      "two interfaces",
      hostsFace(played("device-id", "bt")),
      bmc,
      /one file is of bt, the other of kcs/,
    ],
    ["nothing on one side", host, { ...bmc, events: [] }, /no traffic in common/],
  ])("%s", (_, one, other, why) => {
    expect(() => bothFaces(one, other)).toThrow(why);
  });

  test("a face with a hole", () => {
    const gap: TraceEvent = { n: 0, t: 0, e: "gap", text: "lost" };
    const gapped = (of: WholeTrace) => ({ ...of, events: [gap, ...of.events] });
    expect(() => bothFaces(gapped(host), bmc)).toThrow(/the host's file has gaps/);
    expect(() => bothFaces(host, gapped(bmc))).toThrow(/the BMC's file has gaps/);
  });

  test("an interface that is not built yet", () => {
    const other = played("device-id", "smic");
    expect(() => bothFaces(hostsFace(other), bmcsFace(other, SHIFT))).toThrow(
      /of smic cannot be laid/,
    );
  });

  test("clocks that would have to jump", () => {
    const half = Math.round(bmc.events.length / 2);
    const events = bmc.events.map((event, n) =>
      n < half ? event : { ...event, t: event.t + 5e6 },
    );
    expect(() => bothFaces(host, { ...bmc, events })).toThrow(/contradict each other/);
  });
});

function played(name: string, kind: "kcs" | "smic" | "bt"): WholeTrace {
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  return playedMatch(readFileSync(file, "utf8"), name, kind);
}
