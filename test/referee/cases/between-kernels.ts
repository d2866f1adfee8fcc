import { parseHex } from "../../../src/ipmi/message.ts";
import type { Body } from "../../../src/trace/events.ts";
import { bt, exchange as btExchange } from "../bt-script.ts";
import { end, exchange, host, repeat, type Script, short, swapLast, upTo } from "../script.ts";
import { bus } from "../ssif-script.ts";
import type { Case, RuleCases } from "./case.ts";

type Outcome = Extract<Body, { e: "noted" }>["outcome"];

const ADD = "28 44 00 00 f0 20 00 73 79 73 72 71 20 74 72 69 67 67";
const added = exchange(ADD, "2c 44 00 01 00");
const SELF_TEST = "18 04";
const TAKEN: Body = { e: "host", what: "taken-over", text: "60000000 us" };
const HANDED = host("handed-on");

function noted(message: string, outcome: Outcome, { cc = 0, once = false } = {}): Body {
  return { e: "noted", message: parseHex(message), once, outcome, cc };
}

/** What has the wire between two kernels does that, and hands it on. */
function between(...script: Script): Script {
  return [TAKEN, ...script, HANDED];
}

function on(name: string, script: Script, more: Partial<Case> = {}): Case {
  return { name, script, ...more };
}

const btShort = btExchange(SELF_TEST, "1c 04 00 55 00");

/** The BMC stands still before the last byte, for as many looks as somebody who gives up has. */
const stalled = swapLast(short, "s=02", `${"r1=42 ".repeat(300)}s=02`);

/** The last byte is on the bus, and its acknowledgement does not come; the next try finds nobody. */
const unsure = bus("S20 w02 w02 w18 w04- P +60ms S20- P");

const onceMore = { once: true } as const;

export const betweenKernelsCases: RuleCases = {
  "CRASH-01": {
    fires: [
      on("late", [TAKEN, short, "+61s", HANDED]),
      on("never", [TAKEN, short, "+61s", end("time")]),
      on("not before another driver comes", [TAKEN, short, "+61s", host("inserted")]),
    ],
    silent: [
      on("in time", [...between(short, "+1s"), "+99s", end()]),
      on("between two looks", [TAKEN, "+60s +900us", HANDED]),
      on("no end is seen", [TAKEN, short, "+1s", end("interrupted")]),
      on("nobody said how long", [host("taken-over"), "+99s", HANDED]),
      on("a driver's time", [host("inserted"), short, "+99s", end()]),
    ],
  },
  "CRASH-02": {
    fires: [
      on("a look behind its end", [...between(short), "r1=00"]),
      on("a transfer behind its end", [...between(), short]),
      on("the interrupt's enable", between(...bt("wm=01")), { interface: "bt" }),
    ],
    silent: [
      on("the next kernel", [...between(short), host("inserted"), short]),
      on("another one", [...between(short), ...between(short)]),
      on("a driver's enable", [host("inserted"), ...bt("wm=01")], { interface: "bt" }),
      on("the next driver's", [...between(), host("start"), ...bt("wm=01")], { interface: "bt" }),
    ],
  },
  "CRASH-03": {
    fires: [
      on("twice", between(added, added, noted(ADD, "answered", onceMore))),
      on(
        "the second time not to its end",
        between(added, upTo(added, "r1=40"), noted(ADD, "answered", onceMore)),
      ),
      on("three times for two", [
        ...between(
          ...repeat(3, [added]),
          noted(ADD, "answered", onceMore),
          noted(ADD, "answered", onceMore),
        ),
      ]),
    ],
    silent: [
      on("once", between(added, noted(ADD, "answered", onceMore))),
      on("two of the same", [
        ...between(
          ...[added, added],
          noted(ADD, "answered", onceMore),
          noted(ADD, "answered", onceMore),
        ),
      ]),
      on("what may go twice", between(short, short, noted(SELF_TEST, "answered"))),
      on("the old kernel's, too", [added, ...between(added, noted(ADD, "answered", onceMore))]),
      on("the last byte was not written", [
        ...between(upTo(added, "w1=62"), added, noted(ADD, "answered", onceMore)),
      ]),
      on("nobody took over", [added, added, noted(ADD, "answered", onceMore), HANDED]),
      on("one face alone", between(added, added, noted(ADD, "answered", onceMore)), {
        faces: "bmc",
      }),
    ],
  },
  "CRASH-04": {
    fires: [
      on("answered, and never sent", between(noted(SELF_TEST, "answered"))),
      on("another code", between(short, noted(SELF_TEST, "answered", { cc: 0xc1 }))),
      on("another's answer", between(short, noted(ADD, "answered"))),
      on("the old kernel's answer", [short, ...between(noted(SELF_TEST, "answered"))]),
      on("not taken, and answered", between(short, noted(SELF_TEST, "not-taken"))),
      on("not mapped, and answered", between(short, noted(SELF_TEST, "not-mapped"))),
      on("not answered, and answered", between(short, noted(SELF_TEST, "not-answered"))),
      on("not answered, and never sent", between(noted(SELF_TEST, "not-answered"))),
      on(
        "not answered, and refused before its last byte",
        between(...bus("S20 w02 w02 w18- P +60ms S20- P"), noted(SELF_TEST, "not-answered")),
        { interface: "ssif" },
      ),
      on("out of time behind its answer", between(short, noted(SELF_TEST, "out-of-time"))),
    ],
    silent: [
      on("answered", between(short, noted(SELF_TEST, "answered"))),
      on("refused", [
        ...between(exchange(SELF_TEST, "1c 04 c1"), noted(SELF_TEST, "answered", { cc: 0xc1 })),
      ]),
      on("not answered", [
        ...between(upTo(short, "r1=40"), "+1s", noted(SELF_TEST, "not-answered")),
      ]),
      on("given up before its end, which the next command clears away", [
        ...between(stalled, added, noted(SELF_TEST, "not-answered")),
      ]),
      on("an earlier try was answered, and passed over", [
        ...between(short, upTo(short, "r1=40"), noted(SELF_TEST, "not-answered")),
      ]),
      on(
        "the last byte was not acknowledged: the BMC may have it",
        between(...unsure, noted(SELF_TEST, "not-answered")),
        { interface: "ssif" },
      ),
      on("nor taken, for all that is known", between(...unsure, noted(SELF_TEST, "not-taken")), {
        interface: "ssif",
      }),
      on("nothing taken", between("r1=02 +1s", noted(SELF_TEST, "not-taken"))),
      on("not mapped", between(noted(SELF_TEST, "not-mapped"))),
      on("absent", between("r1=ff r1=ff", noted(SELF_TEST, "absent"))),
      on("read away later", between(...bt(btShort), noted(SELF_TEST, "not-answered")), {
        interface: "bt",
      }),
      on("two alike", [
        ...between(short, noted(SELF_TEST, "answered"), noted(SELF_TEST, "out-of-time")),
      ]),
      on("nobody took over", [noted(SELF_TEST, "answered"), HANDED]),
      on("one face alone", between(short, noted(ADD, "answered")), { faces: "bmc" }),
    ],
  },
};
