import type { Context, Rule, RuleFor } from "../rule.ts";
import type { BmcView } from "./bmc-view.ts";
import type { HostView } from "./host-view.ts";

/** What an automaton of a SMIC rule gets to know. */
export interface SmicContext extends Context {
  readonly host: HostView;
  readonly bmc: BmcView;
}

export type SmicRule = RuleFor<SmicContext>;

/** The rules as the referee takes them: they watch matches on SMIC only. */
export function onSmic(rules: readonly SmicRule[]): readonly Rule[] {
  return rules.map((rule): Rule => {
    if (!rule.observable) return rule;
    const automaton = (context: Context) => rule.automaton({ ...context, ...context.views.smic });
    return { ...rule, on: "smic", automaton };
  });
}
