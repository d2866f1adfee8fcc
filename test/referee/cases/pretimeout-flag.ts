import { asked, bmc, given, said } from "../script.ts";
import type { RuleCases } from "./case.ts";

const device = said("18 01", "1c 01 00 20 01 01 00 02 be 00 00 00 01 00");
const up = bmc("flags", 0x08);
const down = bmc("flags", 0x00);
const reads = [asked("18 31"), down, given("1c 31 00 08")];

export const pretimeoutFlagCases: RuleCases = {
  "MF-18": {
    fires: [
      { name: "read", script: [...device, up, ...reads] },
      { name: "of itself", script: [...device, up, down] },
      { name: "a refused clear", script: [...device, up, ...said("18 30 08", "1c 30 cc"), down] },
    ],
    silent: [
      { name: "cleared", script: [...device, up, asked("18 30 08"), down, given("1c 30 00")] },
      {
        name: "the timer is set",
        script: [...device, up, asked("18 24 04 01 00 3e 64 00"), down, given("1c 24 00")],
      },
      { name: "a reset", script: [...device, up, bmc("reset", 0, "cold"), down] },
      { name: "the system's reset", script: [...device, up, bmc("power", 8, "reset"), down] },
      { name: "another flag", script: [...device, bmc("flags", 0x09), up, bmc("flags", 0x0a)] },
      { name: "cleared late", script: [...device, ...said("18 30 08", "1c 30 ce"), up, down] },
      { name: "perhaps cleared late", script: [...device, asked("18 30 08"), ...device, up, down] },
      { name: "nobody tells what is asked", script: [up, down] },
    ],
  },
};
