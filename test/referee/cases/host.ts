import {
  abort,
  answer,
  bmc,
  events,
  exchange,
  fault,
  host,
  received,
  repeat,
  request,
  send,
  short,
  swap,
  swapLast,
  upTo,
} from "../script.ts";
import { exchange as onSmic, smic } from "../smic-script.ts";
import type { RuleCases } from "./case.ts";

/** The words of `short` that other words stand for here. */
const FIRST = "w0=18 t0=18 g=00 r1=81 r0=00";
const START = upTo(short, "r0=00");
/** GET_STATUS/ABORT up to the status code, with no look before it. */
const CODE_TAKEN = upTo(abort(), "r1=41 r0=01").replace("r1=00 ", "");
const WRITING = upTo(short, FIRST);
const EXECUTING = upTo(short, "r1=40");
const READING = upTo(short, "r0=1c");
const getEnables = exchange("18 2f", "1c 2f 00 89");
const attentive = exchange("18 04", "1c 04 00 55 00", true);

/** Before the first byte a look shows IDLE, and the next one READ again. */
const idleForAMoment = swap(short, "r1=40", "r1=00 +50us r1=40");
/** The same after its first byte, without the byte that goes with the end. */
const idleWithin = swap(
  short,
  "w0=68 t0=68 g=04 r1=41",
  "w0=68 r1=00 r1=40 r1=00 +50us t0=68 g=04 r1=41",
);

const message = exchange("18 33", "1c 33 00 00 16 ca 52 04 00 00 aa");
/** A second later another request goes. */
const OTHERS = ["+1s", short];

