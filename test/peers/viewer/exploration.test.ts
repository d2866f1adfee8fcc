import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { ExplorationDocument } from "../../../src/cli/report/exploration-document.ts";
import { nodesOf, Pages, seriousFaults } from "./browser.ts";

// The page of an exploration in a browser, from a file.

const HOSTILE = "<img src=x onerror=alert(1)>\u202e";
const FAULTS = Array.from({ length: 30 }, (_, i) => (i === 0 ? HOSTILE : `fault ${i}`));
const NO_MAXIMA = { answerUs: 0, runAccesses: 0, panicUs: 0, removalUs: 0 };

/** More than any search has: each fault in each cell, and as many broken runs as are kept. */
const EXPLORED: ExplorationDocument = {
  scenario: "a-scenario",
  interface: "kcs",
  host: "stack",
  judge: "host",
  what: "a fault at every event",
  seed: 7,
  shard: { part: 1, of: 1 },
  ended: "time",
  runs: 2_000,
  brokenRuns: 120,
  brokenSorts: ["one", "another"],
  outcomes: [{ what: "STACK-02", runs: 120, first: 0 }],
  events: 1,
  seconds: 1,
  covered: { by: "pairs", runs: 2_000, inAll: 9_000 },
  coverage: "2,000 of 9,000 pairs",
  maxima: NO_MAXIMA,
  bounds: NO_MAXIMA,
  broken: [
    {
      sort: "one",
      file: "runs/a-scenario-0.yaml",
      index: 0,
      rule: "STACK-02",
      detail: "late",
      found: "fault 1 at event 0",
      eventsFound: 10,
      shrunk: "fault 1 at event 1",
      eventsShrunk: 5,
    },
  ],
  firstBroken: Array.from({ length: 100 }, (_, i) => ({
    index: i,
    rule: i % 2 === 0 ? "STACK-02" : "STACK-01",
    detail: `request ${i} late`,
    n: 1_000,
    faults: [{ at: i, fault: FAULTS[i % 30] ?? "" }],
  })),
  tried: {
    width: 4,
    faults: FAULTS,
    cells: FAULTS.flatMap((_, fault) => {
      return Array.from({ length: 66 }, (_, at) => [at, fault, 3, at === 5 ? 1 : 0] as const);
    }),
  },
};

let pages: Pages;
let address = "";

beforeAll(async () => {
  pages = await Pages.begin();
  address = pages.explorations([EXPLORED, { ...EXPLORED, scenario: "another", brokenRuns: 0 }]);
});

afterAll(async () => await pages.end());

afterEach(() => {
  expect(pages.complaints.splice(0)).toEqual([]);
});

test("what was tried, what broke first, and the command that has it again", async () => {
  const page = await pages.open(address, { ready: ".fault" });
  expect(await page.locator("p.fault").textContent()).toMatch(/^120 broken, of 2 sorts, in 2,000/);
  expect(await page.locator("table.heat tbody tr").count()).toBe(30);
  expect(await page.locator("ol > li").count()).toBe(100);
  expect(await page.locator("ol > li").first().textContent()).toMatch(
    /STACK-02[\s\S]*request 0 late[\s\S]*baseboard replay runs\/a-scenario-0\.yaml/,
  );
  // Strangers' words are words.
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.locator("table.heat").textContent()).toContain("\\u202e");
  expect(await nodesOf(page)).toBeLessThan(5_000);
  await page.close();
});

test("a cell, a fault that did not come before, and a rule narrow the list", async () => {
  const page = await pages.open(address, { ready: ".fault" });
  const runs = page.locator("ol > li");
  await page.locator("select[name=rule]").selectOption("STACK-01");
  await expect.poll(() => runs.count()).toBe(50);
  await page.locator("select[name=without]").selectOption("fault 1");
  await expect.poll(() => runs.count()).toBe(46);
  expect(page.url()).toMatch(/#rule=STACK-01&without=fault\+1$/);
  const link = await pages.open(page.url(), { ready: ".fault" });
  expect(await link.locator("ol > li").count()).toBe(46);
  expect(await link.locator("select[name=without]").inputValue()).toBe("fault 1");
  await link.close();
  await page.getByText("all runs", { exact: true }).click();
  await expect.poll(() => runs.count()).toBe(100);
  await page.locator("table.heat rect.broken").nth(3).click();
  await expect.poll(() => page.locator("#found").textContent()).toMatch(/ fired at events \d+ to/);
  await page.locator("table.heat th button").nth(2).click();
  await expect.poll(() => runs.count()).toBe(4);
  await page.close();
});

test("several searches are one page, and nothing shuts a reader out", async () => {
  const page = await pages.open(address, { ready: ".fault", dark: true });
  expect(await seriousFaults(page)).toEqual([]);
  await page.locator("select[name=search]").selectOption("1");
  await expect.poll(() => page.locator("p.fault").textContent()).toMatch(/^Nothing is broken in/);
  expect(await page.locator("ol > li").count()).toBe(0);
  await page.close();
});
