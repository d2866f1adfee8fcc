import type { Body } from "../../../src/trace/events.ts";
import { bmc, fault, type Script } from "../script.ts";
import { bmcBus, bus, filled, hostBus, read, transaction, write } from "../ssif-script.ts";
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

/** The application reads a request, and hands in its response. */
function requested(message: readonly number[], tag = 1): Body {
  return { e: "bmc.request", tag, message: Uint8Array.from(message) };
}

function responded(message: readonly number[], tag = 1): Body {
  return { e: "bmc.response", tag, message: Uint8Array.from(message) };
}

const EMPTY = bus("S20 w03 S21 r00+ P");
const ALERT: Body = { e: "bmc.alert", level: 1 };
const LET_GO: Body = { e: "bmc.alert", level: 0 };
/** Set BMC Global Enables with bit 0, through application and wire. */
const ENABLES = [0x18, 0x2e, 0x01];
const DISABLES = [0x18, 0x2e, 0x02];
const ALERTS_ENABLED = [
  ...bus(write(0x02, ENABLES)),
  requested(ENABLES),
  responded([0x1c, 0x2e, 0x00]),
  ...bus(`+5ms ${read(0x03, [0x1c, 0x2e, 0x00])}`),
];

/** The first part of a request that has more than one. */
/** All of one request. */
const TRIES = "S20- P +60ms ".repeat(5);
const LONG_START = write(0x06, LONG.slice(0, 32));

function often(words: string): Script {
  return Array.from({ length: 30 }, () => bus(words)).flat();
}

/** Every acknowledgement was lost, and the fault is over. */
const SPOILT: Script = [fault("wire"), ...often("S20- P +200ms"), fault("wire", "ends")];

export const ssifBmcCases: RuleCases = {
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
      ["given up", [...WRITTEN, requested(GET_DEVICE_ID), ...bus(read(0x03, [0x1c, 1, 0xce]))]],
      ["read twice", [...WRITTEN, responded(RESPONSE), ...READ, ...READ]],
      ["after a reset nothing is known", [bmc("reset"), ...READ]],
      ["of the host's own face less is known", [...WRITTEN, ...READ], { faces: "host" }],
    ],
  }),
  "SSIF-21": cases({
    fires: [
      ["two bytes", [...WRITTEN, ...bus(read(0x03, [0x1c, 0x01]))]],
      ["a first block that is not full", [...WRITTEN, ...bus(read(0x03, [0, 1, 0x1c, 1, 0]))]],
      [
        "an empty block in its place",
        [...WRITTEN, requested(GET_DEVICE_ID, 0), responded(RESPONSE, 0), ...EMPTY],
      ],
      [
        "a first block without its mark",
        [
          ...[...WRITTEN, requested(GET_DEVICE_ID, 0), responded(filled(33, "1c 01 00"), 0)],
          ...bus(read(0x03, filled(32, "00 00 1c 01 00"))),
        ],
      ],
    ],
    silent: [
      ["three bytes", RIGHT],
      [
        "32 bytes, and more that were refused",
        [
          ...[...WRITTEN, requested(GET_DEVICE_ID, 0), responded(filled(32, "1c 01 00"), 0)],
          responded(filled(33, "1c 01 00"), 0),
          ...bus(read(0x03, filled(32, "1c 01 00"))),
        ],
      ],
      ["an empty block, and no response", [...WRITTEN, requested(GET_DEVICE_ID, 0), ...EMPTY]],
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
      ["each request refused at a byte", often("S20 w02 w02 w18- P +200ms")],
      [
        "each request refused after one that was never answered",
        [...WRITTEN, ...often("S20- P +200ms"), ...often("S20- P +200ms")],
      ],
      ["two requests refused, and one much later", bus(`${TRIES}+8s ${TRIES}+8s S20- P`)],
      ["each second part refused", [...TOLD, ...often(`${LONG_START} S20 w07- P +200ms`)]],
      ["each end refused", [...told("48"), ...often(`${LONG_START} S20 w08- P +200ms`)]],
    ],
    silent: [
      ["right", RIGHT],
      ["a wrong code in each request", [...TOLD, ...often("S20 w02 w02 w18 w01 w55- P +200ms")]],
      ["a code that it never said it takes", often("S20 w02 w02 w18 w01 w66- P +200ms")],
      ["a first part that is not full", [...TOLD, ...often("S20 w06 w1f- P +200ms")]],
      ["more bytes than a block has", often("S20 w02 w21- P +200ms")],
      ["parts that it never said it takes", often("S20 w06- P +200ms")],
      [
        "a second part refused now and then",
        Array.from({ length: 9 }, () => [
          ...[...TOLD, ...bus(`${LONG_START} S20 w07- P +1s`)],
          ...RIGHT,
        ]).flat(),
      ],
      [
        "middle parts that it does not take",
        [...told("48"), ...often(`${LONG_START} S20 w07- P +200ms`)],
      ],
      ["more than it takes", [...told("88", "20"), ...often(`${LONG_START} S20 w07- P +200ms`)]],
      [
        "its address refused between",
        [
          ...[...TOLD, ...bus(`${LONG_START} S20 w07- P ${"+1s S20- P ".repeat(3)}`)],
          ...bus(`${LONG_START} S20 w07- P +1s S20- P +1s ${LONG_START} S20 w07- P`),
        ],
      ],
      ["refused twice, and left alone between", bus("S20- P +6s S20- P")],
      ["one request refused, and one much later", bus(`${TRIES}+8s ${TRIES}`)],
      ["parts that follow nothing", [...TOLD, ...often("S20 w08- P +200ms")]],
      [
        "nothing to read after a block cut short",
        [...bus("S20 w02 w03 w18 w01 P"), ...often("S20 w03- P +200ms")],
      ],
      ["a wire that lost the acknowledgements", [...SPOILT, ...bus("S20- P"), ...RIGHT]],
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
      [
        "lost half way, long after a reset",
        [bmc("reset"), bmc("up"), ...WRITTEN, ...FIRST, ...bus("+60ms S20 w03- P")],
      ],
      ["lost at the read address", [...WRITTEN, ...FIRST, ...bus("+60ms S20 w03 S21- P")]],
      ["no further block", [...WRITTEN, ...FIRST, ...bus("S20 w09- P")]],
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
        "disabled, by a request whose response nobody read",
        [
          ...ALERTS_ENABLED,
          ...[...bus(write(0x02, DISABLES)), requested(DISABLES), responded([0x1c, 0x2e, 0x00])],
          ...[...WRITTEN, requested(GET_DEVICE_ID), responded(RESPONSE)],
        ],
      ],
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
      [
        "asked at a LUN that it does not have",
        [...transaction("19 57 00", "1d 57 c2"), ...WRITTEN, ...FIRST, ...SECOND, ...LAST],
      ],
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
