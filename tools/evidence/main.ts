/**
 * Plays the catalogue with kernels while a script in the guest captures what they do, and compares the
 * lab's verdict with that of the capture alone.
 *
 *     npm run evidence                                         all that a guest shows, on 6.1 and 7.2
 *     npm run evidence -- --interface kcs --scenario NAME --kernel 7.2
 *     npm run evidence -- --out FOLDER      keeps captures; what is there is judged, not played again
 *     npm run evidence -- --out FOLDER --kept    plays nothing
 *     npm run evidence -- --seconds N       captures for so long, as a user would, not to a match's end
 *     npm run evidence -- --write           fills the table of docs/evidence.md, too; of what was not played
 *                                           now the page's own cells stay
 *
 * Exits with 1 when a capture blames somebody whom the lab does not.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { catalogueNames, loadScenario } from "../../src/cli/catalogue.ts";
import {
  INTERFACES,
  type InterfaceKind,
  NotForGuests,
  onInterface,
  readScenario,
  whyNotFor,
} from "../../src/lab/index.ts";
import { findKernel, type Kernel } from "../../src/seats/linux/index.ts";
import { linux } from "../../src/seats/linux/match/party.ts";
import { fillTables, table } from "../tables.ts";
import { type Comparison, compared } from "./comparison.ts";
import { playWitnessed } from "./witnessed.ts";

const { values } = parseArgs({
  options: {
    interface: { type: "string", multiple: true, default: [...INTERFACES] },
    scenario: { type: "string", multiple: true },
    kernel: { type: "string", multiple: true, default: ["6.1", "7.2"] },
    out: { type: "string", default: "runs/evidence" },
    kept: { type: "boolean", default: false },
    seconds: { type: "string", default: "0" },
    write: { type: "boolean", default: false },
  },
});

const PAGE = "docs/evidence.md";

interface Row extends Comparison {
  readonly name: string;
  readonly kind: InterfaceKind;
  /** As it was asked for. */
  readonly on: string;
}

process.exitCode = await main();

async function main(): Promise<number> {
  mkdirSync(values.out, { recursive: true });
  const rows: Row[] = [];
  for (const on of values.kernel) {
    const kernel = findKernel(on);
    if (kernel === undefined)
      throw new Error(`no kernel ${on}: baseboard kernels add debian:${on}`);
    rows.push(...(await rowsOf(kernel, on)));
  }
  if (values.write) {
    const tables = new Map([["captured", tableOf(rows, cellsOf(readFileSync(PAGE, "utf8")))]]);
    fillTables(PAGE, tables, "npm run evidence -- --write");
  }
  const count = (says: Comparison["says"]) => rows.filter((each) => each.says === says).length;
  console.log(
    `${rows.length} captures: ${count("the same")} blame the same, ` +
      `${count("cannot tell")} cannot tell, ${count("another")} blame another`,
  );
  return count("another") === 0 ? 0 : 1;
}

async function rowsOf(kernel: Kernel, on: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const kind of INTERFACES.filter((each) => values.interface.includes(each))) {
    for (const name of catalogueNames()) {
      if (values.scenario?.includes(name) === false || !shows(kernel, name, kind)) continue;
      for (const came of await captured(kernel, name, kind)) {
        console.log(`${on} ${kind.padEnd(5)} ${name.padEnd(36)} ${textOf(came)}`);
        rows.push({ ...came, name, kind, on });
      }
    }
  }
  return rows;
}

/** Whether a guest can show it, and nothing of the host's own belongs to it that a match alone has. */
function shows(kernel: Kernel, name: string, kind: InterfaceKind): boolean {
  const { text } = loadScenario(name);
  return whyNotFor(readScenario(onInterface(text, kind), name), linux(kernel)) === undefined;
}

/** From what was kept, or played and kept; none for what a guest refuses when it is to begin. */
async function captured(
  kernel: Kernel,
  name: string,
  kind: InterfaceKind,
): Promise<readonly Comparison[]> {
  const path = join(values.out, `${name}-${kind}-${kernel.manifest.version}`);
  if (!existsSync(`${path}.json`)) {
    if (values.kept) return [];
    try {
      const { result, lines } = await playWitnessed({
        ...{ name, kind, kernel },
        seconds: Number(values.seconds),
      });
      // Where the time was up before the script's last line, nothing can be said of it.
      if (lines.length === 0) {
        console.log(`${name} on ${kind}: the capture did not come to its end, and is not kept`);
        return [];
      }
      writeFileSync(`${path}.txt`, `${lines.join("\n")}\n`);
      writeFileSync(`${path}.json`, JSON.stringify({ fault: result.verdict.fault }));
    } catch (error) {
      if (!(error instanceof NotForGuests)) throw error;
      return [];
    }
  }
  const { fault } = JSON.parse(readFileSync(`${path}.json`, "utf8"));
  return [compared(readFileSync(`${path}.txt`, "utf8"), fault)];
}

function textOf({ says, lab, capture, rules, refused }: Comparison): string {
  const parties = (each: readonly string[]) => (each.length === 0 ? "none" : each.join(", "));
  if (says === "the same") return `the same: ${parties(lab)}`;
  const why = refused === undefined ? "" : ` (${refused})`;
  return `${says}: lab ${parties(lab)}; capture ${parties(capture)} ${rules.join(" ")}${why}`;
}

/** By scenario, and then by kernel and interface. */
type Cells = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** A row a scenario, a column a kernel's interface; of what was not played what stood there `before`. */
function tableOf(rows: readonly Row[], before: Cells): string {
  const cells = new Map([...before].map(([name, row]) => [name, new Map(row)]));
  for (const row of rows) {
    const own = cells.get(row.name) ?? new Map<string, string>();
    cells.set(row.name, own.set(`${row.on} ${row.kind}`, cellOf(row)));
  }
  const columns = [...new Set([...cells.values()].flatMap((row) => [...row.keys()]))];
  const lines = [...cells.keys()].sort().map((name) => {
    return [name, ...columns.map((column) => cells.get(name)?.get(column) ?? "")];
  });
  return table(["scenario", ...columns], lines);
}

/** The cells of the page's table. */
function cellsOf(page: string): Cells {
  const [, filled = ""] = page.split("<!-- table captured -->\n");
  const [text = ""] = filled.split("<!-- end -->");
  const lines = text.trimEnd().split("\n");
  const [[, ...columns] = [], , ...rows] = lines.map((line) => line.slice(2, -2).split(" | "));
  return new Map(
    rows.map(([name = "", ...row]) => {
      const known = columns.map((column, at): [string, string] => [column, row[at] ?? ""]);
      return [name, new Map(known)];
    }),
  );
}

function cellOf({ says, lab, capture }: Row): string {
  if (says === "the same") return lab.length === 0 ? "nobody" : lab.join(", ");
  const whom = lab.join(", ") || "nobody";
  if (says === "cannot tell" && capture.length === 0) return `cannot tell (${whom})`;
  if (says === "cannot tell") return `${capture.join(", ")}, with a doubt (${whom})`;
  return `**${capture.join(", ")}** (${whom})`;
}
