/** The page and the exports: sizes, times and rates with traces of several lengths, in the distribution's Chromium. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright-core";
import { type PageName, pageHtml, pageScript } from "../src/cli/page/html.ts";
import { PackedTrace } from "../src/cli/page/packed-trace.ts";
import { EXPORT_FORMATS } from "../src/export/index.ts";
import { readScenario, runStackMatch } from "../src/lab/index.ts";
import type { TraceEvent } from "../src/trace/events.ts";
import { INTERFACES, type TraceHead } from "../src/trace/head.ts";
import type { Table } from "../tools/figures/store.ts";
import { median } from "./median.ts";

/** By how often a user asks for the device's id, which is some 125 events. */
const TIMES = [80, 800, 9_500] as const;
const EXPORTED_TIMES = 9_500;
const ROUNDS = 3;
const OPEN_MS = 120_000;
/** Moves the timeline at every frame, for two seconds; gives the frames per second. */
const PAN = `new Promise((done) => {
  const target = document.querySelector("baseboard-trace").shadowRoot
    .querySelector("baseboard-timeline").shadowRoot.querySelector("[tabindex]");
  const press = (key) => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
  for (let i = 0; i < 8; i++) press("+");
  const began = performance.now();
  let frames = 0;
  requestAnimationFrame(function frame(now) {
    frames++;
    press(frames % 60 < 30 ? "ArrowRight" : "ArrowLeft");
    if (now - began < 2000) requestAnimationFrame(frame);
    else done(frames / ((now - began) / 1000));
  });
})`;

export async function pageFigures(): Promise<readonly Table[]> {
  const folder = mkdtempSync(join(tmpdir(), "baseboard-bench-page-"));
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  try {
    const rows: string[][] = [];
    for (const times of TIMES) rows.push(await pageRow(browser, folder, times));
    const weights = [
      ...INTERFACES.map((kind) => [`the script, ${kind}, gzipped`, gzipped(`page-${kind}`)]),
      ["the script of any trace, gzipped", gzipped("page")],
      ["an exploration's, gzipped", gzipped("exploration")],
    ];
    return [
      {
        title:
          "a page in Chromium: to the first events, to the verdict, moving the timeline, memory of the browser",
        rows,
      },
      { title: "the page without a trace", rows: weights },
      { title: `exports, events per second, median of ${ROUNDS} rounds`, rows: exportRows() },
    ];
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function pageRow(browser: Browser, folder: string, times: number): Promise<string[]> {
  const { packed, count } = packedOf(times);
  const about = { files: ["match.jsonl"], block: "", remarks: [], unmasked: true };
  const bytes = await packed.end();
  const path = join(folder, `${times}.html`);
  writeFileSync(path, pageHtml(pageScript(`page-${packed.interface}`), about, bytes));
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
  const began = performance.now();
  await page.goto(pathToFileURL(path).href);
  await page.locator("h2.so-far, h2.fault").waitFor({ timeout: OPEN_MS });
  const first = (performance.now() - began) / 1_000;
  await page.locator("h2.fault").waitFor({ timeout: OPEN_MS });
  const seconds = (performance.now() - began) / 1_000;
  const frames = await page.evaluate<number>(PAN);
  const row = [
    `${count.toLocaleString("en-US")} events`,
    `first shown ${first.toFixed(2)} s`,
    `verdict ${seconds.toFixed(2)} s`,
    `${frames.toFixed(0)} frames/s`,
    `${(await residentOf(page)).toFixed(0)} MB`,
    `${((bytes.length * 4) / 3 / 1e6 / (count / 1e5)).toFixed(2)} MB per 100,000 events`,
  ];
  await page.close();
  return row;
}

/** What the processes that draw pages hold, in MB; the worker is in one of them. */
async function residentOf(page: Page): Promise<number> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo = [] } = (await session?.send("SystemInfo.getProcessInfo")) ?? {};
  const sizes = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1]);
  return Math.max(...sizes.map(Number)) / 1_000;
}

/** A match of that length on its way into a page: a million events are not held besides. */
function packedOf(times: number): { packed: PackedTrace; count: number } {
  let packed: PackedTrace | undefined;
  let count = 0;
  played(times, (head) => {
    const trace = new PackedTrace(head, { unmasked: true });
    packed = trace;
    return (event) => {
      count++;
      trace.event(event);
    };
  });
  if (packed === undefined) throw new Error("no match was played");
  return { packed, count };
}

function played(times: number, begin: (head: TraceHead) => (event: TraceEvent) => void): void {
  const text = readFileSync("scenarios/device-id.yaml", "utf8")
    .replace("times: 3 ", `times: ${times} `)
    .replace("until: 30s", "until: 3000s");
  runStackMatch(readScenario(text, "bench"), { sinks: (head) => [{ event: begin(head) }] });
}

function exportRows(): string[][] {
  const heads: TraceHead[] = [];
  const events: TraceEvent[] = [];
  played(EXPORTED_TIMES, (head) => {
    heads.push(head);
    return (event) => void events.push(structuredClone(event));
  });
  const [head] = heads;
  if (head === undefined) throw new Error("no match was played");
  return EXPORT_FORMATS.map(({ name, begin }) => {
    const rates = Array.from({ length: ROUNDS }, () => {
      const began = performance.now();
      const exporter = begin(head, () => {}, {});
      for (const event of events) exporter.event(event);
      exporter.end();
      return events.length / ((performance.now() - began) / 1_000);
    });
    return [name, `${Math.round(median(rates) / 1_000).toLocaleString("en-US")} k/s`];
  });
}

function gzipped(name: PageName): string {
  return kilobytes(gzipSync(pageScript(name), { level: 9 }).length);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(0)} kB`;
}
