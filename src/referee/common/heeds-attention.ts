import type { On } from "../automaton.ts";
import type { Context } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds, transferText } from "../text.ts";
import type { Transfer } from "../transfer.ts";
import { HAS_NO_TIME } from "./new-host.ts";
import { isFetch } from "./waiting.ts";

/**
 * Transfers for others that may pass while attention is asked for. The specification sets no limit; a
 * driver that first finds out who its BMC is and what its sixteen channels are needs some thirty.
 */
const TRANSFERS_MAX = 32;
/** A host may leave an attention that is of no use alone for so long. */
const TRANSFERS_WAIT_US = 1_000_000;
/** Looks at a BMC that asks for attention, with nothing else to do, ... */
const LOOKS_MAX = 32;
/** ... in at least so long, without a word. */
const LOOKS_WAIT_US = 5_000_000;

/**
 * Watches whether a host that sees the BMC's attention fetches what the BMC has to say. A host that
 * crashes has its own last words to say, and listens to nothing any more.
 */
export abstract class HeedsAttention<C extends Context = Context> extends RuleAutomaton<C> {
  transfers = 0;
  looks = 0;
  /** Since when attention is seen, and nothing was fetched; -1 when it is not. */
  sinceUs = -1;
  crashes = false;
  lookedUs = 0;

  hostLife({ what }: On<"hostLife">): void {
    this.heeded();
    if (what === "start") this.crashes = false;
    if (HAS_NO_TIME.has(what)) this.crashes = true;
  }

  /** A transfer is over; `attention`: the BMC still asked for attention at its end. */
  protected passes(transfer: Transfer, attention: boolean): void {
    const up = transfer.complete && attention;
    if (!up || this.crashes || isFetch(transfer.netFn, transfer.cmd)) return this.heeded();
    if (this.sinceUs === -1) this.sinceUs = transfer.endUs;
    this.transfers++;
    this.looks = 0;
    const us = transfer.endUs - this.sinceUs;
    if (this.transfers <= TRANSFERS_MAX || us < TRANSFERS_WAIT_US) return;
    const last = transferText(transfer);
    this.#tell(`through ${this.transfers} transfers in ${seconds(us)}, last ${last}`);
  }

  /** The host looked at the BMC with no transfer under way. */
  protected looksAt(attention: boolean, nowUs: number): void {
    if (!attention || this.crashes) return this.heeded();
    // Who does not look for long has nobody who wants to know.
    if (nowUs - this.lookedUs > LOOKS_WAIT_US) this.heeded();
    this.lookedUs = nowUs;
    if (this.sinceUs === -1) this.sinceUs = nowUs;
    this.looks++;
    const us = nowUs - this.sinceUs;
    if (this.looks <= LOOKS_MAX || us < LOOKS_WAIT_US) return;
    this.#tell(`at ${this.looks} looks in ${seconds(us)}, and nothing was asked`);
  }

  #tell(when: string): void {
    this.report(`attention was asked for ${when}`, undefined, undefined, { startUs: this.sinceUs });
    this.heeded();
  }

  protected heeded(): void {
    this.transfers = 0;
    this.looks = 0;
    this.sinceUs = -1;
  }
}
