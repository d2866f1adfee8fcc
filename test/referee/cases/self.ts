import { asked, bmc, end, given, said } from "../script.ts";
import type { RuleCases } from "./case.ts";

const fresh = bmc("power-on");
const warm = bmc("reset", 0, "warm");
const cold = bmc("reset", 0, "cold");
const power = (text: string) => bmc("power", 0, text);
const sets = (data: string, answer = "00") => said(`00 08 ${data}`, `04 08 ${answer}`);
const reads = (selector: string, data: string, mark = selector) =>
  said(`00 09 ${selector} 00 00`, `04 09 00 01 ${mark} ${data}`);
const cycle = power("power-cycle: chassis-control");
const up = power("power-up: chassis-control");
const interval = said("00 0b 0a", "04 0b 00");
const identifies = (data: string) => said(`00 04${data}`, "04 04 00");
/** Identify is supported, and in that state. */
const states = (state: string) => said("00 01", `04 01 00 21 00 ${state} 00`);
/** What it supports. */
const device = (bits: string) => said("18 01", `1c 01 00 20 01 01 00 02 ${bits} 00 00 00 01 00`);
const version = (bcd: string) => said("18 01", `1c 01 00 20 01 01 00 ${bcd} be 00 00 00 01 00`);
const info = said("28 40", "2c 40 00 51 00 00 00 10 00 00 00 00 00 00 00 00 0f");
const channel = (which: string, answer: string) => said(`18 42 ${which}`, `1c 42 ${answer}`);
const enables = (value: string) => said(`18 2e ${value}`, "1c 2e 00");
const reads2f = (value: string) => said("18 2f", `1c 2f 00 ${value}`);
const receiver = (address: string) => said(`10 00 ${address} 00`, "14 00 00");
const logs = (generator: string) =>
  bmc("sel", 0, `record 6: 00 00 02 00 00 00 00 ${generator} 00 04 12 05 6f 01 ff ff`);

