import type { Body } from "../../../src/trace/events.ts";
import { ask, bt, exchange as btExchange, fetch, give, take } from "../bt-script.ts";
import {
  bmc,
  end,
  fault,
  host,
  received,
  repeat,
  type Script,
  short,
  swap,
  upTo,
} from "../script.ts";
import { smic, short as smicShort } from "../smic-script.ts";
import { bus, bytes as hexBytes, hostBus, read, write } from "../ssif-script.ts";
import { on as onBt } from "./bt-words.ts";
import type { RuleCases } from "./case.ts";
import {
  FIRST,
  LAST,
  LONG,
  MIDDLE,
  READ,
  RIGHT,
  SECOND,
  START,
  cases as ssif,
  TOLD,
  told,
  WRITTEN,
} from "./ssif-parts.ts";

/** WRITE_START, or WR_START, was taken rightly, and it is the host's turn. */
const STARTED = upTo(short, "r1=89 r0=00").replace("r1=00 ", "");
const TAKEN = upTo(smicShort, "rf=40 rc=c1").replace("rf=80 ", "");
/** The same after ERROR: the host may begin again. */
const FAILED = "r1=c1 r0=00";
const SELF_TEST = "18 04";
/** More than the smallest FIFO has room for; and a BMC that takes 80 bytes. */
const LONGER = `18 34${" aa".repeat(62)}`;
const LAST_AA = "td=aa s=00";
const TAKES_80 = btExchange("18 36", "1c 36 00 01 50 ff 05 01", "01");
const PASSED = "1c 04 00 55 00";
const ASKED = bt(ask(SELF_TEST));
const GIVEN = bt(`${take(SELF_TEST)} ${give(PASSED)}`);

const ALERT: Body = { e: "bmc.alert", level: 1 };
/** A flag comes up while the BMC alerts of a response, which the host takes then. */
const besides = (request: string, response: string): Script => [
  ...bus(`${write(0x02, hexBytes(request))} +5ms`),
  ...[ALERT, bmc("flags", 1), { e: "bmc.alert", level: 0 } as const],
  ...bus(read(0x03, hexBytes(response))),
];
const BESIDES = besides(SELF_TEST, PASSED);

const on = (name: string, script: Script) => ({ name, interface: "bt" as const, script });

/** Set BMC Global Enables with this value, through application and wire. */
function enables(value: number): Script {
  const message = [0x18, 0x2e, value];
  const done = [0x1c, 0x2e, 0];
  const through = (e: "bmc.request" | "bmc.response", bytes: number[]): Body => ({
    e,
    tag: 9,
    message: Uint8Array.from(bytes),
  });
  return [
    bmc("daemon-opened"),
    ...bus(write(0x02, message)),
    through("bmc.request", message),
    through("bmc.response", done),
    ...bus(`+5ms ${read(0x03, done)}`),
  ];
}

/** The application read the request, and its answer is that it is too long. */
const TOO_LONG_FOR_IT: Script = [
  `${ask(SELF_TEST)} ${take(SELF_TEST)}`,
  { e: "bmc.request", tag: 1, message: Uint8Array.of(0x18, 4) },
  `${give("1c 04 c8")} ${fetch("1c 04 c8")}`,
];

const REFUSED = bus("S20 w08 w06- P +60ms");

