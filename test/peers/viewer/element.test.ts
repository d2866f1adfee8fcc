import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { pageScript, servedHtml } from "../../../src/cli/page/html.ts";
import { PackedTrace } from "../../../src/cli/page/packed-trace.ts";
import { PageServer } from "../../../src/cli/page/serving.ts";
import { encodeEvent, encodeHead } from "../../../src/trace/jsonl.ts";
import { played } from "../../export/matches.ts";
import { nodesOf, Pages } from "./browser.ts";

// The element in a page that is not ours, and the page whose trace comes from a server in pieces.

const DEAD = played("dead-channel", "kcs");
const LINES = [encodeHead(DEAD.head), ...[...DEAD.events].map(encodeEvent)].join("\n");
const PAGE = `<!doctype html><html lang="en"><title>A report of mine</title>
<style>baseboard-trace { height: 640px }</style>
<h1>What the machine did</h1>
<baseboard-trace src="match.jsonl"></baseboard-trace>
<baseboard-trace src="packed.jsonl.gz"></baseboard-trace>
<baseboard-trace id="lost" src="nowhere.jsonl"></baseboard-trace>
<script type="module" src="page.js"></script>`;
const FILES: Readonly<Record<string, readonly [type: string, body: string | Buffer]>> = {
  "/": ["text/html", PAGE],
  "/page.js": ["text/javascript", pageScript("page")],
  "/match.jsonl": ["application/jsonl", `${LINES}\n`],
  "/packed.jsonl.gz": ["application/gzip", gzipSync(`${LINES}\n`)],
};

let pages: Pages;
let server: Server;
let address = "";

beforeAll(async () => {
  pages = await Pages.begin();
  server = createServer(({ url = "" }, response) => {
    const [type, body] = FILES[url] ?? ["text/plain", undefined];
    response.writeHead(body === undefined ? 404 : 200, { "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  await pages.end();
  await new Promise((resolve) => server.close(resolve));
});

afterEach(() => {
  // What the browser itself says of the file that is not there.
  const own = pages.complaints.splice(0).filter((each) => !/404|favicon/.test(each));
  expect(own).toEqual([]);
});

test("stands in a plain page, more than once, and leaves the page its own", async () => {
  const page = await pages.open(address, { ready: "baseboard-trace >> nth=1 >> h2.fault" });
  const first = page.locator("baseboard-trace").first();
  await first.locator("h2.fault").waitFor();
  for (const each of [first, page.locator("baseboard-trace").nth(1)]) {
    expect(await each.locator("h2.fault").textContent()).toBe("At fault: the BMC (model)");
    await each.locator("tr.apart").waitFor();
  }
  expect(await page.locator("h1").first().textContent()).toBe("What the machine did");
  await first.locator("#tab-events").click();
  await first.locator("#events [role=option]").first().click();
  // Longer than the address would take to be written.
  await page.waitForTimeout(600);
  expect(page.url()).toBe(address);
  expect(await page.title()).toBe("A report of mine");
  expect((await first.boundingBox())?.height).toBe(640);
  expect(await nodesOf(page)).toBeLessThan(10_000);
  await page.close();
});

test("says what is wrong where there is no trace", async () => {
  const page = await pages.open(address, { ready: "#lost >> [role=alert]" });
  expect(await page.locator("#lost [role=alert]").textContent()).toMatch(
    /^This trace cannot be shown: http.*nowhere\.jsonl was answered with status 404$/,
  );
  await page.close();
});

// Goal: what comes slowly is looked at while it comes. Method: the second half is held back until the first was.
test("a trace is shown while it comes, and judged to its end when it came", async () => {
  const half = LINES.indexOf("\n", LINES.length / 2);
  const script = pageScript("page");
  const about = { files: ["slow.jsonl"], block: "", remarks: [], unmasked: true };
  let release = (): void => {};
  const rest = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = createServer((request, response) => {
    if (request.url === "/") {
      response.setHeader("content-type", "text/html").end(servedHtml(script, about, "/slow.jsonl"));
    } else if (request.url === "/slow.jsonl") {
      response.write(LINES.slice(0, half));
      void rest.then(() => response.end(`${LINES.slice(half)}\n`));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = slow.address() as AddressInfo;
    const page = await pages.open(`http://127.0.0.1:${port}/`, { ready: "h2.so-far" });
    const counts = page.locator("header .quiet");
    expect(await counts.textContent()).toMatch(/; 2,\d{3} events$/);
    await page.locator("#tab-events").click();
    await page.locator("#events [role=option]").first().click();
    await expect.poll(() => page.locator("tr.apart .n").textContent()).toBe("0");
    release();
    expect(await page.locator("h2.fault").textContent()).toBe("At fault: the BMC (model)");
    expect(await counts.textContent()).toContain(
      `; ${DEAD.events.length.toLocaleString("en")} events`,
    );
    await page.close();
  } finally {
    await new Promise((resolve) => slow.close(resolve));
  }
});

test("a page that is served has its trace from the server", async () => {
  const packed = new PackedTrace(DEAD.head);
  for (const event of DEAD.events) packed.event(event);
  const about = { files: ["match.jsonl"], block: "", remarks: [], unmasked: false };
  const served = new PageServer(pageScript("page"), [{ about, packed: await packed.end() }]);
  const [first = ""] = await served.listen(0);
  try {
    const page = await pages.open(first);
    expect(await page.locator("h2.fault").textContent()).toBe("At fault: the BMC (model)");
    expect(await page.title()).toBe("dead-channel: bmc");
    await page.close();
  } finally {
    await served.close();
  }
});
