import { btRules } from "./bt/index.ts";
import { kcsRules } from "./kcs/index.ts";
import { flagRules } from "./messages/flags.ts";
import { hostManners } from "./messages/host-manners.ts";
import { responses } from "./messages/responses.ts";
import { promises } from "./promises/promise.ts";
import type { Rule } from "./rule.ts";
import { smicRules } from "./smic/index.ts";
import { ssifRules } from "./ssif/index.ts";

/**
 * Every rule there is. At one and the same event they report in this order: what the BMC owed
 * comes before what the host then did.
 */
export const rules: readonly Rule[] = [
  ...responses,
  ...kcsRules,
  ...smicRules,
  ...btRules,
  ...ssifRules,
  ...flagRules,
  ...hostManners,
  ...promises,
];
