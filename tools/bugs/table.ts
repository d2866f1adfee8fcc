import { type Table, tableText as textOf } from "../figures/store.ts";
import type { Bug } from "./bug.ts";
import { type Result, SORTS, type Sort } from "./sort.ts";

/** A line for each folder of the sources that bugs were put into, and one for all of them. */
export function tableOf(bugs: readonly Bug[], results: readonly Result[]): Table {
  const rooms = [...new Set(bugs.map(roomOf))];
  const lines = rooms.map((room) => {
    const names = new Set(bugs.filter((bug) => roomOf(bug) === room).map(({ name }) => name));
    return lineOf(
      `\`${room}\``,
      results.filter(({ name }) => names.has(name)),
    );
  });
  const head = ["where", "bugs", ...SORTS.filter(isShown), "the innocent accused besides"];
  return { title: "bugs, one at a time", rows: [head, ...lines, lineOf("all", results)] };
}

export function tableText(table: Table): string {
  return textOf(table);
}

function isShown(sort: Sort): boolean {
  return sort !== "shows nothing";
}

/** The first two folders. */
function roomOf({ file }: Bug): string {
  return file.split("/").slice(0, -1).slice(0, 3).join("/");
}

function lineOf(where: string, results: readonly Result[]): string[] {
  const counted = SORTS.filter(isShown).map((sort) => {
    return String(results.filter((result) => result.sort === sort).length);
  });
  const besides = results.filter(
    ({ sort, accused }) => accused > 0 && sort !== "wrong party first",
  );
  return [where, String(results.length), ...counted, String(besides.length)];
}
