import { bmc, end, fault, host, received, repeat, swap, swapLast, upTo } from "../script.ts";
import { exchange, hand, short, smic } from "../smic-script.ts";
import type { Case, RuleCases } from "./case.ts";

export const STARTED = upTo(short, "rc=c1");
export const SENT = upTo(short, "rc=c3 rd=00");
export const READY = `${SENT} s=80 rf=80`;
export const READING = upTo(short, "rc=c4 rd=1c");
export const LAST = upTo(short, "rc=c6 rd=00");
const BADLY_ENDED = `${upTo(short, "wc=46 wf=01")} rf=80 rc=c6`;
const getFlags = (flags: string, attention = false) =>
  exchange("18 31", `1c 31 00 ${flags}`, attention);
/** 40 bytes are not too many, 41 may be. */
const written = (bytes: number) =>
  [STARTED, ...Array.from({ length: bytes - 2 }, () => hand("42.aa", "c2", "40"))].join(" ");
const SMM = [
  "tc=61 td=18 s=41 c=e1 s=40",
  "tc=63 td=01 s=01 c=e3 g=00 s=00 s=80",
  "tc=64 c=e4 g=1c s=80 tc=65 c=e6 g=00 s=80 tc=66 c=e0 g=00 s=80",
].join(" ");

type Told = Omit<Case, "interface">;

/** Words of a script are SMIC's; events stand for themselves. */
function told({ script, ...rest }: Told): Case {
  const whole = script.flatMap((item) => (typeof item === "string" ? smic(item) : [item]));
  return { ...rest, interface: "smic", script: whole };
}

/** With a right match among the silent ones. */
export function cases(fires: readonly Told[], silent: readonly Told[]) {
  const right: Told = { name: "right", script: [short, short] };
  return { fires: fires.map(told), silent: [right, ...silent].map(told) };
}

