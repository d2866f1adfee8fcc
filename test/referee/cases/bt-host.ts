import { ask, capabilities, deviceId, exchange, fetch, give, take } from "../bt-script.ts";
import { host, received, repeat, send, swap, upTo } from "../script.ts";
import { ASKED, ATTENTIVE, LOST, noted, of, on, RESULT, right, SELF_TEST } from "./bt-words.ts";
import type { RuleCases } from "./case.ts";

export const btHostCases: RuleCases = {
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
      on("by who took over", host("taken-over"), "rc=08 wc=40 wc=08 wc=02 rd=04 rd=1c rc=40 wc=40"),
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
      on("taken over", "rc=08 wc=40 wc=08 wc=02 rd=04 rd=1c", host("taken-over"), "rc=40 wc=40"),
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
};
