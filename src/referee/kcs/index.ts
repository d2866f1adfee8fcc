import { KCS_LAYOUT } from "../../wire/kcs/protocol.ts";
import { protocol } from "../protocol.ts";
import { byCode } from "../witness/beginnings.ts";
import { kcsTopics } from "./bmc-view.ts";
import { KcsObserver } from "./observer.ts";
import { bmcAttention } from "./rules/bmc-attention.ts";
import { bmcBehaviour } from "./rules/bmc-behaviour.ts";
import { bmcStates } from "./rules/bmc-states.ts";
import { errorState } from "./rules/error-state.ts";
import { hostAttention } from "./rules/host-attention.ts";
import { hostReads } from "./rules/host-reads.ts";
import { hostTransfers } from "./rules/host-transfers.ts";
import { turnTaking } from "./rules/turn-taking.ts";

/** KCS, as the referee follows and judges it. @see IPMI 2.0 §9 */
export const kcs = protocol({
  name: "kcs",
  begins: byCode(KCS_LAYOUT),
  topics: kcsTopics,
  observer: (topics, taps, faults) => new KcsObserver(topics, taps, faults),
  rules: [
    ...turnTaking,
    ...hostTransfers,
    ...hostReads,
    ...bmcStates,
    ...bmcBehaviour,
    ...errorState,
    ...bmcAttention,
    ...hostAttention,
  ],
});
