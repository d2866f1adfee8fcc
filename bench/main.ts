/**
 * Figures of one run, as ratios. Nothing here is a test: machines are shared and noisy. What is
 * measured is printed and written into docs/figures.json, from which documents are filled.
 *
 *     npm run bench                  all parts; the catalogue takes most of an hour
 *     npm run bench -- PART...       wire, interfaces, transports, judge, evidence, exploration, page, linux,
 *                                    linux-bmc, capture, devices, crash, start, catalogue
 *     npm run bench -- judge --against FOLDER    the judge's cost as a ratio to another checkout's
 */
import { parseArgs } from "node:util";
import { type Table, tableText, writeFigures } from "../tools/figures/store.ts";
import { captureFigures } from "./capture.ts";
import { catalogueFigures } from "./catalogue.ts";
import { crashFigures } from "./crash.ts";
import { deviceFigures } from "./devices.ts";
import { evidenceFigures } from "./evidence.ts";
import { explorationFigures } from "./explore.ts";
import { interfaceFigures } from "./interfaces.ts";
import { judgeFigures } from "./judge.ts";
import { linuxFigures } from "./linux.ts";
import { linuxBmcFigures } from "./linux-bmc.ts";
import { pageFigures } from "./page.ts";
import { startFigures } from "./start.ts";
import { transportFigures } from "./transports.ts";
import { wireFigures } from "./wire.ts";

const { values, positionals: asked } = parseArgs({
  options: { against: { type: "string" } },
  allowPositionals: true,
});

/** The longest comes last. */
const PARTS: Readonly<Record<string, () => readonly Table[] | Promise<readonly Table[]>>> = {
  wire: wireFigures,
  interfaces: interfaceFigures,
  transports: transportFigures,
  judge: () => judgeFigures(values.against),
  evidence: evidenceFigures,
  exploration: explorationFigures,
  page: pageFigures,
  linux: linuxFigures,
  "linux-bmc": linuxBmcFigures,
  capture: captureFigures,
  devices: deviceFigures,
  crash: crashFigures,
  start: startFigures,
  catalogue: catalogueFigures,
};

const unknown = asked.find((part) => PARTS[part] === undefined);
if (unknown !== undefined) throw new Error(`no part ${unknown}: ${Object.keys(PARTS).join(", ")}`);

for (const [part, measure] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(part)) continue;
  const tables = await measure();
  if (tables.length === 0) continue;
  for (const table of tables) console.log(`${tableText(table)}\n`);
  writeFigures(`bench ${part}`, tables);
}
