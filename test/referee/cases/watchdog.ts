import type { Body } from "../../../src/trace/events.ts";
import { bmc, end, host } from "../script.ts";
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
};
