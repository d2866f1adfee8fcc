import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { explorationPage } from "../../../src/cli/page/exploration-page.ts";
import { pageHtml, pageScript } from "../../../src/cli/page/html.ts";
import { PackedTrace } from "../../../src/cli/page/packed-trace.ts";
import type { ExplorationDocument } from "../../../src/cli/report/exploration-document.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import type { TraceHead } from "../../../src/trace/head.ts";

/** As the distribution installs it. */
const CHROMIUM = "/usr/bin/chromium";
const OPEN_MS = 60_000;
/** An element and all below it, through every shadow root. */
const COUNT_NODES = `(function count(root) {
  return [...root.querySelectorAll("*")].reduce((sum, each) => {
    return sum + 1 + (each.shadowRoot === null ? 0 : count(each.shadowRoot));
  }, 0);
})(document)`;

export interface Shown {
  readonly hash?: string;
  readonly width?: number;
  readonly dark?: boolean;
  /** What is there when the page is. */
  readonly ready?: string;
}

/** Pages in a real browser, from files, and what the browser complains of. */
export class Pages {
  readonly #folder = mkdtempSync(join(tmpdir(), "baseboard-viewer-"));
  readonly #browser: Browser;
  #files = 0;
  /** What was written to the console, and what was asked for but the page itself. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async begin(): Promise<Pages> {
    // A container's root may not have the sandbox, and the page is ours.
    return new Pages(await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] }));
  }

  async end(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The trace as a report on disk: its address. */
  async reportOf(trace: { head: TraceHead; events: Iterable<TraceEvent> }): Promise<string> {
    const packed = new PackedTrace(trace.head);
    for (const event of trace.events) packed.event(event);
    return this.report(packed);
  }

  async report(packed: PackedTrace): Promise<string> {
    const path = join(this.#folder, `${++this.#files}.html`);
    const about = { files: ["match.jsonl"], block: "", remarks: [], unmasked: false };
    writeFileSync(
      path,
      pageHtml(pageScript(`page-${packed.interface}`), about, await packed.end()),
    );
    return pathToFileURL(path).href;
  }

  /** Explorations as a report on disk: its address. */
  explorations(documents: readonly ExplorationDocument[]): string {
    const path = join(this.#folder, `${++this.#files}.html`);
    writeFileSync(path, explorationPage(documents));
    return pathToFileURL(path).href;
  }

  /** The page when its trace is judged. */
  async open(
    address: string,
    { hash = "", width = 1_280, dark = false, ready = "h2.fault" }: Shown = {},
  ): Promise<Page> {
    const page = await this.#browser.newPage({
      viewport: { width, height: 800 },
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce",
    });
    page.on("console", (message) => this.complaints.push(message.text()));
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("request", (request) => {
      const ours =
        new URL(address).protocol === "http:" && request.url().startsWith(new URL(address).origin);
      if (!ours && !/^(file|blob):/.test(request.url())) this.complaints.push(request.url());
    });
    await page.goto(hash === "" ? address : `${address}#${hash}`);
    await page.locator(ready).waitFor({ timeout: OPEN_MS });
    return page;
  }
}

export async function nodesOf(page: Page): Promise<number> {
  return await page.evaluate<number>(COUNT_NODES);
}

/** What axe finds that is serious or worse, a line each. */
export async function seriousFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const run = `axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(", ")))`;
  return await page.evaluate<string[]>(run);
}
