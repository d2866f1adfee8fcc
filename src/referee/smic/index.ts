import type { Rule } from "../rule.ts";
import { attentionRules } from "./rules/attention.ts";
import { bmcRules } from "./rules/bmc-rules.ts";
import { hostRules } from "./rules/host-rules.ts";
import { onSmic } from "./smic-rule.ts";

/** The rules of SMIC. @see IPMI 2.0 §10 */
export const smicRules: readonly Rule[] = onSmic([...hostRules, ...bmcRules, ...attentionRules]);
