import { bt, deviceId as btDeviceId, exchange as btExchange, capabilities } from "../bt-script.ts";
import {
  abort,
  bmc,
  end,
  exchange,
  fault,
  repeat,
  type Script,
  short,
  swap,
  upTo,
} from "../script.ts";
import { bus, filled, read, transaction } from "../ssif-script.ts";
import type { Case, RuleCases } from "./case.ts";
import { FIRST, LAST, RIGHT, SECOND, told, WRITTEN } from "./ssif-parts.ts";

const ENABLED = exchange("18 2e 09", "1c 2e 00");
const READING = upTo(short, "r1=41 r0=1c");
/** 55h in place of READ, met with ERROR in time. */
const OBJECTED = `${READING} w0=55 s=c2 t0=55 g=00 r1=c1 r0=00`;
const NO_DUMMY = swap(short, "t0=18 g=00", "t0=18");
/** The response is at its end, and its dummy byte is due. */
const ENDED = upTo(short, "s=02 t0=68");
/** A code that nobody has, met with ERROR before it is taken. */
const RESERVED = "r1=00 w1=63 s=ca t1=63 g=00 r1=c9 r0=00";

/** So many further blocks of a response, none of them the last. */
function blocks(count: number): Script {
  const numbers = Array.from({ length: count }, (_, number) => number);
  return numbers.flatMap((number) => bus(read(0x09, [number, ...filled(31, "55")])));
}

function onBt(name: string, ...script: Script): Case {
  const read = (item: Script[number]) => (typeof item === "string" ? bt(item) : [item]);
  return { name, script: script.flatMap(read), interface: "bt" };
}

const btEnabled = btExchange("18 2e 09", "1c 2e 00", "02");
const btResponses = (times: number, more = "") => repeat(times, [`${more} ${btDeviceId}`]);

function onSsif(name: string, ...script: Script): Case {
  return { name, script, interface: "ssif" };
}

const SHORT_IN_TWO = [
  ...bus("S20 w02 w02 w18 w01 P +5ms"),
  ...bus(read(0x03, [0, 1, ...Array.from({ length: 30 }, (_, at) => [0x1c, 1, 0][at] ?? 0)])),
  ...bus(read(0x09, [0xff, 0, 0])),
];
const PULLED: Script = [{ e: "bmc.alert", level: 1 }];
const ALERTS_OFF = transaction("18 2f", "1c 2f 00 08");

