import {
  ask,
  bt,
  deviceId as btDeviceId,
  exchange as btExchange,
  give,
  take,
} from "../bt-script.ts";
import { answer, end, fault, host, repeat, type Script, short, swap, upTo } from "../script.ts";
import { smic, exchange as smicExchange } from "../smic-script.ts";
import { bus, read, transaction, write } from "../ssif-script.ts";
import type { Case, RuleCases } from "./case.ts";
import { LAST, READING, SENT, cases as smicCases } from "./smic.ts";
import {
  BUSY,
  END,
  FIRST,
  LAST as LAST_BLOCK,
  LONG,
  MIDDLE,
  RIGHT,
  SECOND,
  START,
  TOLD,
  WRITTEN,
} from "./ssif-parts.ts";

const attentive = smicExchange("18 04", "1c 04 00", true);
const flags = smicExchange("18 31", "1c 31 00 00", true);

function onBt(name: string, ...script: Script): Case {
  const words = (item: Script[number]) => (typeof item === "string" ? bt(item) : [item]);
  return { name, script: script.flatMap(words), interface: "bt" };
}

function onSsif(name: string, ...script: Script): Case {
  return { name, script, interface: "ssif" };
}

/** SMIC's words, written for this request. */
function of(tag: number, words: string): Script {
  return smic(words).map((each) => {
    return typeof each !== "string" && each.e === "host.write" ? { ...each, tag } : each;
  });
}

const btFlags = btExchange("18 31", "1c 31 00 00", "09");
const btOthers = (times: number): Script => repeat(times, [`+100ms ${btDeviceId}`]);
/** The same, with SMS_ATN at 1 at each look of the host. */
const btAttentive = btDeviceId.replaceAll("rc=00", "rc=10").replaceAll("rc=08", "rc=18");
const GIVEN = `${ask("18 04")} ${take("18 04")} ${give("1c 04 00 55 00")}`;

/** The host asks whose the alert is, and it is the BMC's. */
const ALERTED = bus("S19 r20 P");
const ssifOthers = (times: number): Script => repeat(times, ["+100ms", ...RIGHT]);
const ssifFlags = transaction("18 31", "1c 31 00 00");
const MANY: Script = [...WRITTEN, ...FIRST, ...SECOND, ...LAST_BLOCK];

const KCS_READING = upTo(short, "r1=41 r0=1c");
const KCS_THERE = `${KCS_READING} w0=68 t0=68 g=04 r1=41`;

