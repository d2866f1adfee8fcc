/** Fills the tables of docs/scenarios.md from the one table of faults. */
import { ACCESS_WORDS } from "../src/scenario/vocabulary/access.ts";
import { ANSWER } from "../src/scenario/vocabulary/answer.ts";
import { BMC } from "../src/scenario/vocabulary/bmc.ts";
import { CUES } from "../src/scenario/vocabulary/cue.ts";
import { HOST } from "../src/scenario/vocabulary/host.ts";
import type { Field } from "../src/scenario/vocabulary/unit.ts";
import { WIRE } from "../src/scenario/vocabulary/wire.ts";
import { INTERFACES } from "../src/wire/interface.ts";
import { fillTables, table } from "./tables.ts";

type Words = Readonly<Record<string, Field<unknown>>>;

const tables = new Map([
  ["cues", wordTable(CUES)],
  ["answer", wordTable(ANSWER)],
  ["bmc", wordTable(BMC)],
  ["wire", wireTable()],
  ["host", wordTable(HOST)],
  ["script", wordTable(ACCESS_WORDS)],
]);
fillTables("docs/scenarios.md", tables, "npm run scenario-page");

function wordTable(words: Words): string {
  const rows = Object.entries(words).map(([word, { unit, about = "" }]) => {
    return [`\`${word}\``, unit.form, about];
  });
  return table(["word", "says", "what happens"], rows);
}

function wireTable(): string {
  const rows = Object.entries(WIRE).map(([word, { unit, about, on }]) => {
    return [
      `\`${word}\``,
      on.length === INTERFACES.length ? "all" : on.join(", "),
      unit.form,
      about,
    ];
  });
  return table(["word", "on", "says", "what happens"], rows);
}
