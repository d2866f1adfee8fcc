import { amongCommonRules } from "./common-rules.ts";
import { protocols } from "./protocols.ts";
import type { Rule } from "./rule.ts";

/** Every rule there is. */
export const rules: readonly Rule[] = amongCommonRules(protocols.flatMap((each) => each.rules));
