import type { Context, Rule, RuleFor } from "../rule.ts";
import type { BmcView } from "./bmc-view.ts";
import type { HostView } from "./host-view.ts";

/** What an automaton of an SSIF rule gets to know. */
export interface SsifContext extends Context {
  readonly host: HostView;
  readonly bmc: BmcView;
}

export type SsifRule = RuleFor<SsifContext>;

/** The rules as the referee takes them: they watch matches on SSIF only. */
export function onSsif(rules: readonly SsifRule[]): readonly Rule[] {
  return rules.map((rule): Rule => {
    if (!rule.observable) return rule;
    const automaton = (context: Context) => rule.automaton({ ...context, ...context.views.ssif });
    return { ...rule, on: "ssif", automaton };
  });
}
