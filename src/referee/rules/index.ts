import { btRules } from "../bt/index.ts";
import { kcsRules } from "../kcs/index.ts";
import type { Rule } from "../rule.ts";
import { smicRules } from "../smic/index.ts";
import { ssifRules } from "../ssif/index.ts";
import { flagRules } from "./flags.ts";
import { hostManners } from "./host-manners.ts";
import { promises } from "./promises.ts";
import { responses } from "./responses.ts";

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
