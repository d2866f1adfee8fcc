import type { Body } from "../../../src/trace/events.ts";
import { asked, bmc, end, given, said } from "../script.ts";
import type { Case, RuleCases } from "./case.ts";

type Script = Case["script"];

/** 10 s, SMS/OS, reset, no pre-timeout. */
const SET = "18 24 04 01 00 00 64 00";
const set = said(SET, "1c 24 00");
const start = said("18 22", "1c 22 00");
const kept = said("18 24 44 01 00 00 c8 00", "1c 24 00");
/** NMI 3 s before. */
const early = said("18 24 04 21 03 00 64 00", "1c 24 00");
/** A message at the time-out itself. */
const late = said("18 24 04 30 00 00 64 00", "1c 24 00");
/** Get Watchdog Timer: use and running, actions, interval, flags, initial, present. */
const reads = (data: string) => said("18 25", `1c 25 00 ${data}`);
const running = reads("44 01 00 00 64 00 64 00");
const stands = reads("04 01 00 00 64 00 64 00");
const expired = bmc("watchdog-expired", 0, "use 4, action 1");
const logged = bmc("sel", 0, "record 1");
const resets = bmc("power", 0, "reset: watchdog");
const bites: readonly Body[] = [expired, logged, resets];
/** With event data 1 and 2 of what is logged. */
const bitesAs = (data: string, by = "20") => [
  expired,
  "=",
  bmc("sel", 0, `record 1: 00 00 02 00 00 00 00 ${by} 00 04 23 23 6f ${data} ff`),
  resets,
];
const button = bmc("power", 0, "reset");
const nmi = bmc("pretimeout", 0, "nmi");
const message = bmc("pretimeout", 0, "messaging");
const flags = (value: string) => said("18 31", `1c 31 00 ${value}`);
const boot: Script = [bmc("power-on"), bmc("up")];

