import type { Body } from "../../../src/trace/events.ts";
import { answer, fault, host, request, type Script, send, upTo } from "../script.ts";
import { bus, bytes, filled, read, transaction, write } from "../ssif-script.ts";
import type { RuleCases } from "./case.ts";
import {
  BUSY,
  cases,
  END,
  FIRST,
  GET_DEVICE_ID,
  LAST,
  LONG,
  MIDDLE,
  READ,
  RESPONSE,
  RIGHT,
  SECOND,
  START,
  TOLD,
  told,
  WRITTEN,
} from "./ssif-parts.ts";

const ASKED = request(7, hexText(LONG));
/** Somebody else asks for the same, but with other bytes. */
const OTHER = request(8, hexText([...LONG.slice(0, 69), 0xee]));
const REFUSED: Body = { e: "refused", id: 7, user: "x", netFn: 6, cmd: 2, code: "STOPPED" };
/** The first part, the last byte of which is no longer what it was. */
const CHANGED = bus(write(0x06, [...LONG.slice(0, 31), 0x20]));
/** The packet error code is wrong, and a right BMC says so. */
const REFUSED_CODE = bus("S20 w02 w02 w18 w01 w55- P");

const LOST = bus("S20 w07 w20 wlost:00");

const SENDS = send(7, "18 01");
/** Another command's response. */
const BROKEN = bus(`+5ms ${read(0x03, [0x1c, 0x04, 0x00, 0x55, 0x00])}`);

const ADD = "28 44 00 00 e0 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d";
const ADDS = send(7, ADD);
const ADDED = write(0x02, bytes(ADD));
const ADD_DONE = [0x2c, 0x44, 0x00, 0x01, 0x00];
/** All of it, and a code that nobody acknowledges. */
const UNSURE = bus(`${upTo(ADDED, "w0d")} w55- P +60ms`);

/** The stack asks for the flags, and hears of none. */
const FLAGS = flags("00 00");

function flags(said: string, maker: "bmc" | "timer" = "bmc"): Script {
  return [request(90, "18 31", "system-interface"), answer(90, said, { maker })];
}

