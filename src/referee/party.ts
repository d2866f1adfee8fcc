/** Whom a rule binds. */
export type Party = "host" | "bmc";
/** Whom a verdict names: the wire where its faults alone made a party break a rule. */
export type Blamed = Party | "wire";
/** A note is an observation: the rule is a recommendation, or the specification is silent. */
export type Severity = "violation" | "note";
