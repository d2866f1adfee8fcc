import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "./eventually.ts";

// A real redis-server on loopback, with its journal on, and the built command in several processes.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const BROKEN = fileURLToPath(
  new URL("../../docs/examples/impatient-monitor.yaml", import.meta.url),
);
/** Two scenarios, of which one is broken; some twenty batches. */
const SEARCH = ["explore", "bring-up", BROKEN, "--seconds", "3600", "--runs", "640", "--fault"];
const FAULTS = ["answer-lost", "all-ones", "data-lost", "panic", "ibf-late"];

/** For some batches, with other things to do. */
const WORK_MAX_MS = 60_000;

let folder = "";
let port = 0;
let queue = "";
let server: ChildProcess;
let redis: Redis;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-campaign-"));
  port = await freePort();
  queue = `redis://127.0.0.1:${port}`;
  await startServer();
  redis = new Redis(queue, { maxRetriesPerRequest: null });
  redis.on("error", () => {});
});

afterAll(async () => {
  redis.disconnect();
  await killed(server);
  rmSync(folder, { recursive: true, force: true });
});

async function startServer(): Promise<void> {
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
  server = spawn("redis-server", [...options, "--appendonly", "yes", "--save", ""]);
  await new Promise((resolve, reject) => {
    server.on("error", reject);
    server.stdout?.on("data", (data) => String(data).includes("Ready to accept") && resolve(0));
  });
}

interface Command {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
}

function baseboard(place: string, ...args: string[]): Command {
  mkdirSync(join(folder, place), { recursive: true });
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: join(folder, place) });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      text += String(data);
    });
  }
  return { child, text: () => text, ended: new Promise((resolve) => child.on("close", resolve)) };
}

function worker(campaign: string): Command {
  return baseboard("worker", "campaign", "work", campaign, "--queue", queue, "--workers", "1");
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.on("close", resolve));
  if (child.kill("SIGKILL")) await gone;
}

/** So many batches of a campaign have their outcomes on the server. */
function had(campaign: string, batches: number): Promise<void> {
  return eventually(async () => {
    expect(await redis.hlen(`baseboard-campaign:${campaign}:results`)).toBeGreaterThan(batches);
  }, WORK_MAX_MS);
}

/** How many runs the workers say that they were the first to have. */
async function firstTimes(campaign: string): Promise<number> {
  const workers = await redis.hvals(`baseboard-campaign:${campaign}:workers`);
  expect(workers).toHaveLength(3);
  const facts = workers.map((text) => JSON.parse(text));
  return facts.reduce((total, { runs, again }) => total + runs - again, 0);
}

function runsOf(place: string): number {
  return found(place).reduce((total, { runs }) => total + Number(runs), 0);
}

function status(campaign: string) {
  const args = [MAIN, "campaign", "status", campaign, "--queue", queue, "--json"];
  return JSON.parse(spawnSync(process.execPath, args, { encoding: "utf8" }).stdout);
}

function found(place: string) {
  const documents = [JSON.parse(readFileSync(join(folder, place, "found.json"), "utf8"))].flat();
  return documents.map(({ seconds, ...rest }) => rest);
}

