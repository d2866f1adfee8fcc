import { bt } from "./bt/index.ts";
import { amongCommonRules } from "./common-rules.ts";
import { kcs } from "./kcs/index.ts";
import type { Protocol } from "./protocol.ts";
import type { Rule } from "./rule.ts";
import { smic } from "./smic/index.ts";
import { ssif } from "./ssif/index.ts";

/** Every protocol that the referee can follow. */
export const protocols: readonly Protocol[] = [kcs, smic, bt, ssif];

/** Every rule there is. */
export const rules: readonly Rule[] = amongCommonRules(protocols.flatMap((each) => each.rules));
