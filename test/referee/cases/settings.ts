import { asked, bmc, exchange, given, said } from "../script.ts";
import type { RuleCases } from "./case.ts";

const status = (power: string, buttons: string) =>
  said("00 01", `04 01 00 ${power} 00 00 ${buttons}`);
const device = (product: string) => said("18 01", `1c 01 00 20 01 01 00 02 be 00 00 00 ${product}`);
const flags = (value: string) => said("00 09 05 00 00", `04 09 00 01 05 ${value} 04 00 00 00`);
const setsFlags = said("00 08 05 80 04 00 00 00", "04 08 00");
const button = bmc("power", 0, "reset");
const policy = said("00 06 02", "04 06 00 07");
const anew = bmc("reset", 0, "cold");
const reset = bmc("power", 0, "reset: chassis-control");
const resets = said("00 02 03", "04 02 00");
const info = (added: string, erased: string) =>
  said("28 40", `2c 40 00 51 01 00 00 10 ${added} ${erased} 0f`);
const readsRecord = (time: string) =>
  said("28 43 00 00 01 00 00 ff", `2c 43 00 ff ff 01 00 02 ${time} 20 00 04 01 30 01 57 00 00`);
const setsSdrTime = said("28 29 00 00 00 60", "2c 29 00");
const sdrAdded = said("28 24 00 00 51 c0 06 57 01 00 0a 0b 0c", "2c 24 00 05 00");
const sdrInfo = (added: string) => said("28 20", `2c 20 00 51 05 00 00 10 ${added} 00 00 00 00 2f`);
const setsTime = said("28 49 00 00 00 60", "2c 49 00");

const resetsHere = [
  ...said("00 02 03", "04 02 00"),
  bmc("power", 0, "reset: chassis-control"),
  "+1ms",
];

