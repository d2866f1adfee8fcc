import {
  OPAL_REQUEST_BYTES_MAX,
  OPAL_REQUEST_BYTES_MIN,
  OPAL_RESPONSE_BYTES_MAX,
  OPAL_VERSION,
} from "../../../wire/opal/protocol.ts";
import type { OpalRule } from "../observer.ts";

/** What the host hands the firmware, and what it gives it room for. */
export const callerRules: readonly OpalRule[] = [
  {
    id: "OPAL-01",
    party: "host",
    severity: "violation",
    section: "OPAL API, OPAL_IPMI_SEND, OPAL_IPMI_RECV",
    sentence: "The host marks each message, and each buffer for one, as of version 1.",
    instead: "The host writes 1 into the first byte before each of the two calls.",
    observable: true,
    automaton: ({ report }) => ({
      hostSend: ({ message: [version = 0] }) => {
        if (version !== OPAL_VERSION) report(`a message of version ${version} was sent`);
      },
      hostRecv: ({ version }) => {
        if (version !== OPAL_VERSION) report(`a message of version ${version} was asked for`);
      },
    }),
  },
  {
    id: "OPAL-02",
    party: "host",
    severity: "violation",
    section: "OPAL API, OPAL_IPMI_SEND",
    sentence: "A request has a version, NetFn and command, and 252 bytes of data at the most.",
    instead: "The host refuses what is shorter or longer before it makes the call.",
    observable: true,
    automaton: ({ report }) => ({
      hostSend: ({ message: { length } }) => {
        if (length < OPAL_REQUEST_BYTES_MIN || length > OPAL_REQUEST_BYTES_MAX) {
          report(`a request of ${length} bytes, its version included`);
        }
      },
    }),
  },
  {
    id: "OPAL-03",
    party: "host",
    severity: "violation",
    section: "OPAL API, OPAL_IPMI_RECV",
    sentence:
      "The host has room for the response that there is: one that does not fit is thrown away.",
    instead: `The host gives a buffer of ${OPAL_RESPONSE_BYTES_MAX} bytes or more, for whatever may come.`,
    observable: true,
    automaton: ({ report }) => ({
      hostRecv: ({ code, room }) => {
        if (code === "resource" && room < OPAL_RESPONSE_BYTES_MAX) {
          report(`it gave room for ${room} bytes, and the response was lost`);
        }
      },
    }),
  },
];
