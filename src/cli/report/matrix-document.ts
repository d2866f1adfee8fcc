/**
 * What many matches come to, as the JSON document that `matrix` writes and `merge` reads. The tables are
 * made of this.
 */
import { z } from "zod";
import { type Share, WHOLE } from "../../lab/explore/index.ts";
import type { Cell, Matrix, Scenario } from "../../lab/index.ts";
import { endingOf, plainText } from "../ending.ts";
import { cellsOf, cellText, isAsExpected } from "./cell.ts";
import { matchJson } from "./match.ts";

/** Of a match what the tables are made of; the rest is handed on as it is. */
const match = z.looseObject({
  asExpected: z.boolean(),
  lengthUs: z.number(),
  misses: z.array(z.string()).readonly(),
  remarks: z.array(z.string()).readonly(),
});

const place = { host: z.string(), scenario: z.string(), text: z.string() };
const cell = z.discriminatedUnion("state", [
  z.object({ ...place, state: z.literal("played"), match }),
  z.object({ ...place, state: z.literal("empty"), reason: z.string() }),
  z.object({
    ...place,
    state: z.literal("broken"),
    asExpected: z.literal(false),
    /** In one line, ... */
    reason: z.string(),
    /** ... and as a command would have ended with it. */
    error: z.string(),
  }),
]);
/** A match, or why there is none. */
export type MatrixCell = Readonly<z.infer<typeof cell>>;

export const matrixDocument = z.object({
  hosts: z.array(z.string()).readonly(),
  scenarios: z.array(z.string()).readonly(),
  /** The part of the matrix's scenarios that these are, from 1. */
  shard: z.object({ part: z.int().positive(), of: z.int().positive() }),
  asExpected: z.boolean(),
  /** Host by host. */
  cells: z.array(cell).readonly(),
});
export type MatrixDocument = Readonly<z.infer<typeof matrixDocument>>;

/** Every cell, with its whole verdict. */
export function matrixDocumentOf(matrix: Matrix, shard: Share = WHOLE): MatrixDocument {
  const cells = cellsOf(matrix).flatMap(({ host, cells: column }) => {
    return column.map(({ scenario, cell }) => cellOf(host, scenario, cell));
  });
  return {
    hosts: matrix.hosts,
    scenarios: matrix.rows.map(({ scenario }) => scenario.name),
    shard,
    asExpected: matrix.rows.every((row) => row.cells.every(isAsExpected)),
    cells,
  };
}

/** Nothing went otherwise than it should. */
export function cellIsAsExpected(cell: MatrixCell): boolean {
  return cell.state === "played" ? cell.match.asExpected : cell.state === "empty";
}

function cellOf(host: string, scenario: Scenario, cell: Cell): MatrixCell {
  const place = { host, scenario: scenario.name, text: cellText(cell) };
  switch (cell.state) {
    case "empty":
      return { ...place, state: "empty", reason: cell.reason };
    case "broken": {
      const error = endingOf(cell.error).text.trimEnd();
      const reason = plainText(cell.error);
      return { ...place, state: "broken", asExpected: false, reason, error };
    }
    case "played":
      return { ...place, state: "played", match: matchJson(scenario, cell.result) };
  }
}
