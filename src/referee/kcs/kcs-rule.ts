import type { Context, Rule, RuleFor } from "../rule.ts";
import type { BmcView } from "./bmc-view.ts";
import type { HostView } from "./host-view.ts";

/** What an automaton of a KCS rule gets to know. */
export interface KcsContext extends Context {
  readonly host: HostView;
  readonly bmc: BmcView;
}

export type KcsRule = RuleFor<KcsContext>;

/** The rules as the referee takes them: they watch matches on KCS only. */
export function onKcs(rules: readonly KcsRule[]): readonly Rule[] {
  return rules.map((rule): Rule => {
    if (!rule.observable) return rule;
    const automaton = (context: Context) => rule.automaton({ ...context, ...context.views.kcs });
    return { ...rule, on: "kcs", automaton };
  });
}
