import type { Body } from "../../../src/trace/events.ts";
import { answer, bmc, fault, host, type Script, send } from "../script.ts";
import { bmcBus, bus, filled, hostBus, read, transaction, write } from "../ssif-script.ts";
import type { Case, RuleCases } from "./case.ts";

const GET_DEVICE_ID = [0x18, 0x01];
const RESPONSE = [0x1c, 0x01, 0x00];
const RIGHT = transaction("18 01", "1c 01 00");
const BUSY = bus("S20 w03- P");
const WRITTEN = bus(write(0x02, GET_DEVICE_ID));
const READ = bus(`+5ms ${read(0x03, RESPONSE)}`);

/** What the BMC tells of itself: 88h all parts and codes, 80h no codes, 40h a start and an end. */
function told(flags: string, bytes = "ff"): Script {
  return transaction("18 57 00", `1c 57 00 00 ${flags} ${bytes} ff`);
}

const TOLD = told("88");
const LONG = filled(70, "18 02");
const PARTS = [
  bus(write(0x06, LONG.slice(0, 32))),
  bus(write(0x07, LONG.slice(32, 64))),
  bus(write(0x08, LONG.slice(64))),
] as const;
const LONG_RESPONSE = filled(92, "1c 01 00");
const BLOCKS = [
  bus(read(0x03, [0, 1, ...LONG_RESPONSE.slice(0, 30)])),
  bus(read(0x09, [0, ...LONG_RESPONSE.slice(30, 61)])),
  bus(read(0x09, [0xff, ...LONG_RESPONSE.slice(61)])),
] as const;
const [START, MIDDLE, END] = PARTS;
const [FIRST, SECOND, LAST] = BLOCKS;

/** The application reads a request, and hands in its response. */
function requested(message: readonly number[], tag = 1): Body {
  return { e: "bmc.request", tag, message: Uint8Array.from(message) };
}

function responded(message: readonly number[], tag = 1): Body {
  return { e: "bmc.response", tag, message: Uint8Array.from(message) };
}

const ALERT: Body = { e: "bmc.alert", level: 1 };
const LET_GO: Body = { e: "bmc.alert", level: 0 };
/** Set BMC Global Enables with bit 0, through application and wire. */
const ENABLES = [0x18, 0x2e, 0x01];
const ALERTS_ENABLED = [
  ...bus(write(0x02, ENABLES)),
  requested(ENABLES),
  responded([0x1c, 0x2e, 0x00]),
  ...bus(`+5ms ${read(0x03, [0x1c, 0x2e, 0x00])}`),
];

type Named = readonly [name: string, script: Script, more?: Partial<Case>];

function cases(each: { readonly fires: readonly Named[]; readonly silent: readonly Named[] }) {
  const full = ([name, script, more]: Named): Case => ({
    interface: "ssif",
    name,
    script,
    ...more,
  });
  return { fires: each.fires.map(full), silent: each.silent.map(full) };
}

