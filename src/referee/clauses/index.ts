/** What the specification demands on the four interfaces, and which rule holds it. */
import { rules } from "../rulebook.ts";
import type { Clause } from "./clause.ts";
import { onInterfaces } from "./interfaces.ts";
import { onMessages } from "./messages.ts";
import { onStores } from "./stores.ts";

/** A clause, and who holds it. */
export interface HeldClause extends Clause {
  /** The rules that hold it and can see a breach; none when `none` says why not. */
  readonly heldBy: readonly string[];
}

/** The stack's promises are its own, and no clauses of the specification. */
const PROMISES = "STACK-";

const stated: readonly Clause[] = [...onInterfaces, ...onMessages, ...onStores];

/** Every clause there is: a rule of the specification is one, those that no rule is come besides. */
export const clauses: readonly HeldClause[] = [...rules.filter(isClause).map(ownClause), ...stated]
  .filter(({ id }, index, all) => all.findLastIndex((each) => each.id === id) === index)
  .map(held);

function isClause({ id }: { readonly id: string }): boolean {
  return !id.startsWith(PROMISES);
}

function ownClause({ id, party, section, sentence, ...rule }: (typeof rules)[number]): Clause {
  const none = rule.observable ? {} : { none: rule.why };
  return { id, party, section, says: sentence, ...none };
}

function held(clause: Clause): HeldClause {
  const own = rules.filter(({ id, observable }) => id === clause.id && observable);
  return { ...clause, heldBy: [...own.map(({ id }) => id), ...(clause.rules ?? [])] };
}