export const settingCases: RuleCases = {
  "MF-14": {
    fires: [
      {
        name: "not on",
        script: [...said("18 2e 0c", "1c 2e 00"), ...said("18 2f", "1c 2f 00 08")],
      },
      {
        name: "not off",
        script: [
          ...said("18 2f", "1c 2f 00 08"),
          ...said("18 2e 0c", "1c 2e 00"),
          ...said("18 2f", "1c 2f 00 0c"),
          ...said("18 2e 08", "1c 2e 00"),
          ...said("18 2f", "1c 2f 00 0c"),
        ],
      },
    ],
    silent: [
      {
        name: "as set",
        script: [...said("18 2e 0c", "1c 2e 00"), ...said("18 2f", "1c 2f 00 0c")],
      },
      {
        name: "it cannot be off",
        script: [...said("18 2e 08", "1c 2e 00"), ...said("18 2f", "1c 2f 00 09")],
      },
      {
        name: "the system was reset",
        script: [...said("18 2e 0c", "1c 2e 00"), reset, ...said("18 2f", "1c 2f 00 08")],
      },
      {
        name: "refused",
        script: [
          ...said("18 2e 08", "1c 2e 00"),
          ...said("18 2e 0c", "1c 2e cc"),
          ...said("18 2f", "1c 2f 00 08"),
        ],
      },
      {
        name: "not sure",
        script: [
          ...said("18 2e 0c", "1c 2e 00"),
          asked("18 2e 08"),
          ...said("18 2f", "1c 2f 00 08"),
        ],
      },
      {
        name: "by the wire alone",
        script: [exchange("18 2e 0c", "1c 2e 00"), exchange("18 2f", "1c 2f 00 08")],
      },
    ],
  },
  "EVT-06": {
    fires: [
      {
        name: "another",
        script: [...said("10 00 52 01", "14 00 00"), ...said("10 01", "14 01 00 20 00")],
      },
    ],
    silent: [
      {
        name: "the same",
        script: [...said("10 00 52 01", "14 00 00"), ...said("10 01", "14 01 00 52 01")],
      },
    ],
  },
  "SEL-12": {
    fires: [
      {
        name: "another",
        script: [...said("28 5d c4 ff", "2c 5d 00"), ...said("28 5c", "2c 5c 00 c4 00")],
      },
    ],
    silent: [
      {
        name: "the same",
        script: [...said("28 5d c4 ff", "2c 5d 00"), ...said("28 5c", "2c 5c 00 c4 ff")],
      },
    ],
  },
  "DEV-05": {
    fires: [
      {
        name: "another",
        script: [...said("18 06 80 81", "1c 06 00"), ...said("18 07", "1c 07 00 00 02")],
      },
    ],
    silent: [
      {
        name: "the same",
        script: [...said("18 06 80 81", "1c 06 00"), ...said("18 07", "1c 07 00 00 01")],
      },
      {
        name: "one of them",
        script: [...said("18 06 85 00", "1c 06 00"), ...said("18 07", "1c 07 00 05 2a")],
      },
    ],
  },
  "CHS-03": {
    fires: [
      { name: "another", script: [...policy, ...status("21", "00")] },
      { name: "another, after a Cold Reset", script: [...policy, anew, ...status("21", "00")] },
    ],
    silent: [
      {
        name: "perhaps never set",
        script: [...policy, asked("00 06 01"), anew, ...status("21", "00")],
      },
      { name: "the same", script: [...policy, ...status("41", "00")] },
      { name: "only asked", script: [...said("00 06 03", "04 06 00 07"), ...status("21", "00")] },
    ],
  },
  "CHS-04": {
    fires: [{ name: "another", script: [...said("00 0a 05", "04 0a 00"), ...status("21", "fa")] }],
    silent: [
      { name: "the same", script: [...said("00 0a 05", "04 0a 00"), ...status("21", "f5")] },
      { name: "it cannot be", script: [...said("00 0a 05", "04 0a 00"), ...status("21", "00")] },
    ],
  },
  "SEL-07": {
    fires: [
      { name: "it stands", script: [...setsTime, "+9s", ...said("28 48", "2c 48 00 00 00 00 60")] },
      { name: "another", script: [...setsTime, ...said("28 48", "2c 48 00 00 00 00 00")] },
      {
        name: "added at another time",
        script: [...setsTime, bmc("sel", 0, "record 1"), ...info("00 00 00 10", "00 00 00 00")],
      },
      {
        name: "of the repository",
        script: [...setsSdrTime, ...sdrAdded, ...sdrInfo("00 00 00 00")],
      },
      {
        name: "a record of another time",
        script: [...setsTime, bmc("sel", 0, "record 1"), ...readsRecord("00 00 00 10")],
      },
    ],
    silent: [
      {
        name: "it goes on",
        script: [...setsTime, "+9s", ...said("28 48", "2c 48 00 09 00 00 60")],
      },
      {
        name: "a slow answer tells the time of the question",
        script: [
          ...setsTime,
          asked("28 48"),
          "+5s",
          given("2c 48 00 00 00 00 60"),
          ...said("28 48", "2c 48 00 05 00 00 60"),
        ],
      },
      {
        name: "added before a slow answer",
        script: [
          ...setsTime,
          asked("28 44 00 00 02 00 00 00 00 20 00 04 01 30 01 57 00 00"),
          "+5s",
          given("2c 44 00 01 00"),
          ...info("00 00 00 60", "00 00 00 00"),
        ],
      },
      {
        name: "the other clock was set",
        script: [
          ...setsTime,
          ...said("28 29 00 00 00 20", "2c 29 00"),
          ...said("28 48", "2c 48 00 00 00 00 20"),
        ],
      },
      {
        name: "added then",
        script: [...setsTime, bmc("sel", 0, "record 1"), ...info("00 00 00 60", "00 00 00 00")],
      },
      {
        name: "of the repository",
        script: [...setsSdrTime, ...sdrAdded, ...sdrInfo("00 00 00 60")],
      },
      {
        name: "a record of that time",
        script: [...setsTime, bmc("sel", 0, "record 1"), ...readsRecord("00 00 00 60")],
      },
      {
        name: "added in pieces",
        script: [
          ...setsTime,
          bmc("sel", 0, "record 1"),
          "+9s",
          ...said("28 45 01 00 00 00 00 01 00 00 e0", "2c 45 00 02 00"),
          ...info("09 00 00 60", "00 00 00 00"),
        ],
      },
    ],
  },
  "CHS-01": {
    fires: [
      {
        name: "another",
        script: [
          ...said("00 08 03 1f", "04 08 00"),
          ...said("00 09 03 00 00", "04 09 00 01 03 00"),
        ],
      },
      { name: "not valid", script: [...setsFlags, "+9s", ...flags("00")] },
      { name: "not valid after its reset", script: [...setsFlags, reset, ...flags("00")] },
      { name: "another parameter", script: said("00 09 03 00 00", "04 09 00 01 04 00 00") },
      {
        name: "valid for ever",
        script: [...said("00 08 03 00", "04 08 00"), ...setsFlags, "+90s", ...flags("80")],
      },
      {
        name: "the mask ignored",
        script: [
          ...said("00 08 04 ff a5", "04 08 00"),
          ...said("00 08 04 0f 5a", "04 08 00"),
          ...said("00 09 04 00 00", "04 09 00 01 04 00 5a"),
        ],
      },
      {
        name: "another block",
        script: [
          ...said("00 08 07 01 41 42", "04 08 00"),
          ...said("00 09 07 01 00", `04 09 00 01 07 01 ${"00 ".repeat(16).trim()}`),
        ],
      },
      {
        name: "no mark",
        script: [...said("00 08 82", "04 08 00"), ...said("00 09 02 00 00", "04 09 00 01 02 00")],
      },
      {
        name: "valid behind the watchdog",
        script: [
          ...said("00 08 03 00", "04 08 00"),
          ...[...setsFlags, bmc("power", 0, "reset: watchdog"), "+1ms", ...flags("80")],
        ],
      },
    ],
    silent: [
      {
        name: "valid behind the watchdog, as parameter 3 says",
        script: [
          ...said("00 08 03 04", "04 08 00"),
          ...[...setsFlags, bmc("power", 0, "reset: watchdog"), "+1ms", ...flags("80")],
        ],
      },
      { name: "as set", script: [...setsFlags, ...flags("80")] },
      { name: "after a minute", script: [...setsFlags, "+60s", ...flags("00")] },
      { name: "after a reset", script: [...setsFlags, button, ...flags("00")] },
      { name: "not said that they end", script: [...setsFlags, "+90s", ...flags("80")] },
      {
        name: "a slow answer",
        script: [
          ...said("00 08 03 00", "04 08 00"),
          ...setsFlags,
          ...["+64s", asked("00 09 05 00 00"), "+5s"],
          given("04 09 00 01 05 80 04 00 00 00"),
        ],
      },
      {
        name: "a Chassis Control came",
        script: [
          ...said("00 08 03 00", "04 08 00"),
          ...setsFlags,
          ...resets,
          reset,
          "+90s",
          ...flags("80"),
        ],
      },
      {
        name: "without the reserved bits",
        script: [...said("00 08 05 9f 04 00 00 00", "04 08 00"), ...flags("80")],
      },
      {
        name: "with the mask",
        script: [
          ...said("00 08 04 ff a5", "04 08 00"),
          ...said("00 08 04 0f 5a", "04 08 00"),
          ...said("00 09 04 00 00", "04 09 00 01 04 00 aa"),
        ],
      },
    ],
  },
  "CHS-07": {
    fires: [
      { name: "off", script: [bmc("power", 0, "off"), ...status("21", "00")] },
      { name: "another channel", script: [...resetsHere, ...said("00 07", "04 07 00 01 00")] },
      {
        name: "cause",
        script: [bmc("power", 0, "reset: watchdog"), ...said("00 07", "04 07 00 01 0f")],
      },
      {
        name: "cause of power",
        script: [
          ...[bmc("power", 0, "power-down: chassis-control")],
          ...[bmc("power", 0, "power-up: chassis-control"), ...said("00 07", "04 07 00 04 0f")],
        ],
      },
    ],
    silent: [
      { name: "as it is", script: [bmc("power", 0, "off"), ...status("20", "00")] },
      { name: "by which channel", script: [...resetsHere, ...said("00 07", "04 07 00 01 0f")] },
      {
        name: "somebody else's command",
        script: [bmc("power", 0, "reset: chassis-control"), ...said("00 07", "04 07 00 01 01")],
      },
      {
        name: "the watchdog",
        script: [bmc("power", 0, "reset: watchdog"), ...said("00 07", "04 07 00 04 00")],
      },
      {
        name: "power that was there",
        script: [bmc("power", 0, "power-up: chassis-control"), ...said("00 07", "04 07 00 00 0f")],
      },
    ],
  },
  "DEV-04": {
    fires: [
      { name: "product", script: [...device("01 00"), ...device("02 00")] },
      {
        name: "GUID",
        script: [
          ...said("18 37", `1c 37 00${" 01".repeat(16)}`),
          ...said("18 37", `1c 37 00${" 02".repeat(16)}`),
        ],
      },
    ],
    silent: [
      { name: "the same", script: [...device("01 00"), ...device("01 00")] },
      { name: "reset between", script: [...device("01 00"), bmc("reset"), ...device("02 00")] },
    ],
  },
  "DEV-06": {
    fires: [{ name: "passed with failures", script: said("18 04", "1c 04 00 55 10") }],
    silent: [
      {
        name: "failures",
        script: [...said("18 04", "1c 04 00 57 10"), ...said("18 04", "1c 04 00 55 00")],
      },
    ],
  },
};
