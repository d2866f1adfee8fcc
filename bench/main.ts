/**
 * Figures of one run, as ratios. Nothing here is a test: machines are shared and noisy. What is
 * measured is printed and written into docs/figures.json, from which documents are filled.
 *
 *     npm run bench                  all parts; the catalogue takes most of an hour
 *     npm run bench -- PART...       wire, interfaces, exploration, linux, catalogue
 */
import { type Table, tableText, writeFigures } from "../tools/figures/store.ts";
import { catalogueFigures } from "./catalogue.ts";
import { explorationFigures } from "./explore.ts";
import { interfaceFigures } from "./interfaces.ts";
import { linuxFigures } from "./linux.ts";
import { wireFigures } from "./wire.ts";

/** The longest comes last. */
const PARTS: Readonly<Record<string, () => readonly Table[] | Promise<readonly Table[]>>> = {
  wire: wireFigures,
  interfaces: interfaceFigures,
  exploration: explorationFigures,
  linux: linuxFigures,
  catalogue: catalogueFigures,
};

const asked = process.argv.slice(2);
const unknown = asked.find((part) => PARTS[part] === undefined);
if (unknown !== undefined) throw new Error(`no part ${unknown}: ${Object.keys(PARTS).join(", ")}`);

for (const [part, measure] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(part)) continue;
  const tables = await measure();
  if (tables.length === 0) continue;
  for (const table of tables) console.log(`${tableText(table)}\n`);
  writeFigures(`bench ${part}`, tables);
}
