import type { Rule } from "../rule.ts";
import { bmcBehaviour } from "./rules/bmc-behaviour.ts";
import { bmcResponses } from "./rules/bmc-responses.ts";
import { hostCarries } from "./rules/host-carries.ts";
import { hostRequests } from "./rules/host-requests.ts";
import { hostTiming } from "./rules/host-timing.ts";
import { onSsif } from "./ssif-rule.ts";

/** The rules of SSIF. @see IPMI 2.0 §12 */
export const ssifRules: readonly Rule[] = onSsif([
  ...bmcBehaviour,
  ...bmcResponses,
  ...hostRequests,
  ...hostTiming,
  ...hostCarries,
]);
