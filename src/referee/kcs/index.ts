import type { Rule } from "../rule.ts";
import { onKcs } from "./kcs-rule.ts";
import { bmcAttention } from "./rules/bmc-attention.ts";
import { bmcBehaviour } from "./rules/bmc-behaviour.ts";
import { bmcStates } from "./rules/bmc-states.ts";
import { hostAttention } from "./rules/host-attention.ts";
import { hostTransfers } from "./rules/host-transfers.ts";
import { turnTaking } from "./rules/turn-taking.ts";

/** The rules of KCS. @see IPMI 2.0 §9 */
export const kcsRules: readonly Rule[] = onKcs([
  ...turnTaking,
  ...hostTransfers,
  ...bmcStates,
  ...bmcBehaviour,
  ...bmcAttention,
  ...hostAttention,
]);
