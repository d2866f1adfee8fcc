import { protocol } from "../protocol.ts";
import { byPointer } from "../witness/beginnings.ts";
import { BtObserver } from "./observer.ts";
import { bmcHandshake } from "./rules/bmc-handshake.ts";
import { bmcResponses } from "./rules/bmc-responses.ts";
import { bmcReturns } from "./rules/bmc-returns.ts";
import { fifos } from "./rules/fifos.ts";
import { hostAttention } from "./rules/host-attention.ts";
import { hostReads } from "./rules/host-reads.ts";
import { hostWrites } from "./rules/host-writes.ts";
import { btTopics } from "./topics.ts";

/** BT, as the referee follows and judges it. @see IPMI 2.0 §11 */
export const bt = protocol({
  name: "bt",
  begins: byPointer,
  topics: btTopics,
  observer: (topics, taps, faults) => new BtObserver(topics, taps, faults),
  rules: [
    ...hostWrites,
    ...bmcHandshake,
    ...bmcReturns,
    ...bmcResponses,
    ...fifos,
    ...hostReads,
    ...hostAttention,
  ],
});
