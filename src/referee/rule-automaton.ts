import type { Context } from "./rule.ts";

/**
 * An automaton with a memory. Its handlers are methods, and its memory is its fields: plain ones,
 * and nothing but them, so that whoever has the automaton can copy, compare and put back all that
 * it remembers. What it gets to know from its context are fields of each automaton, too, since
 * handlers look at them with nearly every event; they are no memory. They are `declare`d, so that an
 * automaton gets each of them once, and not as undefined first: a match makes hundreds.
 */
export abstract class RuleAutomaton<C extends Context = Context> {
  declare protected readonly head: C["head"];
  declare protected readonly host: C["host"];
  declare protected readonly bmc: C["bmc"];
  declare protected readonly requests: C["requests"];
  declare protected readonly dialogues: C["dialogues"];
  declare protected readonly faults: C["faults"];
  declare protected readonly breaches: C["breaches"];
  /** Reports the rule as broken by the event at hand, as `Context` says. */
  declare protected readonly report: C["report"];

  constructor({ head, host, bmc, requests, dialogues, faults, breaches, report }: C) {
    this.head = head;
    this.host = host;
    this.bmc = bmc;
    this.requests = requests;
    this.dialogues = dialogues;
    this.faults = faults;
    this.breaches = breaches;
    this.report = report;
  }

  /** The fields that are its memory. */
  memory(): object {
    const { head, host, bmc, requests, dialogues, faults, breaches, report, ...memory } = this;
    return memory;
  }
}
