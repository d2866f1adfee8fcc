import type { Body } from "../../../src/trace/events.ts";
import { bmc, end, host, request, said } from "../script.ts";
import type { RuleCases } from "./case.ts";

/** A command and its answer, as the BMC's application sees them. */
function asked(tag: number, request: string, code: number): Body[] {
  const message = Uint8Array.from(request.split(" "), (byte) => Number.parseInt(byte, 16));
  const [netFnLun = 0, cmd = 0] = message;
  const response = Uint8Array.of(netFnLun | 4, cmd, code);
  return [
    { e: "bmc.request", tag, message },
    { e: "bmc.response", tag, message: response },
  ];
}

const SET_10_S = "18 24 44 01 00 00 64 00";
const armed = [...asked(1, SET_10_S, 0), ...asked(2, "18 22", 0), host("watchdog-armed")];
const promises = { answerBoundUs: 20_000_000 };

export const watchdogCases: RuleCases = {
  "STACK-20": {
    fires: [
      { name: "only set", script: [...asked(1, SET_10_S, 0), host("watchdog-armed")] },
      { name: "never set", script: [...asked(1, "18 22", 0x80), host("watchdog-armed")] },
      {
        name: "refused",
        script: [...asked(1, SET_10_S, 0), ...asked(2, "18 22", 0xff), host("watchdog-armed")],
      },
      {
        name: "stopped",
        script: [...armed, ...asked(3, "18 24 04 00 00 00 64 00", 0), host("watchdog-armed")],
      },
      { name: "lost for too long", script: [...armed, bmc("reset"), "+31s", end()], promises },
      {
        name: "withdrawn too late",
        script: [...armed, bmc("power-on"), "+31s", host("watchdog-unprotected")],
        promises,
      },
      {
        name: "set up again too late",
        script: [...armed, bmc("reset"), "+31s", ...asked(3, SET_10_S, 0), ...asked(4, "18 22", 0)],
        promises,
      },
      {
        name: "set again, but not started",
        script: [...armed, bmc("reset"), ...asked(3, SET_10_S, 0), "+31s", end()],
        promises,
      },
      { name: "ran out", script: [...armed, bmc("watchdog-expired"), "+31s", end()], promises },
      {
        name: "armed over a refusal",
        script: [
          ...armed,
          bmc("reset"),
          ...asked(3, "18 22", 0x80),
          host("watchdog-unprotected"),
          host("watchdog-armed"),
        ],
      },
    ],
    silent: [
      { name: "armed", script: [...armed, "+99s", end()] },
      { name: "noticed", script: [...armed, bmc("reset"), "+29s", end()], promises },
      {
        name: "withdrawn",
        script: [...armed, bmc("reset"), "+9s", host("watchdog-unprotected"), "+99s", end()],
        promises,
      },
      {
        name: "set up again",
        script: [
          ...armed,
          bmc("reset"),
          ...asked(3, SET_10_S, 0),
          ...asked(4, "18 22", 0),
          "+99s",
          end(),
        ],
        promises,
      },
      {
        name: "lost behind its answer",
        script: [
          ...asked(1, SET_10_S, 0),
          ...asked(2, "18 22", 0),
          bmc("reset"),
          host("watchdog-armed"),
          "+9s",
          host("watchdog-unprotected"),
          end(),
        ],
        promises,
      },
      { name: "off", script: [...armed, host("watchdog-off"), bmc("reset"), "+99s", end()] },
    ],
  },
  "STACK-21": {
    fires: [
      { name: "another action", script: [...set("02", "64 00"), says("reset in 10 s")] },
      { name: "another time", script: [...set("01", "0a 00"), says("reset in 10 s")] },
    ],
    silent: [
      { name: "as it was set", script: [...set("01", "64 00"), says("reset in 10 s")] },
      {
        name: "the BMC lost it",
        script: [...set("02", "64 00"), bmc("reset"), says("reset in 10 s")],
      },
      { name: "in other words", script: [...set("02", "64 00"), host("watchdog-armed")] },
    ],
  },
  "STACK-22": {
    fires: [
      {
        name: "it runs",
        script: [...set("01", "64 00"), ...said("18 22", "1c 22 00"), host("watchdog-off")],
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
      { name: "it never ran", script: [...set("01", "64 00"), host("watchdog-off")] },
    ],
  },
  "WD-10": {
    fires: [
      { name: "another use", script: [asks("18 24 43 01 00 00 64 00")] },
      { name: "another's flag", script: [asks("18 24 44 01 00 08 64 00")] },
    ],
    silent: [
      { name: "its own", script: [asks("18 24 44 01 00 10 64 00")] },
      { name: "a tool's", script: [request(1, "18 24 43 01 00 08 64 00")] },
    ],
  },
};

function set(action: string, count: string) {
  return said(`18 24 44 ${action} 00 00 ${count}`, "1c 24 00");
}

function says(text: string): Body {
  return { e: "host", what: "watchdog-armed", text };
}

/** The stack's own watchdog asks. */
function asks(message: string): Body {
  return { ...request(1, message), user: "watchdog" } as Body;
}
