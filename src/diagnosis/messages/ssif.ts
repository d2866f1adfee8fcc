import type { Message } from "./message.ts";

/** `ipmi_ssif`. */
export const SSIF: readonly Message[] = [
  {
    pattern: /Error getting flags|Invalid response getting flags/,
    suspect: "bmc",
    meaning:
      "Get Message Flags failed, or its answer is another question's. Before Linux 6.3 the driver then stood still.",
  },
  {
    pattern: /(Error|Invalid response) clearing flags|Unable to clear message flags/,
    suspect: "bmc",
    meaning: "Clear Message Flags failed, or its answer is another question's.",
  },
  {
    pattern: /Invalid response getting (events|messages)/,
    suspect: "bmc",
    meaning: "The answer to a fetch of events or messages is another question's.",
  },
  {
    pattern: /No message set while getting/,
    suspect: "host",
    meaning: "The driver lost its own message while it fetched events or messages.",
  },
  {
    pattern: /Invalid state in message done/,
    suspect: "host",
    meaning: "The driver's machine is in a state that has no such end.",
  },
  {
    pattern: /Error fetching SSIF|SSIF info too short/,
    suspect: "nobody",
    meaning:
      "Get System Interface Capabilities is refused, and the defaults are taken: single parts, no PEC.",
  },
  {
    pattern: /multi-part (start|middle)|Second multipart test/,
    suspect: "bmc",
    meaning: "The BMC says that it takes requests in parts, and refused one in a trial.",
  },
  {
    pattern: /Error (getting|setting) global enables/,
    suspect: "bmc",
    meaning: "The global enables are refused, so that events may stay off.",
  },
  {
    pattern: /Malformed message: rsp_size/,
    suspect: "bmc",
    meaning: "An answer has too few or too many bytes to be one.",
  },
  {
    pattern:
      /Middle message with no data|Received middle message|Received message too big|out of sequence/,
    suspect: "bmc",
    meaning:
      "A response in parts is wrong: a part's length, its block number, or the whole is too long.",
  },
  {
    pattern: /ssif: .*Out of retries|ssif: .*: Error errno/,
    suspect: "either",
    meaning: "The bus or the BMC does not acknowledge; the number is the bus driver's.",
  },
  {
    pattern: /ssif: Not present/,
    suspect: "bmc",
    meaning:
      "Get Device ID got no answer that counts, and newer kernels stop there, once and for all.",
  },
  {
    pattern: /ssif: probe of .* failed/,
    suspect: "bmc",
    meaning: "The driver does not take the device; the line before says why.",
  },
  {
    pattern: /Unable to start IPMI SSIF/,
    suspect: "bmc",
    meaning:
      "The device at the address gave no usable answer to its first questions; it is not looked for again.",
  },
  {
    pattern: /Not probing, Interface already present/,
    suspect: "machine",
    meaning: "Firmware names one SSIF twice.",
  },
  {
    pattern: /Couldn't add hardcoded device|No i2c-addr/,
    suspect: "machine",
    meaning: "The SSIF's address is taken, or was not told.",
  },
  {
    pattern: /i801_smbus.*(Timeout|Transaction|failed|busy)|i2c i2c-#.*(timeout|arbitration)/i,
    suspect: "either",
    meaning:
      "The bus's own driver complains: a clock held too long, or a transaction that broke off.",
  },
];
