import { asked, bmc, end, fault, said } from "../script.ts";
import type { RuleCases } from "./case.ts";

const EVENT = "02 00 00 00 00 41 00 04 12 05 6f 01 ff ff";
const reads = (id: string) => said("18 35", `1c 35 00 ${id} ${EVENT}`);
const logs = (id: number) => bmc("sel", 0, `record ${id}`);
const fills = [logs(3), "+1us"];
const flags = (value: number) => bmc("flags", value);
const shows = (value: string) => said("18 31", `1c 31 00 ${value}`);
const clears = (what: string, then: readonly ReturnType<typeof flags>[]) => [
  asked(`18 30 ${what}`),
  ...then,
  ...said(`18 30 ${what}`, "1c 30 00").slice(1),
];
const FIRST = "00 16 ca 52 04 00 00 aa";
const SECOND = "00 16 ca 52 08 00 00 a6";
const comes = (message: string) => bmc("message", 0, message);
const gives = (message: string) => said("18 33", `1c 33 00 ${message}`);
/** The scenario has the BMC refuse what it does. */
const refused = (message: string) => [
  ...[asked(message), fault("bmc"), fault("bmc", "ends")],
  ...said(message, `1c ${message.slice(3, 5)} d5`).slice(1),
];
const receive = (operation: string, answer: string) =>
  said(`18 32 01 ${operation}`, `1c 32 00 ${answer}`);
const software = said("10 02 41 04 12 05 6f 01", "14 02 00");
const loggedAs = (bytes: string) => [
  asked("10 02 41 04 12 05 6f 01"),
  bmc("sel", 0, `record 7: 00 00 02 00 00 00 00 ${bytes}`),
  ...software.slice(1),
];
const buffered = [flags(2), flags(0), ...said("18 2e 0c", "1c 2e 00"), "+1ms"];
const ownEvent = (generator: string) => [
  bmc("sel", 0, `record 6: 00 00 02 00 00 00 00 ${generator} 00 04 12 05 6f 01 ff ff`),
];
const reset = bmc("power", 0, "reset: chassis-control");
const other = bmc("sel", 0, `record 6: 00 00 ${EVENT}`);