function hexText(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

export const ssifHostCases: RuleCases = {
  "SSIF-01": cases({
    fires: [
      ["the next request at once", [...WRITTEN, ...RIGHT]],
      ["after one look", [...WRITTEN, ...bus("+5ms S20 w03- P +10ms"), ...RIGHT]],
    ],
    silent: [
      ["right", [...RIGHT, ...RIGHT]],
      ["given up after T6", [...WRITTEN, ...bus("+5ms S20 w03- P +60ms"), ...RIGHT]],
      ["a new driver", [...WRITTEN, host("inserted"), ...RIGHT]],
      ["a panic", [...WRITTEN, host("panic"), ...RIGHT]],
      ["a write that failed", [...bus("S20 w02 w02 w18 w01- P"), ...RIGHT]],
      ["a wire fault", [...WRITTEN, fault("wire"), ...RIGHT]],
    ],
  }),
  "SSIF-02": cases({
    fires: [
      ["one byte", [...TOLD, ...bus(write(0x02, [0x18]))]],
      ["33 bytes in one part", [...TOLD, ...bus(write(0x02, filled(33, "18 01")))]],
      ["a first part that is not full", [...TOLD, ...bus(write(0x06, filled(31, "18 01")))]],
    ],
    silent: [
      ["right", [...TOLD, ...RIGHT, ...START, ...MIDDLE, ...END]],
      ["two bytes", WRITTEN],
      ["32 bytes", bus(write(0x02, filled(32, "18 01")))],
    ],
  }),
  "SSIF-03": cases({
    fires: [
      ["a middle that ends it", [...TOLD, ...START, ...bus(write(0x07, [1, 2]))], { note: true }],
      ["a middle too long", [...TOLD, ...START, ...bus(write(0x07, filled(33, "00")))]],
    ],
    silent: [["right", [...TOLD, ...START, ...MIDDLE, ...END]]],
  }),
  "SSIF-04": cases({
    fires: [
      ["an empty end", [...TOLD, ...START, ...bus("S20 w08 w00- P")]],
      ["an empty request", bus("S20 w02 w00- P")],
    ],
    silent: [
      ["right", [...TOLD, ...START, ...MIDDLE, ...END]],
      ["an empty block from the BMC", [...WRITTEN, ...bus("S20 w03 S21 r00+ P")]],
    ],
  }),
  "SSIF-05": cases({
    fires: [
      ["never told", [...START]],
      ["single-part only", [...told("00"), ...START]],
      ["no middle", [...told("40"), ...START, ...MIDDLE]],
      ["too long", [...told("80", "30"), ...START, ...MIDDLE]],
    ],
    silent: [
      ["all parts", [...TOLD, ...START, ...MIDDLE, ...END]],
      ["a start and an end", [...told("40"), ...START, ...bus(write(0x08, [1]))]],
      ["just as long", [...told("80", "40"), ...START, ...bus(write(0x08, filled(32, "00")))]],
      ["one part", RIGHT],
      ["what KCS would take", [...told("88"), ...transaction("18 57 01", "1c 57 cc"), ...START]],
    ],
  }),
  "SSIF-06": cases({
    fires: [
      ["the failed part again", [...TOLD, ...START, ...bus("S20 w07- P +60ms"), ...MIDDLE]],
      ["the next part", [...TOLD, ...START, ...bus("S20 w07 w20 w00- P +60ms"), ...END]],
      ["an end without a start", [...TOLD, ...RIGHT, ...END]],
      ["a part that lost the bus", [...TOLD, ...START, ...LOST, ...MIDDLE], { note: true }],
      ["another than the one that lost it", [...TOLD, ...START, ...LOST, ...END]],
    ],
    silent: [
      ["right", [...TOLD, ...START, ...MIDDLE, ...END]],
      [
        "from the first part",
        [...TOLD, ...START, ...bus("S20 w07- P +60ms"), ...START, ...MIDDLE, ...END],
      ],
      ["given up", [...TOLD, ...START, ...bus("S20 w07- P +60ms"), ...RIGHT]],
      [
        "a panic ends what was left in the middle",
        [...TOLD, ...START, ...MIDDLE.slice(0, -1), host("panic"), ...MIDDLE.slice(-1), ...RIGHT],
      ],
    ],
  }),
  "SSIF-07": cases({
    fires: [
      ["a read again at once", [...WRITTEN, ...BUSY, ...READ]],
      ["the address again at once", [send(7, "18 01"), ...bus("S20- P +10ms S20- P")]],
      ["a write again at once", [...bus("S20 w02- P +10ms"), ...WRITTEN]],
      ["a read again behind a broken one", [SENDS, ...WRITTEN, ...BROKEN, ...READ]],
      ["and the wire is at fault", [SENDS, ...WRITTEN, fault("wire"), ...BROKEN, ...READ]],
      ["a request again behind a broken response", [SENDS, ...WRITTEN, ...BROKEN, ...WRITTEN]],
      [
        "two retries only",
        [
          send(7, "18 01"),
          ...bus("S20 w02- P +60ms S20 w02- P +60ms S20 w02- P"),
          answer(7, "82", { maker: "host-interface" }),
        ],
        { note: true },
      ],
    ],
    silent: [
      ["right", RIGHT],
      ["a read again behind a broken one, of a guest", [...WRITTEN, ...BROKEN, ...READ]],
      ["the same after T3", [SENDS, ...WRITTEN, ...BROKEN, ...bus("+60ms"), ...READ]],
      ["a read again that lost the bus", [SENDS, ...WRITTEN, ...bus("S20 w03 Slost:21"), ...READ]],
      ["the next request behind a response", [SENDS, ...RIGHT, send(8, "18 01"), ...RIGHT]],
      ["a panic behind a response", [SENDS, ...RIGHT, host("panic"), ...RIGHT, ...RIGHT]],
      ["the address again: whose request it is only our stack says", bus("S20- P +10ms S20- P")],
      [
        "the next request",
        [send(7, "18 01"), ...bus("S20- P"), send(8, "18 01"), ...bus("S20- P")],
      ],
      ["the BMC says that it pulls the line", [...WRITTEN, ...BUSY, ...bus("S19 r20 P"), ...READ]],
      ["T3", [...WRITTEN, ...BUSY, ...bus(`+60ms ${read(0x03, RESPONSE)}`)]],
      ["T6", [...bus("S20 w02- P +60ms"), ...WRITTEN]],
      ["an alert", [...WRITTEN, ...BUSY, "i=1", ...READ]],
      [
        "an alert while the first read runs",
        [...WRITTEN, ...bus("S20"), "i=1", ...bus("w03- P"), ...READ],
      ],
      ["the next request after a read", [...WRITTEN, ...BUSY, ...bus("+60ms"), ...RIGHT]],
      [
        "five retries",
        [
          send(7, "18 01"),
          ...Array.from({ length: 6 }, () => bus("S20 w02- P +60ms")).flat(),
          answer(7, "82", { maker: "host-interface" }),
        ],
      ],
      [
        "a request that went through",
        [
          send(7, "18 01"),
          ...bus("S20 w02- P +60ms"),
          ...WRITTEN,
          answer(7, "82", { maker: "host-interface" }),
        ],
      ],
    ],
  }),
  "STACK-46": cases({
    fires: [
      ["another's, asked about at once", bus("S19 r30 P +100ms S19 r30 P")],
      ["nobody's", bus("S19- P +100ms S19- P")],
      ["first the BMC's", bus("S19 r20 P +10ms S19- P +10ms S19- P")],
    ],
    silent: [
      ["the BMC's", bus("S19 r20 P +10ms S19 r20 P")],
      ["another's, left alone for a second", bus("S19 r30 P +1s S19 r30 P")],
      ["the BMC's between", bus("S19- P +1s S19 r20 P +10ms S19- P")],
      ["a panic", [...bus("S19- P +10ms"), host("panic"), ...bus("S19- P")]],
      ["a request between", [...bus("S19- P +10ms"), ...RIGHT]],
    ],
  }),
  "STACK-50": cases({
    fires: [
      ["at once", [...FLAGS, "+10ms", ...FLAGS]],
      ["behind another's question", [...FLAGS, "+10ms", request(8, "18 01"), ...FLAGS]],
    ],
    silent: [
      ["behind a pause", [...FLAGS, "+100ms", ...FLAGS]],
      ["something stood", [...flags("00 02"), "+10ms", ...FLAGS]],
      ["an alert came", [...FLAGS, ...bus("S19 r20 P"), "+10ms", ...FLAGS]],
      ["the answer was lost", [...flags("00", "timer"), "+10ms", ...FLAGS]],
      ["refused", [...flags("c3"), "+10ms", ...FLAGS]],
      ["a user heard more", [...FLAGS, request(8, "18 31"), answer(8, "00 02"), ...FLAGS]],
      ["a new driver", [...FLAGS, host("inserted"), ...FLAGS]],
      ["a user's own", [...FLAGS, request(8, "18 31")]],
    ],
  }),
  "STACK-44": cases({
    fires: [
      ["the code was not acknowledged", [ADDS, ...UNSURE, ...bus(ADDED)]],
      ["the last byte was not", [ADDS, ...bus(`${upTo(ADDED, "w0d")}- P +60ms`), ...bus(ADDED)]],
    ],
    silent: [
      ["right", RIGHT],
      ["a byte between was not", [ADDS, ...bus(`${upTo(ADDED, "w05")}- P +60ms`), ...bus(ADDED)]],
      ["looked for", [ADDS, ...UNSURE, ...bus(`+60ms ${read(0x03, ADD_DONE)}`)]],
      ["what may go twice", [send(7, "18 01"), ...bus("S20 w02 w02 w18 w01- P +60ms"), ...RIGHT]],
      ["a panic", [ADDS, ...UNSURE, host("panic"), ...bus(ADDED)]],
      ["in a panic", [host("panic"), ADDS, ...UNSURE, ...bus(ADDED)]],
    ],
  }),
  "SSIF-08": cases({
    fires: [
      ["never told", bus(write(0x02, GET_DEVICE_ID, "pec"))],
      ["and it was refused", REFUSED_CODE],
      ["told that there is none", [...told("80"), ...bus(write(0x02, GET_DEVICE_ID, "pec"))]],
      ["read", [...WRITTEN, ...bus(read(0x03, RESPONSE, "pec"))]],
    ],
    silent: [
      [
        "told",
        [...TOLD, ...bus(write(0x02, GET_DEVICE_ID, "pec")), ...bus(read(0x03, RESPONSE, "pec"))],
      ],
      [
        "told at another LUN",
        [
          ...transaction("18 57 00", "1e 57 00 00 88 ff ff"),
          ...bus(write(0x02, GET_DEVICE_ID, "pec")),
        ],
      ],
      ["without", RIGHT],
    ],
  }),
  "SSIF-09": cases({
    fires: [
      ["of a short response", [...RIGHT, ...bus(write(0x0a, [0]))]],
      ["not offered yet", [...WRITTEN, ...FIRST, ...SECOND, ...bus(write(0x0a, [2]))]],
    ],
    silent: [
      ["the last one read", [...WRITTEN, ...FIRST, ...SECOND, ...bus(write(0x0a, [0])), ...SECOND]],
      ["the next one", [...WRITTEN, ...FIRST, ...bus(write(0x0a, [0])), ...SECOND, ...LAST]],
    ],
  }),
  "SSIF-10": cases({
    fires: [
      ["bytes too many", bus("S20 w02 w02 w18 w01 w00 w00 P")],
      ["a wrong code", [...TOLD, ...bus(write(0x02, GET_DEVICE_ID, 0x55))]],
      ["a wrong code, and it was refused", [...TOLD, ...REFUSED_CODE]],
      ["one byte too many, and it was refused", bus("S20 w02 w02 w18 w01 w00 w00- P")],
      ["bytes too few", bus("S20 w02 w03 w18 w01 P")],
      ["bytes too few, after a start", [host("start"), ...bus("S20 w02 w03 w18 w01 P")]],
    ],
    silent: [
      ["right", [...TOLD, ...bus(write(0x02, GET_DEVICE_ID, "pec"))]],
      ["refused", bus("S20 w02 w03 w18 w01- P")],
      ["a right code, and it was refused", [...TOLD, ...bus("S20 w02 w02 w18 w01 w66- P")]],
      ["a panic", [...bus("S20 w02 w03 w18"), host("panic"), ...bus("P")]],
      ["a wire fault", [fault("wire"), ...bus("S20 w02 w02 w18 w01 w00 w00 P")]],
    ],
  }),
  "SSIF-11": cases({
    fires: [
      [
        "a byte changed when it was written again",
        [...TOLD, ASKED, ...START, ...bus("S20 w07- P +60ms"), ...CHANGED, ...MIDDLE, ...END],
      ],
      ["nobody's bytes", [...TOLD, ASKED, OTHER, ...CHANGED, ...MIDDLE, ...END]],
    ],
    silent: [
      ["right", [...TOLD, ASKED, ...START, ...MIDDLE, ...END]],
      ["one of two", [...TOLD, OTHER, ASKED, ...START, ...MIDDLE, ...END]],
      ["of another length", [...TOLD, ASKED, ...CHANGED, ...MIDDLE, ...bus(write(0x08, [1]))]],
      ["answered before", [...TOLD, ASKED, answer(7, "00"), ...CHANGED, ...MIDDLE, ...END]],
      ["refused before", [...TOLD, ASKED, REFUSED, ...CHANGED, ...MIDDLE, ...END]],
      [
        "in one part the host asks for itself",
        [request(7, "18 2e 01"), ...bus(write(0x02, [0x18, 0x2e, 0x09]))],
      ],
    ],
  }),
};
