import type { Body } from "../../../src/trace/events.ts";
import { ask, bt, exchange as btExchange, fetch, give, take } from "../bt-script.ts";
import {
  bmc,
  events,
  exchange,
  fault,
  received,
  request,
  type Script,
  send,
  short,
  upTo,
  user,
} from "../script.ts";
import { smic, short as smicShort } from "../smic-script.ts";
import { bus, bytes, filled, read, transaction } from "../ssif-script.ts";
import type { RuleCases } from "./case.ts";
import { STARTED, SENT as smicSent } from "./smic.ts";
import { FIRST, LAST, START, WRITTEN } from "./ssif-parts.ts";

/** The same traffic, of the request that has this tag. */
function tagged(words: string, tag: number): Script {
  return events([words], "both", tag).map(({ n: _n, t: _t, ...body }): Body => body as Body);
}

const took = (message: string, tag = 1): Body => {
  return { e: "bmc.request", tag, message: Uint8Array.from(bytes(message)) };
};
const handed = (message: string, tag = 1): Body => {
  return { e: "bmc.response", tag, message: Uint8Array.from(bytes(message)) };
};

/** The second block has the number that only a third one may have. */
const OUT_OF_ORDER = [...WRITTEN, ...FIRST, ...bus(read(0x09, filled(32, "01"))), ...LAST].map(
  (each): string | Body => {
    return typeof each !== "string" && each.e === "host.bus" ? { ...each, tag: 1 } : each;
  },
);

const SELF_TEST = "18 04";
const RESULT = "1c 04 00 55 00";
const SENT = upTo(short, "r1=40");
const REST = short.slice(SENT.length);
const btTaken = bt(`${ask(SELF_TEST)} ${take(SELF_TEST)}`);

/** Sent, and answered as it should be. */
const TRIED: Script = [send(1, SELF_TEST), ...tagged(short, 1), received(1, 1, RESULT)];

/** Of the host's first transfer its application tells, of the second not. */
const READ_ONE: Script = [...tagged(SENT, 1), took(SELF_TEST), ...tagged(REST, 1)];
const REFUSED = tagged(exchange(SELF_TEST, "1c 04 ce"), 2);

