import type { Body } from "../../../src/trace/events.ts";
import {
  bmc,
  end,
  exchange,
  fault,
  host,
  received,
  request,
  type Script,
  send,
} from "../script.ts";
import type { RuleCases } from "./case.ts";

const TEXT = "sysrq triggered crash";
const EVENT = "10 02 41 03 20 73 6f a1 79 73";
const DEVICE_ID = "18 01";
const RECEIVER = "10 01";
const FIRST = "28 44 00 00 f0 20 00 73 79 73 72 71 20 74 72 69 67 67";
const SECOND = "28 44 00 00 f0 20 01 65 72 65 64 20 63 72 61 73 68 00";
const SET = "18 24 44 31 03 00 64 00";
const WATCHDOG = "18 24 44 01 00 00 f6 09";
const FLAGS = exchange("18 31", "1c 31 00 00");
/** With a SEL device, without an event generator; with both. */
const SEL_ONLY = "1c 01 00 20 01 01 00 02 04 00 00 00 01 00";
const GENERATOR = "1c 01 00 20 01 01 00 02 24 00 00 00 01 00";
const NO_SEL = "1c 01 00 20 01 01 00 02 00 00 00 00 01 00";

const panics: Body = { e: "host", what: "panic", text: TEXT };
const sent: Body = { e: "host", what: "panic-end", text: "sent" };
const gaveUp: Body = { e: "host", what: "panic-end", text: "no answer" };

function message(id: number, request: string, response: string): Script {
  return [send(id, request), exchange(request, response), received(id, id, response)];
}

const event = message(1, EVENT, "14 02 00");
const deviceId = message(2, DEVICE_ID, SEL_ONLY);
const first = message(3, FIRST, "2c 44 00 01 00");
const second = message(4, SECOND, "2c 44 00 02 00");
const rest = [...deviceId, ...first, ...second];
const watchdog = message(5, WATCHDOG, "1c 24 00");
const generator = message(2, DEVICE_ID, GENERATOR);
const receiver = message(3, RECEIVER, "14 01 00 52 00");
const receiverUnit = message(3, RECEIVER, "14 01 00 52 01");
const textless = message(1, "10 02 41 03 20 00 6f a1 00 00", "14 02 00");
/** The stack's own watchdog asks. */
const asks = (words: string) => request(9, words, "watchdog");
/** As a kernel's panic shows: on the wire alone. */
const wired = {
  event: exchange(EVENT, "14 02 00"),
  deviceId: exchange(DEVICE_ID, SEL_ONLY),
  first: exchange(FIRST, "2c 44 00 01 00"),
  second: exchange(SECOND, "2c 44 00 02 00"),
} as const;
const reboots: Body = { e: "host", what: "panic-end", text: "the kernel reboots" };
const KERNEL = "linux:6.1";
const right: Script = [panics, ...event, ...deviceId, ...first, ...second, sent];
const bridged = (id: number, request: string) => message(id, request, "1c 34 00");
const BRIDGED_1 = "18 34 00 52 28 86 20 02 44 00 00 f0 20 00 73 79 73 72 71 20 74 72 69 67 67 38";
const BRIDGED_2 = "18 34 00 52 28 86 20 06 44 00 00 f0 20 01 65 72 65 64 20 63 72 61 73 68 00 c0";

