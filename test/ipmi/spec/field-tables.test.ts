import { expect, test } from "vitest";
import { commandLayouts } from "../../../src/ipmi/command-layouts.ts";
import { commandByName, commandName } from "../../../src/ipmi/command-table.ts";
import * as ipmi from "../../../src/ipmi/index.ts";
import type { Layout } from "../../../src/ipmi/record.ts";
import { fieldTables, partTables } from "./field-tables.ts";

type Places = Record<string, readonly [bitOffset: number, bits: number]>;

// Goal: every field lies where the specification's table puts it, none is missing and none is too
// much. Method: a second transcription, in the tables' own notation.
test.each(commandLayouts.map((layout) => [commandName(layout.netFn, layout.cmd), layout] as const))(
  "%s",
  (name, layout) => {
    const table = fieldTables[name];
    expect(placesIn(layout.request)).toEqual(placesOf(table?.request, 1));
    expect(placesIn(layout.response)).toEqual(placesOf(table?.response, 2));
    expect(table?.section).toBe(commandByName(name)?.section);
  },
);

test.each(Object.entries(partTables))("%s", (name, table) => {
  const parts: Readonly<Record<string, unknown>> = ipmi;
  const layout = parts[name];
  expect(isLayout(layout) && placesIn(layout)).toEqual(placesOf(table, 1));
});

function isLayout(value: unknown): value is Layout<object> {
  return typeof value === "object" && value !== null && "fields" in value;
}

function placesIn(layout: Layout<object>): Places {
  return Object.fromEntries(
    layout.fields
      .filter(({ kind }) => kind !== "reserved")
      .map(({ name, bitOffset, bits }) => [name, [bitOffset, bits]]),
  );
}

function placesOf(table: string | undefined, firstByte: number): Places | undefined {
  if (table === undefined) return undefined;
  const rows = table === "" ? [] : table.split(", ");
  return Object.fromEntries(rows.map((row) => placeOf(row, firstByte)));
}

function placeOf(row: string, firstByte: number): [string, readonly [number, number]] {
  const match = /^(\d+)(?::(\d+|N))?(?:\[(\d+)(?::(\d+))?\])? (\w+)$/.exec(row);
  expect(match, row).not.toBeNull();
  const [, first = "", last = first, high, low = high, name = ""] = match ?? [];
  const offset = (Number(first) - firstByte) * 8;
  if (last === "N") return [name, [offset, Number.POSITIVE_INFINITY]];
  if (high !== undefined) return [name, [offset + Number(low), Number(high) - Number(low) + 1]];
  return [name, [offset, (Number(last) - Number(first) + 1) * 8]];
}