export const carriageCases: RuleCases = {
  "GEN-14": {
    fires: [
      { name: "another byte, KCS", script: [SENT, took("18 05")] },
      { name: "a byte too few, KCS", script: [SENT, took("18")] },
      { name: "not whole, KCS", script: [upTo(short, "w0=18 t0=18"), took("18")] },
      { name: "SMIC", interface: "smic", script: [...smic(smicSent), took("18 05")] },
      { name: "not whole, SMIC", interface: "smic", script: [...smic(STARTED), took("18")] },
      { name: "BT", interface: "bt", script: [...btTaken, took("18 05")] },
      { name: "SSIF", interface: "ssif", script: [...WRITTEN, took("18 05")] },
      { name: "not whole, SSIF", interface: "ssif", script: [...START, took("18 02")] },
      { name: "never read", script: [bmc("daemon-opened"), ...READ_ONE, ...REFUSED] },
    ],
    silent: [
      { name: "right, KCS", script: [SENT, took(SELF_TEST), REST] },
      { name: "right, SMIC", interface: "smic", script: [...smic(smicSent), took(SELF_TEST)] },
      { name: "no application", script: [...READ_ONE, ...REFUSED] },
      {
        name: "it went",
        script: [bmc("daemon-opened"), ...READ_ONE, bmc("daemon-closed"), ...REFUSED],
      },
      {
        name: "told to abort",
        script: [bmc("daemon-opened"), ...READ_ONE, fault("bmc"), ...REFUSED, fault("bmc", "ends")],
      },
      { name: "right, BT", interface: "bt", script: [...btTaken, took(SELF_TEST)] },
      { name: "right, SSIF", interface: "ssif", script: [...WRITTEN, took("18 01")] },
      { name: "not known", script: [took("18 05")] },
      { name: "not known, BT", interface: "bt", script: [took("18 05")] },
      { name: "not known, SMIC", interface: "smic", script: [took("18 05")] },
      { name: "after a reset", script: [SENT, bmc("reset"), took("18 05")] },
      { name: "the host's side", script: [SENT, took("18 05")], faces: "host" },
      {
        name: "late, BT",
        interface: "bt",
        script: [...btTaken, "+6s", ...bt(`${ask("18 08", "08")} ${take("18 08", "08")}`)].concat(
          took(SELF_TEST),
        ),
      },
    ],
  },
  "GEN-15": {
    fires: [
      { name: "another byte", script: [SENT, took(SELF_TEST), handed("1c 04 00 55 01"), REST] },
      { name: "a byte too few", script: [SENT, took(SELF_TEST), handed(`${RESULT} 00`), REST] },
      {
        name: "a byte too many, given up",
        script: [SENT, took(SELF_TEST), handed("1c 04"), upTo(REST, "g=55 r1=41"), short],
      },
      {
        name: "SMIC",
        interface: "smic",
        script: [
          ...smic(smicSent),
          took(SELF_TEST),
          handed("1c 04 01"),
          ...smic(smicShort.slice(smicSent.length)),
        ],
      },
      {
        name: "the same again under one number",
        script: [SENT, took(SELF_TEST), took(SELF_TEST), handed("1c 04 00 55 01"), REST],
      },
      {
        name: "BT, said afterwards",
        interface: "bt",
        script: [...btTaken, took(SELF_TEST), ...bt(give("1c 04 00 55 01")), handed(RESULT)],
      },
    ],
    silent: [
      { name: "right", script: [SENT, took(SELF_TEST), handed(RESULT), REST] },
      {
        name: "right, BT",
        interface: "bt",
        script: [...btTaken, took(SELF_TEST), ...bt(give(RESULT)), handed(RESULT)],
      },
      {
        name: "given up in the middle",
        script: [SENT, took(SELF_TEST), handed(RESULT), upTo(REST, "g=55 r1=41"), short],
      },
      {
        name: "given up in the middle, and the control code taken behind its dummy byte",
        script: [
          ...[SENT, took(SELF_TEST), handed("1c 04 c1"), upTo(REST, "g=04 r1=41")],
          "w1=61 s=8b g=00 t1=61",
        ],
      },
      {
        name: "given up, and handed in late",
        script: [SENT, took(SELF_TEST), short, took(SELF_TEST, 2), handed("1c 04 ff", 1), REST],
      },
      {
        name: "two at a time under one number",
        interface: "bt",
        script: [
          ...[...btTaken, took(SELF_TEST), ...bt(take("18 33", "08")), took("18 33")],
          ...[...bt(give(RESULT)), handed(RESULT), handed("1c 33 80")],
          ...bt(fetch(RESULT)),
        ],
      },
      {
        name: "another request's",
        script: [SENT, took(SELF_TEST), handed("1c 04 ff", 2), REST],
      },
      {
        name: "BT, the next one",
        interface: "bt",
        script: [
          ...btTaken,
          took(SELF_TEST),
          ...bt(`${give(RESULT)} ${fetch(RESULT)} ${btExchange("18 04", "1c 04 00", "08")}`),
          took(SELF_TEST, 2),
          handed("1c 04 00", 1),
        ],
      },
      {
        name: "a reset between",
        script: [SENT, took(SELF_TEST), handed("1c 04 ff"), bmc("reset"), REST],
      },
      {
        name: "SSIF, nothing said",
        interface: "ssif",
        script: transaction("18 01", "1c 01 00"),
      },
    ],
  },
  "STACK-17": {
    fires: [
      { name: "another command", script: [request(1, "18 04"), send(1, "18 05")] },
      { name: "a byte too many", script: [request(1, "18 04"), send(1, "18 04 00")] },
      { name: "on the wire", script: [send(1, "18 05"), ...tagged(short, 1)] },
      { name: "a byte lost", script: [send(1, "18 04 00"), ...tagged(short, 1)] },
      {
        name: "to another controller",
        script: [
          ...[user("x", "bridges", "52h on channel 0"), request(1, "18 01")],
          send(1, "18 34 00 54 18 94 20 02 01 dd"),
        ],
      },
      {
        name: "to another unit of it",
        script: [request(1, "18 01"), send(1, "18 34 00 52 19 95 20 02 01 dd")],
      },
      {
        name: "another command within Send Message",
        script: [request(1, "18 01"), send(1, "18 34 00 52 18 96 20 02 04 da")],
      },
    ],
    silent: [
      {
        name: "right",
        script: [request(1, "18 04"), send(1, "18 04"), ...tagged(short, 1)],
      },
      { name: "bridged", script: [request(1, "18 01"), send(1, "18 34 40 2c 18 bc 20")] },
      {
        name: "to its controller",
        script: [
          ...[user("x", "bridges", "52h on channel 0"), request(1, "18 01")],
          send(1, "18 34 00 52 18 96 20 02 01 dd"),
        ],
      },
      {
        name: "a broadcast",
        script: [request(1, "18 01"), send(1, "18 34 00 00 52 18 96 20 02 01 dd")],
      },
      { name: "nobody knows whose", script: [send(1, "18 05"), short] },
      {
        name: "given up in the middle",
        script: [send(1, "18 05 00"), ...tagged(upTo(short, "r1=89 r0=00"), 1), short],
      },
    ],
  },
  "STACK-18": {
    fires: [
      { name: "another byte", script: [...tagged(short, 1), received(1, 1, "1c 04 00 56 00")] },
      { name: "a byte too many", script: [...tagged(short, 1), received(1, 1, `${RESULT} 00`)] },
      {
        name: "another byte, of the second try",
        script: [...TRIED, send(1, SELF_TEST), ...tagged(short, 1), received(1, 1, "1c 04 ff")],
      },
      {
        name: "a block out of order",
        interface: "ssif",
        script: [...OUT_OF_ORDER, received(1, 1, `1c 01 00${" 00".repeat(89)}`)],
      },
    ],
    silent: [
      { name: "right", script: [...tagged(short, 1), received(1, 1, RESULT)] },
      { name: "cut", script: [...tagged(short, 1), received(1, 1, "1c 04 00")] },
      {
        name: "a second try, whose end was not seen",
        script: [...TRIED, send(1, SELF_TEST), ...tagged(SENT, 1), received(1, 1, "1c 04 ff")],
      },
      {
        name: "another one's",
        script: [
          ...tagged(short, 1),
          ...tagged(exchange("18 04", "1c 04 00"), 2),
          received(1, 1, RESULT),
        ],
      },
    ],
  },
};
