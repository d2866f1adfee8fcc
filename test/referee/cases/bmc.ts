import {
  abort,
  bmc,
  exchange,
  fault,
  given,
  repeat,
  short,
  swap,
  swapLast,
  upTo,
} from "../script.ts";
import type { RuleCases } from "./case.ts";

const FIRST = "w0=18 t0=18 g=00 r1=81 r0=00";
const WRITING = upTo(short, FIRST);
const EXECUTING = upTo(short, "r1=40");
const READING = upTo(short, "r0=1c");
/** The last dummy byte is not taken. */
const UNREAD = swapLast(short, " r0=00", "");
/** One byte of the response was read, and it is all that the application made, or not. */
const GIVEN_WHOLE = [EXECUTING, "g=1c", given("1c", 0), "r1=41 r0=1c"];
const GIVEN_OTHER = [EXECUTING, "g=1c", given("04", 0), "r1=41 r0=1c"];
const GIVEN_PART = [EXECUTING, "g=1c", given("1c 04", 0), "r1=41 r0=1c"];
/** 39 more bytes than `WRITING` has. */
const LONG = Array.from({ length: 39 }, () => "w0=aa t0=aa g=00 r1=81 r0=00").join(" ");
const TOO_LONG = `w0=aa s=c2 t0=aa g=00 r1=c1 r0=00 ${abort("06")}`;