export const panicCases: RuleCases = {
  "STACK-10": {
    fires: [
      { name: "late", script: [panics, "+11s", sent] },
      { name: "without an end", script: [panics, "+11s", end("time")] },
      {
        name: "a bound of its own",
        script: [panics, "+3s", sent],
        promises: { panicBoundUs: 2_000_000 },
      },
    ],
    silent: [
      { name: "in time", script: [panics, "+9s", sent, "+60s", end()] },
      { name: "cut short", script: [panics, "+1s", end("interrupted")] },
    ],
  },
  "STACK-11": {
    fires: [
      { name: "another message", script: [panics, ...message(1, "18 37", "1c 37 c1"), sent] },
      { name: "no event first", script: [panics, ...deviceId, ...first, ...second, sent] },
      { name: "out of order", script: [panics, ...event, ...deviceId, ...second, ...first, sent] },
      { name: "twice", script: [panics, ...event, ...event, sent] },
      {
        name: "twice on the wire",
        script: [panics, ...event, exchange(EVENT, "14 02 00"), gaveUp],
      },
      { name: "the watchdog late", script: [panics, ...event, ...watchdog, sent] },
      {
        name: "the watchdog not at all",
        script: [asks(SET), ...right],
      },
      {
        name: "a watchdog that is not in use",
        script: [panics, ...watchdog, ...event, ...deviceId, ...first, ...second, sent],
      },
      {
        name: "no time for the watchdog",
        script: [
          ...[asks(SET), panics, ...message(5, "18 24 44 01 00 00 0a 00", "1c 24 00")],
          ...[...event, ...deviceId, ...first, ...second, sent],
        ],
      },
      { name: "no more than the event", script: [panics, ...event, sent] },
      { name: "nothing", script: [panics, sent] },
      {
        name: "at another unit than takes the events",
        script: [panics, ...event, ...generator, ...receiverUnit, ...bridged(4, BRIDGED_1), sent],
      },
      {
        name: "the event receiver not asked",
        script: [panics, ...event, ...generator, ...first, ...second, sent],
      },
      {
        name: "to the BMC, whose events go to another",
        script: [panics, ...event, ...generator, ...receiver, ...first, ...second, sent],
      },
      {
        name: "a record with a time",
        script: [
          ...[panics, ...event, ...deviceId],
          ...[...message(3, FIRST.replace(" f0 ", " d0 "), "2c 44 00 01 00"), ...second, sent],
        ],
      },
      {
        name: "to a third",
        script: [
          ...[panics, ...event, ...generator, ...message(3, RECEIVER, "14 01 00 54 00")],
          ...[...bridged(4, BRIDGED_1), ...bridged(5, BRIDGED_2), sent],
        ],
      },
      { name: "a record short", script: [panics, ...event, ...deviceId, ...first, sent] },
      {
        name: "another panic's text",
        script: [{ ...panics, text: "oops" }, ...event, sent],
      },
      {
        name: "another text",
        script: [{ ...panics, text: "sysrq" }, ...event, ...deviceId, ...first, sent],
      },
      { name: "on without an answer", script: [panics, send(1, EVENT), ...deviceId, gaveUp] },
      { name: "gave up", script: [panics, send(1, EVENT), gaveUp] },
      { name: "gave up too soon", script: [panics, send(1, EVENT), "+1s", gaveUp] },
      {
        name: "what was interrupted goes out",
        script: [panics, send(1, EVENT), exchange("18 04", "1c 04 00 55 00"), gaveUp],
      },
      { name: "a kernel tells nobody", host: KERNEL, script: [panics, FLAGS, reboots] },
      {
        name: "a kernel's event fails",
        host: KERNEL,
        script: [panics, exchange(EVENT, "14 02 c0"), reboots],
      },
      {
        name: "a kernel leaves half a text",
        host: KERNEL,
        script: [panics, wired.event, wired.deviceId, wired.first, reboots],
      },
    ],
    silent: [
      { name: "all", script: right },
      {
        name: "the watchdog first",
        script: [asks(SET), panics, ...watchdog, ...event, ...deviceId, ...first, ...second, sent],
      },
      { name: "the watchdog is off", script: [asks(SET), host("watchdog-off"), ...right] },
      { name: "no text", script: [{ ...panics, text: "" }, ...textless, sent] },
      {
        name: "to another controller",
        script: [
          panics,
          ...event,
          ...generator,
          ...receiver,
          ...bridged(4, BRIDGED_1),
          ...bridged(5, BRIDGED_2),
          sent,
        ],
      },
      {
        name: "to another unit of it",
        script: [
          ...[panics, ...event, ...generator, ...receiverUnit],
          ...[BRIDGED_1, BRIDGED_2].flatMap((text, at) => {
            return bridged(4 + at, text.replace("28 86", "29 85"));
          }),
          sent,
        ],
      },
      {
        name: "to nobody",
        script: [panics, ...event, ...message(2, DEVICE_ID, NO_SEL), sent],
      },
      {
        name: "gave up a BMC that takes its time",
        script: [panics, send(1, EVENT), "r1=00 w1=61", "+2s", gaveUp],
      },
      {
        name: "gave up when its time was over",
        script: [panics, "+9s", ...event, "+1s", send(2, DEVICE_ID), gaveUp],
        promises: { panicBoundUs: 10_001_000 },
      },
      {
        name: "gave up a BMC that hangs",
        script: [fault("bmc"), panics, send(1, EVENT), "+2s", gaveUp],
      },
      {
        name: "gave up a BMC that is away",
        script: [bmc("away"), panics, send(1, EVENT), "+2s", gaveUp],
      },
      {
        name: "restarted after an error",
        script: [
          panics,
          send(1, EVENT),
          "r1=00 w1=61 r1=c0",
          exchange(EVENT, "14 02 00"),
          ...rest,
          sent,
        ],
      },
      {
        name: "a kernel does as it likes besides",
        host: KERNEL,
        script: [
          ...[panics, FLAGS, wired.event, wired.event, FLAGS, wired.deviceId],
          ...[wired.first, wired.first, FLAGS, wired.second, reboots],
        ],
      },
      {
        name: "a kernel and a BMC that hangs",
        host: KERNEL,
        script: [fault("bmc"), panics, "+2s", reboots],
      },
      {
        name: "again after another request's answer",
        script: [
          panics,
          send(1, EVENT),
          exchange(EVENT, "1c 04 00 55 00"),
          ...event.slice(1),
          ...rest,
          sent,
        ],
      },
      {
        name: "the wire showed an end that was none",
        script: [panics, fault("wire"), send(1, EVENT), fault("wire", "ends"), ...deviceId, gaveUp],
      },
      {
        name: "the wire had it sent twice",
        script: [panics, fault("wire"), ...event, exchange(EVENT, "14 02 00"), gaveUp],
      },
      {
        name: "what was interrupted is over",
        script: ["r1=00 w1=61 r1=80 w0=18", panics, "r1=00", ...event, ...rest, sent],
      },
    ],
  },
  "STACK-12": {
    fires: [{ name: "a look", script: [...right, "r1=00"] }],
    silent: [
      { name: "silence", script: [...right, "+1s", end()] },
      { name: "another boot", script: [...right, host("start"), "r1=00"] },
      { name: "taken over", script: [...right, host("taken-over"), "r1=00"] },
    ],
  },
};
