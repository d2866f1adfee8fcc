import { SMIC_LAYOUT } from "../../wire/smic/protocol.ts";
import { protocol } from "../protocol.ts";
import { byCode } from "../witness/beginnings.ts";
import { smicTopics } from "./bmc-view.ts";
import { SmicObserver } from "./observer.ts";
import { attentionRules } from "./rules/attention.ts";
import { bmcRules } from "./rules/bmc-rules.ts";
import { hostAttention } from "./rules/host-attention.ts";
import { hostRules } from "./rules/host-rules.ts";
import { readyFlags } from "./rules/ready-flags.ts";

/** SMIC, as the referee follows and judges it. @see IPMI 2.0 §10 */
export const smic = protocol({
  name: "smic",
  begins: byCode(SMIC_LAYOUT),
  topics: smicTopics,
  observer: (topics, taps, faults) => new SmicObserver(topics, taps, faults),
  rules: [...hostRules, ...hostAttention, ...bmcRules, ...readyFlags, ...attentionRules],
});
