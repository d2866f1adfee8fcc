import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { HOSTS, onInterface, readScenario, whyNotFor } from "../../../src/lab/index.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { pec } from "../../../src/wire/smbus/pec.ts";
import { kernelFor } from "./kernel.ts";
import { play } from "./on-interface.ts";

const VERSIONS = ["6.1", "7.2"] as const;
const NOT_FOUND_LATER = ["startup-codes", "bring-up-d5"];

beforeAll(async () => {
  for (const version of VERSIONS) await kernelFor(version, "ssif");
});

/** What the host did on the bus, as `S20 w02 w02 w18 w01 P`. */
function onTheBus(events: readonly TraceEvent[]): string {
  return events
    .flatMap((event) => {
      if (event.e !== "host.bus") return [];
      const byte = event.value.toString(16).padStart(2, "0");
      return event.op === "stop" ? ["P"] : [`${event.op === "start" ? "S" : event.op[0]}${byte}`];
    })
    .join(" ");
}

describe.each(VERSIONS)("Linux %s", (version) => {
  // Through i2c-i801 and our registers of its controller, to our bus and our BMC.
  test("nothing is wrong", async () => {
    const { result, events } = await play("a-right-match", "ssif", version);
    expect(result.misses).toEqual([]);
    expect(result.verdict.violations).toEqual([]);
    expect(result.verdict.transactions).toBeGreaterThan(40);
    expect(events.some((event) => event.e === "guest")).toBe(false);
    // The first question without a packet error code; others with one, as the BMC says that it can.
    const bus = onTheBus(events);
    const deviceId = [0x20, 0x02, 0x02, 0x18, 0x01];
    const code = deviceId.reduce(pec, 0).toString(16).padStart(2, "0");
    expect(bus).toMatch(/^S20 w02 (w02 w18 w01|w03 w18 w57 w00) P /);
    expect(bus).toContain(`S20 w02 w02 w18 w01 w${code} P`);
  });

  // Its driver puts the next part's length over the last byte of the part before, and has nothing
  // else to write it again from.
  test("a long request that is written again is another one", async () => {
    const { result, events } = await play("ssif-parts-refused", "ssif", version);
    expect(result.verdict.fault).toEqual(["host"]);
    expect(result.verdict.violations.map(({ rule }) => rule)).toEqual(["SSIF-11"]);
    expect(result.verdict.violations[0]?.detail).toMatch(/data byte 29 was sent as 20h, not 1Dh$/);
    const carriedOut = events.flatMap((event) => {
      return event.e === "bmc.request" && event.message.length === 72 ? [event.message[31]] : [];
    });
    // Which part a fault meets is a matter of the guest's phase: each makes one such request, or none.
    const garbled = carriedOut.filter((byte) => byte === 0x20).length;
    expect(garbled).toBeGreaterThanOrEqual(1);
    expect(garbled).toBeLessThanOrEqual(3);
    expect(carriedOut.filter((byte) => byte === 0x1d)).toHaveLength(20 - garbled);
  });

  // The i2c core tries a part again that lost the bus; the driver then begins with the first.
  test("a part that lost the bus is repeated, which is a note", async () => {
    const { result } = await play("ssif-acknowledgements-lost", "ssif", version);
    expect(result.misses).toEqual([]);
    expect(result.verdict.notes.map(({ rule }) => rule)).toContain("SSIF-06");
  });

  // A completion code that tells it to come again is taken for no BMC at all.
  test.each(NOT_FOUND_LATER)("%s: it looks once, and never again", async (name) => {
    const { result, events } = await play(name, "ssif", version);
    expect(result.verdict.violations).toEqual([]);
    // 6.1 has asked for more before; a long Get Device ID among it, which tries parts.
    const asked = events.filter((event) => {
      return event.e === "bmc.request" && event.message[1] === 1 && event.message.length === 2;
    });
    expect(asked).toHaveLength(1);
    expect(result.misses).toEqual([
      expect.stringMatching(/was (answered never|refused with \w+), not 00h by bmc$/),
    ]);
  });
});

const forGuests = readdirSync(new URL("../../../scenarios/", import.meta.url))
  .map((file) => basename(file, ".yaml"))
  .filter((name) => ![...NOT_FOUND_LATER, "ssif-noise"].includes(name) && isForGuests(name));

function isForGuests(name: string): boolean {
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  const scenario = readScenario(onInterface(readFileSync(file, "utf8"), "ssif"), `${name}.yaml`);
  return whyNotFor(scenario, HOSTS.linux) === undefined;
}

// Which of the bytes of a kernel's requests the noise meets, a few milliseconds decide: a part that is
// written again as another one, or a request each try of which it meets, and which fails.
test("ssif-noise on Linux 7.2: the noise is nobody's fault but the driver's, which is SSIF-11", async () => {
  const { result } = await play("ssif-noise", "ssif", "7.2");
  expect(result.verdict.fault).not.toContain("bmc");
  for (const { rule } of result.verdict.violations) expect(rule).toBe("SSIF-11");
});

test.each(forGuests)("%s on Linux 7.2", async (name) => {
  const { result } = await play(name, "ssif", "7.2");
  expect(result.misses).toEqual([]);
});
