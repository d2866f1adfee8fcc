import { describe, expect, test } from "vitest";
import { bothFaces } from "../../../src/evidence/index.ts";
import { bmcsFace, hostsFace, played } from "./faces.ts";

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

  test("polls without an end, each like the other", () => {
    const { events } = match;
    const begin = Math.floor(events.length / 4);
    const poll = events.slice(begin, begin + 300);
    const polls = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((round) => {
      return poll.map((event) => ({ ...event, t: event.t + round * 1_000_000 }));
    });
    const of = { ...match, events: polls };
    expect(() => bothFaces(hostsFace(of), bmcsFace(of, SHIFT))).toThrow(/several ways/);
  });

  test("clocks that would have to jump", () => {
    const half = Math.round(bmc.events.length / 2);
    const events = bmc.events.map((event, n) =>
      n < half ? event : { ...event, t: event.t + 5e6 },
    );
    expect(() => bothFaces(host, { ...bmc, events })).toThrow(/contradict each other/);
  });
});
