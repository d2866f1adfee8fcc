import type { Body } from "../../../src/trace/events.ts";
import { ask, bt, deviceId as btDeviceId } from "../bt-script.ts";
import {
  abort,
  answer,
  end,
  exchange,
  host,
  received,
  repeat,
  request,
  send,
  short,
  swapLast,
} from "../script.ts";
import { exchange as onSmic, short as shortOnSmic, smic } from "../smic-script.ts";
import { bus, read, transaction, write } from "../ssif-script.ts";
import type { RuleCases } from "./case.ts";

const GUID = "18 37";
const SELF_TEST = "18 04";
const flagRead = exchange("18 31", "1c 31 00 02", true);
const flagReadOnSmic = onSmic("18 31", "1c 31 00 02", true);
const guid = exchange(GUID, `1c 37 00${" 11".repeat(16)}`);
const COLD_RESET = [request(1, "18 02"), send(1, "18 02"), received(1, 1, "1c 02 00")];
const REFUSED_RESET = [
  ...[request(1, "18 02"), send(1, "18 02"), received(1, 1, "1c 02 c1"), answer(1, "c1")],
];
const start = host("start");
const BRIDGED_RESET = [
  ...[request(1, "18 02"), send(1, "18 34 40 20"), received(1, 1, "1c 34 00")],
];

function quiet(time: string): Body {
  return { e: "host", what: "quiet", text: `the BMC was reset; it is left alone for ${time}` };
}

function run(on: boolean): Body {
  return { e: "run", on, cause: "timer" };
}

/** What the stack asks on its own account. */
function own(id: number, message: string): Body {
  return request(id, message, "system-interface");
}

