import type { Body } from "../../../src/trace/events.ts";
import { bt, exchange as btExchange } from "../bt-script.ts";
import {
  answer,
  bmc,
  end,
  exchange,
  fault,
  host,
  received,
  repeat,
  request,
  type Script,
  send,
  short,
  swap,
  upTo,
} from "../script.ts";
import type { RuleCases } from "./case.ts";
import { OEM_TWICE } from "./ssif-parts.ts";

const GUID = "18 37";
/** A BMC that takes a second. */
const SLOW = swap(short, "r1=40", "r1=40 +1s");
const guid = exchange(GUID, `1c 37 00${" 11".repeat(16)}`);
const SELF_TEST = "18 04";
const right = [request(1, SELF_TEST), send(1, SELF_TEST), short, received(1, 1, "1c 04 00 55 00")];

/** The BMC is late with READ. */
const late = swap(short, "s=42 t0=04", "t0=04 s=40");

function guest(what: Extract<Body, { e: "guest" }>["what"]): Body {
  return { e: "guest", what, text: "INFO: task x:7 blocked for more than 120 seconds" };
}

const ADD = "28 44 00 00 f0 20 00 73 79 73 72 71 20 74 72 69 67 67";
const ADDED = "2c 44 00 01 00";
const OEM = "e8 f0 03";
const GIVEN_UP = { maker: "host-interface" } as const;

/** The BMC was given up for a request after so long. */
function given(after: string): Script {
  return [request(1, GUID), send(1, GUID), after, answer(1, "82", GIVEN_UP)];
}

/** What the stack asks on its own account. */
function own(id: number, message: string, user = "system-interface"): Body {
  return request(id, message, user);
}

