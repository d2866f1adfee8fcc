import { expect, test } from "vitest";
import { EventTexts } from "../../src/explain/event-text.ts";
import type { Body } from "../../src/trace/events.ts";
import { INTERFACES, type InterfaceKind } from "../../src/trace/head.ts";
import { lines } from "../trace/samples.ts";

test.each(INTERFACES)("each event can be told on %s", (kind) => {
  const texts = new EventTexts(kind);
  for (const [body] of lines) {
    const text = texts.of({ ...body, n: 0, t: 0 });
    expect(text).toMatch(/^\S.*\S$/s);
    expect(text).not.toMatch(/undefined|NaN|\(\)/);
  }
});

const told: readonly (readonly [InterfaceKind, Body, string])[] = [
  [
    "kcs",
    { e: "host.read", reg: "status", value: 0xc5 },
    "host reads status C5h (ERROR_STATE OBF SMS_ATN)",
  ],
  [
    "kcs",
    { e: "host.write", reg: "command", value: 0x60, tag: 0 },
    "host writes command 60h (GET_STATUS/ABORT)",
  ],
  [
    "kcs",
    { e: "host.write", reg: "data", value: 0x68, tag: 3 },
    "host writes data 68h for request 3",
  ],
  ["smic", { e: "bmc.code", value: 0xc1 }, "BMC's code is C1h (SC_SMS_WR_START)"],
  [
    "smic",
    { e: "host.read", reg: "flags", value: 0x81 },
    "host reads flags 81h (BUSY RX_DATA_RDY)",
  ],
  ["bt", { e: "bmc.status", status: 0x88 }, "BMC's status is 88h (B2H_ATN B_BUSY)"],
  [
    "bt",
    { e: "host.write", reg: "intmask", value: 1, tag: 0 },
    "host writes intmask 01h (B2H_IRQ_EN)",
  ],
  [
    "ssif",
    { e: "host.bus", op: "start", value: 0x21, outcome: "ack", tag: 0 },
    "host's bus: START 21h (read from 10h), ack",
  ],
  [
    "kcs",
    { e: "received", id: 4, tag: 4, message: Uint8Array.of(0x1c, 0x31, 0xc1) },
    "interface has the response to request 4: Get Message Flags, C1h (invalid command): 1c 31 c1",
  ],
];

test.each(told)("on %s %j is told as %s", (kind, body, text) => {
  expect(new EventTexts(kind).of({ ...body, n: 0, t: 0 })).toBe(text);
});
