import type { Severity } from "./party.ts";
import type { Context, Stretch } from "./rule.ts";

/**
 * An automaton with a memory. Its handlers are methods, and its memory is its fields: plain ones,
 * and nothing but them, so that whoever has the automaton can copy, compare and put back all that
 * it remembers. What it only gets to know is kept out of their sight.
 */
export abstract class RuleAutomaton<C extends Context = Context> {
  readonly #context: C;

  constructor(context: C) {
    this.#context = context;
  }

  protected get head(): C["head"] {
    return this.#context.head;
  }

  protected get host(): C["host"] {
    return this.#context.host;
  }

  protected get bmc(): C["bmc"] {
    return this.#context.bmc;
  }

  protected get requests(): C["requests"] {
    return this.#context.requests;
  }

  protected get faults(): C["faults"] {
    return this.#context.faults;
  }

  protected get breaches(): C["breaches"] {
    return this.#context.breaches;
  }

  /** Reports the rule as broken by the event at hand, as `Context` says. */
  protected report(detail: string, severity?: Severity, sinceUs?: number, about?: Stretch): void {
    this.#context.report(detail, severity, sinceUs, about);
  }
}
