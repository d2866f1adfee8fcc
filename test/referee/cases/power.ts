import { asked, bmc, end, given, said } from "../script.ts";
import type { RuleCases } from "./case.ts";

const resets = said("00 02 03", "04 02 00");
const reset = bmc("power", 0, "reset: chassis-control");
const comesUp = bmc("power", 0, "power-up: chassis-control");
const takesPower = [
  ...said("00 02 00", "04 02 00"),
  bmc("power", 0, "power-down: chassis-control"),
];
const givesPower = [asked("00 02 01"), comesUp, given("04 02 00")];

/** Chassis Control, and what becomes of the power. */
export const powerCases: RuleCases = {
  "CHS-06": {
    fires: [
      {
        name: "something else",
        script: [...resets, bmc("power", 0, "power-down: chassis-control")],
      },
      { name: "nothing", script: [...resets, "+9s", end()] },
      {
        name: "twice",
        script: [...resets, reset, ...said("18 01", "1c 01 00"), reset, "+1s", end()],
      },
      { name: "power comes back", script: [...takesPower, "+4s", comesUp, end()] },
    ],
    silent: [
      { name: "power comes back on demand", script: [...takesPower, ...givesPower, end()] },
      {
        name: "power comes back by another way",
        script: [...takesPower, bmc("power", 0, "on"), comesUp, end()],
      },
      { name: "as asked", script: [...resets, reset, "+9s", end()] },
      { name: "as asked, twice", script: [...resets, reset, ...resets, reset, "+9s", end()] },
      {
        name: "another controller asks, too",
        script: [...resets, reset, bmc("ipmb", 0, "came: 00 00 20"), reset, "+9s", end()],
      },
      { name: "refused", script: [...said("00 02 03", "04 02 d5"), "+9s", end()] },
      {
        name: "a cycle",
        script: [
          ...said("00 02 02", "04 02 00"),
          bmc("power", 0, "power-cycle: chassis-control"),
          "+1s",
          bmc("power", 0, "power-up: chassis-control"),
          "+9s",
          end(),
        ],
      },
    ],
  },
};