export const interfaceCases: RuleCases = {
  "KCS-36": {
    fires: [
      { name: "no such code", note: true, script: [short, "r1=00 w1=63 s=8a t1=63 s=c8 g=00"] },
      { name: "no READ", note: true, script: [READING, "w0=55 t0=55 s=c0 g=00"] },
      { name: "no READ at the end", note: true, script: [READING, "w0=55 s=02 t0=55 s=c0 g=00"] },
    ],
    silent: [
      { name: "in time", script: [short, RESERVED] },
      { name: "no READ, in time", script: [OBJECTED] },
      { name: "of the BMC's own accord", script: [READING, "w0=68 t0=68 g=04 +2ms s=c0 g=00"] },
    ],
  },
  "KCS-37": {
    fires: [
      { name: "data", script: [OBJECTED, "w0=68 t0=68 g=a0"] },
      { name: "another state", script: [OBJECTED, "w0=68 s=02 t0=68"] },
      { name: "another state by itself", script: [OBJECTED, "+1s s=00"] },
      { name: "seen", note: true, script: [OBJECTED, "+1s r1=00"], faces: "host" },
    ],
    silent: [
      { name: "a way out", script: [OBJECTED, swap(abort("02"), "r1=00", "r1=c0"), short] },
      { name: "a new start", script: [OBJECTED, swap(short, "r1=00", "r1=c0")] },
      { name: "nothing but dummies", script: [OBJECTED, "w0=68 s=c2 t0=68 g=00"] },
      { name: "a reset", script: [OBJECTED, bmc("reset"), "s=00"] },
    ],
  },
  "KCS-38": {
    fires: [
      { name: "an old error", script: [short, RESERVED, abort("02"), abort("02")] },
      { name: "after a transfer", script: [short, abort("06")] },
    ],
    silent: [
      { name: "01h", script: [short, abort("01")] },
      { name: "00h", script: [short, abort("00"), abort("00")] },
      { name: "told once", script: [short, RESERVED, abort("02"), abort("01")] },
      { name: "its own", script: [short, "s=c0 g=00 r1=c1 r0=00", abort("ff")] },
      { name: "a reset between", script: [short, bmc("reset"), "s=00", abort("02")] },
    ],
  },
  "KCS-39": {
    fires: [
      { name: "after a transfer", script: [`${ENDED} s=c0 g=00`] },
      {
        name: "after an abort",
        script: [`${swap(abort("01"), "s=02 t0=68 g=00", "s=02 t0=68")} s=c0`],
      },
    ],
    silent: [
      { name: "right", script: [short, abort("01")] },
      { name: "later", script: [short, "+2ms s=c0 g=00"] },
      { name: "no READ", script: [READING, "w0=00 s=02 t0=00 s=c0 g=00"] },
      { name: "without its daemon", script: [ENDED, bmc("daemon-closed"), "s=c0 g=00"] },
    ],
  },
  "KCS-50": {
    fires: [{ name: "none", script: ["i=0", ENABLED, NO_DUMMY] }],
    silent: [
      { name: "right", script: ["i=0", ENABLED, short] },
      { name: "no line", script: [ENABLED, NO_DUMMY] },
      { name: "not enabled", script: ["i=0", exchange("18 2e 08", "1c 2e 00"), NO_DUMMY] },
      { name: "the host's side", script: ["i=0", ENABLED, NO_DUMMY], faces: "host" },
    ],
  },
  "BT-31": {
    fires: [
      onBt("none", "i=0 wm=01", capabilities, btEnabled, ...btResponses(4)),
      onBt("none behind a reset", "i=0 wm=01", bmc("reset"), "wm=01", btEnabled, ...btResponses(4)),
    ],
    silent: [
      onBt("some", "i=0 wm=01", btEnabled, ...btResponses(6, "i=1 i=0")),
      onBt("no line", "wm=01", btEnabled, ...btResponses(6)),
      onBt("masked", "i=0 wm=00", btEnabled, ...btResponses(6)),
      onBt("masked by a reset", "i=0 wm=01", bmc("reset"), btEnabled, ...btResponses(6)),
      onBt("not enabled", "i=0 wm=01", ...btResponses(6)),
      onBt("not taken back", "i=1 wm=01", btEnabled, ...btResponses(6)),
      onBt("lost on the wire", "i=0 wm=01", btEnabled, fault("wire"), ...btResponses(6)),
      onBt(
        "one lost before",
        "i=0 wm=01",
        btEnabled,
        fault("wire"),
        ...btResponses(1),
        fault("wire", "ends"),
        ...btResponses(6),
      ),
    ],
  },
  "BT-32": {
    fires: [onBt("to the end", btDeviceId, ...repeat(3, ["+3s rc=80"]), end())],
    silent: [
      onBt("it falls", btDeviceId, ...repeat(9, ["+3s rc=80"]), "rc=00", end()),
      onBt("on orders", fault("bmc"), ...repeat(3, ["+3s rc=80"]), end()),
      onBt("without its daemon", bmc("daemon-closed"), ...repeat(3, ["+3s rc=80"]), end()),
      onBt("in a reset", bmc("reset"), ...repeat(3, ["+3s rc=80"]), end()),
      onBt("ended by hand", ...repeat(3, ["+3s rc=80"]), end("interrupted")),
    ],
  },
  "SSIF-31": {
    fires: [onSsif("32 bytes in two", ...SHORT_IN_TWO)],
    silent: [
      onSsif("in one", ...RIGHT),
      onSsif("many bytes", ...told("88"), ...WRITTEN, ...FIRST, ...SECOND, ...LAST),
    ],
  },
  "SSIF-32": {
    fires: [
      onSsif("single-part", ...told("00"), ...WRITTEN, ...FIRST),
      onSsif("a start and an end", ...told("48"), ...WRITTEN, ...FIRST, ...SECOND, ...LAST),
      onSsif(
        "longer than it said",
        ...transaction("18 57 00", "1c 57 00 00 88 ff 40"),
        ...WRITTEN,
        ...FIRST,
        ...SECOND,
        ...LAST,
      ),
      onSsif("without an end", ...WRITTEN, ...FIRST, ...blocks(8)),
    ],
    silent: [
      onSsif("as long as it can be", ...WRITTEN, ...FIRST, ...blocks(7)),
      onSsif("all of it", ...told("88"), ...WRITTEN, ...FIRST, ...SECOND, ...LAST),
      onSsif("nothing said", ...WRITTEN, ...FIRST, ...SECOND, ...LAST),
      onSsif("single", ...told("00"), ...RIGHT),
    ],
  },
  "SSIF-33": {
    fires: [onSsif("for a response", ...ALERTS_OFF, ...WRITTEN, ...PULLED)],
    silent: [
      onSsif("enabled", ...transaction("18 2f", "1c 2f 00 09"), ...WRITTEN, ...PULLED),
      onSsif("attention", ...ALERTS_OFF, bmc("flags", 1), ...PULLED),
      onSsif("not known", ...WRITTEN, ...PULLED),
      onSsif(
        "set meanwhile",
        ...ALERTS_OFF,
        { e: "bmc.request", tag: 1, message: Uint8Array.of(0x18, 0x2e, 1) },
        ...PULLED,
      ),
      onSsif("a reset", ...ALERTS_OFF, bmc("reset"), ...PULLED),
    ],
  },
};