export const trafficCases: RuleCases = {
  "STACK-03": {
    fires: [
      { name: "flags for ever", script: [request(1, GUID), ...repeat(41, [flagRead])] },
      {
        name: "the interface's own requests",
        script: [
          request(1, GUID),
          ...Array.from({ length: 41 }, (_, i) => [
            { ...request(i + 2, "18 31"), user: "system-interface" },
            send(i + 2, "18 31"),
            flagRead,
            answer(i + 2, "00 02"),
          ]).flat(),
        ],
      },
      {
        name: "flags for ever on SSIF",
        interface: "ssif",
        script: [request(1, GUID), ...repeat(41, transaction("18 31", "1c 31 00 02"))],
      },
      {
        name: "a limit of its own",
        script: [request(1, GUID), ...repeat(5, [flagRead])],
        promises: { internalTransfersMax: 4 },
      },
      {
        name: "again behind another user's transfer",
        script: [
          ...[request(1, GUID), request(2, SELF_TEST)],
          ...repeat(40, [flagRead]),
          ...[send(2, SELF_TEST), short, answer(2, "00 55 00")],
          ...[own(3, "18 31"), send(3, "18 31")],
          ...repeat(41, [flagRead]),
        ],
      },
    ],
    silent: [
      { name: "in turn", script: [request(1, GUID), ...repeat(40, [flagRead]), guid] },
      {
        name: "what the BMC did not take comes again",
        script: [
          request(1, GUID),
          ...repeat(39, [`r1=00 w1=61 s=80 t1=61 r1=80 ${abort()}`]),
          ...repeat(40, [flagRead]),
          guid,
        ],
      },
      {
        name: "responses of no use are read again",
        interface: "ssif",
        script: [
          request(1, GUID),
          ...Array.from({ length: 4 }, (_, i) => [
            ...[own(i + 9, "18 31"), send(i + 9, "18 31")],
            ...bus(write(0x02, [0x18, 0x31])),
            ...repeat(12, ["+60ms", ...bus(read(0x03, [0x1c, 0x01, 0x00]))]),
            answer(i + 9, "ff", { maker: "host-handler" }),
          ]).flat(),
        ],
      },
      {
        name: "users have their turns between",
        script: [
          request(1, GUID),
          ...Array.from({ length: 4 }, (_, i) => [
            request(i + 2, SELF_TEST),
            ...[send(i + 2, SELF_TEST), short, answer(i + 2, "00 55 00")],
            ...[own(i + 9, "18 31"), send(i + 9, "18 31")],
            ...repeat(30, [flagRead]),
          ]).flat(),
          ...[send(1, GUID), guid],
        ],
      },
      {
        name: "users have their turns between, and the end of each is spoiled on the wire",
        interface: "smic",
        script: [
          request(1, GUID),
          ...Array.from({ length: 4 }, (_, i) => [
            ...[request(i + 2, SELF_TEST), send(i + 2, SELF_TEST)],
            ...[...smic(swapLast(shortOnSmic, "rc=c0", "rc=46")), answer(i + 2, "00 55 00")],
            ...[own(i + 9, "18 31"), send(i + 9, "18 31")],
            ...repeat(30, smic(flagReadOnSmic)),
          ]).flat(),
        ],
      },
      {
        name: "sent before",
        script: [request(1, GUID), guid, ...repeat(60, [flagRead]), answer(1, "00")],
      },
      {
        name: "the flags are a user's own",
        script: [
          request(1, GUID),
          ...Array.from({ length: 50 }, (_, i) => [
            request(i + 2, "18 31"),
            flagRead,
            answer(i + 2, "00 02"),
          ]).flat(),
        ],
      },
    ],
  },
  "STACK-05": {
    fires: [
      { name: "too many", script: [run(true), ...repeat(2_001, ["r1=00"]), run(false)] },
      {
        name: "one run behind the other",
        script: repeat(101, [run(true), ...repeat(20, ["r1=00"]), run(false)]),
      },
    ],
    silent: [
      {
        name: "one run behind the other, with pauses",
        script: repeat(101, [run(true), ...repeat(20, ["r1=00"]), run(false), "+20us"]),
      },
      {
        name: "one run behind the other, and the wire goes on",
        script: repeat(101, [run(true), short, run(false)]),
      },
      {
        name: "one run behind the other, and a request is open that nobody waits for any more",
        interface: "bt",
        script: [
          ...bt(ask(GUID, "01")),
          ...repeat(101, [run(true), ...bt(btDeviceId), run(false)]),
        ],
      },
      { name: "as many as may be", script: [run(true), ...repeat(2_000, ["r1=00"]), run(false)] },
      {
        name: "in two runs",
        script: repeat(2, [run(true), ...repeat(1_500, ["r1=00"]), run(false), "+1ms"]),
      },
      { name: "a panic", script: [run(true), host("panic"), ...repeat(2_001, ["r1=00"]), end()] },
    ],
  },
  "STACK-06": {
    fires: [
      { name: "a look", script: [host("quiet"), "r1=00", host("quiet-end")] },
      { name: "on at once", script: [...COLD_RESET, answer(1, "00"), send(2, GUID)] },
      { name: "a refused one", script: [...REFUSED_RESET, host("quiet")] },
      { name: "without any", script: [start, host("quiet")] },
      {
        name: "not alone",
        script: [request(1, "18 02"), send(1, "18 02"), request(2, GUID), send(2, GUID)],
      },
      { name: "too short", script: [quiet("30000 ms"), "+3s", host("quiet-end")] },
    ],
    silent: [
      { name: "left alone", script: [...COLD_RESET, host("quiet"), answer(1, "00")] },
      {
        name: "refused",
        script: [...REFUSED_RESET, send(2, GUID)],
      },
      { name: "another controller's", script: [...BRIDGED_RESET, send(2, GUID)] },
      { name: "a panic behind it", script: [...COLD_RESET, host("panic"), send(2, GUID)] },
      { name: "all of it", script: [...COLD_RESET, quiet("30000 ms"), "+30s", host("quiet-end")] },
      { name: "quiet", script: [...COLD_RESET, host("quiet"), host("quiet-end"), short] },
      { name: "unanswered", script: [...COLD_RESET.slice(0, 2), host("quiet")] },
      {
        name: "a response that is none",
        script: [
          ...[...COLD_RESET.slice(0, 2), received(1, 1, "1c 02")],
          ...[answer(1, "ff", { maker: "host-interface" }), host("quiet")],
        ],
      },
      {
        name: "another driver",
        script: [...COLD_RESET, host("quiet"), host("inserted"), short],
      },
      { name: "a panic", script: [...COLD_RESET, host("quiet"), host("panic"), short] },
    ],
  },
  "STACK-07": {
    fires: [
      { name: "a look", script: [host("down"), "r1=00"] },
      { name: "after the quiet time", script: [host("quiet"), host("down"), "r1=00"] },
    ],
    silent: [
      { name: "before", script: [host("shutdown"), short, host("down")] },
      { name: "started again", script: [host("down"), host("start"), short] },
    ],
  },
};
