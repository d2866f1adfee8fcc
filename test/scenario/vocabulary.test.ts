import { describe, expect, test } from "vitest";
import { readFault } from "../../src/scenario/read.ts";
import { ANSWER } from "../../src/scenario/vocabulary/answer.ts";
import { BMC } from "../../src/scenario/vocabulary/bmc.ts";
import { fault, faultText } from "../../src/scenario/vocabulary/fault.ts";
import { HOST } from "../../src/scenario/vocabulary/host.ts";
import { triedOn, WIRE } from "../../src/scenario/vocabulary/wire.ts";
import { INTERFACES } from "../../src/wire/interface.ts";

const when = { start: "true" };

/** An action as a scenario has it, and its line in the trace. */
const TEXTS: readonly (readonly [object, string])[] = [
  [{ answer: { to: "any", code: "d5", times: "2" } }, "to any, code D5h, times 2"],
  [{ answer: { to: "06/01", data: "18 01" } }, "to Get Device ID, data 18 01"],
  [{ answer: { to: "any", bytes: "1c 01 c1" } }, "to any, bytes 1c 01 c1"],
  [{ answer: { to: "any", netfn: "0a" } }, "to any, netfn 0Ah"],
  [{ answer: { to: "any", cmd: "02" } }, "to any, cmd 02h"],
  [{ answer: { to: "any", length: "7" } }, "to any, length 7"],
  [{ answer: { to: "any", silence: "true" } }, "to any, silence"],
  [{ answer: { to: "any", delay: "1500ms" } }, "to any, delay 1.5 s"],
  [{ answer: { to: "any", delay: "4999900us" } }, "to any, delay 4.9999 s"],
  [{ answer: { to: "any", duplicate: "true" } }, "to any, duplicate"],
  [{ answer: { to: "any", "one-late": "true" } }, "to any, one-late"],
  [{ attention: "high", for: "2s" }, "attention high, for 2 s"],
  [{ bmc: { reset: { away: "3s", look: "hold" } } }, "reset (away 3 s, look hold)"],
  [{ bmc: { hang: "chip" } }, "hang chip"],
  [{ bmc: { daemon: "abort" } }, "daemon abort"],
  [{ bmc: { "when-closed": "storm" } }, "when-closed storm"],
  [{ bmc: { slow: "200ms" } }, "slow 200 ms"],
  [{ bmc: { sticky: "event-buffer" } }, "sticky event-buffer"],
  [{ bmc: { "bytes-late": "40us" } }, "bytes-late 40 µs"],
  [
    { bmc: { "opal-returns": { call: "send", code: "busy", count: "2" } } },
    "opal-returns (call send, code busy, count 2)",
  ],
  [{ bmc: { "opal-gives": { what: "short", count: "1" } } }, "opal-gives (what short, count 1)"],
  [{ bmc: { "ready-late": "40us" } }, "ready-late 40 µs"],
  [{ bmc: { "state-late": "3us" } }, "state-late 3 µs"],
  [{ bmc: { "own-timeout": "1s" } }, "own-timeout 1 s"],
  [{ bmc: { watchdog: "another-action" } }, "watchdog another-action"],
  [{ bmc: { "blocks-from": "1" } }, "blocks-from 1"],
  [{ bmc: { "address-refused": "true" } }, "address-refused"],
  [{ bmc: { "response-kept": "true" } }, "response-kept"],
  [{ bmc: { "requests-merged": "true" } }, "requests-merged"],
  [{ bmc: { event: "00 01", times: "3", every: "1ms" } }, "event 00 01, times 3, every 1 ms"],
  [{ bmc: { message: "00 18" } }, "message 00 18"],
  [{ bmc: { firmware: "2.01" } }, "firmware 2.01"],
  [{ bmc: { power: "reset" } }, "power reset"],
  [{ host: { close: "tool" } }, "close tool"],
  [{ host: { driver: "removed" }, until: "9s" }, "driver removed, until 9 s"],
  [{ host: { panic: "no more" } }, "panic no more"],
  [
    { wire: { stuck: { reg: "status", bits: "02", level: "1" } } },
    "stuck (reg status, bits 02h, level 1)",
  ],
  [{ wire: { "ibf-late": "30us" } }, "ibf-late 30 µs"],
  [{ wire: { "ibf-never": "true" } }, "ibf-never"],
  [{ wire: { "busy-late": "30ms" } }, "busy-late 30 ms"],
  [{ wire: { "lost-write": { reg: "any", count: "1" } } }, "lost-write (reg any, count 1)"],
  [
    { wire: { "repeated-write": { reg: "data", count: "1", later: "40us" } } },
    "repeated-write (reg data, count 1, later 40 µs)",
  ],
  [{ wire: { smi: { restores: "false" } } }, "smi (restores false)"],
  [{ wire: { nack: { on: "byte", skip: "2", count: "1" } } }, "nack (on byte, skip 2, count 1)"],
  [{ wire: { arbitration: { on: "byte", count: "1" } } }, "arbitration (on byte, count 1)"],
  [
    { wire: { corrupt: { direction: "read", xor: "80", count: "1" } } },
    "corrupt (direction read, xor 80h, count 1)",
  ],
  [{ wire: { repeat: { count: "1" } } }, "repeat (count 1)"],
  [{ wire: { "no-stop": { after: "any", count: "1" } } }, "no-stop (after any, count 1)"],
  [{ wire: { stretch: { time: "30ms", count: "1" } } }, "stretch (time 30 ms, count 1)"],
  [{ wire: { "stuck-line": "scl" } }, "stuck-line scl"],
  [{ wire: { "all-ones": "true" } }, "all-ones"],
  [{ wire: { "missing-interrupt": "true" } }, "missing-interrupt"],
  [{ wire: { "spurious-interrupt": "250us" } }, "spurious-interrupt 250 µs"],
];

describe("a fault's line in the trace says", () => {
  test.each(TEXTS)("%j", (action, text) => {
    expect(faultText(readFault({ when, ...action }))).toBe(text);
  });

  test("every word there is", () => {
    const said = TEXTS.flatMap(([action]) => {
      return Object.entries(action).map(([place, words]) => `${place} ${Object.keys(words)}`);
    }).join("\n");
    for (const [place, words] of Object.entries({
      answer: ANSWER,
      bmc: BMC,
      wire: WIRE,
      host: HOST,
    })) {
      for (const word of Object.keys(words))
        expect(said).toMatch(new RegExp(`^${place} .*\\b${word}\\b`, "m"));
    }
  });
});

test("what an exploration tries on an interface makes sense there", () => {
  for (const kind of INTERFACES) {
    expect(triedOn(kind).length).toBeGreaterThan(0);
    for (const { name, word, says } of triedOn(kind)) {
      expect([name, fault.misfit?.(readFault({ when, wire: { [word]: says } }), kind)]).toEqual([
        name,
        undefined,
      ]);
    }
  }
});