export const hostCases: RuleCases = {
  "KCS-01": {
    fires: [
      { name: "IBF seen", script: [swap(short, `${FIRST} w1=62`, "w0=18 r1=82 w1=62")] },
      { name: "no look, the BMC slow", script: [swap(short, `${FIRST} w1=62`, "w0=18 w1=62")] },
      { name: "restart", script: [EXECUTING, "r1=02 w1=61"], faces: "host" },
      {
        name: "the way out of a stuck IBF",
        script: [START, "w0=18 r1=82 +5s r1=82 w1=60"],
        note: true,
      },
    ],
    silent: [
      { name: "right", script: [short, abort()] },
      { name: "no look, the BMC fast", script: [swap(short, `${FIRST} w1`, "w0=18 t0=18 w1")] },
      { name: "no look", script: [swap(short, `${FIRST} w1`, "w0=18 w1")], faces: "host" },
    ],
  },
  "KCS-02": {
    fires: [
      { name: "IBF seen", script: [START, "w0=18 r1=82 w0=04"] },
      { name: "no look, the BMC slow", script: [swap(short, "t1=61 g=00 r1=89 r0=00", "")] },
    ],
    silent: [
      { name: "right", script: [short, abort()] },
      { name: "no look, the BMC fast", script: [swap(short, "g=00 r1=89 r0=00", "")] },
      {
        name: "a byte lost on the wire",
        script: [START, fault("wire"), "w0=18", "w0=04"],
      },
    ],
  },
  "KCS-03": {
    fires: [
      { name: "OBF 0", script: [swap(short, "r1=40", "r1=40 r0=00")] },
      { name: "the same byte twice", script: [swap(short, "r0=1c", "r0=1c r0=1c")] },
      { name: "after WRITE_START", script: [swap(short, "r1=89", "r1=88")], note: true },
    ],
    silent: [
      { name: "right", script: [short, abort()] },
      { name: "before any look", script: ["r0=00", short] },
    ],
  },
  "KCS-04": {
    fires: [
      { name: "reserved", script: [short, "r1=00 w1=63"] },
      { name: "in place of WRITE_START", script: ["r1=00 w1=64 r1=00 w0=18"] },
      { name: "a look for the spacing", script: ["w1=10", "r1=c8", short], note: true },
      {
        name: "the look of a second driver",
        script: [short, host("inserted"), "w1=10"],
        note: true,
      },
    ],
    silent: [{ name: "right", script: [short, abort()] }],
  },
  "KCS-05": {
    fires: [
      { name: "other than READ", script: [READING, "w0=69"] },
      { name: "other than 00h", script: [swap(abort(), "w0=00", "w0=01")], note: true },
      { name: "other than READ at last", script: [swap(abort(), "w0=68", "w0=00")], note: true },
    ],
    silent: [{ name: "right", script: [short, abort()] }],
  },
  "KCS-06": {
    fires: [
      { name: "one byte", script: [START, "w1=62"] },
      { name: "no WRITE_START", script: [short, "r1=00 w0=18"] },
      {
        name: "no WRITE_END",
        script: [send(1, "18 04"), swap(upTo(short, "w0=04"), "w1=62 t1=62 g=00 r1=89 r0=00", "")],
      },
    ],
    silent: [
      { name: "two bytes", script: [short, exchange("18 24 04 03", "1c 24 00")] },
      { name: "IDLE for a moment before the response", script: [idleForAMoment] },
      { name: "IDLE for a moment within the response", script: [idleWithin] },
    ],
  },
  "KCS-07": {
    fires: [
      { name: "with nothing begun", script: [short, "r1=00 w1=62"] },
      { name: "twice", script: [WRITING, "w1=62 t1=62 r1=88 w1=62"] },
    ],
    silent: [
      { name: "right", script: [short] },
      { name: "once in each of two tries", script: [upTo(short, "t1=62"), "r1=80", short] },
    ],
  },
  "KCS-08": {
    fires: [
      { name: "no look", script: [swap(short, `${FIRST} w1`, "w0=18 t0=18 w1")] },
      { name: "IDLE in the write phase", script: [swap(short, "r1=81 r0=00 w1", "r1=00 w1")] },
      { name: "READ before the byte", script: [EXECUTING, "w0=68"] },
      { name: "READ in the wrong state", script: [swap(abort(), "r1=41 r0=01", "r1=80")] },
    ],
    silent: [
      { name: "right", script: [short, abort()] },
      { name: "a restart in the read phase", script: [READING, swap(short, "r1=00", "r1=40")] },
      { name: "a new driver", script: [READING, "w0=68", host("inserted"), short] },
    ],
  },
  "KCS-09": {
    fires: [
      { name: "in the write phase", script: [WRITING.replace(/ r0=00$/, ""), "w1=62"] },
      { name: "before WRITE_START", script: ["r1=01 w1=61"] },
    ],
    silent: [
      { name: "right", script: [short] },
      { name: "OBF comes after the look", script: [swap(short, "r1=81 r0=00 w1", "r1=80 w1")] },
      { name: "before an abort", script: [WRITING, "r1=81 w1=60"] },
    ],
  },
  "KCS-10": {
    fires: [
      { name: "the dummy left", script: [swapLast(short, " r0=00", ""), "r1=01 w1=61"] },
      { name: "taken as whole", script: [READING, "w0=68 r1=40", received(1, 0, "1c 04 00")] },
      { name: "taken with no byte", script: [EXECUTING, "r1=c1 r0=00", received(1, 0, "00")] },
    ],
    silent: [
      { name: "right", script: [short, received(1, 0, "1c 04 00 55 00"), short] },
      { name: "IDLE before the first byte", script: [EXECUTING, "r1=00", received(1, 0, "")] },
      { name: "no dummy came", script: [swapLast(short, "r1=01 r0=00", "r1=00"), short] },
    ],
  },
  "KCS-11": {
    fires: [
      { name: "OBF", script: [EXECUTING, "+1s r1=40 w1=60"], note: true },
      { name: "IBF", script: [START, "w0=18 r1=82 +1s r1=82 w1=60"], note: true },
    ],
    silent: [
      { name: "after 5 s", script: [EXECUTING, "+5s r1=40 w1=60"] },
      { name: "at an error", script: [EXECUTING, "+1s r1=c1 r0=00 w1=60"] },
      { name: "a panic", script: [EXECUTING, host("panic"), "+1s r1=40 w1=60"] },
      { name: "no time", script: [host("taken-over"), EXECUTING, "+1s r1=40 w1=60"] },
    ],
  },
  "KCS-12": {
    fires: [
      { name: "goes on writing", script: [START, "w0=18 t0=18 r1=c1 r0=00 w1=62"] },
      { name: "leaves the abort", script: [START, `${upTo(abort(), "r1=41 r0=01")} w1=61`] },
      { name: "goes on reading", script: [READING, "w0=68 r1=c1 r0=00 w0=68"] },
      {
        name: "writes no READ",
        script: [START, ...repeat(2, [CODE_TAKEN]), "w1=60"],
      },
      {
        name: "writes no 00h",
        script: [START, ...repeat(3, ["w1=60 s=8a t1=60 g=00 r1=89 r0=00"])],
      },
      { name: "recovers from IDLE", script: [START, ...repeat(3, [abort()])] },
    ],
    silent: [
      {
        name: "no time left for 00h",
        script: [START, "w1=60 s=8a t1=60 g=00 r1=89 r0=00", abort()],
      },
      {
        name: "another state before the status code",
        script: [START, ...repeat(3, [swap(CODE_TAKEN, "r1=41", "r1=81 r1=41")])],
      },
      {
        name: "ERROR again and again",
        script: [START, ...repeat(3, [`${CODE_TAKEN} w0=68 r1=c1 r0=00`]), abort()],
      },
      {
        name: "another state behind IDLE",
        script: [START, ...repeat(3, [abort(), "r1=40 r1=00"])],
      },
      { name: "GET_STATUS/ABORT", script: [READING, "w0=68 r1=c1 r0=00", abort()] },
      { name: "WRITE_START", script: [READING, "w0=68 r1=c1 r0=00", swap(short, "r1=00", "")] },
    ],
  },
  "KCS-13": {
    fires: [{ name: "a storm", script: repeat(34, ["r1=c1 r0=00 w1=60 r1=c9 w0=00"]), note: true }],
    silent: [
      { name: "as many as may be", script: repeat(33, ["r1=c1 r0=00 w1=60 r1=c9 w0=00"]) },
      { name: "pauses", script: repeat(50, ["+1s r1=c1 r0=00 w1=60 r1=c9 w0=00"]) },
      {
        name: "answers",
        script: repeat(50, ["r1=c1 r0=00 w1=60", answer(1, "82", { maker: "host-interface" })]),
      },
    ],
  },
  "KCS-46": {
    fires: [
      { name: "not heeded", script: repeat(33, ["+100ms", attentive]) },
      { name: "looked at for long", script: [attentive, ...repeat(40, ["+1s r1=04"])] },
    ],
    silent: [
      {
        name: "heeded",
        script: repeat(3, [
          ...repeat(10, ["+100ms", attentive]),
          exchange("18 31", "1c 31 00 00", true),
        ]),
      },
      { name: "nobody there", script: repeat(40, ["+1s r1=ff"]) },
      { name: "put off for a bring-up", script: repeat(32, ["+100ms", attentive]) },
      { name: "put off for a moment", script: repeat(40, [attentive]) },
      { name: "it falls", script: repeat(40, ["+100ms", attentive, "r1=00"]) },
      { name: "a panic", script: [host("panic"), ...repeat(40, ["+100ms", attentive])] },
    ],
  },
  "KCS-47": {
    fires: [{ name: "set unread", script: [exchange("18 2e 0d", "1c 2e 00")], note: true }],
    silent: [{ name: "read first", script: [getEnables, exchange("18 2e 8d", "1c 2e 00")] }],
  },
  "KCS-48": {
    fires: [{ name: "lost", script: ["i=1 i=0", EXECUTING, "g=1c +6s r1=41"], note: true }],
    silent: [
      { name: "in time", script: ["i=1 i=0", EXECUTING, "g=1c +4s r1=41"] },
      { name: "the BMC was late", script: ["i=1 i=0", EXECUTING, "+8s g=1c +6s r1=41"] },
      { name: "removed", script: ["i=1 i=0", EXECUTING, "g=1c", host("removed"), "+6s r1=41"] },
    ],
  },
  "MF-02": {
    fires: [
      {
        name: "logging lost after a user's own setting",
        script: [
          ...[getEnables, request(1, "18 2e 85"), answer(1, "ce", { maker: "host-handler" })],
          ...[exchange("18 2e 85", "1c 2e 00"), getEnables, exchange("18 2e 85", "1c 2e 00")],
        ],
      },
      { name: "bit 7 lost", script: [getEnables, exchange("18 2e 0d", "1c 2e 00")] },
      { name: "logging lost", script: [getEnables, exchange("18 2e 85", "1c 2e 00")] },
      {
        name: "after its own setting",
        script: [getEnables, exchange("18 2e 8d", "1c 2e 00"), exchange("18 2e 2d", "1c 2e 00")],
      },
      {
        name: "bit 7 lost while a user's own setting waits",
        script: [getEnables, request(1, "18 2e 85"), exchange("18 2e 0d", "1c 2e 00")],
      },
    ],
    silent: [
      { name: "kept", script: [getEnables, exchange("18 2e 8d", "1c 2e 00")] },
      { name: "not known", script: [exchange("18 2e 0d", "1c 2e 00")] },
      {
        name: "an answer of another length",
        script: [exchange("18 2f", "1c 2f 00 89 66"), exchange("18 2e 0d", "1c 2e 00")],
      },
      {
        name: "an answer whose LUN the wire changed, and its bits",
        script: [
          ...[exchange("18 2f", "1c 2f 00 0c"), exchange("18 2f", "1d 2f 00 8c")],
          exchange("18 2e 8c", "1c 2e 00"),
        ],
      },
      {
        name: "a user has the logging off, and goes meanwhile",
        script: [
          getEnables,
          request(1, "18 2e 85"),
          answer(1, "ce", { maker: "host-handler" }),
          exchange("18 2e 85", "1c 2e 00"),
        ],
      },
      {
        name: "a user has the logging off",
        script: [request(1, "18 2e 85"), getEnables, exchange("18 2e 85", "1c 2e 00")],
      },
      {
        name: "a user has bit 7 off",
        script: [getEnables, request(1, "18 2e 0d"), exchange("18 2e 0d", "1c 2e 00")],
      },
      {
        name: "a user has bit 7 off, and goes meanwhile",
        script: [
          ...[getEnables, request(1, "18 2e 0d"), answer(1, "ce", { maker: "host-handler" })],
          ...events([exchange("18 2e 0d", "1c 2e 00")], "both", 1),
        ],
      },
      {
        name: "a user has the logging off, and the end of it is spoiled on the wire",
        interface: "smic",
        script: [
          ...[...smic(onSmic("18 2f", "1c 2f 00 89")), request(1, "18 2e 81")],
          ...smic(swapLast(onSmic("18 2e 81", "1c 2e 00"), "rc=c0", "rc=46")),
          ...[answer(1, "00"), ...smic(onSmic("18 2f", "1c 2f 00 81"))],
        ],
      },
    ],
  },
  "MF-12": {
    fires: [
      { name: "the queue cleared", script: [exchange("18 30 09", "1c 30 00")] },
      { name: "the buffer cleared", script: [exchange("18 30 0a", "1c 30 00")] },
      { name: "one fetched of several", script: [bmc("flags", 1), message, ...repeat(9, OTHERS)] },
    ],
    silent: [
      { name: "the pre-timeout", script: [exchange("18 30 08", "1c 30 00")] },
      {
        name: "a user clears them",
        script: [request(1, "18 30 0b"), exchange("18 30 0b", "1c 30 00"), answer(1, "00")],
      },
      {
        name: "one fetched, and it was the last",
        script: [bmc("flags", 1), message, bmc("flags", 0), ...repeat(9, OTHERS)],
      },
      {
        name: "looked for more",
        script: [
          ...[bmc("flags", 1), message, exchange("18 31", "1c 31 01")],
          ...repeat(9, OTHERS),
        ],
      },
      {
        name: "it came behind the fetch",
        script: [bmc("flags", 1), message, bmc("flags", 0), bmc("flags", 1), ...repeat(9, OTHERS)],
      },
      { name: "few went meanwhile", script: [bmc("flags", 1), message, ...repeat(3, OTHERS)] },
    ],
  },
  "GEN-05": {
    fires: [
      { name: "enables", script: [exchange("18 2e 1d", "1c 2e 00")] },
      { name: "watchdog", script: [exchange("18 24 0c 03 00 00 64 00", "1c 24 00")] },
    ],
    silent: [
      { name: "enables", script: [exchange("18 2e 8d", "1c 2e 00")] },
      { name: "watchdog", script: [exchange("18 24 c4 03 00 10 64 00", "1c 24 00")] },
    ],
  },
  "GEN-10": {
    fires: [{ name: "left alone", script: [EXECUTING, "g=1c +61s r1=41"] }],
    silent: [
      { name: "slow", script: [EXECUTING, "g=1c +20s r1=41"] },
      {
        name: "given up",
        script: [EXECUTING, "g=1c", answer(1, "82", { maker: "host-interface" }), "+61s r1=41"],
      },
    ],
  },
};
