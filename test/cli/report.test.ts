import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";

// The built command as a user runs it.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-report-"));
  expect(baseboard("run", "device-id", "--trace", "match.jsonl").status).toBe(0);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a page has the trace in it, and runs nothing but its own script", () => {
  expect(baseboard("report", "match.jsonl", "-o", "match.html")).toMatchObject({
    status: 0,
    stdout: "match.html\n",
  });
  const page = readFileSync(join(folder, "match.html"), "utf8");
  expect(traceIn(page)).toBe(readFileSync(join(folder, "match.jsonl"), "utf8"));
  const [, policy = ""] = /Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
  const [, script = ""] = /<script type="module">([\s\S]*?)<\/script>/.exec(page) ?? [];
  expect(policy).toContain(
    `script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  );
  expect(policy).toMatch(/^default-src 'none'/);
  expect(policy).not.toMatch(/unsafe|https?:/);
});

test("a file that is there is written anew, and a page with hostile names holds no markup of theirs", () => {
  const name = "</script><img src=x onerror=alert(1)>.jsonl".replaceAll("/", "∕");
  const text = readFileSync(join(folder, "match.jsonl"), "utf8");
  writeFileSync(join(folder, name), text);
  expect(baseboard("report", name, "-o", "match.html").status).toBe(0);
  const page = readFileSync(join(folder, "match.html"), "utf8");
  expect(page).not.toContain("<img");
});

test("a trace that breaks off is shown as far as it goes, and the page is told of it", () => {
  const text = readFileSync(join(folder, "match.jsonl"), "utf8");
  writeFileSync(join(folder, "cut.jsonl"), text.slice(0, text.length / 2));
  expect(baseboard("report", "cut.jsonl", "-o", "cut.html").status).toBe(0);
  const page = readFileSync(join(folder, "cut.html"), "utf8");
  const [, about = ""] = /id="about">(.*?)<\/script>/.exec(page) ?? [];
  expect(JSON.parse(about).remarks[0]).toMatch(/^it breaks off/);
});

test("a capture makes a page as a trace does", () => {
  expect(baseboard("export", "match.jsonl", "--to", "pcapng", "-o", "match.pcapng").status).toBe(0);
  expect(baseboard("report", "match.pcapng", "-o", "pcapng.html").status).toBe(0);
  const page = readFileSync(join(folder, "pcapng.html"), "utf8");
  expect(traceIn(page)).toMatch(/^\{"format":"baseboard-trace"/);
});

test.each([
  [["match.jsonl"], /--output <file>' not specified/],
  [["absent.jsonl", "-o", "x"], /absent\.jsonl/],
  [["empty.jsonl", "-o", "x"], /empty\.jsonl/],
  [["match.jsonl", "-o", "no/such/folder"], /-o no\/such\/folder: cannot be written/],
])("report %j is refused, and nothing is left", (args, message) => {
  writeFileSync(join(folder, "empty.jsonl"), "");
  const before = readdirSync(folder);
  const { status, stderr } = baseboard("report", ...args);
  expect(stderr).toMatch(message);
  expect([2, 3]).toContain(status);
  expect(readdirSync(folder)).toEqual(before);
});

test("view serves the page on loopback, to nobody under another name, until Ctrl-C", async () => {
  const server = spawn(process.execPath, [MAIN, "view", "match.jsonl"], { cwd: folder });
  try {
    const address = (await firstLine(server)).trim();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
    expect(await page.text()).toContain('id="trace"');
    const trace = await fetch(`${address}1.trace`);
    const packed = Buffer.from(await trace.arrayBuffer());
    expect(gunzipSync(packed).toString("utf8")).toMatch(/^\{"format":"baseboard-trace"/);
    expect((await fetch(`${address}2`)).status).toBe(404);
    expect((await fetch(`${address}2.trace`)).status).toBe(404);
    expect((await fetch(`${address}../../etc/passwd`)).status).toBe(404);
    expect((await fetch(address, { method: "POST" })).status).toBe(405);
    const other = spawnSync("curl", [
      "-s",
      "-o",
      "-",
      "-w",
      "%{http_code}",
      "-H",
      "Host: evil.example",
      address,
    ]);
    if (other.error === undefined) expect(`${other.stdout}`).toMatch(/404$/);
    const taken = baseboard("view", "match.jsonl", "--port", new URL(address).port);
    expect(taken).toMatchObject({ status: 3, stdout: "" });
    expect(taken.stderr).toMatch(/^baseboard: --port \d+: |^--port \d+: |--port \d+/);
  } finally {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGINT");
    expect(await ended).toBe(0);
  }
});

test.each([["0"], ["70000"], ["x"]])("view --port %s is refused", (port) => {
  expect(baseboard("view", "match.jsonl", "--port", port)).toMatchObject({ status: 2, stdout: "" });
});

function traceIn(page: string): string {
  const [, packed = ""] = /id="trace">([^<]*)</.exec(page) ?? [];
  return gunzipSync(Buffer.from(packed, "base64")).toString("utf8");
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => child.stdout?.once("data", (data) => resolve(String(data))));
}

function baseboard(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}