export const promiseCases: RuleCases = {
  "STACK-01": {
    fires: [
      { name: "none", script: [request(1, GUID), end()] },
      { name: "none within the bound", script: [request(1, GUID), "+61s", end("time")] },
      { name: "two", script: [...right, answer(1, "00 55 00"), answer(1, "00 55 00"), end()] },
      { name: "to nobody", script: [answer(7, "00")] },
    ],
    silent: [
      { name: "one", script: [...right, answer(1, "00 55 00"), end()] },
      { name: "time was up", script: [request(1, GUID), "+59s", end("time")] },
      {
        name: "refused after all",
        script: [
          request(1, GUID),
          { e: "refused", id: 1, user: "x", netFn: 6, cmd: 0x37, code: "EBUSY" },
          end(),
        ],
      },
      { name: "stopped by hand", script: [request(1, GUID), end("interrupted")] },
      { name: "no end", script: [request(1, GUID), "+99s", short] },
      { name: "a panic", script: [request(1, GUID), host("panic"), host("panic-end"), end()] },
      { name: "taken over", script: [request(1, GUID), host("taken-over"), short, end()] },
    ],
  },
  "STACK-02": {
    fires: [
      { name: "late", script: [request(1, GUID), "+61s", answer(1, "c3", { maker: "timer" })] },
      {
        name: "a bound of its own",
        script: [request(1, GUID), "+3s", answer(1, "c3", { maker: "timer" })],
        promises: { answerBoundUs: 2_000_000 },
      },
      {
        name: "a quick BMC, and others are served",
        script: [request(1, GUID), ...repeat(3, [short, "+1s"]), answer(1, "00")],
        promises: { answerBoundUs: 2_000_000 },
      },
      {
        name: "not told that the BMC is given up",
        script: [request(1, GUID), "+6s", host("failed"), "+1s", answer(1, "82", GIVEN_UP)],
      },
      {
        name: "accepted with the BMC given up",
        script: [host("failed"), request(1, GUID), "+1s", answer(1, "82", GIVEN_UP)],
      },
      {
        name: "nor that it is left alone",
        script: [request(1, GUID), host("quiet"), "+1s", end("interrupted")],
      },
    ],
    silent: [
      {
        name: "a slow BMC, and others are served",
        script: [request(1, GUID), ...repeat(3, [SLOW]), answer(1, "00")],
        promises: { answerBoundUs: 2_000_000 },
      },
      {
        name: "told that the BMC is given up",
        script: [request(1, GUID), "+6s", host("failed"), answer(1, "82", GIVEN_UP), "+1s", end()],
      },
      {
        name: "accepted behind that",
        script: [host("failed"), request(1, GUID), answer(1, "82", GIVEN_UP), "+1s", end()],
      },
      {
        name: "accepted when it is there again",
        script: [host("failed"), host("found"), request(1, GUID), "+1s", answer(1, "00"), end()],
      },
      {
        name: "the stack's own",
        script: [host("failed"), own(1, "18 01", "identity"), "+1s", answer(1, "00"), end()],
      },
      {
        name: "another host's",
        host: "linux:7.2",
        script: [request(1, GUID), host("failed"), "+1s", answer(1, "00"), end()],
      },
      { name: "in time", script: [request(1, GUID), "+59s", answer(1, "c3", { maker: "timer" })] },
    ],
  },
  "STACK-13": {
    fires: [
      { name: "the same again", script: [own(1, "18 2f"), "+1s", own(2, "18 2f")] },
      {
        name: "behind an answered one, and a reset",
        script: [
          ...[own(1, "18 2f"), answer(1, "00 0c"), bmc("reset")],
          ...[own(2, "18 2f"), "+1s", own(3, "18 2f")],
        ],
      },
      {
        name: "heartbeats",
        script: [own(1, "18 22", "watchdog"), "+1s", own(2, "18 22", "watchdog")],
      },
      {
        name: "a heartbeat, and the timer set up meanwhile",
        script: [own(1, "18 22", "watchdog"), own(2, "18 24 44 01 00 00 64 00", "watchdog")],
      },
      {
        name: "by another part",
        script: [own(1, "18 01", "identity"), own(2, "18 01", "identity")],
      },
    ],
    silent: [
      {
        name: "one after the other",
        script: [own(1, "18 2f"), answer(1, "00 0c"), own(2, "18 2f"), answer(2, "82")],
      },
      { name: "another question", script: [own(1, "18 42 00"), own(2, "18 42 01")] },
      { name: "users may", script: [request(1, "18 2f"), request(2, "18 2f")] },
      {
        name: "a watchdog that is set up behind a stop",
        script: [own(1, "18 24 04 00 00 00 64 00", "watchdog"), own(2, "18 22", "watchdog")],
      },
      {
        name: "refused",
        script: [
          own(1, "18 2f"),
          { e: "refused", id: 1, user: "system-interface", netFn: 6, cmd: 0x2f, code: "SHUTDOWN" },
          own(2, "18 2f"),
        ],
      },
      { name: "a panic", script: [own(1, "18 2f"), host("panic"), own(2, "18 2f")] },
      {
        name: "left unanswered as the BMC was given up, which is another promise",
        script: [own(1, "18 2f"), host("failed"), own(2, "18 2f")],
      },
      {
        name: "left unanswered as the stack went down, which is another promise",
        script: [own(1, "18 2f"), host("shutdown"), host("start"), own(2, "18 2f")],
      },
      { name: "another host's", host: "linux:7.2", script: [own(1, "18 2f"), own(2, "18 2f")] },
    ],
  },
  "STACK-14": {
    fires: [
      { name: "three tries without a pause", script: given("+1ms") },
      {
        name: "again, behind a right one",
        script: [
          ...[request(1, GUID), send(1, GUID), "+5s", answer(1, "82", GIVEN_UP)],
          ...[request(2, GUID), send(2, GUID), "+4s", answer(2, "82", GIVEN_UP)],
        ],
      },
    ],
    silent: [
      { name: "after its time", script: given("+5s") },
      {
        name: "who was never sent",
        script: [
          ...[request(1, GUID), send(1, GUID), request(2, GUID), "+5s"],
          ...[answer(1, "82", GIVEN_UP), answer(2, "82", GIVEN_UP)],
          ...[request(3, GUID), answer(3, "82", GIVEN_UP)],
        ],
      },
      {
        name: "with the one whose time was over",
        script: [
          ...[request(1, GUID), send(1, GUID), "+1s", request(2, GUID), send(2, GUID), "+4s"],
          ...[answer(1, "c3", { maker: "timer" }), answer(2, "82", GIVEN_UP)],
        ],
      },
      { name: "by the BMC", script: [...right, answer(1, "82")] },
      {
        name: "with one on the wire whose user is gone",
        script: [
          ...[request(1, GUID), send(1, GUID), "+4900ms"],
          answer(1, "ce", { maker: "host-handler" }),
          ...[request(2, GUID), send(2, GUID), "+100ms", host("failed")],
          answer(2, "82", GIVEN_UP),
        ],
      },
      {
        name: "with one on the wire that was given up with another",
        script: [
          ...[request(1, GUID), send(1, GUID), "+2s", request(2, GUID), send(2, GUID), "+3s"],
          ...[answer(1, "c3", { maker: "timer" }), host("failed"), answer(2, "82", GIVEN_UP)],
          ...["+1s", request(3, GUID), send(3, GUID), "+1s", answer(3, "82", GIVEN_UP)],
        ],
      },
      {
        name: "when it had the second that it stated",
        interface: "bt",
        script: [...[...bt(btExchange("18 36", "1c 36 00 02 3f ff 01 01")), ...given("+990ms")]],
      },
      {
        name: "when it had the second that it stated, as the host took it off a bad wire",
        interface: "bt",
        script: [
          ...[request(9, "18 36", "system-interface"), send(9, "18 36")],
          ...bt(btExchange("18 36", "1e 36 00 02 3f ff 01 01")),
          ...[answer(9, "00 02 3f ff 01 01"), ...given("+990ms")],
        ],
      },
      { name: "another host's", host: "linux:7.2", script: given("+1ms") },
    ],
  },
  "STACK-15": {
    fires: [
      { name: "given up the second time, too", interface: "ssif", script: OEM_TWICE },
      {
        name: "a record is added twice",
        script: [request(1, ADD), send(1, ADD), ...repeat(2, [exchange(ADD, ADDED)])],
      },
      {
        name: "an unknown command, behind another request",
        script: [
          ...right,
          answer(1, "00 55 00"),
          ...[request(2, OEM), send(2, OEM), ...repeat(2, [exchange(OEM, "ec f0 00")])],
        ],
      },
    ],
    silent: [
      { name: "once", script: [request(1, ADD), send(1, ADD), exchange(ADD, ADDED)] },
      {
        name: "what may go twice",
        script: [request(1, GUID), send(1, GUID), ...repeat(2, [guid])],
      },
      {
        name: "twice on demand",
        script: [
          ...[request(1, ADD), send(1, ADD), exchange(ADD, ADDED), answer(1, "00 01 00")],
          ...[request(2, ADD), send(2, ADD), exchange(ADD, ADDED), answer(2, "00 02 00")],
        ],
      },
      {
        name: "sent again by whoever owns it",
        script: [request(1, OEM), ...repeat(2, [send(1, OEM), exchange(OEM, "ec f0 00")])],
      },
      {
        name: "a panic, and in it",
        script: [
          ...[request(1, ADD), send(1, ADD), host("panic"), ...repeat(2, [exchange(ADD, ADDED)])],
          ...[send(2, ADD), ...repeat(2, [exchange(ADD, ADDED)])],
        ],
      },
      {
        name: "another host's",
        host: "linux:7.2",
        script: [request(1, ADD), send(1, ADD), ...repeat(2, [exchange(ADD, ADDED)])],
      },
    ],
  },
  "STACK-04": {
    fires: [
      { name: "mixed up", script: [...right, request(2, GUID), answer(2, "00 55 00", { tag: 1 })] },
      {
        name: "another command's",
        script: [
          request(1, GUID),
          send(1, GUID),
          received(1, 1, "1c 04 00 55 00"),
          answer(1, "00 55 00"),
        ],
      },
      {
        name: "as the BMC presented it",
        script: [
          request(2, SELF_TEST),
          send(2, SELF_TEST),
          received(2, 1, "1c 04 00 55 00"),
          answer(2, "00 55 00", { tag: 1 }),
        ],
        note: true,
      },
    ],
    silent: [
      { name: "its own", script: [...right, answer(1, "00 55 00", { tag: 1 })] },
      {
        name: "bridged",
        script: [
          request(1, GUID),
          send(1, "18 34 40 20"),
          exchange("18 34 40 20", "1c 34 83"),
          received(1, 1, "1c 34 83"),
          answer(1, "83", { tag: 1 }),
        ],
      },
      {
        name: "made an error",
        script: [
          request(1, GUID),
          send(1, GUID),
          received(1, 1, "1c 04 00 55 00"),
          answer(1, "ff", { maker: "host-handler", tag: 1 }),
        ],
      },
    ],
  },
  "STACK-08": {
    fires: [
      { name: "a hung task", script: [guest("hung-task")] },
      { name: "a warning", script: [guest("warning")], note: true },
      { name: "a panic on orders", script: [fault("host"), guest("panic")], note: true },
    ],
    silent: [{ name: "only talk", script: [{ e: "console", text: "panic" }] }],
  },
  "STACK-09": {
    fires: [
      { name: "another code", script: [...right, answer(1, "c3")] },
      { name: "other data", script: [...right, answer(1, "00 55 01")] },
      {
        name: "called unusable",
        script: [...right, answer(1, "ff", { maker: "host-handler" })],
      },
      { name: "never came", script: [...right, request(2, GUID), answer(2, "00")] },
      {
        name: "never came, long after the BMC had broken a rule",
        script: [late, short, ...right, request(2, GUID), send(2, GUID), answer(2, "00")],
      },
    ],
    silent: [
      { name: "as it was", script: [...right, answer(1, "00 55 00")] },
      {
        name: "IDLE for a moment before the response",
        script: [send(1, SELF_TEST), swap(short, "r1=40", "r1=00 r1=40"), answer(1, "00 55 00")],
      },
      {
        name: "read to its last byte, and the transfer has not come to its end",
        script: [
          send(1, SELF_TEST),
          upTo(short, "r0=55 w0=68 t0=68 g=00 r1=41 r0=00"),
          answer(1, "00 55 00"),
        ],
      },
      {
        name: "of the host's making",
        script: [
          ...[request(2, GUID), send(2, GUID), received(2, 1, "1c 04 00 55 00")],
          answer(2, "ff", { maker: "host-handler" }),
        ],
      },
      {
        name: "of the host's making, as the second try's was another's",
        script: [
          ...[request(2, GUID), send(2, GUID), received(2, 1, "1c 37 c0")],
          ...[send(2, GUID), received(2, 1, "1c 04 00")],
          answer(2, "ff", { maker: "host-handler" }),
        ],
      },
      {
        name: "nobody waits for it any longer",
        script: [...right, answer(1, "ce", { maker: "host-handler" })],
      },
      { name: "a guest's", script: [request(1, SELF_TEST), short, answer(1, "c3")] },
    ],
  },
};
