/**
 * The referee: reads a trace, and names who broke which rule. For whoever has a trace, from the lab or
 * from a machine in the field.
 *
 * ```ts
 * import { Referee, verdictText } from "baseboard/referee";
 * import { readTrace } from "baseboard/trace";
 *
 * export function judge(jsonLines: string): string {
 *   const { head, events } = readTrace(jsonLines);
 *   const referee = new Referee(head);
 *   for (const event of events) referee.event(event);
 *   return verdictText(referee.verdict());
 * }
 * ```
 */
export type { Scene } from "./follower.ts";
export { MisplacedEvent } from "./misplaced-event.ts";
export { Referee } from "./referee.ts";
export { explain, type RefereeHead } from "./rule.ts";
export { rules } from "./rulebook.ts";
export type { Transfer } from "./transfer.ts";
export { blamed, breachesBy, type Finding, type Verdict, verdictText } from "./verdict.ts";
