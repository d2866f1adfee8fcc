import { ask, capabilities, deviceId, exchange, fetch, give, take } from "../bt-script.ts";
import { bmc, fault, swap } from "../script.ts";
import {
  ASKED,
  flags,
  HIDDEN,
  noted,
  on,
  RESULT,
  right,
  rightSeen,
  SELF_TEST,
  seenByHost,
} from "./bt-words.ts";
import type { RuleCases } from "./case.ts";

/** So many other exchanges, each with a Seq of its own. */
function many(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    return exchange("18 01", "1c 01 00", (0x20 + at).toString(16));
  });
}

export const btBmcCases: RuleCases = {
  "BT-20": {
    fires: [
      on("not busy", bmc("power-on"), "s=00", deviceId),
      on("a response left", deviceId, bmc("reset", 0, "cold"), "s=88 s=08"),
      on("not busy any more", deviceId, bmc("reset", 0, "cold"), "= s=80 = s=00"),
    ],
    silent: [
      right,
      on("a warm reset", deviceId, bmc("reset", 0, "warm"), "s=08"),
      on("up at once", deviceId, bmc("reset", 0, "cold"), "= s=80 =", bmc("up"), "= s=00"),
    ],
  },
  "BT-21": {
    fires: [
      on("not busy", swap(ASKED, "s=84 s=80", "s=00")),
      on("read first", swap(ASKED, "s=84 s=80", "s=84")),
      on("never", ask(SELF_TEST), "+1s rc=04 +5s rc=04"),
      on("never, though it was held up at first", ask(SELF_TEST), "+1s rc=44 +1s rc=04 +5s rc=04"),
    ],
    silent: [
      right,
      on("after a while", ask(SELF_TEST), "+4s rc=04", take(SELF_TEST)),
      on("it is being reset", ask(SELF_TEST), bmc("reset"), "+6s rc=04"),
      on("held up until now", ask(SELF_TEST), "+1s rc=44 +5s rc=04"),
      on("a response lies there", ask(SELF_TEST), "+1s rc=0c +5s rc=0c"),
      on(
        "one more than it takes",
        capabilities,
        `${ask(SELF_TEST, "08")} ${take(SELF_TEST, "08")} ${ask(SELF_TEST, "09")}`,
        `${take(SELF_TEST, "09")} ${ask(SELF_TEST, "0a")} +1s rc=04 +5s rc=04`,
      ),
      on("busy until the answer", swap(deviceId, "td=01 s=00", "td=01"), "s=88"),
    ],
  },
  "BT-22": {
    fires: [noted(on("nothing to do", deviceId, "s=80 rc=80 +6s rc=80"))],
    silent: [
      right,
      on("for a moment", deviceId, "s=80 rc=80 +3s rc=80 s=00 rc=00"),
      on("at work", swap(ASKED, "td=04 s=00", "td=04"), "rc=80 +6s rc=80"),
      on("in a reset", bmc("reset"), "s=80 rc=80 +6s rc=80"),
    ],
  },
  "BT-23": {
    fires: [
      on("H_BUSY", ASKED, "rc=00 wc=40", give(RESULT)),
      on(
        "over another",
        ASKED,
        ask(SELF_TEST, "08"),
        take(SELF_TEST, "08"),
        give(RESULT),
        give(RESULT, "08"),
      ),
      on("B2H_ATN under H_BUSY", ASKED, "g=06 rc=00 wc=40 s=48"),
      seenByHost(on("seen", ASKED, "rc=00 wc=40 rc=40 rc=48")),
    ],
    silent: [
      right,
      rightSeen,
      on("a wire fault hides the host", ASKED, fault("wire"), "wc=40", give(RESULT)),
    ],
  },
  "BT-24": {
    fires: [
      on("nothing", ASKED, "s=08"),
      on("not whole", ASKED, "g=06 g=1c g=07 g=04 s=08"),
      on("no completion code", ASKED, give("1c 04")),
      on("more than Length", ASKED, swap(give(RESULT), " s=08", " g=55 s=08")),
      on(
        "long after a wire fault",
        ...HIDDEN,
        deviceId,
        ASKED,
        swap(give(RESULT), " s=08", " g=55 s=08"),
      ),
      seenByHost(on("no completion code, seen", ASKED, fetch("1c 04"))),
    ],
    silent: [right, rightSeen, on("after what a wire fault hid", ...HIDDEN, deviceId)],
  },
  "BT-25": {
    fires: [
      on("another Seq", ASKED, give(RESULT, "09")),
      on("another Cmd", ASKED, give("1c 05 00 55 00")),
      on("another NetFn", ASKED, give("2c 04 00 55 00")),
      on("the request's NetFn", ASKED, give("18 04 00 55 00")),
      on("twice", deviceId, give("1c 01 00")),
      on("twice, and many others between", deviceId, ...many(30), give("1c 01 00")),
      on(
        "three times to the same request twice",
        ...[ASKED, ASKED, give(RESULT), fetch(RESULT), ...many(30), give(RESULT), fetch(RESULT)],
        give(RESULT),
      ),
      on("twice, long after a wire fault", ...HIDDEN, deviceId, deviceId, give("1c 01 00")),
      { ...on("twice, after a wire fault", ...HIDDEN, give(RESULT)), wire: true },
      seenByHost(on("another Seq, seen", ASKED, fetch(RESULT, "09"))),
    ],
    silent: [
      right,
      on(
        "in any order",
        ASKED,
        ask(SELF_TEST, "08"),
        take(SELF_TEST, "08"),
        give(RESULT, "08"),
        fetch(RESULT, "08"),
        give(RESULT),
      ),
      on(
        "the same request twice",
        ...[ASKED, ASKED, give(RESULT), fetch(RESULT), give(RESULT), fetch(RESULT)],
      ),
      on(
        "the same request twice, and many others before its second response",
        ...[ASKED, ASKED, give(RESULT), fetch(RESULT), ...many(40), give(RESULT), fetch(RESULT)],
      ),
      on("a request with a response's NetFn", ask("3e 78"), take("3e 78"), give("3e 78 c1")),
    ],
  },
  "BT-26": {
    fires: [
      on("late", capabilities, ASKED, "+6s", give(RESULT)),
      on(
        "when something else is asked",
        capabilities,
        ASKED,
        "+6s",
        ask("18 01"),
        take("18 01"),
        give(RESULT),
      ),
      seenByHost(on("late, seen", capabilities, ASKED, "+6s", fetch(RESULT))),
    ],
    silent: [
      right,
      on("just in time", capabilities, ASKED, "+4s", give(RESULT)),
      on("nothing was promised", ASKED, "+6s", give(RESULT)),
    ],
  },
  "BT-27": {
    fires: [on("C1h", exchange("18 36", "1c 36 c1"))],
    silent: [right, on("not now", exchange("18 36", "1c 36 c0"))],
  },
  "BT-29": {
    fires: [on("disabled", "wm=00 i=1"), on("disabled again", "wm=01 i=1 wm=02 i=0 i=1")],
    silent: [
      on("enabled", "wm=01 i=1 wm=03 i=0"),
      on("by whoever was there before", "i=1"),
      on("a wire fault", "wm=00", fault("wire"), "i=1"),
    ],
  },
  "BT-30": {
    fires: [
      on("no attention", bmc("daemon-opened"), flags(1), "+1s", deviceId),
      on(
        "no attention again",
        bmc("daemon-opened"),
        flags(1),
        "s=10 wc=10",
        flags(3),
        "+1s",
        deviceId,
      ),
      on("without a cause", bmc("daemon-opened"), deviceId, "s=10"),
      on(
        "none for what comes when the daemon is back",
        ...[bmc("daemon-opened"), flags(1), "s=10 wc=10", bmc("daemon-closed")],
        ...[bmc("daemon-opened"), "s=10 wc=10", flags(3), "+1s", deviceId],
      ),
      on(
        "none for what comes behind a warm reset",
        ...[bmc("daemon-opened"), flags(1), "s=10 wc=10", bmc("reset", 1, "warm"), "s=80"],
        ...[bmc("up", 1), bmc("daemon-opened"), "s=10 wc=10", flags(3), "+1s", deviceId],
      ),
    ],
    silent: [
      on("attention", bmc("daemon-opened"), flags(1), "s=10 +1s", deviceId),
      on("it is up already", bmc("daemon-opened"), flags(1), "s=10", flags(3), "+1s", deviceId),
      on(
        "it was up before a fault of the wire, which hides whether it is yet",
        ...[bmc("daemon-opened"), flags(2), "s=10", fault("wire"), fault("wire", "ends"), "+1ms"],
        ...[flags(3), "wc=10", deviceId, "+1s", deviceId],
      ),
      on("a cause that goes at once", bmc("daemon-opened"), flags(1), flags(0), "+1s", deviceId),
      on("nobody serves", flags(1), "+1s", deviceId),
      on(
        "flags of before a warm reset, told again",
        ...[bmc("daemon-opened"), flags(1), "s=10 wc=10", bmc("reset", 1, "warm"), "s=80"],
        ...[bmc("up", 1), bmc("daemon-opened"), "s=10 wc=10", flags(1), "+1s", deviceId],
      ),
      on(
        "one of two causes is left of before the daemon went",
        ...[bmc("daemon-opened"), flags(3), "s=10 wc=10", bmc("daemon-closed")],
        ...[bmc("daemon-opened"), "s=10 wc=10", flags(2), "+1s", deviceId],
      ),
      on(
        "a cause of before the daemon went",
        ...[bmc("daemon-opened"), flags(1), "s=10 wc=10", bmc("daemon-closed")],
        ...[bmc("daemon-opened"), "s=10 wc=10", "+1s", deviceId],
      ),
      on(
        "a cause of before a warm reset",
        ...[bmc("daemon-opened"), flags(1), "s=10 wc=10", bmc("reset", 0, "warm"), "s=80"],
        ...[bmc("up"), bmc("daemon-opened"), "s=00 s=10", "+1s", deviceId],
      ),
    ],
  },
};
