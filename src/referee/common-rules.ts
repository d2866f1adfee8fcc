import { bmcCarries } from "./carriage/bmc-carries.ts";
import { goesOn } from "./carriage/break-off.ts";
import { hostCarries } from "./carriage/host-carries.ts";
import { unexplained } from "./carriage/unexplained.ts";
import { commandRules } from "./messages/commands.ts";
import { flagRules } from "./messages/flags.ts";
import { hostManners } from "./messages/host-manners.ts";
import { responses } from "./messages/responses.ts";
import { promises } from "./promises/promise.ts";
import type { CommonRule } from "./rule.ts";

/**
 * The rules that hold on every interface, round those of one protocol. At one and the same event
 * they report in this order: what the BMC owed comes before what the host then did.
 */
export function amongCommonRules<R>(own: readonly R[]): readonly (R | CommonRule)[] {
  return [
    ...responses,
    ...commandRules,
    ...own,
    ...bmcCarries,
    ...flagRules,
    ...hostManners,
    ...hostCarries,
    goesOn,
    ...unexplained,
    ...promises,
  ];
}
