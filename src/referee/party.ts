/** Whom a rule binds, and whom a verdict names. */
export type Party = "host" | "bmc";
/** A note is an observation: the rule is a recommendation, or the specification is silent. */
export type Severity = "violation" | "note";
