/** How fast evidence is read, and read and judged: lines a second, and memory as lines grow. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Assembler, EvidenceReading } from "../src/evidence/index.ts";
import { runStackMatch, type Scenario } from "../src/lab/index.ts";
import { Referee } from "../src/referee/index.ts";
import { Recorder, type TraceHead } from "../src/trace/index.ts";
import {
  asCsv,
  asOtherTool,
  asRegmap,
  asSigrok,
  asSmbus,
  asTracefs,
  type Match,
  transactionsOf,
} from "../tools/evidence/writers.ts";
import type { Table } from "../tools/figures/store.ts";
import { trafficOn } from "./judge.ts";
import { median } from "./median.ts";

const ROUNDS = 7;
const LINES = 200_000;
const LONG = 10_000_000;

export function evidenceFigures(): readonly Table[] {
  const kcs = recorded(trafficOn("kcs"));
  const ssif = recorded(trafficOn("ssif"));
  const texts: Readonly<Record<string, readonly string[]>> = {
    "tracefs, KCS": asTracefs(kcs),
    "tracefs, SMBus": asSmbus(transactionsOf(ssif), false),
    "tracefs, regmap": asRegmap(kcs),
    "perf script, KCS": asTracefs(kcs).map((line) => asOtherTool(line, "perf script")),
    "CSV, KCS": asCsv(kcs),
    "sigrok, SMBus": asSigrok(ssif),
  };
  const rows = Object.entries(texts).map(([name, lines]) => {
    const text = textOf(lines, LINES);
    return [name, rate(text, false), rate(text, true)];
  });
  return [
    { title: "reading evidence", rows: [["what", "lines/s read", "and judged"], ...rows] },
    {
      title: "memory",
      rows: [["lines", "MiB in use afterwards"], ...memory()],
    },
  ];
}

export function recorded(scenario: Scenario): Match {
  const recorder = new Recorder();
  const heads: TraceHead[] = [];
  runStackMatch(scenario, {
    sinks: (head) => {
      heads.push(head);
      return [recorder];
    },
  });
  const [head] = heads;
  if (head === undefined) throw new Error("nothing was played");
  return { head, events: recorder.events.map((event) => structuredClone(event)) };
}

/** So many lines; times go back where it begins anew, which is a gap. */
export function textOf(lines: readonly string[], count: number): string {
  const rounds = Math.ceil(count / lines.length);
  return `${Array.from({ length: rounds }, () => lines.join("\n")).join("\n")}\n`;
}

function rate(text: string, judged: boolean): string {
  const lines = text.split("\n").length - 1;
  const seconds = Array.from({ length: ROUNDS }, () => {
    const begun = process.cpuUsage();
    read(text, 1, judged);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1e6;
  });
  return Math.round(lines / median(seconds)).toLocaleString("en-US");
}

const PIECE = 1 << 18;

export function read(text: string, times: number, judged: boolean): void {
  const nobody = { event: () => {} };
  const assembler = new Assembler(({ head }) => (judged ? new Referee(head) : nobody));
  const reading = new EvidenceReading((each) => assembler.take(each));
  for (let time = 0; time < times; time++) {
    for (let at = 0; at < text.length; at += PIECE) reading.push(text.slice(at, at + PIECE));
  }
  reading.end();
  assembler.end();
}

/** In a process of its own, so that nothing but this is in its memory. */
function memory(): string[][] {
  const file = fileURLToPath(new URL("evidence-memory.ts", import.meta.url));
  return [LONG / 10, LONG].map((count) => {
    const args = ["--expose-gc", "--import", "tsx", file, String(count)];
    return [count.toLocaleString("en-US"), execFileSync(process.execPath, args).toString().trim()];
  });
}
