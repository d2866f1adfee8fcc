import type { Context, Rule, RuleFor } from "../rule.ts";
import type { BmcView } from "./bmc-view.ts";
import type { HostView } from "./host-view.ts";

/** What an automaton of a BT rule gets to know. */
export interface BtContext extends Context {
  readonly host: HostView;
  readonly bmc: BmcView;
}

export type BtRule = RuleFor<BtContext>;

/** The rules as the referee takes them: they watch matches on BT only. */
export function onBt(rules: readonly BtRule[]): readonly Rule[] {
  return rules.map((rule): Rule => {
    if (!rule.observable) return rule;
    const automaton = (context: Context) => rule.automaton({ ...context, ...context.views.bt });
    return { ...rule, on: "bt", automaton };
  });
}
