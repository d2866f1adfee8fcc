import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { PackedTrace } from "../../../src/cli/page/packed-trace.ts";
import { readScenario, runStackMatch } from "../../../src/lab/index.ts";
import { Referee } from "../../../src/referee/index.ts";
import { INTERFACES } from "../../../src/trace/head.ts";
import { readTrace } from "../../../src/trace/index.ts";
import { played } from "../../export/matches.ts";
import { nodesOf, Pages, seriousFaults } from "./browser.ts";

// The page in a browser that nobody here wrote, from a file, as somebody opens it who got it by mail.

const NODES_MAX = 5_000;
const DEAD = played("dead-channel", "kcs");
const ALL = `${DEAD.events.length.toLocaleString("en")} events`;
/** The event of the one finding. */
const FOUND = verdictOf(DEAD).violations[0]?.n;
let pages: Pages;
let dead = "";

beforeAll(async () => {
  pages = await Pages.begin();
  dead = await pages.reportOf(DEAD);
});

afterAll(async () => await pages.end());

afterEach(() => {
  expect(pages.complaints.splice(0)).toEqual([]);
});

test("verdict, finding and its ladder are there at once", async () => {
  const page = await pages.open(dead);
  expect(await page.locator("h2.fault").textContent()).toBe("At fault: the BMC (model)");
  expect(await page.locator(".findings button").count()).toBe(1);
  await page.locator("tr.apart").waitFor();
  expect(await page.locator("tr.apart").textContent()).toMatch(
    new RegExp(`${FOUND}.*status 42h`, "s"),
  );
  expect(await page.locator(".again-by").textContent()).toContain(
    `baseboard explain match.jsonl --at ${FOUND}`,
  );
  expect(await page.title()).toBe("dead-channel: bmc");
  await page.close();
});

// Goal: a page has the rules of its interface alone, and says with them what the referee says with all.
test.each(INTERFACES)("the page of a trace of %s judges as every command does", async (kind) => {
  const match = played("device-id", kind);
  const { rulesChecked, transactions } = verdictOf(match);
  const page = await pages.open(await pages.reportOf(match));
  expect(await page.locator("h2.fault").textContent()).toBe("Nobody is at fault");
  expect(await page.locator(".counts").first().textContent()).toContain(
    `${rulesChecked} rules, ${transactions} transactions, `,
  );
  await page.close();
});

test("the timeline is dragged, and that is no click", async () => {
  const page = await pages.open(dead, { hash: "us=10000000-12000000" });
  const box = await page.locator("baseboard-timeline canvas").boundingBox();
  if (box === null) throw new Error("the timeline is not there");
  const [x, y] = [box.x + box.width / 2, box.y + 60];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + box.width / 4, y, { steps: 5 });
  await page.mouse.up();
  await expect
    .poll(() => page.url())
    .toMatch(new RegExp(`at=${FOUND}&us=9[45]\\d{5}-11[45]\\d{5}$`));
  await page.mouse.click(x, y);
  await expect.poll(() => page.url()).not.toContain(`at=${FOUND}&`);
  await page.close();
});

test("events are searched and filtered, and one of them opens its ladder", async () => {
  const page = await pages.open(dead);
  await page.keyboard.press("/");
  await page.keyboard.type("get device guid");
  const status = page.locator('form [role="status"]');
  await expect.poll(() => status.textContent()).toMatch(new RegExp(`^\\d of ${ALL}$`));
  await expect.poll(() => page.locator("#events [role=option]").count()).toBeLessThan(10);
  await page.locator("select[name=party]").selectOption("bmc");
  await expect.poll(() => status.textContent()).toBe(`2 of ${ALL}`);
  await expect.poll(() => page.locator("#events [role=option]").count()).toBe(2);
  await page.locator("#events [role=option]").first().click();
  await expect.poll(() => page.locator("tr.apart .n").textContent()).toBe("1469");
  await page.close();
});

test("the rule, the fault and the maker are filters, too", async () => {
  const page = await pages.open(dead, { hash: "show=events" });
  const status = page.locator('form [role="status"]');
  for (const [name, value] of [
    ["rule", "KCS-35"],
    ["fault", "faults[0]"],
    ["maker", "host-interface"],
  ] as const) {
    await page.locator(`select[name=${name}]`).selectOption(value);
    await expect.poll(() => status.textContent()).toMatch(new RegExp(`^[\\d,]+ of ${ALL}$`));
    await page.getByText("all events", { exact: true }).click();
    await expect.poll(() => status.textContent()).toBe(ALL);
  }
  await page.close();
});

test("the timeline zooms by keys and by the wheel, and the address keeps what it shows", async () => {
  const page = await pages.open(dead);
  await page.locator("baseboard-timeline .view").focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press("+");
  await expect.poll(() => page.url()).toMatch(/us=\d+-\d+/);
  const width = (url: string) => {
    const [, from = 0, to = 0] = /us=(\d+)-(\d+)/.exec(url) ?? [];
    return Number(to) - Number(from);
  };
  const byKeys = width(page.url());
  expect(byKeys).toBeLessThan(1_000_000);
  await page.locator("baseboard-timeline canvas").hover();
  await page.mouse.wheel(0, -600);
  await expect.poll(() => width(page.url())).toBeLessThan(byKeys);
  await page.locator("baseboard-timeline .view").focus();
  await page.keyboard.press("0");
  await expect.poll(() => page.url()).not.toMatch(/us=/);
  await page.close();
});

