import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandLayouts, layoutOf, describe as read } from "../../src/ipmi/command-layouts.ts";
import { commandInfo, commandName } from "../../src/ipmi/command-table.ts";
import * as ipmi from "../../src/ipmi/index.ts";
import { Malformed } from "../../src/ipmi/message.ts";
import type { Layout } from "../../src/ipmi/record.ts";
import { dataOf, legalLengths, RUNS, valuesOf } from "./arbitrary.ts";

const ofCommands: [string, Layout<object>][] = commandLayouts.flatMap((layout) => {
  const name = commandName(layout.netFn, layout.cmd);
  const both: [string, Layout<object>][] = [
    [`${name} request`, layout.request],
    [`${name} response`, layout.response],
  ];
  return both;
});
const parts: [string, Layout<object>][] = [
  ["self test failures", ipmi.selfTestFailures],
  ["boot set in progress", ipmi.bootSetInProgress],
  ["boot valid bit clearing", ipmi.bootValidBitClearing],
  ["boot info acknowledge", ipmi.bootInfoAcknowledge],
  ["boot flags", ipmi.bootFlags],
  ["boot initiator info", ipmi.bootInitiatorInfo],
  ["boot initiator mailbox", ipmi.bootInitiatorMailbox],
  ["platform event from a bus", ipmi.platformEventFromBus],
  ["SDR header", ipmi.sdrHeader],
  ["SEL record header", ipmi.selRecordHeader],
  ["SEL event record", ipmi.selEventRecord],
  ["SEL OEM timestamped record", ipmi.selOemTimestampedRecord],
  ["SEL OEM record", ipmi.selOemRecord],
];

describe.each([...ofCommands, ...parts])("%s", (_name, layout) => {
  test("what was encoded decodes to the same", () => {
    fc.assert(
      fc.property(valuesOf(layout), (value) => {
        const data = layout.encode(value);
        expect(layout.decode(data)).toEqual(value);
        expect(layout.reservedBitsSet(data)).toBe(false);
      }),
      RUNS,
    );
  });

  test("what was decoded encodes to the same, but for reserved bits", () => {
    fc.assert(
      fc.property(dataOf(layout), (data) => {
        const masked = data.slice();
        for (const { kind, bitOffset, bits } of layout.fields) {
          if (kind === "reserved") clear(masked, bitOffset, bits);
        }
        expect(layout.encode(layout.decode(data))).toEqual(masked);
        expect(layout.reservedBitsSet(data)).toBe(masked.some((byte, at) => byte !== data[at]));
      }),
      RUNS,
    );
  });

  // Goal: totality. Method: every length up to a little beyond the longest form.
  test("a legal length decodes, any other is Malformed", () => {
    const legal = new Set(legalLengths(layout));
    const end = Math.max(...legal) + (layout.size.max === Number.POSITIVE_INFINITY ? 0 : 8);
    for (let length = 0; length <= end; length++) {
      const data = new Uint8Array(length).fill(0xff);
      if (legal.has(length)) expect(() => layout.decode(data), `${length}`).not.toThrow();
      else expect(() => layout.decode(data), `${length}`).toThrow(Malformed);
    }
  });
});

test("every layout belongs to a command of the table, and is found by its numbers", () => {
  expect(new Set(commandLayouts).size).toBe(commandLayouts.length);
  for (const layout of commandLayouts) {
    expect(commandInfo(layout.netFn, layout.cmd)).toBeDefined();
    expect(layoutOf(layout.netFn, layout.cmd)).toBe(layout);
    expect(layoutOf(layout.netFn | 1, layout.cmd)).toBe(layout);
  }
});

test("a command's data are described by name and value, for printing", () => {
  const lines = read(0x06, 0x24, Uint8Array.of(0x44, 0x31, 10, 0, 0x64, 0), "request");
  expect(lines?.map(({ name, value }) => `${name}=${value}`)).toEqual([
    "use=4",
    "dontStop=true",
    "dontLog=false",
    "action=1",
    "pretimeoutInterrupt=3",
    "pretimeoutS=10",
    "clearExpired=0",
    "countdown100ms=100",
  ]);
  expect(read(0x2e, 0x01, Uint8Array.of(), "request")).toBeUndefined();
  expect(() => read(0x06, 0x24, Uint8Array.of(), "request")).toThrow(Malformed);
});

function clear(data: Uint8Array, bitOffset: number, bits: number): void {
  for (let at = bitOffset; at < bitOffset + bits; at++) {
    const byte = data[at >> 3];
    if (byte !== undefined) data[at >> 3] = byte & ~(1 << (at & 7));
  }
}