export const queueCases: RuleCases = {
  "MF-07": {
    fires: [{ name: "overwritten", script: [...sameTime(3), "+1ms", logs(4), ...reads("04 00")] }],
    silent: [
      { name: "kept", script: [...sameTime(3), "+1ms", logs(4), ...reads("03 00")] },
      { name: "read between", script: [...sameTime(3), flags(0), ...reads("04 00")] },
      {
        name: "read, and the flags not told",
        script: [...sameTime(3), "+1ms", ...reads("03 00"), logs(4), ...reads("04 00")],
      },
      {
        name: "read, and the answer was given up",
        script: [...sameTime(3), "+1ms", asked("18 35", 2), logs(4), ...reads("04 00")],
      },
      { name: "without an id", script: [...sameTime(3), ...reads("00 00")] },
      { name: "nobody knows which", script: [...fills, flags(2), ...reads("04 00")] },
    ],
  },
  "MF-11": {
    fires: [
      { name: "the opposite", script: receive("01", "01 00") },
      { name: "later", script: [...receive("01", "01 01"), ...receive("02", "01 00")] },
      {
        name: "a message of it",
        script: [...receive("00", "01 00"), comes("01 18 c8 52 04 01 a9")],
      },
      { name: "another", script: receive("01", "02 01") },
    ],
    silent: [
      { name: "as told", script: [...receive("00", "01 00"), ...receive("02", "01 00")] },
      { name: "asked", script: receive("02", "01 01") },
      { name: "another's message", script: [...receive("00", "01 00"), comes(FIRST)] },
    ],
  },
  "MF-15": {
    fires: [
      { name: "00h", script: [flags(1), ...shows("00")] },
      { name: "one too many", script: [flags(8), flags(0), ...shows("08")] },
    ],
    silent: [
      { name: "as they are", script: [flags(9), ...shows("09")] },
      {
        name: "they change",
        script: [flags(1), asked("18 31"), flags(0), ...shows("01").slice(1)],
      },
      { name: "an event that is another's", script: [flags(0), ...shows("02")] },
      { name: "an OEM's", script: [flags(0), ...shows("20")] },
      { name: "not known", script: shows("09") },
      {
        name: "fetched, and the flags not told",
        script: [flags(3), "+1ms", ...gives(FIRST), ...reads("03 00"), ...shows("00")],
      },
    ],
  },
  "MF-16": {
    fires: [
      { name: "it stands", script: [flags(9), ...clears("08", [])] },
      { name: "another went", script: [flags(9), ...clears("08", [flags(0)])] },
    ],
    silent: [
      { name: "it alone", script: [flags(9), ...clears("08", [flags(1)])] },
      { name: "it came again", script: [flags(8), ...clears("08", [flags(0), flags(8)])] },
      { name: "it did not stand", script: [flags(1), ...clears("08", [])] },
      { name: "not known", script: clears("08", []) },
    ],
  },
  "MF-17": {
    fires: [
      { name: "the last first", script: [comes(FIRST), comes(SECOND), ...gives(SECOND)] },
      { name: "twice", script: [comes(FIRST), ...gives(FIRST), ...gives(FIRST)] },
      { name: "changed", script: [comes(FIRST), ...gives(SECOND)] },
      { name: "not at all", script: [comes(FIRST), ...said("18 33", "1c 33 80")] },
      {
        name: "changed, behind a reset that emptied the queue",
        script: [comes(FIRST), bmc("reset", 0), comes(FIRST), ...gives(SECOND)],
      },
      {
        name: "not at all, and it was refused before",
        script: [comes(FIRST), ...said("18 33", "1c 33 d5"), ...said("18 33", "1c 33 80")],
      },
      {
        name: "not at all, behind orders",
        script: [...refused("18 33"), comes(FIRST), ...said("18 33", "1c 33 80")],
      },
      {
        name: "gone with the system's reset",
        script: [comes(FIRST), flags(1), bmc("power", 0, "reset"), "=", flags(0)],
      },
      {
        name: "the last first, and there may be older ones",
        script: [bmc("reset", 1), comes(FIRST), comes(SECOND), ...gives(SECOND)],
      },
    ],
    silent: [
      {
        name: "the system's reset, with nothing in the queue",
        script: [
          comes(FIRST),
          flags(1),
          ...gives(FIRST),
          flags(0),
          bmc("power", 0, "reset"),
          flags(0),
        ],
      },
      {
        name: "left by the system's reset",
        script: [comes(FIRST), flags(1), bmc("power", 0, "reset"), flags(1)],
      },
      {
        name: "one of before the reset",
        script: [comes(FIRST), bmc("reset", 1), comes(SECOND), ...gives(FIRST), ...gives(SECOND)],
      },
      {
        name: "one that may have been fetched",
        script: [comes(FIRST), asked("18 33"), comes(SECOND), ...gives(FIRST), ...gives(SECOND)],
      },
      {
        name: "in order",
        script: [comes(FIRST), comes(SECOND), ...gives(FIRST), ...gives(SECOND)],
      },
      {
        name: "cleared",
        script: [comes(FIRST), ...clears("01", []), ...said("18 33", "1c 33 80")],
      },
      { name: "not sure", script: [comes(FIRST), asked("18 33"), ...said("18 33", "1c 33 80")] },
      { name: "nobody tells", script: gives(FIRST) },
      {
        name: "fetched, and refused on orders",
        script: [comes(FIRST), ...refused("18 33"), comes(SECOND), ...gives(SECOND)],
      },
      {
        name: "cleared, and refused on orders",
        script: [comes(FIRST), ...refused("18 30 01"), ...said("18 33", "1c 33 80")],
      },
    ],
  },
  "EVT-07": {
    fires: [
      { name: "to the end", script: [...buffered, ...ownEvent("20"), "+1ms", end()] },
      { name: "the software's own", script: [...buffered, ...ownEvent("41"), "=", flags(2)] },
      {
        name: "no id",
        script: [...buffered, ...ownEvent("20"), "=", flags(2), "+1ms", ...reads("00 00")],
      },
      {
        name: "not logged",
        script: [...buffered, ...ownEvent("20"), "=", flags(2), "+1ms", ...reads("ff ff")],
      },
    ],
    silent: [
      { name: "its flag", script: [...buffered, ...ownEvent("20"), "=", flags(2), "+1ms", end()] },
      { name: "the software's", script: [...buffered, ...ownEvent("41"), "+1ms", end()] },
      { name: "full", script: [...buffered, flags(2), ...ownEvent("20"), "+1ms", end()] },
      {
        name: "disabled",
        script: [...buffered, ...said("18 2e 08", "1c 2e 00"), ...ownEvent("20"), "+1ms", end()],
      },
      { name: "reset between", script: [...buffered, reset, ...ownEvent("20"), "+1ms", end()] },
    ],
  },
  "EVT-03": {
    fires: [
      { name: "not logged", script: [other, ...software] },
      { name: "00h for what is missing", script: loggedAs("41 00 04 12 05 6f 01 00 00") },
      { name: "another generator", script: loggedAs("20 00 04 12 05 6f 01 ff ff") },
    ],
    silent: [
      { name: "as it came", script: loggedAs("41 00 04 12 05 6f 01 ff ff") },
      { name: "refused", script: [other, ...said("10 02 41 04 12 05 6f 01", "14 02 c4")] },
      { name: "nobody tells", script: [...software, end()] },
    ],
  },
};

/** The BMC logs the record, and puts it into the buffer. */
function sameTime(id: number) {
  return [logs(id), "=", flags(2)];
}
