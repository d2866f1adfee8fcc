import { protocol } from "../protocol.ts";
import { byFirstPart } from "../witness/beginnings.ts";
import { SsifObserver } from "./observer.ts";
import { bmcBehaviour } from "./rules/bmc-behaviour.ts";
import { bmcResponses } from "./rules/bmc-responses.ts";
import { bmcSays } from "./rules/bmc-says.ts";
import { hostAttention } from "./rules/host-attention.ts";
import { hostBus } from "./rules/host-bus.ts";
import { hostCarries } from "./rules/host-carries.ts";
import { hostOnce } from "./rules/host-once.ts";
import { hostReads } from "./rules/host-reads.ts";
import { hostRequests } from "./rules/host-requests.ts";
import { hostTiming } from "./rules/host-timing.ts";
import { ssifTopics } from "./topics.ts";

/** SSIF, as the referee follows and judges it. @see IPMI 2.0 §12 */
export const ssif = protocol({
  name: "ssif",
  begins: byFirstPart,
  topics: ssifTopics,
  observer: (topics, taps, faults) => new SsifObserver(topics, taps, faults),
  rules: [
    ...bmcBehaviour,
    ...bmcResponses,
    ...bmcSays,
    ...hostRequests,
    ...hostTiming,
    ...hostCarries,
    ...hostOnce,
    ...hostAttention,
    ...hostReads,
    ...hostBus,
  ],
});
