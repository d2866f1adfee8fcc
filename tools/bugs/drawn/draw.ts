import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Draws } from "../../../src/match/draws.ts";
import { INTERFACES, type InterfaceKind } from "../../../src/wire/interface.ts";
import type { Bug, Guilty } from "../bug.ts";
import { type Edit, editsOf } from "./edits.ts";

/** Files of no match: what finds the BMC before there is a driver, what people read, what is exported. */
const PLAYED_NOWHERE = /\/discovery\/|\/attributes\.ts$|\/index\.ts$/;

interface Slip {
  /** Under `src`. */
  readonly file: string;
  readonly edit: Edit;
}

/** Where slips are drawn from, and where they are played. */
export interface Lot {
  readonly sources: string;
  /** A folder under `sources`. */
  readonly under: string;
  readonly kinds: readonly InterfaceKind[];
}

/**
 * `count` slips, drawn by a seed out of all single edits that there are, each with the same weight. A file
 * of an interface's is played there, any other on one that is drawn, too.
 */
export function drawnBugs({ sources, under, kinds }: Lot, count: number, seed: number): Bug[] {
  const files = readdirSync(join(sources, under), { recursive: true, encoding: "utf8" })
    .map((name) => `${under}/${name}`)
    .filter((file) => file.endsWith(".ts") && !PLAYED_NOWHERE.test(file))
    .filter((file) => kinds.includes(interfaceOf(file) ?? kinds[0] ?? "kcs"))
    .sort();
  const texts = new Map(files.map((file) => [file, readFileSync(join(sources, file), "utf8")]));
  const slips = [...texts].flatMap(([file, text]): Slip[] => {
    return editsOf(text).map((edit) => ({ file, edit }));
  });
  const draws = new Draws(seed, 0);
  return Array.from({ length: Math.min(count, slips.length) }, () => {
    const { file, edit } = slips.splice(draws.below(slips.length), 1)[0] as Slip;
    const drawnKind = draws.one(kinds);
    return bugOf(file, edit, texts.get(file) ?? "", interfaceOf(file) ?? drawnKind);
  });
}

function interfaceOf(file: string): InterfaceKind | undefined {
  const folders = file.split("/");
  return INTERFACES.find((kind) => folders.includes(kind));
}

function bugOf(file: string, edit: Edit, text: string, kind: InterfaceKind): Bug {
  const [from, to] = widened(text, edit);
  const line = text.slice(0, edit.start).split("\n").length;
  const what = `${text.slice(edit.start, edit.end)} -> ${edit.to}`.replaceAll(/\s+/g, " ");
  const name = `${file}:${line} ${edit.kind}: ${what}`;
  const party = file.split("/")[0] as Guilty;
  return { name, party, file, from, to, rules: [], interfaces: [kind] };
}

/** With so much of the text round it that it stands there once. */
function widened(text: string, { start, end, to }: Edit): [string, string] {
  for (let by = 0; ; by += 8) {
    const [first, last] = [Math.max(start - by, 0), end + by];
    const from = text.slice(first, last);
    if (text.split(from).length !== 2) continue;
    return [from, text.slice(first, start) + to + text.slice(end, last)];
  }
}
