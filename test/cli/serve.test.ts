import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readStreamLog } from "../../src/wire/stream/log.ts";

// These run the built command as a user does; `npm test` builds it first.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

let folder = "";
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-serve-"));
});

afterEach(async () => {
  if (child?.exitCode === null && child.kill("SIGKILL")) await once(child, "close");
  child = undefined;
  rmSync(folder, { recursive: true, force: true });
});

// Goal: a user's first try: the file that is named can be asked, and Ctrl-C ends it with nothing left.
test("our BMC answers at the file that is named, until Ctrl-C", async () => {
  const link = join(folder, "bmc");
  const log = join(folder, "bytes.log");
  const started = spawn(process.execPath, [
    ...[MAIN, "serve", "serial-terminal", "--link", link, "--log", log, "--newline", "cr"],
  ]);
  child = started;
  let said = "";
  started.stdout.on("data", (bytes) => {
    said += String(bytes);
  });
  await vi.waitFor(() => expect(said).toMatch(/^\/dev\/pts\/\d+\n$/), 20_000);
  writeFileSync(link, "[180401]\r");
  await vi.waitFor(() => {
    expect(spawnSync("timeout", ["0.3", "cat", link]).stdout.toString()).toMatch(
      /^\[1C 04 01 00 20 .*\]\r$/,
    );
  }, 20_000);
  const closed = once(started, "close");
  started.kill("SIGINT");
  expect(await closed).toEqual([0, null]);
  expect(existsSync(link)).toBe(false);
  const pieces = readStreamLog(readFileSync(log, "utf8"));
  expect(pieces.map(({ from }) => from)).toEqual(["host", "bmc"]);
  expect(String.fromCharCode(...(pieces[0]?.bytes ?? []))).toBe("[180401]\r");
});

test.each([
  ["an interface that is not served", ["kcs"], 2, /Allowed choices are serial-terminal/],
  ["a newline that is none", ["serial-terminal", "--newline", "x"], 2, /crlf, cr, lf/],
  ["a name that is taken", ["serial-basic", "--link", "taken"], 3, /--link taken: it is there/],
  ["a satellite at the BMC's address", ["serial-basic", "--satellite", "0x20"], 2, /such as 0x82/],
  ["an odd address", ["ipmb", "--address", "83"], 2, /--address 83: an even address/],
  ["an IPMB's name that is taken", ["serial-basic", "--ipmb", "taken"], 3, /--ipmb taken: it is/],
  ["a log that cannot be", ["serial-basic", "--log", "no/log"], 2, /--log no\/log: cannot be/],
])("%s is one clear line", (_what, args, status, line) => {
  writeFileSync(join(folder, "taken"), "");
  const ended = spawnSync(process.execPath, [MAIN, "serve", ...args], {
    ...{ cwd: folder, encoding: "utf8", timeout: 20_000 },
  });
  expect(ended.status).toBe(status);
  expect(ended.stderr).toMatch(line);
  expect(readFileSync(join(folder, "taken"), "utf8")).toBe("");
});
