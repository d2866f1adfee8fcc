import type { Rule } from "../rule.ts";
import { bmcAttention } from "./bmc-attention.ts";
import { bmcBehaviour } from "./bmc-behaviour.ts";
import { bmcStates } from "./bmc-states.ts";
import { hostAttention } from "./host-attention.ts";
import { hostTransfers } from "./host-transfers.ts";
import { onKcs } from "./kcs-rule.ts";
import { turnTaking } from "./turn-taking.ts";

/** The rules of KCS. @see IPMI 2.0 §9 */
export const kcsRules: readonly Rule[] = onKcs([
  ...turnTaking,
  ...hostTransfers,
  ...bmcStates,
  ...bmcBehaviour,
  ...bmcAttention,
  ...hostAttention,
]);
