import { NetFn } from "../../ipmi/command-table.ts";
import { setBmcGlobalEnables } from "../../ipmi/commands/app/messaging.ts";
import type { On } from "../automaton.ts";
import type { Context } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { clearsEnables } from "../text.ts";
import type { Transfer } from "../transfer.ts";

/** Where the global enables are in their request. */
const ENABLES_AT = 2;
const INTERRUPT_BIT = 0x01;

/**
 * Knows whether the BMC has a line to interrupt by, one that the trace tells of, and was told to use it
 * by bit 0 of the global enables. @see IPMI 2.0 §22.1
 */
export abstract class KnowsInterrupts<C extends Context = Context> extends RuleAutomaton<C> {
  line = false;
  enabled = false;

  irq(_event: On<"irq">): void {
    this.line = true;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (clearsEnables(what)) this.enabled = false;
  }

  /** Whether this exchange set the global enables, which are known then. */
  protected setsEnables(exchange: Transfer): boolean {
    if (!exchange.succeeds(NetFn.App, setBmcGlobalEnables.cmd)) return false;
    this.enabled = (exchange.request.at(ENABLES_AT) & INTERRUPT_BIT) !== 0;
    return true;
  }
}
