import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../src/trace/events.ts";
import { asRegmap, playedMatch } from "../../tools/evidence/writers.ts";
import { told } from "./told.ts";

const text = (...lines: readonly string[]) => `${lines.join("\n")}\n`;
const AT = "init-1 [000] d.h.. 9.1232";
const lines = (device: string, ...accesses: readonly string[]) => {
  return accesses.map((access, at) => {
    const [what, reg, val] = access.split(" ");
    return `${AT}${10 + at}: regmap_reg_${what}: ${device} reg=${reg} val=${val}`;
  });
};
const LPC = "lpc@0x1e789000";

describe("a BMC's own accesses by its register map's tracepoints", () => {
  // Taken from a boot of an unmodified 6.1 on QEMU's ast2600-evb: status, WRITE_STATE, dummy byte, 61h.
  test("as a kernel wrote them down", () => {
    const { traces } = told(
      text(...lines(LPC, "read 44 a", "write 44 8a", "write 38 0", "read 2c 61")),
    );
    expect(traces[0]).toMatchObject({
      block: `${LPC} channel 3`,
      head: { interface: "kcs", taps: { host: false, bmc: true } },
      events: [
        { e: "bmc.status", status: 0x8a },
        { e: "bmc.write", value: 0 },
        { e: "bmc.read", value: 0x61, command: true },
        { e: "end" },
      ],
    });
  });

  test("a read of the input register with IBF clear takes nothing", () => {
    const { traces } = told(text(...lines(LPC, "read 44 0", "write 44 c0", "read 2c 61")));
    expect(traces[0]?.events.map(({ e }) => e)).toEqual(["bmc.status", "end"]);
  });

  test.each([
    ["channel 1 of ASPEED's", LPC, ["write 3c 80", "write 30 0"], "channel 1"],
    ["channel 4 of ASPEED's", LPC, ["write 11c 80", "write 118 0"], "channel 4"],
    ["channel 3 of Nuvoton's", "lpc_kcs@0xf0007000", ["write 30 80", "write 32 0"], "channel 3"],
  ])("%s registers are where the chip has them", (_, device, accesses, channel) => {
    const { traces } = told(text(...lines(device, ...accesses)));
    expect(traces[0]?.block).toBe(`${device} ${channel}`);
    expect(traces[0]?.events.map(({ e }) => e)).toEqual(["bmc.status", "bmc.write", "end"]);
  });

  test("two channels are two traces, and other registers none", () => {
    const { traces } = told(text(...lines(LPC, "write 3c 80", "write 44 80", "write 80 ffff")));
    expect(traces.map(({ block }) => block)).toEqual([`${LPC} channel 1`, `${LPC} channel 3`]);
    const others = lines("1e6e2000.syscon", "write 3c 80");
    expect(told(text(...others))).toMatchObject({ traces: [], unread: [] });
  });

  test("BT's bits act as they are written", () => {
    const accesses = ["read 150 4", "write 150 80", "read 154 3", "write 150 4", "read 150 80"];
    const { traces } = told(text(...lines(LPC, ...accesses, "write 154 9", "write 150 8")));
    expect(traces[0]).toMatchObject({
      head: { interface: "bt", taps: { host: false, bmc: true } },
      events: [
        { e: "bmc.status", status: 0x84 },
        { e: "bmc.read", value: 3 },
        { e: "bmc.status", status: 0x80 },
        { e: "bmc.write", value: 9 },
        { e: "bmc.status", status: 0x88 },
        { e: "end" },
      ],
    });
  });

  test("a line that breaks off is a gap", () => {
    const [line = ""] = lines(LPC, "write 44 80");
    const { sightings } = told(text(line, line.slice(0, -5)));
    expect(sightings).toMatchObject([{ what: "bmc-writes" }, { what: "gap" }]);
  });

  // Goal: what is read is what was done. Method: matches of the lab, written down as a kernel would have.
  test.each([["a-right-match"], ["kcs-state-late"]])("%s, from the BMC's side", (name) => {
    const file = new URL(`../../scenarios/${name}.yaml`, import.meta.url);
    const match = playedMatch(readFileSync(file, "utf8"), name, "kcs");
    const { traces, gaps } = told(text(...asRegmap(match)));
    expect(gaps).toBe(0);
    expect(ofBmc(traces[0]?.events ?? [])).toEqual(ofBmc(match.events));
  });

  function ofBmc(events: readonly TraceEvent[]): unknown[] {
    return events.flatMap((event) => {
      if (!["bmc.read", "bmc.write", "bmc.status"].includes(event.e)) return [];
      return [{ ...event, n: 0 }];
    });
  }
});
