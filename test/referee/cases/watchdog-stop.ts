import type { Body } from "../../../src/trace/events.ts";
import { answer, bmc, end, host, request, said, user } from "../script.ts";
import type { RuleCases } from "./case.ts";

const SET_10_S = "18 24 44 01 00 00 64 00";
const STOP = "18 24 04 00 00 00 64 00";
const SET = said(SET_10_S, "1c 24 00");
const RUNS = [...SET, ...said("18 22", "1c 22 00")];
const beats = user("watchdog", "heartbeat");
const stops = user("watchdog", "watchdog-stop");

/** When the watchdog's timer is stopped, and when not. */
export const watchdogStopCases: RuleCases = {
  "STACK-22": {
    fires: [
      {
        name: "it runs",
        script: [...SET, ...said("18 22", "1c 22 00"), host("watchdog-off")],
      },
      { name: "it is stopped by nobody", script: [...RUNS, beats, asks(STOP)] },
      { name: "it is not stopped", script: [...RUNS, stops, "+1s", end()] },
      {
        name: "it has no way out",
        script: [...RUNS, beats, wants("none in 10 s, no way out"), asks(STOP)],
      },
      {
        name: "it is set anew in place of it",
        script: [...RUNS, stops, asks(SET_10_S), answer(1, "00"), "+1s", end()],
      },
    ],
    silent: [
      {
        name: "it stands",
        script: [
          ...said("18 22", "1c 22 00"),
          ...said("18 24 04 00 00 00 64 00", "1c 24 00"),
          host("watchdog-off"),
        ],
      },
      {
        name: "it ran out",
        script: [...said("18 22", "1c 22 00"), bmc("watchdog-expired"), host("watchdog-off")],
      },
      { name: "it never ran", script: [...SET, host("watchdog-off")] },
      {
        name: "it has no way out, and a stop is refused",
        script: [
          ...[
            ...RUNS,
            beats,
            wants("none in 10 s, no way out"),
            wants("reset in 10 s, no way out"),
          ],
          ...[beats, asks(SET_10_S), end()],
        ],
      },
      {
        name: "it has no way out, and never ran",
        script: [wants("none in 10 s, no way out"), asks(STOP)],
      },
      {
        name: "no action is asked for",
        script: [...RUNS, beats, wants("none in 10 s"), asks(STOP)],
      },
      { name: "it is stopped", script: [...RUNS, stops, asks(STOP), "+1s", end()] },
      {
        name: "when what is under way is over",
        script: [
          ...[...RUNS, asks("18 22"), stops, "+1s", answer(1, "00"), asks(STOP)],
          ...["+1s", end()],
        ],
      },
      {
        name: "asked for anew",
        script: [...RUNS, stops, user("watchdog", "heartbeat"), "+1s", end()],
      },
    ],
  },
};

/** Its user asks for that. */
function wants(text: string): Body {
  return user("watchdog", "watchdog", text);
}

/** The stack's own watchdog asks. */
function asks(message: string): Body {
  return { ...request(1, message), user: "watchdog" } as Body;
}