// Goal: a campaign finds what the same search in one process finds, whoever dies. Method: three workers;
// when some batches are in, one of them is killed with a batch in hand; later the server, which is
// started again on its journal, and then the beginner, whose work another one goes on with.
describe("a campaign with deaths", () => {
  test("finds what the search alone finds, each run counted once", async () => {
    const alone = baseboard("alone", ...SEARCH, ...FAULTS, "--json=found.json");
    expect(await alone.ended).toBe(1);

    const workers = [worker("deaths"), worker("deaths"), worker("deaths")];
    const args = ["--json=found.json", "--queue", queue, "--campaign", "deaths"];
    const first = baseboard("queued", ...SEARCH, ...FAULTS, ...args);
    await had("deaths", 3);
    await killed(workers[0]?.child ?? server);
    await had("deaths", 6);
    await killed(server);
    await eventually(() => expect(first.text()).toMatch(/server is away; waiting/));
    await startServer();
    await had("deaths", 9);
    await killed(first.child);

    const second = baseboard("queued", ...SEARCH, ...FAULTS, ...args);
    await eventually(() => expect(second.text()).not.toBe(""));
    expect(await second.ended).toBe(2);
    expect(second.text()).toMatch(/the campaign deaths is under way, begun on .* by process \d+; /);
    await eventually(async () => {
      expect(await redis.exists("baseboard-campaign:deaths:lock")).toBe(0);
    });
    expect(status("deaths")).toMatchObject({ state: "silent", ours: true, workers: { length: 3 } });
    const third = baseboard("queued", ...SEARCH, ...FAULTS, ...args);
    expect(await third.ended).toBe(1);
    expect(found("queued")).toEqual(found("alone"));
    expect(status("deaths")).toMatchObject({ state: "over", waiting: 0, active: 0 });
    // What a dead beginner's workers had is not had again.
    expect(await firstTimes("deaths")).toBeLessThanOrEqual(runsOf("queued"));
    for (const { child } of workers.slice(1)) child.kill("SIGINT");
    for (const { ended } of workers.slice(1)) expect(await ended).toBe(130);
    // How it ended, and who died: for a while.
    const left = (await redis.keys("baseboard-campaign:*")).sort();
    expect(left).toEqual(["state", "workers"].map((what) => `baseboard-campaign:deaths:${what}`));
    const all = await redis.keys("*");
    const ttls = await Promise.all(all.map((key) => redis.ttl(key)));
    expect(all.filter((_, index) => ttls[index] === -1)).toEqual([]);
  });
});

test("its two packages are named in the versions that were tried", () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const { peerDependencies, devDependencies } = JSON.parse(read("package.json"));
  for (const [name, version] of Object.entries(peerDependencies)) {
    expect(devDependencies[name]).toBe(version);
    expect(read("docs/campaigns.md")).toContain(` ${name}@${version}`);
  }
});

// Goal: a campaign stops where the search alone stops, though workers have later runs in hand.
test("a campaign that stops at the first broken run", async () => {
  const search = ["explore", BROKEN, "--random", "--runs", "640", "--stop-at", "first"];
  const alone = baseboard("alone", ...search, "--json=found.json");
  const one = worker("first");
  const args = ["--json=found.json", "--queue", queue, "--campaign", "first"];
  const queued = baseboard("queued", ...search, ...args);
  expect([await alone.ended, await queued.ended]).toEqual([1, 1]);
  expect(found("queued")).toEqual(found("alone"));
  expect(found("queued")).toMatchObject([{ ended: "first", brokenRuns: 1 }]);
  one.child.kill("SIGINT");
  expect(await one.ended).toBe(130);
});

describe("what is wrong", () => {
  test("a server that is not there", async () => {
    const none = `redis://127.0.0.1:${await freePort()}`;
    const { status, stderr } = spawnSync(
      process.execPath,
      [MAIN, ...SEARCH, "panic", "--queue", none],
      { encoding: "utf8" },
    );
    expect(stderr).toMatch(
      /^baseboard: redis:\S+: no server for a campaign: ECONNREFUSED; start one/,
    );
    expect(status).toBe(3);
  });

  test("a worker of another build", async () => {
    const state = "baseboard-campaign:other:state";
    await redis.hset(state, { build: "0123456789ab", version: "9.9.9" });
    const refused = worker("other");
    expect(await refused.ended).toBe(3);
    expect(refused.text()).toMatch(/the campaign other is of another baseboard: 9\.9\.9, build 01/);
  });

  // Goal: a campaign without workers can be looked at and left, and leaves nothing.
  test("Ctrl-C", async () => {
    const begun = baseboard("left", ...SEARCH, "panic", "--queue", queue, "--campaign", "left");
    await eventually(async () => {
      expect(await redis.keys("baseboard-queue:left-*:wait")).toHaveLength(1);
    });
    const options = ["--queue", queue, "--page", "0"];
    const page = baseboard("left", "campaign", "status", "left", ...options);
    await eventually(() => expect(page.text()).toMatch(/http/));
    const [address = ""] = /http\S+\//.exec(page.text()) ?? [];
    expect(await (await fetch(address)).text()).toMatch(
      /<pre>left: going on, .*no worker has come/s,
    );
    page.child.kill("SIGINT");
    expect(await page.ended).toBe(0);
    begun.child.kill("SIGINT");
    expect(await begun.ended).toBe(130);
    expect(await redis.keys("*left*")).toEqual(["baseboard-campaign:left:state"]);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
