import { ask, bt, capabilities, deviceId, exchange, fetch, give, take } from "../bt-script.ts";
import {
  answer,
  bmc,
  fault,
  host,
  received,
  repeat,
  type Script,
  send,
  swap,
  upTo,
} from "../script.ts";
import type { Case, RuleCases } from "./case.ts";

const SELF_TEST = "18 04";
const RESULT = "1c 04 00 55 00";
const LOST = answer(1, "82", { maker: "host-interface" });
const ASKED = `${ask(SELF_TEST)} ${take(SELF_TEST)}`;
/** Get Message Flags with SMS_ATN at 1 throughout. */
const ATTENTIVE = swap(swap(exchange("18 31", "1c 31 00 00"), "rc=00", "rc=10"), "rc=08", "rc=18");

export function on(name: string, ...script: Script): Case {
  return { name, script: script.flatMap(read), interface: "bt" };
}

function read(item: Script[number]): Script {
  return typeof item === "string" ? bt(item) : [item];
}

function seenByHost(each: Case): Case {
  return { ...each, faces: "host" };
}

/** The host's writes are for this request. */
function of(tag: number, words: string): Script {
  return bt(words).map((each) => {
    return typeof each !== "string" && each.e === "host.write" ? { ...each, tag } : each;
  });
}

function noted(each: Case): Case {
  return { ...each, note: true };
}

/** The flags that the BMC's own model has. */
function flags(bits: number): Script[number] {
  return bmc("flags", bits);
}

/** A transaction, and while a wire fault acts the host takes the response. */
const HIDDEN: Script = [
  `${ASKED} ${give(RESULT)}`,
  fault("wire"),
  fetch(RESULT),
  fault("wire", "ends"),
];

const right = on("a right match", bmc("power-on"), "s=80 s=00", capabilities, deviceId);
const rightSeen = seenByHost({ ...right, name: "a right match, seen by the host" });

