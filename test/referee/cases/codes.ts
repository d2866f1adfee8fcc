import { asked, bmc, deviceId, exchange, fault, given, said } from "../script.ts";
import type { RuleCases } from "./case.ts";

const ALL_DEVICES = "1c 01 00 20 01 01 00 02 be 00 00 00 01 00";
const NO_DEVICES = "1c 01 00 20 01 01 00 02 00 00 00 00 01 00";
const SEL_INFO = "2c 40 00 51 00 00 00 20 00 00 00 00 00 00 00 00 0f";

export const codeCases: RuleCases = {
  "GEN-04": {
    fires: [
      { name: "reserved", script: [exchange("18 ff", "1c ff 00")] },
      { name: "not assigned", script: said("18 20", "1c 20 cc") },
      { name: "of a NetFn that is not", script: said("40 fe", "44 fe 00") },
    ],
    silent: [
      { name: "C1h", script: [exchange("18 ff", "1c ff c1"), ...said("18 20", "1c 20 c1")] },
      { name: "an OEM's", script: [exchange("c0 ff", "c4 ff 00")] },
      { name: "too long", script: said(`18 ff${" 55".repeat(40)}`, "1c ff c8") },
      { name: "in firmware update", script: [exchange("18 fe", "1c fe d1")] },
      { name: "assigned", script: said("18 57 00", "1c 57 cc") },
    ],
  },
  "GEN-11": {
    fires: [
      {
        name: "a log without a log",
        script: [...said("18 01", ALL_DEVICES), ...said("28 40", "2c 40 c1")],
      },
      { name: "on the wire", script: [deviceId, exchange("00 01", "04 01 c1")] },
    ],
    silent: [
      { name: "not named", script: [...said("18 01", NO_DEVICES), ...said("28 40", "2c 40 c1")] },
      { name: "there", script: [...said("18 01", ALL_DEVICES), ...said("28 40", SEL_INFO)] },
      { name: "optional", script: [...said("18 01", ALL_DEVICES), ...said("28 41", "2c 41 c1")] },
      {
        name: "one of a pair",
        script: [...said("18 01", ALL_DEVICES), ...said("28 24 00", "2c 24 c1")],
      },
      { name: "before anybody asked", script: said("28 40", "2c 40 c1") },
    ],
  },
  "MSG-01": {
    fires: [
      { name: "no event", script: [exchange("18 35", "1c 35 00")] },
      { name: "half a device id", script: [exchange("18 01", "1c 01 00 20 01")] },
      { name: "a log's", script: said("28 40", "2c 40 00 51") },
    ],
    silent: [
      { name: "another command's answer", script: [exchange("18 01", "1c 04 00 55 00")] },
      { name: "whole", script: [deviceId] },
      { name: "an error without data", script: [exchange("18 35", "1c 35 80")] },
      { name: "the answer to another command", script: said("28 40", "1c 01 00 20") },
      { name: "an unknown command", script: said("c0 40", "c4 40 00") },
      { name: "on a broken wire", script: [fault("wire"), exchange("18 01", "1c 01 00 20 01")] },
    ],
  },
  "MSG-03": {
    fires: [
      { name: "no data is no length", script: [exchange("18 01", "1c 01 c7")] },
      { name: "six bytes are", script: said("18 24 44 01 00 00 64 00", "1c 24 c7") },
      { name: "how far it is cleared", script: said("28 47 01 00 43 4c 52 00", "2c 47 cc") },
      { name: "no offset at all", script: said("28 5d ff 07", "2c 5d cc") },
      { name: "an old revision", script: said("10 02 41 03 12 05 6f 01", "14 02 cc") },
      { name: "for want of privilege", script: said("18 31", "1c 31 d4"), note: true },
      { name: "enables are not the host's", script: said("18 2e 0c", "1c 2e d4"), note: true },
    ],
    silent: [
      { name: "data where there are none", script: [exchange("18 01 00", "1c 01 c7")] },
      { name: "none where there are some", script: [exchange("18 24", "1c 24 c7")] },
      { name: "no CLR", script: said("28 47 01 00 43 4c 53 00", "2c 47 cc") },
      { name: "an offset of days", script: said("28 5d ff 7f", "2c 5d cc") },
      { name: "no software's event", script: said("10 02 20 04 12 05 6f 01", "14 02 cc") },
      { name: "a form of its own", script: said("00 04 05 01", "04 04 c7") },
      { name: "what sessions have, too, for want of privilege", script: said("18 02", "1c 02 d4") },
      { name: "an option, for want of privilege", script: said("18 32 00 01", "1c 32 d4") },
    ],
  },
  "MSG-04": {
    fires: [
      { name: "C1h", script: [...said("18 04", "1c 04 00 55 00"), ...said("18 04", "1c 04 c1")] },
      {
        name: "C2h for another channel",
        script: [
          ...said("18 42 00", "1c 42 00 00 01 01 00 f2 1b 00 00 00"),
          ...said("18 42 05", "1c 42 c2"),
        ],
      },
    ],
    silent: [
      { name: "never carried out", script: said("18 04", "1c 04 c1") },
      {
        name: "after a reset",
        script: [...said("18 04", "1c 04 00 55 00"), bmc("reset"), ...said("18 04", "1c 04 c1")],
      },
      {
        name: "at another LUN",
        script: [...said("18 04", "1c 04 00 55 00"), ...said("19 04", "1d 04 c2")],
      },
    ],
  },
  "MSG-07": {
    fires: [
      { name: "one too many", script: said("18 2f", "1c 2f 00 08 00") },
      { name: "half an optional field", script: said("18 01", `${ALL_DEVICES} 00 00`) },
    ],
    silent: [
      { name: "without it", script: said("18 01", ALL_DEVICES) },
      { name: "with it", script: said("18 01", `${ALL_DEVICES} 00 00 00 00`) },
    ],
  },
  "MSG-10": {
    fires: [
      { name: "too short", script: said("18 24 44", "1c 24 00") },
      { name: "too long", script: said("18 2e 08 08", "1c 2e cc") },
    ],
    silent: [
      { name: "C7h", script: said("18 24 44", "1c 24 c7") },
      { name: "not there", script: said("18 24 44", "1c 24 c1") },
      { name: "too much", script: said("18 2e 08 08", "1c 2e c8") },
      { name: "an event in the bus's form", script: said("10 02 04 01 30 01 57", "14 02 cc") },
      {
        name: "not answered to this",
        script: [asked("18 24 44"), asked("18 24 44 01 00 00 64 00", 2), given("1c 24 00", 1)],
      },
    ],
  },
  "MSG-11": {
    fires: [
      { name: "use 0", script: said("18 24 40 01 00 00 64 00", "1c 24 00") },
      { name: "action 4", script: said("18 24 44 04 00 00 64 00", "1c 24 00") },
      { name: "interrupt 5", script: said("18 24 44 51 00 00 64 00", "1c 24 00") },
      { name: "no CLR", script: said("28 47 01 00 43 4c 53 aa", "2c 47 00 01") },
      { name: "no operation", script: said("28 27 01 00 43 4c 52 ab", "2c 27 00 01") },
      { name: "device FFh", script: said("28 10 ff", "2c 10 00 00 01 00") },
      { name: "operation 3", script: said("18 32 00 03", "1c 32 00 00 01") },
      { name: "tracking 3", script: said("18 34 c0 52 18 96 20 06 01 d9", "1c 34 00") },
      { name: "control 9", script: said("00 02 09", "04 02 00") },
      { name: "more than a day", script: said("28 5d 00 10", "2c 5d 00") },
      { name: "another length", script: said("28 24 00 00 51 c0 09 57", "2c 24 00 01 00") },
    ],
    silent: [
      { name: "refused", script: said("18 24 40 01 00 00 64 00", "1c 24 cc") },
      { name: "well formed", script: said("18 24 44 31 03 00 64 00", "1c 24 00") },
      { name: "cleared", script: said("28 47 01 00 43 4c 52 aa", "2c 47 00 01") },
      { name: "device 0", script: said("28 10 00", "2c 10 00 00 01 00") },
      { name: "operation 2", script: said("18 32 00 02", "1c 32 00 00 01") },
      { name: "a message", script: said("18 34 00 52 18 96 20 06 01 d9", "1c 34 00") },
      { name: "soft shutdown", script: said("00 02 05", "04 02 00") },
    ],
  },
};
