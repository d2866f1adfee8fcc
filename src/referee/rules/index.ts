import type { Rule } from "../rule.ts";
import { bmcAttention } from "./bmc-attention.ts";
import { bmcBehaviour } from "./bmc-behaviour.ts";
import { bmcStates } from "./bmc-states.ts";
import { flagRules } from "./flags.ts";
import { hostAttention } from "./host-attention.ts";
import { hostTransfers } from "./host-transfers.ts";
import { promises } from "./promises.ts";
import { responses } from "./responses.ts";
import { turnTaking } from "./turn-taking.ts";

/**
 * Every rule there is. At one and the same event they report in this order: what the BMC owed
 * comes before what the host then did.
 */
export const rules: readonly Rule[] = [
  ...responses,
  ...turnTaking,
  ...hostTransfers,
  ...bmcStates,
  ...bmcBehaviour,
  ...bmcAttention,
  ...flagRules,
  ...hostAttention,
  ...promises,
];
