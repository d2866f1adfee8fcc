import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { basicMessages, type LoggedMessage, terminalMessages } from "./byte-log.ts";
import { PAUSE_MS, Served } from "./served.ts";

let served: Served;

beforeEach(() => {
  served = new Served();
});

afterEach(() => served.remove());

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
    await served.start(mode);
    await served.ipmitool(mode, "raw", ...ADD_SEL_ENTRY);
    for (const [command, says] of ASKED) {
      const said = await served.ipmitool(mode, ...command.split(" "));
      expect(said).toMatch(says);
      expect(said).not.toMatch(/is invalid|too (long|short)|checksum/i);
    }
    expectAnswered(messagesOf(await served.ended()));
  });

  // Goal: what is behind our BMC is reached through it, and the BMC asks there in its own name.
  test("reaches a satellite by the BMC's bridging, and hears that there is no other", async () => {
    await served.start(mode, "--satellite", "0x82", "--pause", PAUSE_MS);
    const bridged = ["-t", "0x82", "-b", "0"];
    expect(await served.ipmitool(mode, ...bridged, "mc", "info")).toMatch(/^Device ID +: 130$/m);
    await expect(served.ipmitool(mode, "-t", "0x84", "-b", "0", "raw", "6", "1")).rejects.toThrow(
      /rsp=0x83/,
    );
    const messages = messagesOf(await served.ended());
    const [request, taken, response] = messages.filter(({ netFn }) => netFn === 6 || netFn === 7);
    expect([request?.cmd, taken?.cmd, response?.cmd]).toEqual([0x34, 0x34, 0x01]);
    expect(taken?.data).toEqual([0]);
    expect(response?.data.slice(0, 2)).toEqual([0, 0x82]);
    expect(response?.sequence).toBe(request?.sequence);
  });

  test("says what our BMC refuses", async () => {
    await served.start(mode);
    await expect(served.ipmitool(mode, "raw", "6", "0x99")).rejects.toThrow(/rsp=0xc1/);
  });
});

// Goal: what docs/findings.md says of ipmitool is so.
describe("what ipmitool does not understand of terminal mode", () => {
  test.each([
    ["--handshake", ["mc", "info"]],
    ["--wrap", ["sdr", "list"]],
  ])("%s", async (option, command) => {
    await served.start("serial-terminal", option);
    const said = await served.ipmitool("serial-terminal", ...command).catch(String);
    expect(said).toMatch(/Serial response is invalid/);
  });

  test("--echo it bears", async () => {
    await served.start("serial-terminal", "--echo");
    expect(await served.ipmitool("serial-terminal", "mc", "info")).toMatch(/^Device ID +: 32$/m);
  });
});
