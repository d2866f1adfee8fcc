/** The referee: reads a trace, and names who broke which rule. */
export { MisplacedEvent } from "./misplaced-event.ts";
export { Referee } from "./referee.ts";
export { explain, type RefereeHead } from "./rule.ts";
export { rules } from "./rulebook.ts";
export { type Verdict, verdictText } from "./verdict.ts";