/** Who goes on with what it began, and in which order blocks and bytes go. */
export const wireOrderCases: RuleCases = {
  "STACK-40": {
    fires: [
      { name: "WRITE_START again", script: repeat(3, [STARTED]) },
      {
        name: "GET_STATUS/ABORT",
        script: repeat(3, [STARTED, "w1=60 s=8a t1=60 g=00 r1=89 r0=00"]),
      },
      {
        name: "WR_START again",
        interface: "smic",
        script: repeat(3, smic(TAKEN)),
      },
    ],
    silent: [
      { name: "once", script: [STARTED, short] },
      { name: "once, and once more later", script: [STARTED, short, STARTED, short] },
      { name: "after ERROR", script: repeat(3, [STARTED, FAILED]) },
      { name: "by a fault of the wire", script: [fault("wire"), ...repeat(3, [STARTED])] },
      { name: "by drivers that come", script: repeat(3, [STARTED, host("inserted")]) },
      { name: "of another host", host: "linux", script: repeat(3, [STARTED]) },
      {
        name: "another status code",
        interface: "smic",
        script: repeat(3, smic(swap(TAKEN, "rc=c1", "rc=c2"))),
      },
      {
        name: "WR_END's error code",
        interface: "smic",
        script: repeat(3, smic(swap(upTo(smicShort, "rc=c3 rd=00"), "rd=00", "rd=03"))),
      },
    ],
  },
  "BT-16": {
    fires: [on("left at 1", [...bt("i=1"), ...repeat(4, bt(btExchange(SELF_TEST, PASSED)))])],
    silent: [
      on("taken back", [...repeat(6, bt(`i=1 wm=03 i=0 ${btExchange(SELF_TEST, PASSED)}`))]),
      on("for three", [...bt("i=1"), ...repeat(3, bt(btExchange(SELF_TEST, PASSED)))]),
      on("disabled", [...bt("wm=00 i=1"), ...repeat(6, bt(btExchange(SELF_TEST, PASSED)))]),
      on("in vain", [...bt("i=1 wm=03"), ...repeat(6, bt(btExchange(SELF_TEST, PASSED)))]),
      on("a panic", [host("panic"), ...bt("i=1"), ...repeat(6, bt(btExchange(SELF_TEST, PASSED)))]),
      on("up again each time", repeat(6, bt(`i=1 ${btExchange(SELF_TEST, PASSED)} wm=03`))),
    ],
  },
  "BT-33": {
    fires: [
      on("the request", [...ASKED, ...bt("s=84 s=80 td=00 s=00")]),
      on(
        "a long one that it takes",
        bt(`${TAKES_80} ${ask(LONGER)} ${swap(take(LONGER), LAST_AA, "td=ff s=00")}`),
      ),
      on("the response", [...ASKED, ...GIVEN, ...bt(fetch("1c 01 00 20 01"))]),
    ],
    silent: [
      on("right", bt(btExchange(SELF_TEST, PASSED))),
      on("more than it takes", bt(`${ask(LONGER)} ${swap(take(LONGER), LAST_AA, "td=ff s=00")}`)),
      on("a wire fault", [...ASKED, fault("wire"), ...GIVEN, ...bt(fetch("1c 01 00 20 01"))]),
      on("no CLR_WR_PTR", [
        ...bt(swap(ask(SELF_TEST), "wc=01 ", "")),
        ...bt("s=84 s=80 td=00 s=00"),
      ]),
      on("a response that is put in twice", [
        ...ASKED,
        ...GIVEN,
        ...bt(give(PASSED)),
        ...bt(fetch(PASSED)),
      ]),
    ],
  },
  "BT-28": {
    fires: [
      onBt("no requests", btExchange("18 36", "1c 36 00 00 ff ff 05 01")),
      onBt("short requests", btExchange("18 36", "1c 36 00 01 28 ff 05 01")),
      onBt("short responses", btExchange("18 36", "1c 36 00 01 ff 26 05 01")),
      onBt("no time", btExchange("18 36", "1c 36 00 01 ff ff 00 01")),
      onBt("too much time", btExchange("18 36", "1c 36 00 01 ff ff 1f 01")),
      onBt("too few bytes", btExchange("18 36", "1c 36 00 01 ff ff")),
      onBt("refused as too long", btExchange("18 04", "1c 04 c8")),
    ],
    silent: [
      onBt("right", btExchange("18 36", "1c 36 00 01 ff ff 05 01")),
      onBt("the least", btExchange("18 36", "1c 36 00 01 29 27 01 00")),
      onBt("refused", btExchange("18 36", "1c 36 c1")),
      onBt("the application finds it too long", ...TOO_LONG_FOR_IT),
    ],
  },
  "SSIF-15": ssif({
    fires: [
      ["at first", [...WRITTEN, ...SECOND]],
      ["refused", [...WRITTEN, ...bus("S20 w09- P")]],
      ["behind the last", [...WRITTEN, ...FIRST, ...SECOND, ...LAST, ...SECOND]],
    ],
    silent: [
      ["right", [...WRITTEN, ...FIRST, ...SECOND, ...LAST]],
      ["one block", RIGHT],
      ["by who comes new", [...WRITTEN, host("panic"), ...SECOND]],
    ],
  }),
  "SSIF-16": ssif({
    fires: [
      ["a start alone", [...TOLD, ...START, ...READ]],
      ["no end", [...TOLD, ...START, ...MIDDLE, ...READ]],
    ],
    silent: [
      ["right", [...TOLD, ...START, ...MIDDLE, ...bus(write(0x08, LONG.slice(64))), ...READ]],
      ["its last part was refused", [...TOLD, ...START, ...REFUSED, ...READ]],
      ["by who comes new", [...TOLD, ...START, host("panic"), ...READ]],
    ],
  }),
  "SSIF-17": ssif({
    fires: [
      ["no STOP behind a write", bus("S20 w02 w02 w18 w01 S20 w03- P")],
      ["no STOP behind a read", [...WRITTEN, ...bus("S20 w03 S21 r03+ r1c+ r01+ r00 S20 w03- P")]],
      [
        "no STOP behind a response",
        [...WRITTEN, ...bus("S20 w03 S21 r03+ r1c+ r01+ r00"), received(1, 1, "1c 01 00")],
      ],
      ["no command", [...WRITTEN, ...bus("S20 w03 P S21- P")]],
      ["the last byte acknowledged", [...WRITTEN, ...bus("S20 w03 S21 r03+ r1c+ r01+ r00+ P")]],
      ["two bytes more", [...WRITTEN, ...bus("S20 w03 S21 r03+ r1c+ r01+ r00+ rff+ rff P")]],
    ],
    silent: [
      ["right", [...WRITTEN, ...FIRST, ...SECOND, ...LAST]],
      ["with a code", [...TOLD, ...WRITTEN, ...bus(read(0x03, [0x1c, 1, 0], "pec"))]],
      ["an empty block", [...WRITTEN, ...bus("S20 w03 S21 r00+ P")]],
      ["a block cut short", [...WRITTEN, ...bus("S20 w03 S21 r03+ r1c+ P")]],
      ["a wire fault", [fault("wire"), ...bus("S20 w02 w02 w18 w01 S20 w03- P")]],
    ],
  }),
  "SSIF-18": ssif({
    fires: [["a STOP", bus("S20 wlost:02 P")]],
    silent: [
      ["none", bus("S20 wlost:02 +60ms S20 w02 w02 w18 w01 P")],
      ["much later", bus("S20 wlost:02 +60ms P")],
      ["behind a refusal", bus("S20 w02- P")],
      ["another driver", [...bus("S20 wlost:02"), host("start"), ...bus("P")]],
    ],
  }),
  "SSIF-19": ssif({
    fires: [["by a write", bus("S18- P")]],
    silent: [["by a read", bus("S19 r20 P")]],
  }),
  "SSIF-34": ssif({
    fires: [
      ["an end", [...TOLD, ...repeat(3, [...START, ...MIDDLE, ...REFUSED])]],
      ["one part", repeat(3, bus("S20 w02 w02- P +60ms"))],
      ["a byte", repeat(3, bus("S20 w02 w03 w18 w01- P +60ms"))],
    ],
    silent: [
      ["twice", [...TOLD, ...repeat(2, [...START, ...MIDDLE, ...REFUSED])]],
      ["at the command", repeat(9, bus("S20 w02- P +60ms"))],
      ["too long", repeat(3, bus("S20 w02 w21- P +60ms"))],
      ["parts that it did not name", repeat(3, [...START, ...REFUSED])],
      [
        "more than it takes",
        [...told("88", "40"), ...repeat(3, [...START, ...MIDDLE, ...REFUSED])],
      ],
      ["by the wire", [fault("wire"), ...repeat(3, hostBus("S20 w02 w02- P +60ms"))]],
      ["in a reset", repeat(3, [...bus("S20 w02 w02- P +60ms"), bmc("daemon-closed")])],
      [
        "a wrong code",
        repeat(3, [...TOLD, ...bus(`${write(0x02, [0x18, 1], 0xaa).replace(" P", "- P")}`)]),
      ],
    ],
  }),
  "SSIF-35": ssif({
    fires: [
      ["a message", [...enables(1), bmc("flags", 1), "+20ms", ...RIGHT, end()]],
      ["an event", [...enables(2), bmc("flags", 2), "+20ms", end()]],
      ["behind a response", [...enables(1), ...BESIDES, "+20ms", end()]],
    ],
    silent: [
      ["given", [...enables(1), bmc("flags", 1), { e: "bmc.alert", level: 1 }, "+20ms", end()]],
      ["behind a response", [...enables(1), ...BESIDES, ALERT, "+20ms", end()]],
      ["behind the flags", [...enables(1), ...besides("18 31", "1c 31 00 01"), "+20ms", end()]],
      ["cleared meanwhile", [...enables(1), ...BESIDES, bmc("flags", 0), "+20ms", end()]],
      ["not asked for", [...enables(1), bmc("flags", 2), "+20ms", end()]],
      [
        "another flag besides",
        [
          ...enables(3),
          bmc("flags", 1),
          { e: "bmc.alert", level: 1 },
          { e: "bmc.alert", level: 0 },
          bmc("flags", 3),
          "+20ms",
          end(),
        ],
      ],
      ["cleared at once", [...enables(1), bmc("flags", 1), bmc("flags", 0), "+20ms", end()]],
      ["nobody is there", [...enables(1), bmc("daemon-closed"), bmc("flags", 1), "+20ms", end()]],
    ],
  }),
};
