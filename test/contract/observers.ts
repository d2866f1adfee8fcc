import fc from "fast-check";
import { ASKS_AGAIN_US } from "../../src/referee/ssif/bus-block.ts";
import type { Body } from "../../src/trace/events.ts";
import type { InterfaceKind } from "../../src/wire/interface.ts";
import {
  bt,
  deviceId as btDeviceId,
  exchange as btExchange,
  capabilities,
} from "../referee/bt-script.ts";
import { deviceId, exchange, type Script, short, swap } from "../referee/script.ts";
import { smic, exchange as smicExchange, short as smicShort } from "../referee/smic-script.ts";
import { bus, filled, read, transaction, write } from "../referee/ssif-script.ts";

/** What the contract has to know of a protocol, as the referee follows it. */
export interface Watched {
  readonly name: InterfaceKind;
  /** A right session, both faces, from the first access on. */
  readonly session: Script;
  readonly transactions: number;
  /** The last transaction's request and response begin so. */
  readonly last: { readonly request: readonly number[]; readonly response: readonly number[] };
  /** Values that mean something in some place. */
  readonly telling: readonly number[];
  /** A piece of a trace that nobody has to have made. */
  readonly piece: fc.Arbitrary<Script>;
  /** How long a host counts as one that waits, when it looks no more; for ever when left out. */
  readonly looksWithinUs?: number;
  /** One of the BMC's lies, as the host sees it: the read that is another, and what it reads. */
  readonly lie: { readonly isThis: (body: Body) => boolean; readonly value: number };
}

const GET_FLAGS = ["18 31", "1c 31 00 00"] as const;

const KCS_TELLING = [0x00, 0x01, 0x02, 0x41, 0x42, 0x60, 0x61, 0x62, 0x68, 0x81, 0x8a, 0xc0, 0xff];

export const KCS: Watched = {
  name: "kcs",
  session: [deviceId, short, exchange(...GET_FLAGS)].join(" ").split(" "),
  transactions: 3,
  last: { request: [0x18, 0x31], response: [0x1c, 0x31, 0x00, 0x00] },
  telling: KCS_TELLING,
  piece: words(["w1", "w0", "r1", "r0", "t1", "t0", "s", "g", "i"], KCS_TELLING, (word) => [word]),
  // WRITE is over, and the BMC shows IDLE in place of READ.
  lie: { isThis: (body) => readsFrom(body, "status", 0x40), value: 0x00 },
};

const SMIC_TELLING = [
  ...[0x00, 0x01, 0x40, 0x41, 0x43, 0x44, 0x45, 0x46, 0x61, 0x80, 0x81, 0xc0, 0xc1, 0xc3],
  ...[0xc4, 0xc5, 0xc6, 0xe0, 0xff],
];

export const SMIC: Watched = {
  name: "smic",
  session: smic([smicShort, "+2s", smicExchange(...GET_FLAGS), smicShort].join(" ")),
  transactions: 3,
  last: { request: [0x18, 0x04], response: [0x1c, 0x04, 0x00] },
  telling: SMIC_TELLING,
  piece: words(
    ["wc", "wd", "wf", "rc", "rd", "rf", "tc", "td", "c", "g", "s", "i"],
    SMIC_TELLING,
    smic,
  ),
  // RD_START is answered with WR_START.
  lie: { isThis: (body) => readsFrom(body, "control", 0xc4), value: 0xc1 },
};

const BT_TELLING = [
  ...[0x00, 0x01, 0x02, 0x03, 0x04, 0x07, 0x08, 0x10, 0x18, 0x1c, 0x40, 0x48, 0x80],
  ...[0x84, 0x88, 0xff],
];

/** Get Device ID by a host that looks for the response before it is there. */
const BT_LOOKED_FOR = swap(btDeviceId, " g=", " rc=00 g=");

export const BT: Watched = {
  name: "bt",
  session: bt([capabilities, btDeviceId, "+2s", btExchange(...GET_FLAGS), BT_LOOKED_FOR].join(" ")),
  transactions: 4,
  last: { request: [0x18, 0x01], response: [0x1c, 0x01, 0x00] },
  telling: BT_TELLING,
  piece: words(["wc", "wd", "wm", "rc", "rd", "rm", "td", "g", "s", "i"], BT_TELLING, bt),
  // The response has another Seq.
  lie: { isThis: (body) => readsFrom(body, "data", 0x07), value: 0x17 },
};

const LONG = filled(70, "c0 02");
const LONG_RESPONSE = filled(92, "c4 02 00");

/** Who the BMC is, and messages in several parts both ways, with their codes. */
const SSIF_SESSION: Script = [
  ...transaction("18 57 00", "1c 57 00 00 88 ff ff"),
  ...bus(write(0x06, LONG.slice(0, 32), "pec")),
  ...bus(write(0x07, LONG.slice(32, 64), "pec")),
  ...bus(write(0x08, LONG.slice(64), "pec")),
  ...bus("+5ms S20 w03- P +60ms"),
  ...bus(read(0x03, [0, 1, ...LONG_RESPONSE.slice(0, 30)], "pec")),
  ...bus(read(0x09, [0, ...LONG_RESPONSE.slice(30, 61)], "pec")),
  ...bus(read(0x09, [0xff, ...LONG_RESPONSE.slice(61)], "pec")),
  ...transaction("18 01", "1c 01 00 20 01 01 00 02 be 00 00 00 01 00"),
];
const SSIF_TELLING = [
  ...[0x00, 0x01, 0x02, 0x03, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1c, 0x20, 0x21],
  ...[0x57, 0xff],
];

export const SSIF: Watched = {
  name: "ssif",
  looksWithinUs: ASKS_AGAIN_US,
  session: SSIF_SESSION,
  transactions: 3,
  last: { request: [0x18, 0x01], response: [0x1c, 0x01, 0x00] },
  telling: SSIF_TELLING,
  piece: fc
    .record({
      e: fc.constantFrom("host.bus", "bmc.bus"),
      op: fc.constantFrom("start", "write", "read", "stop"),
      value: fc.constantFrom(...SSIF_TELLING),
      outcome: fc.constantFrom("ack", "ack", "ack", "nack", "lost", "timeout"),
    })
    .map(({ e, ...more }) => [
      e === "host.bus" ? { e, ...more, tag: 0 } : { e: "bmc.bus", ...more },
    ]),
  // A block of 33 bytes in place of 14.
  lie: {
    isThis: (body) => body.e === "host.bus" && body.op === "read" && body.value === 14,
    value: 33,
  },
};

function words(
  what: readonly string[],
  values: readonly number[],
  read_: (word: string) => Script,
): fc.Arbitrary<Script> {
  return fc
    .tuple(fc.constantFrom(...what), fc.constantFrom(...values))
    .map(([word, value]) => read_(`${word}=${value.toString(16)}`));
}

function readsFrom(body: Body, reg: string, value: number): boolean {
  return body.e === "host.read" && body.reg === reg && body.value === value;
}
