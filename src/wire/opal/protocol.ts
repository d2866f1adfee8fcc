import { REQUEST_BYTES_MIN, RESPONSE_BYTES_MIN } from "../../ipmi/message.ts";
import type { EventOf } from "../../trace/events.ts";

/**
 * The messages of OPAL, the firmware of POWER machines, as its calls take and give them. Byte 0 is
 * the format's version, byte 1 NetFn and LUN, byte 2 the command; data follow, in a response behind
 * the completion code. @see OPAL API, OPAL_IPMI_SEND (107), OPAL_IPMI_RECV (108)
 */
export const OPAL_VERSION = 1;
/** The version stands before an IPMI message as every interface has it. */
export const OPAL_PREFIX_BYTES = 1;
/** The shortest that is a request: version, NetFn and LUN, command. */
export const OPAL_REQUEST_BYTES_MIN = OPAL_PREFIX_BYTES + REQUEST_BYTES_MIN;
/** The same of a response, which has a completion code. */
export const OPAL_RESPONSE_BYTES_MIN = OPAL_PREFIX_BYTES + RESPONSE_BYTES_MIN;
/** The most of data that the firmware takes behind a request's command: as much as BT carries. */
export const OPAL_REQUEST_DATA_MAX = 252;
/** The longest request, version included. */
export const OPAL_REQUEST_BYTES_MAX = OPAL_REQUEST_BYTES_MIN + OPAL_REQUEST_DATA_MAX;
/** The longest response, version included: BT's Length counts a sequence number that is not here. */
export const OPAL_RESPONSE_BYTES_MAX = OPAL_PREFIX_BYTES + 254;

/**
 * What a call returns, by its number in the OPAL API: SUCCESS is 0, PARAMETER -1, BUSY -2,
 * HARDWARE -6, UNSUPPORTED -7, RESOURCE -10, EMPTY -16.
 */
export type OpalCode = EventOf<"host.opal-send">["code"];
