import type { Body } from "../../../src/trace/events.ts";
import { answer, end, host, request, user } from "../script.ts";
import type { RuleCases } from "./case.ts";

const BEATS = user("watchdog", "heartbeat");
const STOPS = user("watchdog", "watchdog-stop");
const REFUSED: Body = {
  ...{ e: "refused", id: 0, user: "watchdog", netFn: 6, cmd: 0x22, code: "BUSY_MAINTENANCE" },
} as Body;

export const watchdogAgainCases: RuleCases = {
  "STACK-35": {
    fires: [
      { name: "the Set failed", script: [BEATS, set(), answer(1, "c3"), "+3s", end()] },
      {
        name: "the Reset failed",
        script: [BEATS, set(), answer(1, "00"), reset(2), answer(2, "82"), "+3s", end()],
      },
      { name: "refused", script: [BEATS, REFUSED, "+3s", end()] },
      {
        name: "the second try failed",
        script: [BEATS, REFUSED, "+1s", set(), answer(1, "c3"), "+3s", end()],
      },
    ],
    silent: [
      {
        name: "tried again",
        script: [BEATS, set(), answer(1, "c3"), "+1s", set(2), "+9s", end()],
      },
      { name: "it pauses", script: [BEATS, set(), answer(1, "c3"), "+1s", end()] },
      { name: "set up", script: [BEATS, set(), answer(1, "00"), "+3s", end()] },
      { name: "stopped", script: [BEATS, set(), answer(1, "c3"), STOPS, "+3s", end()] },
      { name: "the stop failed", script: [BEATS, STOPS, set(), answer(1, "c3"), "+3s", end()] },
      {
        name: "no action is wanted",
        script: [BEATS, user("watchdog", "watchdog", "none in 10 s"), REFUSED, "+3s", end()],
      },
      {
        name: "its policy ran",
        script: [BEATS, set(), answer(1, "c3"), host("watchdog-policy"), "+3s", end()],
      },
      { name: "nobody asked for it", script: [set(), answer(1, "c3"), "+3s", end()] },
      {
        name: "another's request failed",
        script: [BEATS, request(1, "18 24 44 01 00 00 64 00"), answer(1, "c3"), "+3s", end()],
      },
    ],
  },
};

/** The stack's own watchdog asks. */
function asks(id: number, message: string): Body {
  return { ...request(id, message), user: "watchdog" } as Body;
}

function set(id = 1): Body {
  return asks(id, "18 24 44 01 00 00 64 00");
}

function reset(id: number): Body {
  return asks(id, "18 22");
}