export const bmcCases: RuleCases = {
  "KCS-20": {
    fires: [
      { name: "IDLE", script: [bmc("power-on"), short] },
      { name: "a cold reset", script: [short, bmc("reset", 0, "cold"), bmc("up"), short] },
      { name: "no byte taken", script: [bmc("power-on"), bmc("up"), "+1s r1=00"] },
      { name: "a virtual BMC", script: [bmc("power-on"), short], faces: "host", note: true },
    ],
    silent: [
      { name: "ERROR", script: [bmc("power-on"), "s=c0", short] },
      { name: "not back yet", script: [bmc("power-on"), "r1=00", "s=c0", bmc("up"), "r1=c0"] },
      { name: "nobody there", script: [bmc("power-on"), bmc("up"), "r1=ff"] },
      { name: "ERROR from before", script: [short, "s=c0 g=00", bmc("reset"), "s=c0", short] },
      {
        name: "ERROR from before, which is not told again",
        script: [
          ...[short, "s=c0 g=00", bmc("reset", 0, "cold"), bmc("up")],
          swap(short, "r1=00 w1=61", "r1=c0 w1=61"),
        ],
      },
      { name: "a warm reset", script: [short, bmc("reset", 0, "warm"), short] },
      { name: "seen", script: [bmc("power-on"), "r1=c0", short], faces: "host" },
    ],
  },
  "KCS-21": {
    fires: [
      { name: "late", script: [short, swap(short, "s=8a t1=61", "t1=61 s=88")] },
      { name: "seen", script: [short, swap(short, "r1=89", "r1=09")], faces: "host" },
      { name: "ERROR at 60h", script: [swap(abort(), "s=8a", "s=ca")], note: true },
    ],
    silent: [
      { name: "right", script: [short, abort()] },
      { name: "right, seen", script: [short, abort()], faces: "host" },
      { name: "an error to signal", script: [short, "r1=00 w1=63 s=ca t1=63 g=00 r1=c9 r0=00"] },
      {
        name: "a WRITE_START lost on the wire",
        script: [short, fault("wire"), "w1=61", fault("wire", "ends"), "r1=00"],
        faces: "host",
      },
    ],
  },
  "KCS-22": {
    fires: [
      { name: "in READ", script: [READING, swap(swap(short, "r1=00", "r1=40"), "s=8a", "s=ca")] },
      { name: "in ERROR, seen", script: ["r1=c0 w1=61 r1=c9 r0=00"], faces: "host" },
    ],
    silent: [
      { name: "in READ", script: [READING, swap(short, "r1=00", "r1=40")] },
      { name: "in ERROR, seen", script: ["r1=c0 w1=61 r1=89 r0=00"], faces: "host" },
    ],
  },
  "KCS-23": {
    fires: [
      { name: "before the code", script: [swap(abort(), "s=42", "s=c2")] },
      { name: "at the end", script: [swap(abort(), "s=02", "s=c2")] },
      { name: "afterwards", script: [upTo(abort(), "g=00"), "s=c9 g=00"] },
      { name: "seen", script: [swap(abort(), "r1=41", "r1=c1")], faces: "host" },
    ],
    silent: [
      { name: "right", script: [abort()] },
      { name: "right, seen", script: [abort()], faces: "host" },
      {
        name: "the host breaks it off",
        script: [upTo(abort(), "r1=89 r0=00"), "w1=63 t1=63 s=c9 g=00 r1=c9"],
      },
      {
        name: "no READ at the end",
        script: [swap(swap(abort(), "w0=68 s=02 t0=68", "w0=00 s=c2 t0=00"), "r1=01", "r1=c1")],
      },
    ],
  },
  "KCS-24": {
    fires: [
      { name: "late", script: [swap(short, "s=42 t0=04", "t0=04 s=40")] },
      { name: "seen", script: [swap(short, "r1=40", "r1=80 r1=40")], faces: "host" },
      { name: "in the write phase", script: [swap(short, "t0=18", "s=42 t0=18")] },
    ],
    silent: [
      { name: "right", script: [short] },
      { name: "an error", script: [swap(short, "s=42 t0=04 r1=40", "s=c2 t0=04 g=00 r1=c1")] },
    ],
  },
  "KCS-25": {
    fires: [
      { name: "late", script: [swap(short, "s=02 t0=68 g=00", "t0=68 s=00 g=00")] },
      { name: "no dummy", script: [swapLast(short, "g=00 r1=01 r0=00", "r1=00"), short] },
      {
        name: "no dummy for a while, seen",
        script: [swapLast(short, "r1=01 r0=00", "r1=00 +2ms"), short],
        faces: "host",
      },
      { name: "late, seen", script: [swapLast(short, "r1=01", "r1=40 r1=01")], faces: "host" },
      { name: "stays in READ", script: [...GIVEN_WHOLE, "w0=68 s=42 t0=68 g=00 r1=41 r0=00"] },
    ],
    silent: [
      { name: "right", script: [short, abort(), short] },
      {
        name: "in READ, and not whole",
        script: [...GIVEN_PART, "w0=68 s=42 t0=68 g=55 r1=41 r0=55"],
      },
      {
        name: "in READ, and as long as another",
        script: [...GIVEN_OTHER, "w0=68 s=42 t0=68 g=55 r1=41 r0=55"],
      },
      {
        name: "not there yet, seen",
        script: [swapLast(short, "r1=01 r0=00", "r1=00"), short],
        faces: "host",
      },
      {
        name: "a reset between",
        script: [swapLast(short, "g=00 r1=01 r0=00", ""), bmc("reset"), "s=c0", short],
      },
    ],
  },
  "KCS-26": {
    fires: [
      { name: "no byte", script: [WRITING, "s=c0 r1=c0", swap(abort(), "r1=00", "")] },
      { name: "the next byte taken", script: [WRITING, "s=c0 w1=62 t1=62"] },
      {
        name: "seen",
        script: [WRITING, "r1=80 r1=c0 +2s r1=c0"],
        faces: "host",
        note: true,
      },
    ],
    silent: [
      { name: "a byte", script: [WRITING, "s=c0 g=00 r1=c1 r0=00", swap(abort(), "r1=00", "")] },
      { name: "a reset", script: [WRITING, bmc("reset"), "s=c0", short] },
      { name: "seen", script: [WRITING, "r1=80 r1=c0 +2s r1=c1 r0=00 r1=c0"], faces: "host" },
    ],
  },
  "KCS-27": {
    fires: [
      { name: "in the write phase", script: [WRITING, "s=00"] },
      { name: "with a request", script: [EXECUTING, "s=00"] },
      { name: "with a response", script: [upTo(short, "g=1c"), "s=01"] },
      { name: "seen", script: [EXECUTING, "r1=00"], faces: "host" },
    ],
    silent: [
      { name: "ERROR", script: [WRITING, "s=c0 g=00"] },
      { name: "right", script: [short] },
      { name: "a reset", script: [WRITING, bmc("reset"), "s=00"] },
      { name: "an abort", script: [WRITING, swap(abort(), "r1=00", "")] },
    ],
  },
  "KCS-28": {
    fires: [
      { name: "READ out of place", script: [WRITING, "s=40 g=1c"] },
      {
        name: "a late response",
        script: [
          EXECUTING,
          { e: "bmc.request", tag: 2, message: Uint8Array.of(0x18, 0x04) },
          "g=1c",
          { e: "bmc.response", tag: 1, message: Uint8Array.of(0x1c, 0x04, 0) },
        ],
      },
      {
        name: "as the host got it",
        script: [{ e: "received", id: 2, tag: 1, message: Uint8Array.of(0x1c, 0x04, 0) }],
        faces: "host",
      },
    ],
    silent: [
      { name: "right", script: [short] },
      {
        name: "its own response",
        script: [
          EXECUTING,
          { e: "bmc.request", tag: 2, message: Uint8Array.of(0x18, 0x04) },
          "g=1c",
          { e: "bmc.response", tag: 2, message: Uint8Array.of(0x1c, 0x04, 0) },
        ],
      },
    ],
  },
  "KCS-29": {
    fires: [
      { name: "in the write phase", script: [WRITING, "+1s s=c0 g=00 r1=c1"] },
      { name: "in the read phase", script: [READING, "+1s s=c0 g=00 r1=c1"] },
      { name: "seen", script: [WRITING, "r1=80 +1s r1=c1"], faces: "host" },
    ],
    silent: [
      { name: "not for impatience", script: [WRITING, "+1ms s=c0 g=00"] },
      { name: "a command may take long", script: [EXECUTING, "+9s s=c0 g=00"] },
      {
        name: "its process came",
        script: [WRITING, "+2s s=c0", bmc("daemon-opened"), "g=00 r1=c1 r0=00 r1=c0"],
      },
      { name: "patience", script: [WRITING, "+100s", swap(abort(), "r1=00", "")] },
    ],
  },
  "KCS-30": {
    fires: [
      {
        name: "a reserved code",
        script: ["r1=00 w1=63 s=ca t1=63 g=00 r1=c9 r0=00", swap(abort("00"), "r1=00", "")],
      },
      { name: "an abort", script: [WRITING, swap(abort("00"), "r1=00", "")] },
      { name: "seen", script: [WRITING, swap(abort("ff"), "r1=00", "")], faces: "host" },
      {
        name: "other than READ",
        script: [READING, "w0=69 t0=69 s=c0 g=00 r1=c1 r0=00", swap(abort("00"), "r1=00", "")],
        note: true,
      },
    ],
    silent: [
      {
        name: "a reserved code",
        script: ["r1=00 w1=63 s=ca t1=63 g=00 r1=c9 r0=00", swap(abort("02"), "r1=00", "")],
      },
      { name: "nothing to abort", script: [short, abort("00"), abort("01")] },
      { name: "an abort of its own", script: [WRITING, "s=c0 g=00", abort("c7")] },
      {
        name: "a byte that the wire changed",
        script: [WRITING, fault("wire"), fault("wire", "ends"), swap(abort("02"), "r1=00", "")],
        wire: true,
      },
    ],
  },
  "KCS-31": {
    fires: [
      { name: "IDLE after the dummy", script: [swap(short, "s=02 t0=68 g=00", "t0=68 g=00 s=01")] },
      { name: "seen", script: [upTo(short, "t1=61"), "r1=09 r1=89"], faces: "host" },
    ],
    silent: [
      { name: "right", script: [short, abort()] },
      { name: "an error", script: [WRITING, "s=c1 g=00"] },
    ],
  },
  "KCS-32": {
    fires: [{ name: "two bytes", script: [WRITING, TOO_LONG] }],
    silent: [
      { name: "more than 40", script: [WRITING, LONG, TOO_LONG] },
      { name: "another code", script: [WRITING, swap(TOO_LONG, "g=06", "g=ff")] },
    ],
  },
  "KCS-33": {
    fires: [
      { name: "over the dummy", script: [UNREAD, "g=00"] },
      { name: "within a request", script: [WRITING, "s=8c g=00"] },
      { name: "before the response", script: [upTo(short, "r1=40"), "s=44 g=00"] },
    ],
    silent: [
      { name: "after it was taken", script: [short, "g=00"] },
      { name: "SMS_ATN alone", script: [upTo(short, "r1=40"), "s=44 g=1c"] },
      { name: "with a new transfer", script: [UNREAD, "w1=61 s=8b t1=61 g=00"] },
      { name: "with one that is seen and not taken", script: [UNREAD, "w1=61 s=8b g=00 t1=61"] },
    ],
  },
  "KCS-34": {
    fires: [{ name: "never set", script: [swap(short, "r1=89", "r1=81")], note: true }],
    silent: [
      { name: "right", script: [short, abort()] },
      {
        name: "a write lost on the wire",
        script: [WRITING, fault("wire"), "w1=62", fault("wire", "ends"), "r1=81"],
      },
    ],
  },
  "KCS-35": {
    fires: [
      { name: "stuck", script: [WRITING, "w1=62 r1=8a +5s r1=8a"] },
      { name: "seen", script: [WRITING, "w1=62 r1=8a +5s r1=8a"], faces: "host" },
    ],
    silent: [
      { name: "late", script: [WRITING, "w1=62 r1=8a +4s r1=8a t1=62 g=00 r1=89 r0=00"] },
      { name: "a reset", script: [WRITING, "w1=62", bmc("away"), "r1=8a +5s r1=8a"] },
      { name: "the wire's IBF", script: [WRITING, "w1=62 t1=62 r1=8a +5s r1=8a"] },
      { name: "nobody there", script: [WRITING, "w1=62 r1=ff +5s r1=ff"], faces: "host" },
    ],
  },
  "KCS-40": {
    fires: [
      { name: "not up", script: [bmc("flags", 1), "+20ms", short] },
      { name: "seen", script: [exchange("18 31", "1c 31 00 02")], faces: "host" },
    ],
    silent: [
      { name: "up", script: [bmc("flags", 1), "+1ms s=04", short] },
      { name: "not for the OEM", script: [bmc("flags", 0x20), "+20ms", short] },
      { name: "no daemon", script: [bmc("daemon-closed"), bmc("flags", 1), bmc("reset"), short] },
      { name: "seen", script: [exchange("18 31", "1c 31 00 02", true)], faces: "host" },
    ],
  },
  "KCS-41": {
    fires: [{ name: "falls", script: [bmc("flags", 1), "s=04", "s=00 +20ms", short] }],
    silent: [
      {
        name: "with the cause",
        script: [bmc("flags", 1), "s=04", bmc("flags"), "s=00 +20ms", short],
      },
      { name: "before the cause", script: [bmc("flags", 1), "s=04 s=00", bmc("flags"), short] },
    ],
  },
  "KCS-42": {
    fires: [
      { name: "no cause", script: [bmc("flags"), "s=04 +20ms", short] },
      { name: "not enabled", script: [bmc("flags", 0x20), "s=04 +20ms", short] },
      {
        name: "left by a daemon that died",
        script: [
          bmc("flags", 1),
          "s=04",
          bmc("daemon-closed"),
          bmc("flags"),
          bmc("daemon-opened"),
          "+20ms",
          short,
        ],
      },
      { name: "seen", script: repeat(10, [exchange("18 31", "1c 31 00 00", true)]), faces: "host" },
    ],
    silent: [
      { name: "a cause", script: [bmc("flags", 8), "s=04 +20ms", short] },
      {
        name: "without a daemon",
        script: [bmc("flags", 1), "s=04", bmc("daemon-closed"), bmc("flags"), "+20ms", short],
      },
      {
        name: "enabled",
        script: [exchange("18 2e 29", "1c 2e 00"), bmc("flags", 0x20), "s=04 +20ms", short],
      },
      {
        name: "a race",
        script: repeat(9, [exchange("18 31", "1c 31 00 00", true)]),
        faces: "host",
      },
    ],
  },
  "KCS-44": {
    fires: [{ name: "stays up", script: ["i=1", short] }],
    silent: [
      { name: "falls", script: ["i=1 i=0", short] },
      { name: "falls at the start", script: ["i=1", swap(short, "t1=61", "t1=61 i=0")] },
    ],
  },
  "KCS-49": {
    fires: [
      {
        name: "none",
        script: ["i=1 i=0", exchange("18 2e 09", "1c 2e 00"), ...repeat(4, [short])],
      },
      { name: "not one", script: ["i=0", exchange("18 2e 09", "1c 2e 00"), ...repeat(4, [short])] },
    ],
    silent: [
      {
        name: "some",
        script: [exchange("18 2e 09", "1c 2e 00"), ...repeat(6, ["i=1 i=0", short])],
      },
      { name: "no line", script: [exchange("18 2e 09", "1c 2e 00"), ...repeat(6, [short])] },
      {
        name: "not enabled",
        script: ["i=1 i=0", exchange("18 2e 08", "1c 2e 00"), ...repeat(6, [short])],
      },
      {
        name: "the system was reset since",
        script: [
          ...["i=1 i=0", exchange("18 2e 09", "1c 2e 00")],
          ...[bmc("power", 0, "reset: watchdog"), ...repeat(6, [short])],
        ],
      },
      {
        name: "lost on the wire",
        script: ["i=1 i=0", exchange("18 2e 09", "1c 2e 00"), fault("wire"), ...repeat(6, [short])],
      },
    ],
  },
};
