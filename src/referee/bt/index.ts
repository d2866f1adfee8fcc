import type { Rule } from "../rule.ts";
import { bmcHandshake } from "./bmc-handshake.ts";
import { bmcResponses } from "./bmc-responses.ts";
import { onBt } from "./bt-rule.ts";
import { hostReads } from "./host-reads.ts";
import { hostWrites } from "./host-writes.ts";

/** The rules of BT. @see IPMI 2.0 §11 */
export const btRules: readonly Rule[] = onBt([
  ...hostWrites,
  ...bmcHandshake,
  ...bmcResponses,
  ...hostReads,
]);