test("a link shows what it was made of, and the next one in the same page, too", async () => {
  const page = await pages.open(dead, { hash: "show=events&at=1620&text=get+device" });
  await expect
    .poll(() => page.locator("#events [aria-selected=true]").textContent())
    .toMatch(/1620/);
  expect(await page.locator("input[name=text]").inputValue()).toBe("get device");
  await page.goto(`${dead}#at=1834`);
  await expect.poll(() => page.locator("tr.apart .n").textContent()).toBe("1834");
  await page.close();
});

test("transfers are listed with how long each command takes", async () => {
  const page = await pages.open(dead, { hash: "show=transfers" });
  expect(await page.locator(".times tbody tr").count()).toBeGreaterThan(4);
  await page.getByText("longest first").click();
  const first = page.locator("#transfers [role=option]").first();
  await expect.poll(() => first.textContent()).toMatch(/under way|given up|broken off/);
  await first.click();
  await page.locator("tr.apart").waitFor();
  await page.close();
});

test("everything is reached by the keyboard", async () => {
  const page = await pages.open(dead);
  await page.keyboard.press("2");
  await page.locator('#events [role="listbox"]').focus();
  await page.keyboard.press("Home");
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator("tr.apart .n").textContent()).toBe("3");
  await page.keyboard.press("n");
  await expect.poll(() => page.locator("tr.apart .n").textContent()).toBe(String(FOUND));
  await page.keyboard.press("?");
  expect(await page.locator("dialog").isVisible()).toBe(true);
  await page.close();
});

test("on paper each finding has its ladder", async () => {
  const page = await pages.open(dead);
  await page.emulateMedia({ media: "print" });
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  await page.locator(".paper tr.apart").waitFor();
  expect(await page.locator(".work").isVisible()).toBe(false);
  expect((await page.pdf()).length).toBeGreaterThan(10_000);
  await page.close();
});

test("of evidence the page says what could not be seen", async () => {
  const head = {
    ...DEAD.head,
    scenario: "",
    taps: { host: true, bmc: false },
    witness: { middle: true, tells: [] },
  };
  const events = DEAD.events.filter(({ e }) => e === "host.read" || e === "host.write");
  const page = await pages.open(await pages.reportOf({ head, events }));
  expect(await page.locator("header").textContent()).toMatch(/match\.jsonl.*the host's face only/s);
  expect(await page.locator("header").textContent()).not.toMatch(/seed/);
  expect(await page.locator("aside").textContent()).toMatch(/kept: \d+ rules.*cannot be seen/s);
  expect(await page.locator(".remark").count()).toBe(0);
  await page.close();
});

// Goal: who got a page by mail can go on with the trace that is in it. Method: save it, and read it again.
test("the page gives its trace back, event by event", async () => {
  const page = await pages.open(dead);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByText("save the trace", { exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("dead-channel.trace.jsonl.gz");
  const text = gunzipSync(readFileSync(await download.path())).toString("utf8");
  const { head, events } = readTrace(text);
  expect(head).toEqual(DEAD.head);
  expect(events).toEqual([...DEAD.events]);
  await page.close();
});

test("hostile text stays text", async () => {
  const evil = "<img src=x onerror=globalThis.hit=1></script><b>\u202e\u001b[31m";
  const events = DEAD.events.map((event) => {
    if (event.e === "request") return { ...event, user: evil };
    return event.e === "fault" ? { ...event, name: evil, text: evil } : event;
  });
  const head = { ...DEAD.head, scenario: evil, host: evil, bmc: evil };
  const page = await pages.open(await pages.reportOf({ head, events }), {
    hash: `show=events&text=${encodeURIComponent("<img")}`,
  });
  await expect.poll(() => page.locator("#events [role=option]").count()).toBeGreaterThan(3);
  expect(await page.locator("img, .work b").count()).toBe(0);
  expect(await page.evaluate("globalThis.hit")).toBeUndefined();
  expect(await page.locator("h1").textContent()).toBe(
    "<img src=x onerror=globalThis.hit=1></script><b>\\u202e\\x1b[31m",
  );
  await page.close();
});

test.each([
  { width: 1_280, dark: false },
  { width: 1_280, dark: true },
  { width: 800, dark: false },
])("axe finds nothing serious at $width, dark $dark", async (shown) => {
  for (const tab of ["ladder", "events", "transfers"]) {
    const page = await pages.open(dead, { ...shown, hash: `show=${tab}` });
    await page.waitForTimeout(300);
    expect({ tab, faults: await seriousFaults(page) }).toEqual({ tab, faults: [] });
    await page.close();
  }
});

test("a million events open, are found, and are no million elements", async () => {
  const text = readFileSync("scenarios/device-id.yaml", "utf8")
    .replace("times: 3 ", "times: 9500 ")
    .replace("until: 30s", "until: 3000s");
  let packed: PackedTrace | undefined;
  runStackMatch(readScenario(text, "long"), {
    sinks: (head) => {
      packed = new PackedTrace(head, { unmasked: true });
      return [packed];
    },
  });
  if (packed === undefined) throw new Error("no match was played");
  const page = await pages.open(await pages.report(packed), { hash: "show=events" });
  const status = page.locator('form [role="status"]');
  await expect.poll(() => status.textContent()).toMatch(/^1,\d{3},\d{3} events$/);
  await page.locator('#events [role="listbox"]').focus();
  await page.keyboard.press("End");
  const last = page.locator("#events [role=option]").last();
  await expect.poll(() => last.textContent()).toMatch(/the end: done/);
  await page.locator("select[name=maker]").selectOption("bmc");
  await expect.poll(() => status.textContent()).toMatch(/^[\d,]+ of 1,/);
  expect(await nodesOf(page)).toBeLessThan(NODES_MAX);
  await page.close();
}, 180_000);

function verdictOf({ head, events }: typeof DEAD) {
  const referee = new Referee(head);
  for (const event of events) referee.event(event);
  return referee.verdict();
}
