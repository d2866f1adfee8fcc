import type { Body } from "../../../src/trace/events.ts";
import { answer, end, host, received, repeat, request, send, short } from "../script.ts";
import type { RuleCases } from "./case.ts";

const GUID = "18 37";
const COLD_RESET = [request(1, "18 02"), send(1, "18 02"), received(1, 1, "1c 02 00")];
const BRIDGED_RESET = [
  ...[request(1, "18 02"), send(1, "18 34 40 20"), received(1, 1, "1c 34 00")],
];

function quiet(time: string): Body {
  return { e: "host", what: "quiet", text: `the BMC was reset; it is left alone for ${time}` };
}

function run(on: boolean): Body {
  return { e: "run", on, cause: "timer" };
}

export const trafficCases: RuleCases = {
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
      { name: "too short", script: [quiet("30000 ms"), "+3s", host("quiet-end")] },
    ],
    silent: [
      { name: "left alone", script: [...COLD_RESET, host("quiet"), answer(1, "00")] },
      {
        name: "refused",
        script: [
          ...[request(1, "18 02"), send(1, "18 02"), received(1, 1, "1c 02 c1"), answer(1, "c1")],
          send(2, GUID),
        ],
      },
      { name: "another controller's", script: [...BRIDGED_RESET, send(2, GUID)] },
      { name: "a panic behind it", script: [...COLD_RESET, host("panic"), send(2, GUID)] },
      { name: "all of it", script: [quiet("30000 ms"), "+30s", host("quiet-end")] },
      { name: "quiet", script: [short, host("quiet"), host("quiet-end"), short] },
      { name: "another driver", script: [host("quiet"), host("inserted"), short] },
      { name: "a panic", script: [host("quiet"), host("panic"), short] },
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
