import type { Message } from "./message.ts";

/** `ipmi_msghandler`, and `ipmi_devintf` in front of it. */
export const MSGHANDLER: readonly Message[] = [
  {
    pattern: /Event queue full/,
    suspect: "either",
    meaning:
      "The driver holds as many events as it may and nobody reads them. Alone it is harmless; where the " +
      "BMC never runs out of events it is the first sign of it.",
  },
  {
    pattern: /Event queue no longer full/,
    suspect: "nobody",
    meaning: "Somebody reads the events that were kept.",
  },
  {
    pattern: /incorrect response, expected netfn/,
    suspect: "bmc",
    meaning:
      "The answer is another question's: late, repeated, or from before a reset. The user is given FFh.",
  },
  {
    pattern: /returned too small a message/,
    suspect: "bmc",
    meaning: "An answer without even a completion code. The user is given FFh.",
  },
  {
    pattern: /device id fetch failed: 0xff/,
    suspect: "bmc",
    meaning:
      "A reader of the BMC's identity got FFh: by the BMC, or by the driver for an interface that failed.",
  },
  {
    pattern: /device id fetch failed/,
    suspect: "bmc",
    meaning: "Get Device ID got a completion code, which is named; the BMC answers, and refuses.",
  },
  {
    pattern: /device_id msg|device id demangle/,
    suspect: "bmc",
    meaning: "The answer to Get Device ID is too short, or is no answer to it.",
  },
  {
    pattern: /msghandler: BMC returned \S+, retry/,
    suspect: "bmc",
    meaning: "The BMC is starting, by its completion code; it is asked for its identity again.",
  },
  {
    pattern: /GUID response from the BMC was too short/,
    suspect: "bmc",
    meaning: "The BMC's GUID is not 16 bytes long, and the driver goes on without one.",
  },
  {
    pattern: /Error sending channel information/,
    suspect: "host",
    meaning: "The question for a channel's kind could not be sent, so that bridging may not work.",
  },
  {
    pattern: /Unable to get the device id/,
    suspect: "bmc",
    meaning: "The interface was found, and then gave no identity; it is given up.",
  },
  {
    pattern: /Unable to (register bmc device|create (bmc )?symlink|allocate link)/,
    suspect: "host",
    meaning: "The kernel could not make the BMC's entries in sysfs.",
  },
  {
    pattern: /message received with no owner/,
    suspect: "bmc",
    meaning: "A message came that the driver has no record of asking for.",
  },
  {
    pattern: /Invalid command: /,
    suspect: "bmc",
    meaning: "A message for software on the host came over the wire and cannot be one.",
  },
  {
    pattern: /message count # at exit/,
    suspect: "host",
    meaning: "The driver was unloaded and messages were left: somebody never got an answer.",
  },
  {
    pattern: /interfacing existing BMC/,
    suspect: "nobody",
    meaning: "Two interfaces lead to one BMC.",
  },
  {
    pattern: /Found new BMC/,
    suspect: "nobody",
    meaning: "The BMC said who it is. Again in a later line: it became another, or was reset.",
  },
  {
    pattern:
      /Could not register IPMI driver|remove-wq|create the ipmi class|can't (register|get) .*(class|watcher|major)/,
    suspect: "host",
    meaning: "The kernel could not set the driver up at all.",
  },
];