export const watchdogTimerCases: RuleCases = {
  "WD-01": {
    fires: [
      { name: "it runs on", script: [...set, ...start, ...set, ...running] },
      { name: "it runs out", script: [...set, ...start, ...set, "+10s", ...bites] },
      {
        name: "it stops",
        script: [...set, ...start, ...kept, ...reads("04 01 00 00 c8 00 c8 00")],
      },
    ],
    silent: [
      { name: "it stands", script: [...set, ...start, ...set, ...stands] },
      {
        name: "it goes on",
        script: [...set, ...start, ...kept, ...reads("44 01 00 00 c8 00 c8 00")],
      },
      {
        name: "not sure",
        script: [...set, ...start, asked("18 24"), ...set, asked("18 22"), ...running],
      },
    ],
  },
  "WD-02": {
    fires: [
      { name: "it stands", script: [message, ...set, ...flags("08")] },
      {
        name: "it stands behind a slow answer",
        script: [message, asked(SET), "+4s", given("1c 24 00"), ...flags("08")],
      },
    ],
    silent: [
      { name: "it fell", script: [message, ...set, ...flags("00")] },
      { name: "it came again", script: [...set, message, ...flags("08")] },
      {
        name: "it came before the answer",
        script: [asked(SET), message, given("1c 24 00"), ...flags("08")],
      },
      { name: "refused", script: [message, ...said("18 24 00", "1c 24 c7"), ...flags("08")] },
    ],
  },
  "WD-03": {
    fires: [
      { name: "it stands", script: [...set, ...start, ...stands] },
      {
        name: "it was not started anew",
        script: [...set, ...start, "+6s", ...start, "+4s", ...bites],
      },
      {
        name: "past the pre-timeout",
        script: [
          ...early,
          ...start,
          "+7s",
          nmi,
          "+1s",
          ...start,
          ...reads("44 21 03 00 64 00 64 00"),
        ],
      },
    ],
    silent: [
      { name: "it runs", script: [...set, ...start, ...running] },
      { name: "it ran out anew", script: [...set, ...start, "+6s", ...start, "+10s", ...bites] },
      {
        name: "past the pre-timeout, and it counts on",
        script: [
          ...early,
          ...start,
          "+7s",
          nmi,
          "+1s",
          ...start,
          ...reads("44 21 03 00 64 00 14 00"),
        ],
      },
    ],
  },
  "WD-05": {
    fires: [
      {
        name: "something else",
        script: [...set, ...start, "+10s", expired, bmc("power", 0, "power-down: watchdog")],
      },
      { name: "nothing", script: [...set, ...start, "+10s", expired, logged, "+2s", end()] },
      {
        name: "not logged",
        script: [logged, ...set, ...start, "+10s", expired, resets, "+2s", end()],
      },
      { name: "no flag", script: [...boot, ...set, ...start, "+10s", ...bites, ...stands] },
      { name: "another action logged", script: [...set, ...start, "+10s", ...bitesAs("c2 04")] },
      { name: "another use logged", script: [...set, ...start, "+10s", ...bitesAs("c1 03")] },
      { name: "as another's", script: [...set, ...start, "+10s", ...bitesAs("c1 04", "80")] },
      {
        name: "logged in spite",
        script: [
          ...said("18 24 84 01 00 00 64 00", "1c 24 00"),
          ...start,
          "+10s",
          ...bitesAs("c1 04"),
        ],
      },
    ],
    silent: [
      { name: "as asked", script: [...set, ...start, "+10s", ...bites, "+2s", end()] },
      { name: "logged so", script: [...set, ...start, "+10s", ...bitesAs("c1 04")] },
      {
        name: "another's own timer ran out later",
        script: [...set, ...start, "+10s", ...bites, ...bitesAs("c1 04", "80").slice(2)],
      },
      {
        name: "with its flag",
        script: [...set, ...start, "+10s", ...bites, ...reads("04 01 00 10 64 00 00 00")],
      },
      {
        name: "nobody knows for which use it ran",
        script: [...boot, expired, ...reads("04 01 00 10 64 00 00 00")],
      },
      {
        name: "not to be logged",
        script: [
          logged,
          ...said("18 24 84 01 00 00 64 00", "1c 24 00"),
          ...start,
          "+10s",
          expired,
          resets,
          "+2s",
          end(),
        ],
      },
    ],
  },
  "WD-06": {
    fires: [
      { name: "another one", script: [...early, ...start, "+7s", message] },
      { name: "too early", script: [...early, ...start, "+3s", nmi] },
      { name: "none", script: [...early, ...start, "+10s", ...bites, "+2s", end()] },
      {
        name: "none with the time-out",
        script: [...late, ...start, "+10s", expired, "+2s", end()],
      },
    ],
    silent: [
      { name: "in time", script: [...early, ...start, "+7s", nmi, "+3s", ...bites, "+2s", end()] },
      {
        name: "with the time-out",
        script: [...late, ...start, "+10s", expired, message, "+2s", end()],
      },
      {
        name: "started anew by what is not answered yet",
        script: [...early, ...start, "+2s", asked("18 22"), "+7s", nmi],
      },
    ],
  },
  "WD-07": {
    fires: [
      { name: "it runs on", script: [...set, ...start, button, ...running] },
      {
        name: "it runs out",
        script: [...set, ...start, bmc("reset", 0, "cold"), bmc("up"), "+10s", expired],
      },
    ],
    silent: [
      { name: "it stands", script: [...set, ...start, button, ...stands] },
      {
        name: "a diagnostic interrupt",
        script: [
          ...set,
          ...start,
          bmc("power", 0, "diagnostic-interrupt: chassis-control"),
          ...running,
        ],
      },
      { name: "it never ran", script: [...set, button, ...running] },
      { name: "set anew", script: [...set, ...start, button, ...set, ...start, ...running] },
    ],
  },
  "WD-09": {
    fires: [
      { name: "it does not fall", script: [...set, ...start, "+5s", ...running] },
      { name: "it stands elsewhere", script: [...set, ...reads("04 01 00 00 64 00 0a 00")] },
      { name: "too little", script: [...set, ...start, ...reads("44 01 00 00 64 00 0a 00")] },
    ],
    silent: [
      { name: "at the start", script: [...set, ...start, ...running] },
      { name: "it falls", script: [...set, ...start, "+5s", ...reads("44 01 00 00 64 00 32 00")] },
      { name: "it stands", script: [...set, "+5s", ...stands] },
    ],
  },
  "WD-13": {
    fires: [
      { name: "never set", script: [...boot, ...start] },
      { name: "since the system's reset", script: [...set, ...start, button, ...start] },
      { name: "it was set", script: [...set, ...said("18 22", "1c 22 80")] },
      { name: "FFh", script: [...boot, ...said("18 22", "1c 22 ff")], note: true },
    ],
    silent: [
      { name: "80h", script: [...boot, ...said("18 22", "1c 22 80")] },
      { name: "set", script: [...boot, ...set, ...start] },
      { name: "perhaps set before", script: start },
      { name: "a warm reset", script: [...set, bmc("reset", 0, "warm"), ...start] },
    ],
  },
  "WD-14": {
    fires: [
      { name: "no flag", script: [message, ...flags("00")] },
      { name: "for an NMI", script: [bmc("flags", 0), "+1ms", bmc("flags", 8), "=", nmi] },
    ],
    silent: [
      { name: "a flag", script: [message, ...flags("08")] },
      { name: "cleared", script: [message, ...said("18 30 08", "1c 30 00"), ...flags("00")] },
      {
        name: "cleared, and the answer was given up",
        script: [message, asked("18 30 08"), ...flags("00")],
      },
      { name: "an NMI", script: [nmi, ...flags("00")] },
      { name: "one before", script: [bmc("flags", 8), "+1ms", nmi] },
    ],
  },
  "WD-15": {
    fires: [
      { name: "nobody started it", script: [...boot, ...reads("44 00 00 00 00 00 00 00")] },
      { name: "the use", script: [...set, ...reads("03 01 00 00 64 00 64 00")] },
      { name: "the action", script: [...set, ...reads("04 02 00 00 64 00 64 00")] },
      { name: "the interrupt", script: [...early, ...reads("04 01 03 00 64 00 64 00")] },
      { name: "the count", script: [...set, ...reads("04 01 00 00 00 64 64 00")] },
    ],
    silent: [
      { name: "the same", script: [...set, ...stands] },
      {
        name: "refused",
        script: [...set, ...said("18 24 44 04 00 00 64 00", "1c 24 cc"), ...stands],
      },
      {
        name: "perhaps not refused",
        script: [...set, ...said("18 24 03 01 00 00 64 00", "1c 24 ff"), ...stands],
      },
      {
        name: "after a reset",
        script: [...set, bmc("reset", 0, "cold"), ...reads("00 00 00 00 00 00 00 00")],
      },
    ],
  },
  "WD-16": {
    fires: [
      { name: "too early", script: [...set, ...start, "+5s", ...bites] },
      { name: "never", script: [...set, ...start, "+20s", end()] },
    ],
    silent: [
      { name: "in time", script: [...set, ...start, "+10s", ...bites, end()] },
      { name: "started anew", script: [...set, ...start, "+5s", ...start, "+6s", end()] },
      { name: "stopped", script: [...set, ...start, ...set, "+20s", end()] },
      {
        name: "started anew by what is not answered yet",
        script: [...set, ...start, "+5s", asked("18 22"), "+7s", end()],
      },
      { name: "its processor hangs", script: [...set, ...start, bmc("hang"), "+20s", end()] },
    ],
  },
};
