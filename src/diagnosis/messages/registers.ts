import type { Message } from "./message.ts";

/** The protocols' own state machines. Most of these are printed with `kcs_debug` and the like only. */
export const REGISTERS: readonly Message[] = [
  {
    pattern: /KCS in invalid state/,
    suspect: "host",
    meaning:
      "A new request is refused with D5h while the one before is still in error recovery: an interface " +
      "that stays in error. Linux 6.2 to 6.17 do so when a BMC is away for long.",
  },
  {
    pattern: /kcs hosed/,
    suspect: "bmc",
    meaning:
      "A KCS transfer was given up after all its recoveries; behind the colon stands the last step.",
  },
  {
    pattern: /IBF not ready/,
    suspect: "bmc",
    meaning: "The BMC does not take bytes: its input register stays full for 5 s.",
  },
  {
    pattern: /OBF not ready/,
    suspect: "bmc",
    meaning: "The BMC took the request, and gives no byte of an answer for 5 s.",
  },
  {
    pattern: /Not in (write|read)( or idle in read)? state|Not in idle state|not idle at start/,
    suspect: "bmc",
    meaning:
      "The KCS state bits are not what the transfer has come to: a reset or an abort lies between.",
  },
  {
    pattern: /KCS: State = /,
    suspect: "nobody",
    meaning:
      "A step of the driver's machine and the status it read, for debugging: state 5 waits for a byte, 6 to 8 recover.",
  },
  {
    pattern: /SMIC in invalid state|smic hosed|smic timed out|smic_timeout/,
    suspect: "bmc",
    meaning: "A SMIC transfer failed: BUSY stays, or the BMC's status code is none that may come.",
  },
  {
    pattern: /BT in invalid state/,
    suspect: "host",
    meaning:
      "A request came while BT's machine was not idle, and is refused with D5h by the driver itself.",
  },
  {
    pattern: /IPMI BT: .* in .*retries left|IPMI BT: /,
    suspect: "bmc",
    meaning: "A BT transfer timed out in the step that is named, and is tried again.",
  },
  {
    pattern: /failed # retries, sending error response/,
    suspect: "bmc",
    meaning: "BT's tries are used up; the user gets an error.",
  },
  {
    pattern: /stuck, try power cycle/,
    suspect: "bmc",
    meaning: "BT's B_BUSY or H_BUSY stays set from the start: nobody serves the BMC's device.",
  },
  {
    pattern: /BT reset \(takes/,
    suspect: "bmc",
    meaning: "The driver resets the BT interface after a failure.",
  },
  {
    pattern:
      /bt cap response too short|Error fetching bt cap|start capabilities transaction|using default values|req2rsp=/,
    suspect: "bmc",
    meaning:
      "Get BT Interface Capabilities is refused or cut, so that the driver takes its defaults.",
  },
];