export const ssifCases: RuleCases = {
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
    ],
    silent: [
      ["right", [...TOLD, ...START, ...MIDDLE, ...END]],
      [
        "from the first part",
        [...TOLD, ...START, ...bus("S20 w07- P +60ms"), ...START, ...MIDDLE, ...END],
      ],
      ["given up", [...TOLD, ...START, ...bus("S20 w07- P +60ms"), ...RIGHT]],
    ],
  }),
  "SSIF-07": cases({
    fires: [
      ["a read again at once", [...WRITTEN, ...BUSY, ...READ]],
      ["the address again at once", [send(7, "18 01"), ...bus("S20- P +10ms S20- P")]],
      ["a write again at once", [...bus("S20 w02- P +10ms"), ...WRITTEN]],
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
      ["the address again: whose request it is only our stack says", bus("S20- P +10ms S20- P")],
      [
        "the next request",
        [send(7, "18 01"), ...bus("S20- P"), send(8, "18 01"), ...bus("S20- P")],
      ],
      ["T3", [...WRITTEN, ...BUSY, ...bus(`+60ms ${read(0x03, RESPONSE)}`)]],
      ["T6", [...bus("S20 w02- P +60ms"), ...WRITTEN]],
      ["an alert", [...WRITTEN, ...BUSY, "i=1", ...READ]],
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
  "SSIF-08": cases({
    fires: [
      ["never told", bus(write(0x02, GET_DEVICE_ID, "pec"))],
      ["told that there is none", [...told("80"), ...bus(write(0x02, GET_DEVICE_ID, "pec"))]],
      ["read", [...WRITTEN, ...bus(read(0x03, RESPONSE, "pec"))]],
    ],
    silent: [
      [
        "told",
        [...TOLD, ...bus(write(0x02, GET_DEVICE_ID, "pec")), ...bus(read(0x03, RESPONSE, "pec"))],
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
      ["bytes too few", bus("S20 w02 w03 w18 w01 P"), { note: true }],
    ],
    silent: [
      ["right", [...TOLD, ...bus(write(0x02, GET_DEVICE_ID, "pec"))]],
      ["refused", bus("S20 w02 w03 w18 w01- P")],
      ["a panic", [...bus("S20 w02 w03 w18"), host("panic"), ...bus("P")]],
      ["a wire fault", [fault("wire"), ...bus("S20 w02 w02 w18 w01 w00 w00 P")]],
    ],
  }),
  "SSIF-20": cases({
    fires: [
      ["no request", [...RIGHT, ...bus("S20 w02- P"), ...READ]],
      ["not answered yet", [...WRITTEN, requested(GET_DEVICE_ID), ...READ]],
      ["ones for ever", [...WRITTEN, ...bus("S20 w03 S21 rff+ rff P")]],
      ["an empty block", [...WRITTEN, ...bus("S20 w03 S21 r00+ P")], { note: true }],
    ],
    silent: [
      ["right", [...WRITTEN, requested(GET_DEVICE_ID), responded(RESPONSE), ...READ]],
      ["busy", [...WRITTEN, requested(GET_DEVICE_ID), ...BUSY]],
      ["read twice", [...WRITTEN, responded(RESPONSE), ...READ, ...READ]],
      ["after a reset nothing is known", [bmc("reset"), ...READ]],
      ["of the host's own face less is known", [...WRITTEN, ...READ], { faces: "host" }],
    ],
  }),
  "SSIF-21": cases({
    fires: [
      ["two bytes", [...WRITTEN, ...bus(read(0x03, [0x1c, 0x01]))]],
      ["a first block that is not full", [...WRITTEN, ...bus(read(0x03, [0, 1, 0x1c, 1, 0]))]],
    ],
    silent: [
      ["three bytes", RIGHT],
      ["32 bytes", [...WRITTEN, ...bus(read(0x03, filled(32, "1c 01 00")))]],
      ["several blocks", [...WRITTEN, ...FIRST, ...SECOND, ...LAST]],
      ["cut by the host", [...WRITTEN, ...bus("S20 w03 S21 r20+ r00+ r01 P")]],
    ],
  }),
  "SSIF-22": cases({
    fires: [
      ["numbers from 1", [...WRITTEN, ...FIRST, ...bus(read(0x09, filled(32, "01")))]],
      ["the same again", [...WRITTEN, ...FIRST, ...SECOND, ...SECOND]],
      ["a middle that is not full", [...WRITTEN, ...FIRST, ...bus(read(0x09, filled(31, "00")))]],
      ["an empty end", [...WRITTEN, ...FIRST, ...SECOND, ...bus(read(0x09, [0xff]))]],
    ],
    silent: [
      ["right", [...WRITTEN, ...FIRST, ...SECOND, ...LAST]],
      ["asked for again", [...WRITTEN, ...FIRST, ...SECOND, ...bus(write(0x0a, [0])), ...SECOND]],
      ["cut by the host", [...WRITTEN, ...FIRST, ...bus("S20 w09 S21 r20+ r00+ r01 P")]],
      ["from the start", [...WRITTEN, ...FIRST, ...SECOND, ...FIRST, ...SECOND, ...LAST]],
    ],
  }),
  "SSIF-23": cases({
    fires: [
      ["an end out of place is taken", [...TOLD, ...RIGHT, ...END]],
      ["bytes too many are taken", bus("S20 w02 w02 w18 w01 w00 w00 P")],
      [
        "a broken request is carried out",
        [...TOLD, ...bus(write(0x02, GET_DEVICE_ID, 0x55)), requested(GET_DEVICE_ID)],
      ],
      [
        "half a request is carried out",
        [...bus("S20 w02 w03 w18 w01 P"), requested(GET_DEVICE_ID)],
      ],
      ["another request is carried out", [...WRITTEN, requested([0x18, 0x02])]],
    ],
    silent: [
      ["right", [...TOLD, ...START, ...MIDDLE, ...END, requested(LONG)]],
      ["refused", [...RIGHT, ...bus("S20 w08- P S20 w02 w02 w18 w01 w00- P")]],
      [
        "a broken one is thrown away",
        [...TOLD, ...bus(write(0x02, GET_DEVICE_ID, 0x55)), ...RIGHT],
      ],
      [
        "changed on the wire",
        [
          ...hostBus(write(0x02, [0x18, 2])),
          ...bmcBus(write(0x02, GET_DEVICE_ID)),
          requested(GET_DEVICE_ID),
        ],
      ],
    ],
  }),
  "SSIF-24": cases({
    fires: [
      ["the clock at a byte", bus("S20 wtimeout:02")],
      ["the clock at the STOP", bus("S20 w02 w02 w18 w01 Ptimeout:")],
      ["each request refused", Array.from({ length: 30 }, () => bus("S20- P +200ms")).flat()],
    ],
    silent: [
      ["right", RIGHT],
      [
        "long at work",
        [...WRITTEN, ...Array.from({ length: 30 }, () => bus("+200ms S20 w03- P")).flat(), ...READ],
      ],
      ["a wire fault", [fault("wire"), ...bus("S20 wtimeout:02")]],
      ["a reset", [bmc("reset"), ...Array.from({ length: 30 }, () => bus("S20- P +200ms")).flat()]],
      [
        "refused for a while",
        [...Array.from({ length: 20 }, () => bus("S20- P +200ms")).flat(), ...RIGHT],
      ],
    ],
  }),
  "SSIF-25": cases({
    fires: [
      ["lost half way", [...WRITTEN, ...FIRST, ...bus("+60ms S20 w03- P")]],
      ["lost at the read address", [...WRITTEN, ...FIRST, ...bus("+60ms S20 w03 S21- P")]],
    ],
    silent: [
      ["read from the start", [...WRITTEN, ...FIRST, ...FIRST, ...SECOND, ...LAST]],
      ["read whole", [...RIGHT, ...bus("+60ms S20 w03- P")]],
      ["a new request", [...WRITTEN, ...FIRST, ...bus("+60ms"), ...WRITTEN, ...BUSY]],
      ["the daemon died", [...WRITTEN, ...FIRST, bmc("daemon-closed"), ...bus("+60ms S20 w03- P")]],
    ],
  }),
  "SSIF-26": cases({
    fires: [
      ["no alert", [...ALERTS_ENABLED, ...WRITTEN, requested(GET_DEVICE_ID), responded(RESPONSE)]],
      ["not let go", [...WRITTEN, ALERT, ...hostBus("S19 r20 P")]],
    ],
    silent: [
      [
        "right",
        [
          ...ALERTS_ENABLED,
          ...WRITTEN,
          requested(GET_DEVICE_ID),
          ALERT,
          responded(RESPONSE),
          LET_GO,
          ...hostBus("S19 r20 P"),
          ...READ,
        ],
      ],
      ["not enabled", [...WRITTEN, requested(GET_DEVICE_ID), responded(RESPONSE), ...READ]],
      ["another device's", [ALERT, ...hostBus("S19 r22 P")]],
      [
        "after a reset",
        [
          ...ALERTS_ENABLED,
          bmc("reset"),
          ...WRITTEN,
          requested(GET_DEVICE_ID),
          responded(RESPONSE),
        ],
      ],
    ],
  }),
  "SSIF-27": cases({
    fires: [["several blocks", [...transaction("18 57 00", "1c 57 c1"), ...WRITTEN, ...FIRST]]],
    silent: [
      ["told", [...TOLD, ...WRITTEN, ...FIRST, ...SECOND, ...LAST]],
      ["one block", [...transaction("18 57 00", "1c 57 c1"), ...RIGHT]],
      ["never asked", [...WRITTEN, ...FIRST, ...SECOND, ...LAST]],
    ],
  }),
  "SSIF-28": cases({
    fires: [["a wrong code", [...TOLD, ...WRITTEN, ...bus(read(0x03, RESPONSE, 0x55))]]],
    silent: [
      ["right", [...TOLD, ...WRITTEN, ...bus(read(0x03, RESPONSE, "pec"))]],
      ["a BMC without codes", [...told("80"), ...WRITTEN, ...bus(read(0x03, RESPONSE, 0xff))]],
    ],
  }),
  "SSIF-30": cases({
    fires: [
      ["to the next request", [...WRITTEN, requested([0x18, 0x04], 2), responded(RESPONSE, 1)]],
      [
        "without the BMC's face",
        [{ e: "received", id: 2, tag: 1, message: Uint8Array.from(RESPONSE) }],
        { faces: "host" },
      ],
    ],
    silent: [
      ["right", [...WRITTEN, requested(GET_DEVICE_ID, 2), responded(RESPONSE, 2)]],
      ["tags not known", [...WRITTEN, requested(GET_DEVICE_ID, 0), responded(RESPONSE, 0)]],
    ],
  }),
};