export const heedingCases: RuleCases = {
  "KCS-14": {
    fires: [
      { name: "looked at, and left", script: [KCS_THERE, "+3s r1=41 +3s r1=41"] },
      { name: "left to the end", script: [KCS_THERE, "+6s", end("time")] },
      { name: "not looked at", script: [KCS_READING, "w0=68 t0=68 g=04 +6s", end()] },
      { name: "seen", script: [KCS_THERE, "+6s r1=41"], faces: "host" },
    ],
    silent: [
      {
        name: "read in time",
        script: [swap(short, "g=04 r1=41", "g=04 r1=41 +4s r1=41"), "+6s", end()],
      },
      { name: "given up", script: [KCS_THERE, "+4s", short, "+6s", end()] },
      { name: "no byte there", script: [KCS_READING, "w0=68 t0=68 +6s r1=40", end()] },
      { name: "a panic", script: [KCS_THERE, host("panic"), "+6s", end()] },
      { name: "removed", script: [KCS_THERE, host("removed"), "+6s", end()] },
      { name: "ended by hand", script: [KCS_THERE, "+6s", end("interrupted")] },
    ],
  },
  "SMIC-09": smicCases(
    [
      { name: "not heeded", script: repeat(33, ["+100ms", attentive]) },
      { name: "looked at for long", script: [attentive, ...repeat(40, ["+1s rf=84"])] },
    ],
    [
      { name: "heeded", script: repeat(3, [...repeat(10, ["+100ms", attentive]), flags]) },
      { name: "put off for a moment", script: repeat(40, [attentive]) },
      { name: "it falls", script: repeat(40, ["+100ms", attentive, "rf=80"]) },
      { name: "a panic", script: [host("panic"), ...repeat(40, ["+100ms", attentive])] },
      { name: "nobody there", script: repeat(40, ["+1s rf=ff"]) },
    ],
  ),
  "SMIC-11": smicCases(
    [
      { name: "not begun", script: [SENT, "s=80 rf=80 +6s rf=80"] },
      { name: "in the middle", script: [READING, "+6s rf=80", end()] },
      {
        name: "no RD_END",
        script: [LAST.slice(0, LAST.lastIndexOf(" rc=")), "+1s rf=80 rc=c6 rf=80 +6s", end()],
      },
    ],
    [
      { name: "late", script: [SENT, "s=80 rf=80 +4s rf=80", LAST.slice(SENT.length), "+6s"] },
      { name: "not ready", script: [SENT, "rf=00 +6s rf=00", end()] },
      { name: "over again", script: [READING, "+4s", attentive] },
      {
        name: "given up",
        script: [...of(1, READING), "+3s", answer(1, "c3", { maker: "timer" }), "+5s rf=80"],
      },
    ],
  ),
  "BT-14": {
    fires: [
      onBt("not heeded", "rc=10", ...repeat(34, [`+100ms ${btAttentive}`])),
      onBt("cleared, and no more", "rc=10 wc=10", ...btOthers(34)),
      onBt("looked at for long", ...repeat(40, ["+1s rc=10"])),
      onBt("cleared, and nothing else to do", "rc=10 wc=10", ...repeat(40, ["+1s rc=00"])),
      onBt("cleared unseen", host("up"), "s=10 wc=10", ...btOthers(34)),
    ],
    silent: [
      onBt("heeded", ...repeat(3, ["rc=10 wc=10", btFlags, ...btOthers(12)])),
      onBt("nothing to heed", ...btOthers(40)),
      onBt("cleared unseen by a host that begins", host("start"), "s=10 wc=10", ...btOthers(34)),
      onBt("cleared over nothing", host("up"), "s=00 wc=10", ...btOthers(34)),
      onBt("the BMC takes it back", "rc=10", ...btOthers(34)),
      onBt("the BMC takes it back at once", "rc=10", ...repeat(40, ["+1s rc=00"])),
      onBt("a BMC that is slow", "rc=10", ...repeat(40, [`${ask("18 04")} +700ms rc=10`])),
      onBt("a busy BMC", ...repeat(40, ["+1s rc=90"])),
      onBt("nobody looks for long", ...repeat(20, ["rc=10"]), "+80s", ...repeat(20, ["rc=10"])),
      onBt("cleared, and then it is busy", "rc=10 wc=10", ...repeat(40, ["+1s rc=a4"])),
      onBt("nobody there", ...repeat(40, ["+1s rc=ff"])),
      onBt("a panic", "rc=10", host("panic"), ...btOthers(40)),
    ],
  },
  "BT-15": {
    fires: [
      onBt(
        "for ever",
        GIVEN,
        "rc=08",
        ...repeat(10, ["+4s rc=08", swap(ask("18 01"), "rc=00", "rc=08")]),
      ),
    ],
    silent: [
      onBt("with nothing under way", GIVEN, "rc=08", ...repeat(4, ["+10s rc=08"])),
      onBt("with nothing under way to the end", GIVEN, "rc=08 +10s rc=08 +60s", end()),
      onBt("it was lost", GIVEN, host("failed"), "rc=08 +60s rc=08"),
      onBt("late", GIVEN, "rc=08 +20s rc=08 wc=40 wc=08 rc=40"),
      onBt("none", ...repeat(40, ["+10s rc=00"])),
      onBt("removed", GIVEN, "rc=08", host("removed"), "+40s", end()),
    ],
  },
  "SSIF-12": {
    fires: [onSsif("not heeded", ...RIGHT, ...ALERTED, ...ssifOthers(34))],
    silent: [
      onSsif("heeded", ...RIGHT, ...ALERTED, ...ssifOthers(10), ...ssifFlags, ...ssifOthers(30)),
      onSsif(
        "for the response",
        ...WRITTEN,
        ...ALERTED,
        ...bus(read(0x03, [0x1c, 1, 0])),
        ...ssifOthers(34),
      ),
      onSsif("another device's", ...RIGHT, ...bus("S19 r30 P"), ...ssifOthers(34)),
      onSsif("a panic", ...RIGHT, ...ALERTED, host("panic"), ...ssifOthers(34)),
    ],
  },
  "SSIF-13": {
    fires: [
      onSsif("left to the end", ...WRITTEN, ...FIRST, "+6s", end()),
      onSsif("gone on with late", ...WRITTEN, ...FIRST, "+6s", ...SECOND, ...LAST_BLOCK),
    ],
    silent: [
      onSsif("to the last", ...MANY, "+6s", end()),
      onSsif("nothing read yet", ...WRITTEN, "+6s", ...BUSY, end()),
      onSsif("given up", ...WRITTEN, ...FIRST, "+1s", ...RIGHT, "+6s", end()),
      onSsif("removed", ...WRITTEN, ...FIRST, host("removed"), "+6s", end()),
      onSsif(
        "the clock is held",
        ...WRITTEN,
        ...FIRST,
        "+3s",
        ...bus("Ptimeout:"),
        "+3s",
        ...RIGHT,
      ),
    ],
  },
  "SSIF-14": {
    fires: [
      onSsif("after the first", ...WRITTEN, ...FIRST, ...FIRST),
      onSsif("after block 0", ...WRITTEN, ...FIRST, ...SECOND, ...FIRST),
    ],
    silent: [
      onSsif("to the last", ...MANY, ...FIRST),
      onSsif("a block refused", ...WRITTEN, ...FIRST, ...bus("S20 w09- P"), ...FIRST),
      onSsif(
        "out of order",
        ...WRITTEN,
        ...FIRST,
        ...bus(read(0x09, [3, ...LONG.slice(0, 31)])),
        ...FIRST,
      ),
      onSsif(
        "a wrong code",
        ...TOLD,
        ...WRITTEN,
        ...bus(read(0x03, [0, 1, ...LONG.slice(0, 30)], 0x55)),
        ...FIRST,
      ),
      onSsif("another driver", ...WRITTEN, ...FIRST, host("inserted"), ...FIRST),
      onSsif("a fault of the wire", ...WRITTEN, ...FIRST, fault("wire"), ...FIRST),
      onSsif(
        "of several parts",
        ...START,
        ...MIDDLE,
        ...END,
        ...bus(write(0x02, [0x18, 1])),
        ...MANY,
      ),
    ],
  },
};
