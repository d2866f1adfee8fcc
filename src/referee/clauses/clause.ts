import type { Party } from "../party.ts";

/** What the specification demands, where one wire could show it, and who holds it to that. */
export interface Clause {
  readonly id: string;
  /** Whom it binds. */
  readonly party: Party | "both";
  /** A section of the specification. */
  readonly section: string;
  /** What is demanded, in one sentence. */
  readonly says: string;
  /** The rules that hold it, beside the one of its own id if there is such a one. */
  readonly rules?: readonly string[];
  /** Why no rule can, as long as none does. */
  readonly none?: string;
}

type Rest = Pick<Clause, "rules" | "none">;

/** The clauses of one section that bind one party. */
export function clausesOf(
  party: Clause["party"],
  section: string,
  ...clauses: readonly (readonly [id: string, says: string, rest?: Rest])[]
): readonly Clause[] {
  return clauses.map(([id, says, rest = {}]) => ({ id, party, section, says, ...rest }));
}
