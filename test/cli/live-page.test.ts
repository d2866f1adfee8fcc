import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { LivePage } from "../../src/cli/page/live-page.ts";
import { readTrace } from "../../src/trace/index.ts";
import { played } from "../export/matches.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** The trace's text as it comes; undefined when there is no more. */
async function* textFrom(address: string): AsyncGenerator<string> {
  const { body } = await fetch(`${address}1.trace`);
  if (body === null) throw new Error("no trace came");
  const text = body
    .pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(new TextDecoderStream());
  const reader = text.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

// Goal: who looks while a match is played sees what has happened. Method: the second half happens only when the first
// came, to one who looked before the match began and to one who looks later.
test("a match is seen while it is played", async () => {
  const { head, events } = played("device-id", "kcs");
  const page = new LivePage("device-id");
  const address = await page.listen();
  try {
    expect(await (await fetch(address)).text()).toContain('data-address="/1.trace"');
    const early = textFrom(address);
    const first = early.next();
    const match = page.begin(head);
    const half = Math.floor(events.length / 2);
    for (const event of events.slice(0, half)) match.event(event);
    let seen = (await first).value ?? "";
    while (seen.split("\n").length - 2 < half) seen += (await early.next()).value ?? "";
    const late = textFrom(address);
    let seenLate = "";
    while (seenLate.split("\n").length - 2 < half) seenLate += (await late.next()).value ?? "";
    for (const event of events.slice(half)) match.event(event);
    await page.end();
    for await (const text of early) seen += text;
    for await (const text of late) seenLate += text;
    expect(readTrace(seen).events).toEqual([...events]);
    expect(seenLate).toBe(seen);
  } finally {
    await page.close();
  }
});

test("run --view serves the match, and ends by Ctrl-C with the match's exit status", async () => {
  const child = spawn(process.execPath, [MAIN, "run", "device-id", "--view"]);
  let [out, told] = ["", ""];
  child.stdout.on("data", (piece) => (out += piece));
  const stays = new Promise<string>((resolve) => {
    child.stderr.on("data", (piece) => {
      told += piece;
      const [, address] = /the match is at (http\S+)[\s\S]*until Ctrl-C/.exec(told) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
  const exit = new Promise((resolve) => child.on("exit", (status) => resolve(status)));
  let text = "";
  for await (const piece of textFrom(await stays)) text += piece;
  const { head, cut } = readTrace(text);
  expect({ scenario: head.scenario, cut }).toEqual({ scenario: "device-id", cut: undefined });
  expect(out).toMatch(/as the scenario expects\n$/);
  child.kill("SIGINT");
  expect(await exit).toBe(0);
});

test("a page shows one match, and no courses", () => {
  const refused = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, "run", ...args, "--view"]);
    return `${status} ${stderr}`;
  };
  expect(refused("device-id", "bring-up")).toMatch(/^2 .*--view: a page shows one match, and here/);
  expect(refused("device-id", "--seeds", "3")).toMatch(/^2 .*--view is for one course of a match/);
});
