import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../src/trace/events.ts";
import { asI2cSlave, playedMatch } from "../../tools/evidence/writers.ts";
import { told } from "./told.ts";

const text = (...lines: readonly string[]) => `${lines.join("\n")}\n`;
const steps = (...of: readonly string[]) => {
  return of.map((step, at) => {
    const [result, what] = step.startsWith("!") ? ["-16", step.slice(1)] : ["0", step];
    return `irq/37-98 [000] d.h.. 7.0000${10 + at}: i2c_slave: i2c-1 a=010 ret=${result} ${what}`;
  });
};
const REQUEST = [
  "WR_REQ []",
  "WR_RCV [02]",
  "WR_RCV [02]",
  "WR_RCV [18]",
  "WR_RCV [01]",
  "  STOP []",
];
const ASKED = ["WR_REQ []", "WR_RCV [03]", "RD_REQ [03]", "RD_PRO [1c]", "RD_PRO [01]"];

describe("a BMC's own side of the bus by the tracepoint of I2C targets", () => {
  test("a request and its response", () => {
    const { traces, gaps } = told(text(...steps(...REQUEST, ...ASKED, "RD_PRO [c1]", "  STOP []")));
    expect(gaps).toBe(0);
    expect(traces[0]?.head).toMatchObject({ interface: "ssif", taps: { host: false, bmc: true } });
    expect(wire(traces[0]?.events)).toEqual([
      ...["start 20 ack", "write 02 ack", "write 02 ack", "write 18 ack", "write 01 ack"],
      ...["stop 00 ack", "start 20 ack", "write 03 ack", "start 21 ack", "read 03 ack"],
      ...["read 1c ack", "read 01 ack", "read c1 nack", "stop 00 ack"],
    ]);
  });

  // Goal: what a controller asks for beforehand is not taken for what its master took.
  test("a byte that was asked for beforehand is not told", () => {
    const ahead = [...ASKED, "RD_PRO [c1]", "RD_PRO [ff]", "  STOP []"];
    const { traces } = told(text(...steps(...REQUEST, ...ahead)));
    expect(wire(traces[0]?.events).slice(-2)).toEqual(["read c1 nack", "stop 00 ack"]);
  });

  test("what was refused", () => {
    const { traces } = told(text(...steps(...REQUEST, "!WR_REQ []", "  STOP []")));
    expect(wire(traces[0]?.events).slice(6)).toEqual(["start 20 nack", "stop 00 ack"]);
    const byte = told(text(...steps(...REQUEST, "WR_REQ []", "!WR_RCV [02]", "  STOP []")));
    expect(wire(byte.traces[0]?.events).slice(6)).toEqual([
      ...["start 20 ack", "write 02 nack", "stop 00 ack"],
    ]);
  });

  test.each([
    ["a transaction without its STOP", [...ASKED, ...REQUEST]],
    ["a byte of a transaction that began before", ["WR_RCV [02]", ...REQUEST]],
    [
      "a master that goes on after a refusal",
      ["WR_REQ []", "!WR_RCV [02]", "WR_RCV [1]", "STOP []"],
    ],
  ])("%s is a gap", (_, lines) => {
    const { sightings } = told(text(...steps(...REQUEST, ...lines)));
    expect(sightings.map(({ what }) => what)).toContain("gap");
  });

  test.each([["a-right-match"], ["long-messages"]])("%s, from the BMC's side", (name) => {
    const file = new URL(`../../scenarios/${name}.yaml`, import.meta.url);
    const match = playedMatch(readFileSync(file, "utf8"), name, "ssif");
    const { traces, gaps } = told(text(...asI2cSlave(match)));
    expect(gaps).toBe(0);
    // Of a read the code behind the block cannot be told from a byte that was asked for beforehand.
    const shown = wire(traces[0]?.events);
    const done = wire(match.events);
    expect(shown.filter((each) => /^(start|write)/.test(each))).toEqual(
      done.filter((each) => /^(start|write)/.test(each)),
    );
    expect(shown.length).toBeLessThanOrEqual(done.length);
  });
});

function wire(events: readonly TraceEvent[] | undefined): string[] {
  return (events ?? []).flatMap((event) => {
    if (event.e !== "bmc.bus") return [];
    return [`${event.op} ${event.value.toString(16).padStart(2, "0")} ${event.outcome}`];
  });
}
