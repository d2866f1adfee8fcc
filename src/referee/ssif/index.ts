import type { Rule } from "../rule.ts";
import { bmcBehaviour } from "./bmc-behaviour.ts";
import { bmcResponses } from "./bmc-responses.ts";
import { hostCarries } from "./host-carries.ts";
import { hostRequests } from "./host-requests.ts";
import { hostTiming } from "./host-timing.ts";
import { onSsif } from "./ssif-rule.ts";

/** The rules of SSIF. @see IPMI 2.0 §12 */
export const ssifRules: readonly Rule[] = onSsif([
  ...bmcBehaviour,
  ...bmcResponses,
  ...hostRequests,
  ...hostTiming,
  ...hostCarries,
]);