export const btCases: RuleCases = {
  "BT-01": {
    fires: [
      on("B_BUSY", swap(deviceId, "rc=00", "rc=80")),
      on("H2B_ATN", swap(deviceId, "rc=00", "rc=04")),
      on("without a look", swap(deviceId, "rc=00", "")),
      on("without another look", ASKED, swap(ask(SELF_TEST, "08"), "rc=00", "")),
    ],
    silent: [right, on("a response lies there", swap(deviceId, "rc=00", "rc=18"))],
  },
  "BT-02": {
    fires: [
      on("never", swap(deviceId, "wc=01", "")),
      on("not again", deviceId, swap(ask(SELF_TEST), "wc=01", "")),
    ],
    silent: [right, on("twice", swap(deviceId, "wc=01", "wc=01 wc=01"))],
  },
  "BT-03": {
    fires: [
      on("too early", "rc=00 wc=01 wd=03 wd=18 wd=07 wc=04"),
      on("at once", "rc=00 wc=01 wc=04"),
    ],
    silent: [
      right,
      on("a wrong Length", send(1, SELF_TEST), "rc=00 wc=01 wd=04 wd=18 wd=07 wd=04 wc=04"),
    ],
  },
  "BT-04": {
    fires: [
      on("too many bytes", "rc=00 wc=01 wd=03 wd=18 wd=07 wd=01 wd=55 wc=04"),
      on("no Cmd", "rc=00 wc=01 wd=02 wd=18 wd=07 wc=04"),
      on("one too high", send(1, SELF_TEST), "rc=00 wc=01 wd=04 wd=18 wd=07 wd=04 wc=04"),
      on("too long for this BMC", capabilities, ask(`28 44 ${"aa ".repeat(61).trim()}`)),
    ],
    silent: [
      right,
      on("as long as it may be", capabilities, ask(`28 44 ${"aa ".repeat(60).trim()}`)),
      on("nobody said how long it may be", ask(`28 44 ${"aa ".repeat(61).trim()}`)),
    ],
  },
  "BT-05": {
    fires: [
      on("without H_BUSY", swap(deviceId, "wc=40 wc=08", "wc=08")),
      on("read before B2H_ATN is cleared", swap(deviceId, "wc=40 wc=08 wc=02", "wc=40 wc=02")),
      on("without CLR_RD_PTR", swap(deviceId, "wc=08 wc=02", "wc=08")),
      on("not to the end", swap(deviceId, "rd=00 wc=40", "wc=40")),
      on("beyond the end", swap(deviceId, "rd=00 wc=40", "rd=00 rd=55 wc=40")),
      on("without anything", "rc=00 rd=00"),
      on(
        "H_BUSY left at 1",
        `${deviceId.slice(0, -" wc=40".length)} ${swap(ask(SELF_TEST, "08"), "rc=00", "rc=40")}`,
      ),
    ],
    silent: [
      right,
      on("looks between", swap(deviceId, "wc=40 wc=08", "wc=40 rc=48 wc=08 rc=40")),
      on("H_BUSY was left set", "rc=48 wc=08 wc=02 rd=03 rd=1c rd=07 rd=01 wc=40"),
      on("what another host left is cleared away", "rc=40 wc=40 rc=00"),
      on("a panic", "rc=08 wc=40 wc=08 wc=02 rd=04 rd=1c", host("panic"), "rc=40 wc=40 rc=00"),
      on("nobody there for a moment", swap(deviceId, "wc=40 wc=08", "rc=48 wc=40 rc=ff wc=08")),
    ],
  },
  "BT-06": {
    fires: [
      on("another one", capabilities, ask("18 2e 01"), take("18 2e 01"), ask("18 2e 02")),
      on("another's, of the same bytes", capabilities, ...of(3, ASKED), ...of(4, ask(SELF_TEST))),
    ],
    silent: [
      on("another Seq", capabilities, ASKED, ask(SELF_TEST, "08")),
      on("another Cmd", capabilities, ASKED, ask("18 01")),
      on("another NetFn", capabilities, ASKED, ask("10 04")),
      on("after the answer", capabilities, deviceId, deviceId),
    ],
  },
  "BT-07": {
    fires: [
      on(
        "a third one",
        capabilities,
        ASKED,
        ask(SELF_TEST, "08"),
        take(SELF_TEST, "08"),
        ask("18 01"),
      ),
    ],
    silent: [
      on("two", capabilities, ASKED, ask(SELF_TEST, "08")),
      on("one of two is sent again", capabilities, ASKED, ask(SELF_TEST, "08"), ask(SELF_TEST)),
      on(
        "the first ones are given up",
        capabilities,
        ASKED,
        ask(SELF_TEST, "08"),
        "+6s",
        ask("18 01"),
      ),
      on("a panic", capabilities, ASKED, ask(SELF_TEST, "08"), host("panic"), ask("18 01")),
      on(
        "the BMC was lost",
        capabilities,
        ASKED,
        ask(SELF_TEST, "08"),
        host("failed"),
        ask("18 01"),
      ),
      on(
        "it was lost under a request",
        ...[capabilities, ASKED, upTo(ask(SELF_TEST, "08"), "wd=04"), LOST, "wc=04", ask("18 01")],
      ),
      on(
        "the BMC states less time",
        ...[ASKED, ask(SELF_TEST, "08"), "+2s"],
        ...[exchange("18 36", "1c 36 00 02 3f ff 01 01", "02"), ask("18 01")],
      ),
      on("it was lost again", capabilities, ASKED, ask(SELF_TEST, "08"), LOST, ask("18 01")),
      on(
        "it does not say any more",
        capabilities,
        ...[exchange("18 36", "1c 36 c1", "02"), ASKED, ask(SELF_TEST, "08"), ask("18 01")],
      ),
      on(
        "what a late answer says does not count",
        ask("18 36", "01"),
        exchange("18 36", "1c 36 00 02 3f ff 1e 01", "02"),
        ...[fetch("1c 36 00 01 3f ff 1e 01", "01"), ask(SELF_TEST), ask(SELF_TEST, "08")],
      ),
      on(
        "more time than there is",
        exchange("18 36", "1c 36 00 01 3f ff b6 01", "01"),
        ...[ask(SELF_TEST), "+31s", ask("18 01")],
      ),
    ],
  },
  "BT-08": {
    fires: [on("OEM0", "wc=20"), on("OEM bits of INTMASK", "wm=05"), on("reserved bits", "wm=21")],
    silent: [right, on("the interrupt", "wm=01 wm=03"), on("BMC_HWRST", "wm=80")],
  },
  "BT-09": {
    fires: [on("too early", capabilities, ASKED, "+1s", ASKED)],
    silent: [
      on("in its time", capabilities, ASKED, "+5s", ASKED),
      on("another one", capabilities, ASKED, "+1s", ask(SELF_TEST, "08")),
      on("nobody said how long it takes", ASKED, "+1s", ASKED),
      on(
        "it does not say any more, though with success and at another LUN",
        capabilities,
        exchange("18 36", "1e 36 00", "02"),
        ...[ASKED, "+1s", ASKED],
      ),
    ],
  },
  "BT-10": {
    fires: [
      on("another Seq", ASKED, give(RESULT, "09"), fetch(RESULT, "09"), received(1, 0, RESULT)),
    ],
    silent: [
      on("ignored", ASKED, give(RESULT, "09"), fetch(RESULT, "09")),
      on(
        "the right one comes later",
        ...[ASKED, give(RESULT, "09"), fetch(RESULT, "09")],
        ...[give(RESULT), fetch(RESULT), received(1, 0, RESULT)],
      ),
      on(
        "the right one comes after one with a request's NetFn",
        ...[ASKED, give("18 04 00"), fetch("18 04 00")],
        ...[give(RESULT), fetch(RESULT), received(1, 0, RESULT)],
      ),
    ],
  },
  "BT-11": {
    fires: [on("never", ...repeat(3, [ATTENTIVE]))],
    silent: [
      on("each time", ...repeat(3, ["wc=10", ATTENTIVE])),
      on("it falls", ...repeat(3, ["rc=00", ATTENTIVE])),
      on("it is not set", ...repeat(3, [exchange("18 31", "1c 31 00 00")])),
    ],
  },
  "BT-12": {
    fires: [noted(on("two under way", capabilities, ASKED, ask(SELF_TEST, "08"), "+6s rc=00"))],
    silent: [
      on("one", capabilities, ASKED, "+6s rc=00"),
      on("looks", capabilities, ASKED, ask(SELF_TEST, "08"), "+3s rc=00 +3s rc=00"),
    ],
  },
  "BT-13": {
    fires: [on("reset over it", "rc=80 +2s rc=80 wm=80")],
    silent: [
      on("waits", "rc=80 +90s rc=80 +90s rc=00", deviceId),
      on("a reset of its own accord", "rc=80 wm=80"),
      on("nobody is there", "rc=ff +2s rc=ff wm=80"),
    ],
  },
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
    ],
    silent: [
      right,
      on("after a while", ask(SELF_TEST), "+4s rc=04", take(SELF_TEST)),
      on("it is being reset", ask(SELF_TEST), bmc("reset"), "+6s rc=04"),
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
    ],
    silent: [
      on("attention", bmc("daemon-opened"), flags(1), "s=10 +1s", deviceId),
      on("it is up already", bmc("daemon-opened"), flags(1), "s=10", flags(3), "+1s", deviceId),
      on("a cause that goes at once", bmc("daemon-opened"), flags(1), flags(0), "+1s", deviceId),
      on("nobody serves", flags(1), "+1s", deviceId),
      on(
        "a cause of before a warm reset",
        ...[bmc("daemon-opened"), flags(1), "s=10 wc=10", bmc("reset", 0, "warm"), "s=80"],
        ...[bmc("up"), bmc("daemon-opened"), "s=00 s=10", "+1s", deviceId],
      ),
    ],
  },
};
