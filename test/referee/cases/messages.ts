import type { Body } from "../../../src/trace/events.ts";
import {
  ask as askBt,
  bt,
  exchange as exchangeBt,
  fetch as fetchBt,
  give as giveBt,
  take as takeBt,
} from "../bt-script.ts";
import {
  abort,
  bmc,
  deviceId,
  exchange,
  fault,
  repeat,
  type Script,
  short,
  swap,
  upTo,
} from "../script.ts";
import { bus } from "../ssif-script.ts";
import type { Case, RuleCases } from "./case.ts";
import { READ, WRITTEN } from "./ssif-parts.ts";

/** The request is whole, the host waits for 6 s, and gives up. */
function unanswered(request: string): string {
  const whole = exchange(request, "00");
  return `${upTo(whole, "r1=40")} +6s r1=40 ${swap(abort(), "r1=00", "")}`;
}

/** The same, and for all the time that the host waits the wire is dead. */
function deadWire(request: string): Script {
  const whole = exchange(request, "00");
  const gives = ["r1=40", swap(abort(), "r1=00", "")];
  return [upTo(whole, "r1=40"), fault("wire"), "+6s", fault("wire", "ends"), ...gives];
}

/** The same trace by both faces, by the host's and by the BMC's. */
function seen(name: string, script: Case["script"]): Case[] {
  return [
    { name, script },
    { name: `${name}, by the host's face`, script, faces: "host" },
    { name: `${name}, by the BMC's face`, script, faces: "bmc" },
  ];
}

const EVENT = "55 55 c0 41 a7 00 00 00 00 00 3a ff 00 ff ff ff";
const UNRECORDED = "ff ff 02 41 a7 00 00 20 00 04 01 30 01 57 00 00";
const readEvent = exchange("18 35", `1c 35 00 ${EVENT}`);
const readUnrecorded = exchange("18 35", `1c 35 00 ${UNRECORDED}`);
const readMessage = exchange("18 33", "1c 33 00 00 16 ca 52 04 00 00 aa");
const empty = exchange("18 35", "1c 35 80");
const noMessage = exchange("18 33", "1c 33 80");
const clearAll = exchange("18 30 0b", "1c 30 00");
function flags(value: string): string {
  return exchange("18 31", `1c 31 00 ${value}`, value !== "00");
}

/** The application reads a request, and is done with it. */
function taken(tag: number, cmd: number): Body {
  return { e: "bmc.request", tag, message: Uint8Array.of(0x18, cmd) };
}

function done(tag: number, cmd: number): Body {
  return { e: "bmc.response", tag, message: Uint8Array.of(0x1c, cmd, 0) };
}

