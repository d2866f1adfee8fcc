import { existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { release, stopAll, TemporaryFolder, watchOver } from "../../src/programs/life.ts";
import { LineReader } from "../../src/programs/lines.ts";
import { QemuProcess } from "../../src/programs/qemu-process.ts";
import { hasTool, runTool, runToolOk } from "../../src/programs/tool.ts";

const node = process.execPath;

test("a tool's output and status come back, and it gets its input", async () => {
  const script = "process.stdin.pipe(process.stdout); console.error('so'); process.exitCode = 3";
  const { code, stdout, stderr } = await runTool(node, ["-e", script], {
    input: Buffer.from("abc"),
  });
  expect([code, stdout.toString(), stderr]).toEqual([3, "abc", "so\n"]);
});

test("a failure says the tool's last line, a missing tool how to get it", async () => {
  const failing = runToolOk(node, ["-e", "console.error('why'); process.exitCode = 1"]);
  await expect(failing).rejects.toThrow(/status 1: why/);
  const missing = runTool("/nowhere/tool", [], { remedy: "install it" });
  await expect(missing).rejects.toMatchObject({ code: "TOOL_MISSING", remedy: "install it" });
  expect(await hasTool("/nowhere/tool")).toBe(false);
  expect(await hasTool(node)).toBe(true);
});

/** A shell in QEMU's place, which says what it was given. */
async function environmentOfQemu(): Promise<string> {
  const child = await QemuProcess.start({ program: "/bin/sh", guard: [] }, ["-c", "env >&2"], 0);
  return (await child.gone).stderrTail;
}

// Goal: what a user keeps in the environment for others stays there. Method: a child tells its own.
test("a child gets what it needs of the environment, and no more", async () => {
  vi.stubEnv("API_TOKEN", "secret");
  vi.stubEnv("https_proxy", "http://localhost:3128");
  const { stdout } = await runTool(node, ["-e", "console.log(JSON.stringify(process.env))"]);
  const asQemu = await environmentOfQemu();
  vi.unstubAllEnvs();
  const env = JSON.parse(stdout.toString());
  expect(env).toMatchObject({ PATH: process.env["PATH"], https_proxy: "http://localhost:3128" });
  expect(env).not.toHaveProperty("API_TOKEN");
  expect(asQemu).toMatch(/^PATH=/m);
  expect(asQemu).not.toMatch(/API_TOKEN/);
});

test("stopAll ends tools and removes folders, and is done when they are gone", async () => {
  const folder = new TemporaryFolder(tmpdir(), "life-");
  writeFileSync(join(folder.path, "file"), "");
  const running = runTool(node, ["-e", "setInterval(() => {}, 1000)"]);
  const outcome = expect(running).rejects.toMatchObject({ code: "INTERRUPTED" });
  await stopAll();
  await outcome;
  expect(() => folder.check()).toThrow(expect.objectContaining({ code: "INTERRUPTED" }));
  expect(existsSync(folder.path)).toBe(false);
});

test("what was released is left alone", async () => {
  let kills = 0;
  const thing = { kill: () => kills++, gone: Promise.resolve() };
  watchOver(thing);
  release(thing);
  await stopAll();
  expect(kills).toBe(0);
});

test("lines are the same however the bytes come, and the last needs no end", () => {
  const text = Buffer.from("eins\r\nzwei ü\n\ndrei");
  for (let cut = 0; cut <= text.length; cut++) {
    const lines: string[] = [];
    const reader = new LineReader((line) => lines.push(line));
    reader.feed(text.subarray(0, cut));
    reader.feed(text.subarray(cut));
    reader.end();
    expect(lines).toEqual(["eins", "zwei ü", "", "drei"]);
  }
});