/** What a BMC says of itself, and what it does to the system for a while. */
export const selfCases: RuleCases = {
  "CHS-02": {
    fires: [
      {
        name: "as before",
        script: [...sets("05 c0 08 00 00 00"), cold, ...reads("05", "c0 08 00 00 00")],
      },
    ],
    silent: [
      {
        name: "gone",
        script: [...sets("05 c0 08 00 00 00"), cold, ...reads("05", "00 00 00 00 00")],
      },
      {
        name: "a warm reset",
        script: [...sets("05 c0 08 00 00 00"), warm, ...reads("05", "c0 08 00 00 00")],
      },
      {
        name: "set again",
        script: [
          ...sets("05 c0 08 00 00 00"),
          cold,
          ...sets("05 c0 08 00 00 00"),
          ...reads("05", "c0 08 00 00 00"),
        ],
      },
    ],
  },
  "CHS-05": {
    fires: [
      { name: "back too early", script: [...interval, cycle, "+3s", up] },
      { name: "back at once", script: [cycle, "+1ms", up] },
      { name: "never back", script: [cycle, "+60s", end()] },
    ],
    silent: [
      { name: "back in time", script: [...interval, cycle, "+10s", up, "+60s", end()] },
      { name: "up on demand", script: [...interval, cycle, "+1s", asked("00 02 01"), up, end()] },
      { name: "off meanwhile", script: [cycle, "+1ms", power("off"), "+60s", end()] },
      { name: "the BMC goes away", script: [cycle, cold, "+60s", end()] },
    ],
  },
  "CHS-08": {
    fires: [
      { name: "for two", script: [...sets("00 01"), ...sets("00 01")] },
      { name: "for nobody", script: [...sets("00 00"), ...sets("00 01", "81")] },
    ],
    silent: [
      { name: "for one", script: [...sets("00 01"), ...sets("00 01", "81"), ...sets("00 00")] },
      { name: "the system starts", script: [...sets("00 01"), power("reset"), ...sets("00 01")] },
      { name: "not known", script: sets("00 01", "81") },
    ],
  },
  "CHS-09": {
    fires: [
      { name: "too long", script: [...identifies(" 05"), "+20s", ...states("50")] },
      { name: "too short", script: [...identifies(""), "+9s", ...states("40")] },
      { name: "not for ever", script: [...identifies(" 05 01"), "+9s", ...states("50")] },
      { name: "not at all", script: [...identifies(" 00"), ...states("50")] },
    ],
    silent: [
      { name: "meanwhile", script: [...identifies(" 05"), "+1s", ...states("50")] },
      { name: "at its end", script: [...identifies(" 05"), "+5500ms", ...states("50")] },
      { name: "after it", script: [...identifies(" 05"), "+9s", ...states("40")] },
      {
        name: "from when it was told, not from when it answered",
        script: [asked("00 04 05"), "+3s", given("04 04 00"), "+3s", ...states("40")],
      },
      { name: "for ever", script: [...identifies(" 00 01"), "+99s", ...states("60")] },
      { name: "not said", script: [...identifies(" 05"), ...states("00")] },
    ],
  },
  "CHS-10": {
    fires: [
      { name: "none", script: said("00 09 05 00 00", "04 09 00 00 05 80 00 00 00 00") },
      { name: "another", script: said("00 09 05 00 00", "04 09 00 02 05 80 00 00 00 00") },
    ],
    silent: [
      { name: "the first", script: reads("05", "80 00 00 00 00") },
      { name: "marked as invalid", script: reads("05", "80 00 00 00 00", "85") },
      { name: "refused", script: said("00 09 60 00 00", "04 09 80") },
      { name: "of another parameter", script: said("00 09 05 00 00", "04 09 00 00 00 00") },
      { name: "of no parameter's data", script: said("00 09 00 00 00", "04 09 00 00 00") },
    ],
  },
  "DEV-01": {
    fires: [
      { name: "the digits turned", script: version("20") },
      { name: "1.5, the digits turned", script: version("15") },
      { name: "one to come", script: version("12") },
    ],
    silent: [
      { name: "2.0", script: version("02") },
      { name: "1.5", script: version("51") },
      { name: "1.0", script: version("01") },
      { name: "a draft", script: version("90") },
      { name: "refused", script: said("18 01", "1c 01 d2") },
    ],
  },
  "DEV-07": {
    fires: [
      { name: "no log", script: [...device("ba"), ...info] },
      { name: "no log, afterwards", script: [...info, ...device("ba")] },
    ],
    silent: [
      { name: "a log", script: [...device("be"), ...info] },
      { name: "it says no", script: [...device("ba"), ...said("28 40", "2c 40 c1")] },
    ],
  },
  "DEV-08": {
    fires: [
      { name: "the enables", script: [...enables("0c"), warm, ...reads2f("08")] },
      {
        name: "the receiver",
        script: [...receiver("52"), warm, ...said("10 01", "14 01 00 20 00")],
      },
    ],
    silent: [
      { name: "as they were", script: [...enables("0c"), warm, ...reads2f("0c")] },
      { name: "a Cold Reset", script: [...enables("0c"), warm, cold, ...reads2f("08")] },
      { name: "set again", script: [...enables("0c"), warm, ...enables("08"), ...reads2f("08")] },
      {
        name: "the system's reset",
        script: [...enables("0c"), warm, power("reset"), ...reads2f("08")],
      },
    ],
  },
  "CHN-01": {
    fires: [
      { name: "another one", script: channel("0e", "00 00 01 01 00 f2 1b 00 00 00") },
      { name: "another medium", script: channel("0f", "00 0f 04 05 00 f2 1b 00 ff ff") },
      { name: "another protocol", script: channel("0f", "00 0f 0c 08 00 f2 1b 00 ff ff") },
      { name: "another vendor", script: channel("0f", "00 0f 0c 05 00 00 00 00 ff ff") },
      { name: "none", script: channel("0e", "cc") },
      { name: "none, without tags", script: [asked("18 42 0e", 0), given("1c 42 cc", 0)] },
      { name: "no IPMB", script: channel("00", "00 00 04 01 00 f2 1b 00 00 00") },
    ],
    silent: [
      { name: "the one that is present", script: channel("0e", "00 0f 0c 05 00 f2 1b 00 ff ff") },
      {
        name: "without tags it may be the response before",
        script: [asked("18 42 0d", 0), asked("18 42 0e", 0), given("1c 42 cc", 0)],
      },
      { name: "the IPMB", script: channel("00", "00 00 01 01 00 f2 1b 00 00 00") },
      { name: "one that there is not", script: channel("07", "cc") },
      { name: "no such command", script: channel("0e", "c1") },
    ],
  },
  "EVT-08": {
    fires: [
      { name: "logging is off", script: [...enables("04"), logs("20")] },
      { name: "another's", script: [...receiver("ff"), logs("20")] },
    ],
    silent: [
      { name: "logging is on", script: [...enables("0c"), logs("20")] },
      { name: "the software's", script: [...enables("04"), logs("41")] },
      { name: "reset between", script: [...enables("04"), power("reset"), logs("20")] },
      { name: "its own", script: [...receiver("ff"), ...receiver("20"), logs("20")] },
      { name: "another controller's", script: [...receiver("ff"), logs("52")] },
      { name: "begun anew", script: [...receiver("ff"), fresh, logs("20")] },
    ],
  },
};
