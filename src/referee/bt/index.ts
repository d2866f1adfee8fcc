import type { Rule } from "../rule.ts";
import { onBt } from "./bt-rule.ts";
import { bmcHandshake } from "./rules/bmc-handshake.ts";
import { bmcResponses } from "./rules/bmc-responses.ts";
import { hostReads } from "./rules/host-reads.ts";
import { hostWrites } from "./rules/host-writes.ts";

/** The rules of BT. @see IPMI 2.0 §11 */
export const btRules: readonly Rule[] = onBt([
  ...hostWrites,
  ...bmcHandshake,
  ...bmcResponses,
  ...hostReads,
]);
