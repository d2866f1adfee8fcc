import type { On } from "../automaton.ts";
import { Few } from "../few.ts";
import type { Context } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { beginsAnew } from "../text.ts";
import type { Transfer } from "../transfer.ts";

interface AtWork {
  readonly tag: number;
  /** When it was read. */
  readonly readUs: number;
}

/**
 * Knows, by the BMC's own events, whether its application still carries out a request that the host
 * gave up: it need not be able to do two things at a time, so that the next one's time begins later.
 */
export abstract class KnowsBusy<C extends Context = Context> extends RuleAutomaton<C> {
  /** What is carried out, by its tag. */
  readonly atWork = new Few<AtWork>();
  /** When the application was done last, and when it had read what it was done with. */
  freeUs = Number.NEGATIVE_INFINITY;
  readUs = Number.NEGATIVE_INFINITY;

  bmcRequest({ tag, t }: On<"bmcRequest">): void {
    this.atWork.set(tag, { tag, readUs: t });
  }

  bmcResponse({ tag, t }: On<"bmcResponse">): void {
    this.#isDone(tag, t);
  }

  bmcRefused({ tag, t }: On<"bmcRefused">): void {
    this.#isDone(tag, t);
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what) || what === "daemon-closed") this.atWork.clear();
  }

  /** The host waited for as long as a host does, and gave up. */
  protected unanswered(exchange: Transfer): boolean {
    const answered = exchange.offered || exchange.response.length > 0;
    if (!exchange.abandoned || !exchange.sent || answered) return false;
    const us = exchange.waitedUs - this.busyUs(exchange);
    return us >= exchange.patienceUs;
  }

  /** How long the application had another request to carry out when it was sent this one. */
  protected busyUs({ tag, sentUs, patienceUs }: Transfer): number {
    let untilUs = this.readUs < sentUs ? this.freeUs : sentUs;
    for (const { tag: other, readUs } of this.atWork.values) {
      // It may take no longer than any other for it.
      if (other !== tag && readUs < sentUs) untilUs = Math.max(untilUs, readUs + patienceUs);
    }
    return Math.max(untilUs - sentUs, 0);
  }

  #isDone(tag: number, nowUs: number): void {
    const done = this.atWork.get(tag);
    if (done === undefined) return;
    this.atWork.delete(tag);
    this.readUs = done.readUs;
    this.freeUs = nowUs;
  }
}