export const messageCases: RuleCases = {
  "GEN-01": {
    fires: [
      ...seen("NetFn", [exchange("18 01", "2c 01 00")]),
      ...seen("command", [exchange("18 01", "1c 37 00")]),
      { name: "LUN", script: [exchange("19 01", "1c 01 c1")] },
    ],
    silent: [...seen("right", [deviceId, exchange("19 01", "1d 01 c1")])],
  },
  "GEN-02": {
    fires: [
      {
        name: "a BMC on BT that was held up for a while",
        script: bt(
          `${askBt("18 04")} ${takeBt("18 04")} ${askBt("18 08", "08")} ${takeBt("18 08", "08")} ` +
            `${giveBt("1c 04 00")} rc=08 +500ms ${fetchBt("1c 04 00")} rc=00 +9s ` +
            `${askBt("18 08", "09")} ${takeBt("18 08", "09")}`,
        ),
        interface: "bt",
      },
      ...seen("no completion code", [exchange("18 04", "1c 04")]),
      ...seen("no response", [unanswered("18 08")]),
      { name: "Warm Reset", script: [unanswered("18 03")] },
      {
        name: "no response to a request of after the wire fault",
        script: [fault("wire"), short, fault("wire", "ends"), unanswered("18 08")],
      },
      { name: "a wire dead while the host waited", script: deadWire("18 08"), wire: true },
    ],
    silent: [
      { name: "right", script: [short] },
      {
        name: "a BMC that still carries out what the host gave up",
        script: [
          ...[upTo(exchange("18 04", "00"), "r1=40"), taken(1, 0x04), "+1s", abort()],
          ...[upTo(exchange("18 08", "00"), "r1=40"), "+3900ms", done(1, 0x04), taken(2, 0x08)],
          ...["+2s r1=40", swap(abort(), "r1=00", "")],
        ],
      },
      {
        name: "a host on SSIF that asks once, and not again",
        script: [...WRITTEN, ...bus("S20 w03- P +32s"), ...WRITTEN],
        interface: "ssif",
      },
      {
        name: "an empty block on SSIF before the response",
        script: [...WRITTEN, ...bus("S20 w03 S21 r00+ P +100ms"), ...READ],
        interface: "ssif",
      },
      {
        name: "a BT host that leaves H_BUSY set",
        script: bt(
          "rc=00 wc=40 rc=40 wc=01 wd=03 wd=18 wd=07 wd=08 wc=04 s=c4 s=c0 " +
            "td=03 td=18 td=07 td=08 s=40 +9s rc=40 +9s rc=40 wc=40",
        ),
        interface: "bt",
      },
      {
        name: "a BT host that takes one response for longer than the other stays",
        script: bt(
          `${askBt("18 04")} ${takeBt("18 04")} ${askBt("18 08", "08")} ${takeBt("18 08", "08")} ` +
            `${giveBt("1c 04 00")} rc=08 +2s ${fetchBt("1c 04 00")} rc=00 +9s ` +
            `${askBt("18 08", "09")} ${takeBt("18 08", "09")}`,
        ),
        interface: "bt",
      },
      {
        name: "a BT host that looks no more, and takes no response",
        script: bt(
          `${askBt("18 04")} ${takeBt("18 04")} ${swap(askBt("18 08", "08"), "rc=00 ", "")} ` +
            `${takeBt("18 08", "08")} ${giveBt("1c 04 00")} +6s wc=01`,
        ),
        interface: "bt",
      },
      {
        name: "a BT host that takes no response",
        script: [
          ...bt(`${exchangeBt("18 01", "1c 01 00")} ${askBt("18 04")} ${takeBt("18 04")}`),
          ...bt(`${giveBt("1c 04 00")} ${swap(askBt("18 08", "08"), "rc=00", "rc=08")}`),
          ...bt(`${takeBt("18 08", "08")} +9s rc=08 +9s ${fetchBt("1c 04 00")} rc=00`),
        ],
        interface: "bt",
      },
      { name: "a wire dead while the host waited", script: deadWire("18 08") },
      { name: "a wire dead at first", script: [fault("wire"), "+6s", ...deadWire("18 08")] },
      { name: "Cold Reset", script: [unanswered("18 02")] },
      { name: "the host gave up early", script: [swap(unanswered("18 08"), "+6s", "+1s")] },
      { name: "a reset", script: [upTo(short, "r1=40"), bmc("away"), "+6s r1=40", abort()] },
    ],
  },
  "GEN-03": {
    fires: [...seen("no response", [unanswered("19 08")])],
    silent: [
      ...seen("an error", [exchange("19 08", "1d 08 c2")]),
      { name: "a wire dead while the host waited", script: deadWire("19 08") },
    ],
  },
  "GEN-08": {
    fires: [
      { name: "not there", script: [exchange("18 01", "1c 01 c1")] },
      { name: "LUN 10b", script: [exchange("1a 01", "1e 01 00")] },
    ],
    silent: [
      { name: "there", script: [deviceId] },
      { name: "not mandatory", script: [exchange("18 36", "1c 36 c1")] },
      {
        name: "older than IPMI 1.0",
        script: [exchange("18 01", "1c 01 00 20 01 01 00 90"), exchange("18 2f", "1c 2f c1")],
      },
    ],
  },
  "GEN-09": {
    fires: [{ name: "cut", script: [exchange("18 34 00", "1c 34 c6")] }],
    silent: [
      { name: "too long by far", script: [exchange(`18 34${" 00".repeat(39)}`, "1c 34 c6")] },
      { name: "refused", script: [exchange("18 34 00", "1c 34 c7")] },
    ],
  },
  "MSG-02": {
    fires: [{ name: "E0h", script: [exchange("18 04", "1c 04 e0")], note: true }],
    silent: [
      { name: "an OEM's", script: [exchange("18 04", "1c 04 7e")] },
      { name: "unspecified", script: [exchange("18 04", "1c 04 ff")] },
    ],
  },
  "MF-01": {
    fires: [
      {
        name: "after power-on",
        script: [bmc("power-on"), "s=c0", exchange("18 2f", "1c 2f 00 0c")],
      },
      {
        name: "after Cold Reset",
        script: [exchange("18 02", "1c 02 00"), exchange("18 2f", "1c 2f 00 00")],
        faces: "host",
      },
    ],
    silent: [
      { name: "right", script: [bmc("power-on"), "s=c0", exchange("18 2f", "1c 2f 00 09")] },
      {
        name: "set meanwhile",
        script: [
          bmc("power-on"),
          "s=c0",
          exchange("18 2e 0d", "1c 2e 00"),
          exchange("18 2f", "1c 2f 00 0d"),
        ],
      },
      {
        name: "a warm reset",
        script: [bmc("reset", 0, "warm"), "s=c0", exchange("18 2f", "1c 2f 00 0d")],
      },
    ],
  },
  "MF-03": {
    fires: [
      { name: "C1h", script: [exchange("18 2e 0d", "1c 2e 00"), exchange("18 35", "1c 35 c1")] },
    ],
    silent: [
      {
        name: "refused",
        script: [exchange("18 2e 0d", "1c 2e cc"), exchange("18 35", "1c 35 c1")],
      },
      { name: "there", script: [exchange("18 2e 0d", "1c 2e 00"), empty] },
    ],
  },
  "MF-04": {
    fires: [
      { name: "disabled", script: [exchange("18 2e 08", "1c 2e 00"), flags("02")] },
      {
        name: "disabled by a reset of the system",
        script: [
          ...[exchange("18 2f", "1c 2f 00 08"), exchange("18 2e 0c", "1c 2e 00")],
          ...[bmc("power", 0, "reset: watchdog"), "+1ms", flags("02")],
        ],
      },
    ],
    silent: [
      {
        name: "it cannot be disabled",
        script: [
          ...[bmc("reset"), exchange("18 2f", "1c 2f 00 0c"), exchange("18 2e 0c", "1c 2e 00")],
          ...[bmc("power", 0, "reset: watchdog"), "+1ms", flags("02")],
        ],
      },
      {
        name: "enabled anew",
        script: [
          ...[exchange("18 2f", "1c 2f 00 08"), bmc("power", 0, "reset: watchdog"), "+1ms"],
          ...[exchange("18 2e 0c", "1c 2e 00"), flags("02")],
        ],
      },
      { name: "enabled", script: [exchange("18 2e 0c", "1c 2e 00"), flags("02")] },
      { name: "not known", script: [flags("02")] },
    ],
  },
  "MF-05": {
    fires: [
      { name: "in vain", script: repeat(10, [clearAll, flags("08")]) },
      {
        name: "in vain, and the BMC says so itself",
        script: [bmc("flags", 8), ...repeat(10, [clearAll, flags("08")])],
      },
    ],
    silent: [
      {
        name: "each time a timer was begun",
        script: repeat(10, [clearAll, exchange("18 22", "1c 22 00"), flags("08")]),
      },
      {
        name: "each time another came",
        script: repeat(10, [clearAll, bmc("pretimeout"), flags("08")]),
      },
      {
        name: "each time another came, by its own flags",
        script: repeat(10, [
          bmc("flags", 2),
          clearAll,
          bmc("flags", 0),
          bmc("flags", 2),
          flags("02"),
        ]),
      },
      { name: "cleared", script: repeat(20, [clearAll, flags("00")]) },
      { name: "set again now and then", script: repeat(9, [clearAll, flags("08")]) },
    ],
  },
  "MF-06": {
    fires: [
      ...seen("the same record twice", [readEvent, flags("02"), readEvent]),
      ...seen("without an id, eleven times", repeat(11, [readUnrecorded])),
      ...seen("the same message eleven times", repeat(11, [readMessage])),
      { name: "empty by its own flags", script: [bmc("flags", 0), readEvent] },
    ],
    silent: [
      {
        name: "two events",
        script: [readEvent, swap(readEvent, "g=55 r1=41 r0=55", "g=56 r1=41 r0=56")],
      },
      { name: "empty between", script: [readEvent, empty, readEvent] },
      {
        name: "another command's answers",
        script: repeat(20, [exchange("18 35", "1c 01 00 20 01 01 00 02 be 00 00 00 01 00")]),
      },
      {
        name: "many that look the same, and the buffer was empty between",
        script: repeat(11, [bmc("flags", 2), "s=04", readUnrecorded, bmc("flags", 0), "s=00"]),
      },
      { name: "two that look the same", script: repeat(10, [readUnrecorded]) },
      { name: "two messages that look the same", script: repeat(10, [readMessage]) },
      {
        name: "many that look the same, each of which came",
        script: repeat(11, [bmc("message", 1, "00 16 ca 52 04 00 00 aa"), readMessage]),
      },
      { name: "full by its own flags", script: [bmc("flags", 2), "s=04", readEvent] },
      {
        name: "the flag falls as it is read",
        script: [bmc("flags", 2), "s=04", swap(readEvent, "r1=40", ""), bmc("flags", 0)],
      },
    ],
  },
  "MF-08": {
    fires: [
      { name: "00h", script: [bmc("flags", 0), readMessage] },
      { name: "CBh", script: [bmc("flags", 0), exchange("18 33", "1c 33 cb")] },
      { name: "FFh", script: [bmc("flags", 0), exchange("18 33", "1c 33 ff")] },
      { name: "no event, and FFh", script: [bmc("flags", 0), exchange("18 35", "1c 35 ff")] },
    ],
    silent: [
      { name: "80h", script: [bmc("flags", 0), noMessage] },
      { name: "no buffer", script: [bmc("flags", 0), exchange("18 35", "1c 35 c1")] },
      { name: "a message", script: [bmc("flags", 1), "s=04", readMessage] },
      { name: "not known", script: [readMessage] },
      { name: "too many bytes", script: [bmc("flags", 0), exchange("18 33 00", "1c 33 c7")] },
    ],
  },
  "FLAG-01": {
    fires: [
      ...seen("an empty buffer", [flags("02"), empty]),
      ...seen("an empty queue", [flags("03"), noMessage]),
    ],
    silent: [
      { name: "an event", script: [flags("02"), readEvent, empty] },
      { name: "cleared between", script: [flags("02"), clearAll, empty] },
      { name: "asked on suspicion", script: [flags("00"), empty, noMessage] },
      {
        name: "a reset of the system while they are read",
        script: [
          upTo(flags("02"), "g=02"),
          bmc("power", 0, "reset: watchdog"),
          flags("02").slice(upTo(flags("02"), "g=02").length),
          empty,
        ],
      },
    ],
  },
};