export const smicCases: RuleCases = {
  "SMIC-01": cases(
    [
      { name: "BUSY seen", script: [swap(short, "rf=40 rc=c1", "rf=41 rc=41")] },
      { name: "no look", script: [swap(short, "rf=40 rc=c1", "rc=41")] },
      { name: "data", script: [swap(short, "rf=80 rc=c4 rd=1c", "rf=81 rd=1c")] },
      { name: "a control code", script: [STARTED, "wc=42 wd=04 wf=01 wc=42"] },
      { name: "a byte", script: [STARTED, "wc=42 wd=04 wf=01 rf=41 wd=04"], faces: "host" },
    ],
    [
      { name: "before any look", script: ["rc=c0", short] },
      { name: "BUSY, then not", script: [swap(short, "rf=40 rc=c1", "rf=41 rf=40 rc=c1")] },
    ],
  ),
  "SMIC-02": cases(
    [
      { name: "BUSY cleared", script: [swap(short, "rf=40 rc=c1", "rf=41 wf=00 rf=40 rc=c1")] },
      { name: "no control code", script: ["rf=80 wf=01"] },
      { name: "the code after", script: ["rf=80 wd=18 wf=01 wc=41"] },
      { name: "no data", script: ["rf=80 wc=41 wf=01"] },
      { name: "the data before last time", script: [STARTED, "wc=42 wf=01"], faces: "host" },
    ],
    [
      { name: "the flags as read, with BUSY", script: [short.replaceAll("wf=01", "wf=81")] },
      { name: "no data to read with", script: [READY, "wc=44 wf=01"] },
    ],
  ),
  "SMIC-03": cases(
    [
      { name: "WR_END", script: [swap(short, "rf=40 rc=c1", "rf=00 rc=c1")] },
      {
        name: "WR_NEXT",
        script: [STARTED, hand("42.aa", "c2", "00"), "wc=42 wd=aa wf=01"],
        faces: "host",
      },
    ],
    [
      { name: "none for WR_START", script: [swap(short, "rf=80", "rf=00")] },
      { name: "late", script: [swap(short, "rf=40 rc=c1", "rf=00 rc=c1 rf=40")] },
    ],
  ),
  "SMIC-04": cases(
    [
      { name: "RD_START", script: [SENT, "wc=44 wf=01"] },
      { name: "RD_NEXT", script: [READING.replace(/rf=80 rc=c4/, "rf=00 rc=c4"), "wc=45 wf=01"] },
    ],
    [{ name: "none for RD_END", script: [swapLast(short, "rf=80 rc=c6", "rf=00 rc=c6")] }],
  ),
  "SMIC-05": cases(
    [
      { name: "no look", script: [swap(short, "rf=40 rc=c1", "rf=40")] },
      { name: "READY in the write phase", script: [swap(short, "rc=c1", "rc=c0")] },
      { name: "READY in the read phase", script: [swap(short, "rc=c4 rd=1c", "rc=c0 rd=01")] },
      { name: "another status code", script: [swap(short, "rc=c4", "rc=c5")] },
      { name: "another stream's", script: [swap(short, "rc=c4", "rc=e4")] },
      { name: "WR_END refused", script: [swap(short, "rc=c3 rd=00", "rc=c3 rd=03")] },
      { name: "out of place", script: [short, "wc=45 wf=01"] },
      { name: "RD_END", script: [upTo(short, "wc=46 wf=01"), received(1, 1, "1c 04 00 55 00")] },
    ],
    [
      {
        name: "READY, and over again",
        script: [upTo(short, "rf=40"), "rc=c0 rd=01", exchange("18 04", "1c 04 00")],
      },
      { name: "a new start without a look", script: [upTo(short, "rf=40"), short] },
      { name: "RD_END, whatever came with it", script: [BADLY_ENDED, received(1, 1, "1c 04 00")] },
      { name: "RD_END, given up", script: [upTo(short, "wc=46 wf=01"), "+5s rf=80", short] },
      { name: "GET_STATUS first", script: ["rf=80", hand("40", "c0.00", "80"), short] },
      { name: "another driver", script: [STARTED, host("inserted"), short] },
    ],
  ),
  "SMIC-06": cases(
    [
      { name: "a new request in its place", script: [LAST, short] },
      { name: "by who took over", script: [host("taken-over"), LAST, short] },
      { name: "RD_END too early", script: [READING, "wc=46 wf=01"] },
      {
        name: "taken as whole too early",
        script: [READING, received(1, 1, "1c")],
      },
    ],
    [
      { name: "given up in the middle", script: [READING, short] },
      { name: "a panic", script: [LAST, host("panic"), short] },
      { name: "taken over", script: [LAST, host("taken-over"), short] },
      { name: "taken as whole", script: [short, received(1, 1, "1c 04 00")] },
    ],
  ),
  "SMIC-08": cases(
    [
      { name: "reserved", script: [short, "wc=47 wd=00 wf=01"] },
      { name: "the other stream's", script: [short, "wc=61 wd=18 wf=01"], faces: "host" },
    ],
    [
      { name: "GET_STATUS", script: ["rf=80", hand("40", "c0.00", "80"), short] },
      { name: "written and not handed over", script: ["rf=80 wc=61 wc=41", short] },
    ],
  ),
  "SMIC-20": cases(
    [
      { name: "no status code", script: [swap(short, "c=c1 s=40", "s=40")] },
      { name: "the status code late", script: [swap(short, "c=c1 s=40", "s=40 c=c1")] },
      { name: "no data", script: [swap(short, "c=c4 g=1c s=80", "c=c4 s=80")] },
      { name: "the data late", script: [swap(short, "c=c4 g=1c s=80", "c=c4 s=80 g=1c")] },
      { name: "no error code", script: [swap(short, "c=c3 g=00", "c=c3")], faces: "bmc" },
    ],
    [
      { name: "the data first", script: [swap(short, "c=c4 g=1c", "g=1c c=c4")] },
      { name: "a reset", script: [STARTED, bmc("reset"), "c=c0 g=00 s=80", short] },
      { name: "the host's side", script: [swap(short, "c=c1 s=40", "s=40")], faces: "host" },
    ],
  ),
  "SMIC-21": cases(
    [
      { name: "with its own flags", script: [short, "s=81"] },
      { name: "seen", script: [short, "rf=80 rf=81"], faces: "host" },
    ],
    [
      { name: "the host's", script: [short, "wc=41 wd=18 wf=01 s=c1"] },
      {
        name: "the host's, in a reset",
        script: [short, "wc=41 wd=18 wf=01", bmc("reset"), "s=01 s=81"],
      },
      { name: "seen, the host's", script: [short, "wc=41 wd=18 wf=01 rf=81"], faces: "host" },
      { name: "a fault of the wire", script: [short, fault("wire"), "s=81"] },
      {
        name: "what came twice, the second time late",
        script: [STARTED, fault("wire"), fault("wire", "ends"), "s=c1"],
        wire: true,
      },
      { name: "seen in one", script: [short, fault("wire"), "rf=80 rf=81"], faces: "host" },
      { name: "nobody there", script: [short, "rf=ff"], faces: "host" },
      { name: "a reset", script: [short, bmc("reset"), "rf=80 rf=01"], faces: "host" },
    ],
  ),
  "SMIC-22": cases(
    [
      { name: "refused", script: [short, hand("41.18", "c0.01", "80")] },
      { name: "refused in the write phase", script: [STARTED, hand("41.18", "c0.02", "c0")] },
      { name: "seen", script: [STARTED, hand("41.18", "c0.02", "c0")], faces: "host" },
      {
        name: "an old response after it",
        script: [
          SENT,
          { e: "bmc.request", tag: 1, message: Uint8Array.of(0x18, 4) },
          exchange("18 04", "1c 04 00").split(" s=80 rf=80")[0] ?? "",
          { e: "bmc.response", tag: 2, message: Uint8Array.of(0x1c, 4, 0) },
        ],
      },
      {
        name: "an old response, seen",
        script: [short, received(2, 1, "1c 04 00")],
        faces: "host",
      },
    ],
    [
      { name: "in the write phase", script: [STARTED, short] },
      { name: "in the read phase", script: [READING, short] },
      { name: "in a reset", script: [bmc("reset"), hand("41.18", "c0.01", "80")] },
      {
        name: "the response to what was asked",
        script: [
          SENT,
          { e: "bmc.request", tag: 1, message: Uint8Array.of(0x18, 4) },
          { e: "bmc.response", tag: 1, message: Uint8Array.of(0x1c, 4, 0) },
        ],
      },
    ],
  ),
  "SMIC-23": cases(
    [
      { name: "at the end", script: [swapLast(short, "s=80 rf=80 rc=c0", "s=00 rf=00 rc=c0")] },
      { name: "with an error", script: [STARTED, hand("42.04", "c0.01", "40")] },
      { name: "seen", script: [STARTED, hand("42.04", "c0.01", "40")], faces: "host" },
    ],
    [{ name: "no READY", script: [STARTED, hand("42.04", "c2", "40")] }],
  ),
  "SMIC-24": cases(
    [
      { name: "RX_DATA_RDY", script: [short, "s=00"] },
      { name: "TX_DATA_RDY", script: [STARTED, "s=00"] },
      { name: "seen", script: [STARTED, "rf=40 rf=00"], faces: "host" },
    ],
    [
      { name: "rises", script: [SENT, "s=80 rf=80 s=c0 rf=c0"] },
      {
        name: "with BUSY, at once",
        script: [swap(short, "s=01 c=c3 g=00 s=00", "c=c3 g=00 s=00")],
      },
      { name: "SMS_ATN falls", script: ["s=84 rf=84 s=80 rf=80"] },
      { name: "a reset", script: [STARTED, bmc("reset"), "s=00 rf=00"] },
      {
        name: "a fault of the wire",
        script: [STARTED, fault("wire"), "rf=40 rf=00"],
        faces: "host",
      },
    ],
  ),
  "SMIC-25": cases(
    [
      { name: "not set", script: [bmc("flags", 0x01), "+20ms", short] },
      { name: "set for nothing", script: [bmc("flags", 0x00), "s=84 +20ms", short] },
      { name: "other flags not shown", script: [bmc("flags", 0x08), "+20ms", short], note: true },
      { name: "not set, seen", script: [getFlags("01")], faces: "host" },
      {
        name: "stuck, seen",
        script: [...repeat(10, [getFlags("00", true)])],
        faces: "host",
      },
    ],
    [
      {
        name: "set",
        script: [bmc("flags", 0x01), "s=84 +20ms", exchange("18 04", "1c 04 00", true)],
      },
      { name: "for another flag", script: [bmc("flags", 0x02), "s=84 +20ms", end()] },
      { name: "a moment late", script: [bmc("flags", 0x01), "+5ms s=84", end()] },
      { name: "no daemon", script: [bmc("flags", 0x01), bmc("daemon-closed"), "+20ms", end()] },
      { name: "for another flag, seen", script: [getFlags("02")], faces: "host" },
    ],
  ),
  "SMIC-26": cases(
    [
      { name: "goes on", script: [STARTED, fault("wire"), SMM, hand("43.04", "c3.00", "00")] },
      {
        name: "another error",
        script: [STARTED, fault("wire"), SMM, hand("43.04", "c0.02", "80")],
      },
    ],
    [
      { name: "told", script: [STARTED, fault("wire"), SMM, hand("43.04", "c0.01", "80")] },
      { name: "WR_START", script: [STARTED, fault("wire"), SMM, hand("41.18", "c1", "40")] },
      { name: "GET_STATUS", script: [STARTED, fault("wire"), SMM, hand("40", "c0.00", "80")] },
      { name: "its own stream", script: [SMM] },
    ],
  ),
  "SMIC-27": cases(
    [
      { name: "an unknown code taken", script: [short, hand("47", "c7.00", "80")] },
      { name: "an unknown code, 01h", script: [short, hand("47", "c0.01", "80")] },
      { name: "a status code as control code", script: [short, hand("c2", "c2.00", "80")] },
      { name: "out of place", script: [short, hand("42.18", "c2", "c0")] },
      { name: "out of place, no error", script: [short, hand("44", "c0.00", "80")] },
      { name: "no error code", script: [STARTED, hand("42.18", "c0.00", "c0")] },
      { name: "05h too soon", script: [written(39), hand("42.aa", "c0.05", "c0")] },
      { name: "05h too soon, at WR_END", script: [STARTED, hand("43.aa", "c3.05", "00")] },
      { name: "02h in its place", script: [READY, hand("44", "c0.02", "80")] },
      { name: "another status", script: [STARTED, hand("42.aa", "c1", "40")] },
      { name: "GET_STATUS", script: [short, hand("40", "c1.00", "80")] },
      { name: "at the end", script: [LAST, hand("46", "c6.00", "80")] },
      { name: "seen", script: [short, hand("47", "c0.01", "80")], faces: "host" },
    ],
    [
      { name: "unknown, 02h", script: [short, hand("47", "c0.02", "80")] },
      { name: "out of place, 02h", script: [short, hand("44", "c0.02", "80")] },
      { name: "broken off, 01h", script: [STARTED, hand("42.18", "c0.01", "c0")] },
      { name: "02h, behind a reset", script: [READY, bmc("reset"), hand("44", "c0.02", "80")] },
      {
        name: "02h, and no word of its life",
        script: [READY, hand("44", "c0.02", "80")],
        faces: "host",
      },
      { name: "no response, 03h", script: [READY, hand("44", "c0.03", "80")] },
      { name: "no response at WR_END", script: [STARTED, hand("43.04", "c3.03", "00")] },
      { name: "05h", script: [written(41), hand("42.aa", "c0.05", "c0")] },
      {
        name: "GET_STATUS",
        script: [STARTED, hand("40", "c0.00", "c0"), hand("43.04", "c3.00", "00")],
      },
      { name: "one byte", script: [READY, hand("44", "c6.1c", "80"), hand("46", "c0.00", "80")] },
      { name: "not known", script: [hand("42.18", "c2", "40")] },
    ],
  ),
  "SMIC-29": cases(
    [
      { name: "for ever", script: ["rf=80 wc=41 wd=18 wf=01 +5s rf=81"] },
      { name: "taken and kept", script: ["rf=80 wc=41 wd=18 wf=01 tc=41 td=18 +5s rf=81"] },
      { name: "seen", script: ["rf=80 wc=41 wd=18 wf=01 +5s rf=81"], faces: "host" },
    ],
    [
      { name: "in time", script: [swap(short, "tc=41", "+4s tc=41")] },
      { name: "nobody there", script: ["rf=80 wc=41 wd=18 wf=01 +5s rf=ff"], faces: "host" },
      { name: "in a reset", script: [bmc("reset"), "rf=80 wc=41 wd=18 wf=01 +5s rf=81"] },
      { name: "by the wire", script: [fault("wire"), "rf=80 wc=41 wd=18 wf=01 +5s rf=81"] },
      { name: "cleared", script: [swap(short, "rf=40 rc=c1", "+5s rf=41 rf=40 rc=c1")] },
    ],
  ),
};
