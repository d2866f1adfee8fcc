import { RESPONSE_BIT } from "../../../ipmi/message.ts";
import {
  OPAL_RESPONSE_BYTES_MAX,
  OPAL_RESPONSE_BYTES_MIN,
  OPAL_VERSION,
} from "../../../wire/opal/protocol.ts";
import type { On } from "../../automaton.ts";
import { bytesText, seconds, transferText } from "../../text.ts";
import { HOST_WAIT_US } from "../../transfer.ts";
import type { OpalRule } from "../observer.ts";
import { isRightRequest } from "../view.ts";

const SEND = "OPAL API, OPAL_IPMI_SEND";
const RECV = "OPAL API, OPAL_IPMI_RECV";

/** What the firmware, and the BMC behind it, return. The host can tell the two apart by nothing. */
export const firmwareRules: readonly OpalRule[] = [
  {
    id: "OPAL-20",
    party: "bmc",
    severity: "violation",
    section: RECV,
    sentence: "A message that can be fetched is the response to a request that was taken before.",
    instead: "The firmware returns EMPTY when no request is under way.",
    observable: true,
    automaton: ({ bmc, report }) => ({
      hostRecv: (event) => {
        if (event.code !== "success" || bmc.waiting) return;
        report(`${bytesText(event.message)} was given, and nothing had been asked`);
      },
    }),
  },
  {
    id: "OPAL-21",
    party: "bmc",
    severity: "violation",
    section: `${RECV}; IPMI 2.0 §5.1`,
    sentence:
      "A response carries the command of the request, and its NetFn with the lowest bit set.",
    instead: "The firmware drops a response to another command, and waits for the right one.",
    observable: true,
    automaton: ({ bmc, report }) => ({
      hostRecv: ({ code, message, length }) => {
        if (code !== "success" || !bmc.waiting || length < OPAL_RESPONSE_BYTES_MIN) return;
        const { request } = bmc.transfer;
        const [, netFnLun = 0, cmd] = message;
        if (netFnLun === (request.at(0) | RESPONSE_BIT) && cmd === request.at(1)) return;
        const [asked, came] = [bytesText(request.copy().subarray(0, 2)), message.subarray(1, 3)];
        report(`${asked} was asked, and ${bytesText(came)} was given as its response`);
      },
    }),
  },
  {
    id: "OPAL-22",
    party: "bmc",
    severity: "violation",
    section: RECV,
    sentence:
      "The length that comes back is that of the message, with a completion code in it, and no more than the host has room for.",
    instead:
      "The firmware writes the message whole and says how long it is; it returns RESOURCE when that is more than the room.",
    observable: true,
    automaton: ({ report }) => ({
      hostRecv: (event) => {
        const wrong = wrongLength(event);
        if (wrong !== undefined) report(wrong);
      },
    }),
  },
  {
    id: "OPAL-23",
    party: "bmc",
    severity: "violation",
    section: RECV,
    sentence: "A message that is given to a host that asked for version 1 is of version 1.",
    instead: "The firmware leaves the version as the host wrote it, or returns UNSUPPORTED.",
    observable: true,
    automaton: ({ report }) => ({
      hostRecv: ({ code, version, message: [given = OPAL_VERSION] }) => {
        if (code === "success" && given !== version) report(`a message of version ${given} came`);
      },
    }),
  },
  {
    id: "OPAL-24",
    party: "bmc",
    severity: "violation",
    section: `${RECV}; IPMI 2.0 §11.4`,
    sentence: "A request that the firmware took is answered within the 5 s that a host waits.",
    instead:
      "The firmware gives the BMC's response, or one of its own with completion code C3h, before the 5 s are over.",
    observable: true,
    automaton: ({ report }) => ({
      exchange: (exchange) => {
        if (exchange.complete || exchange.offered || exchange.waitedUs < HOST_WAIT_US) return;
        report(
          `${transferText(exchange)} had no response for ${seconds(exchange.waitedUs)}`,
          undefined,
          exchange.sentUs,
          exchange,
        );
      },
    }),
  },
  {
    id: "OPAL-25",
    party: "bmc",
    severity: "violation",
    section: SEND,
    sentence: "A right request is taken within the 5 s that a host tries; BUSY once is no breach.",
    instead: "The firmware takes the request as soon as it has room for one.",
    observable: true,
    automaton: ({ report }) => ({
      inputStuck: (us) => report(`no request was taken for ${seconds(us)}`),
    }),
  },
  {
    id: "OPAL-26",
    party: "bmc",
    severity: "violation",
    section: `${SEND}, ${RECV}`,
    sentence:
      "PARAMETER, UNSUPPORTED and RESOURCE are returned only to a call that has earned them.",
    instead: "The firmware takes a right request; that it cannot yet, it says by BUSY.",
    observable: true,
    automaton: ({ report }) => ({
      hostSend: ({ code, message }) => {
        if ((code === "parameter" || code === "unsupported") && isRightRequest(message)) {
          report(`a right request was met with ${code.toUpperCase()}`);
        }
      },
      hostRecv: ({ code, version, room }) => {
        const right = version === OPAL_VERSION && room >= OPAL_RESPONSE_BYTES_MAX;
        if (right && (code === "parameter" || code === "unsupported" || code === "resource")) {
          report(`a right buffer of ${room} bytes was met with ${code.toUpperCase()}`);
        }
      },
    }),
  },
];

function wrongLength({ code, length, message, room }: On<"hostRecv">): string | undefined {
  if (code !== "success") return undefined;
  if (length > room) return `${length} bytes are said to have come into room for ${room}`;
  if (length !== message.length) return `${length} bytes were said, and ${message.length} came`;
  return length < OPAL_RESPONSE_BYTES_MIN ? `a response of ${length} bytes` : undefined;
}
