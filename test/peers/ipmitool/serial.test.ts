import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { basicMessages, type LoggedMessage, terminalMessages } from "./byte-log.ts";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));
const run = promisify(execFile);

let folder = "";
let serving: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-ipmitool-"));
});

afterEach(async () => {
  if (serving?.exitCode === null && serving.kill("SIGKILL")) await once(serving, "close");
  serving = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** The built command serves, as for a user. */
async function serve(mode: string, ...options: readonly string[]): Promise<void> {
  const files = ["--link", join(folder, "tty"), "--log", join(folder, "log")];
  serving = spawn(process.execPath, [MAIN, "serve", mode, ...files, ...options], {
    stdio: "ignore",
  });
  await eventually(() => expect(existsSync(join(folder, "tty"))).toBe(true));
}

/** Ends it, and gives its byte log. */
async function ended(): Promise<string> {
  if (serving === undefined) throw new Error("nothing is served");
  const closed = once(serving, "close");
  serving.kill("SIGINT");
  expect(await closed).toEqual([0, null]);
  return readFileSync(join(folder, "log"), "utf8");
}

/** What the distribution's ipmitool says of it on both its outputs; it throws when that fails. */
async function ipmitool(mode: string, ...args: readonly string[]): Promise<string> {
  const device = `${join(folder, "tty")}:115200`;
  const said = await run("ipmitool", ["-I", mode, "-D", device, ...args], { timeout: 60_000 });
  return said.stdout + said.stderr;
}

const ADD_SEL_ENTRY = "0x0a 0x44 0 0 2 0 0 0 0 0x20 0 4 1 1 0x6f 1 2 3".split(" ");

/** What is asked, and what must be said of it. */
const ASKED: readonly (readonly [command: string, says: RegExp])[] = [
  ["mc info", /^Device ID +: 32$[\s\S]*^IPMI Version +: 2\.0$[\s\S]*^ +Chassis Device$/m],
  ["mc guid", /^System GUID +: 42424242-0000-4000-8000-020000000001$/m],
  ["mc selftest", /Selftest: passed/],
  ["mc getenables", /System Event Logging +: enabled/],
  ["mc watchdog get", /Watchdog Timer Is: +Stopped/],
  ["sel info", /^Entries +: 1$/m],
  ["sel list", /Temperature #0x01/],
  ["sdr list", /^CPU Temp .*\nWatchdog /m],
  ["sdr info", /^Record Count +: 4$/m],
  ["sensor list", /^CPU Temp [\s\S]*^Watchdog /m],
  ["fru print", /^ Product Name +: Virtual server$/m],
  ["chassis status", /^System Power +: on$/m],
  ["chassis bootparam get 5", /Boot Flag Invalid/],
  ["channel info 1", /Channel Medium Type +: Serial\/Modem/],
];

/** Of each request its answer came, next to it, and nothing else. */
function expectAnswered(messages: readonly LoggedMessage[]): void {
  expect(messages.length).toBeGreaterThan(2 * ASKED.length);
  for (let at = 0; at < messages.length; at += 2) {
    const [request, response] = [messages[at], messages[at + 1]];
    expect([request?.from, response?.from]).toEqual(["host", "bmc"]);
    expect(response?.netFn).toBe((request?.netFn ?? 0) + 1);
    expect(response?.sequence).toBe(request?.sequence);
    expect(response?.cmd).toBe(request?.cmd);
    expect(response?.data.length).toBeGreaterThan(0);
  }
}

describe.each([
  ["serial-terminal", terminalMessages],
  ["serial-basic", basicMessages],
] as const)("ipmitool over %s", (mode, messagesOf) => {
  // Goal: a host that nobody here wrote reads all of our BMC, and both keep the wire's form to the byte.
  test("reads our BMC without a complaint, and the byte log is whole messages", async () => {
    await serve(mode);
    await ipmitool(mode, "raw", ...ADD_SEL_ENTRY);
    for (const [command, says] of ASKED) {
      const said = await ipmitool(mode, ...command.split(" "));
      expect(said).toMatch(says);
      expect(said).not.toMatch(/is invalid|too (long|short)|checksum/i);
    }
    expectAnswered(messagesOf(await ended()));
  });

  test("says what our BMC refuses", async () => {
    await serve(mode);
    await expect(ipmitool(mode, "raw", "6", "0x99")).rejects.toThrow(/rsp=0xc1/);
  });
});

// Goal: what docs/findings.md says of ipmitool is so.
describe("what ipmitool does not understand of terminal mode", () => {
  test.each([
    ["--handshake", ["mc", "info"]],
    ["--wrap", ["sdr", "list"]],
  ])("%s", async (option, command) => {
    await serve("serial-terminal", option);
    const said = await ipmitool("serial-terminal", ...command).catch(String);
    expect(said).toMatch(/Serial response is invalid/);
  });

  test("--echo it bears", async () => {
    await serve("serial-terminal", "--echo");
    expect(await ipmitool("serial-terminal", "mc", "info")).toMatch(/^Device ID +: 32$/m);
  });
});
