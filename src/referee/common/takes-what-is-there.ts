import type { On } from "../automaton.ts";
import type { Context } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";
import { HAS_NO_TIME } from "./new-host.ts";

/**
 * Watches whether a host that sees a response before it takes it, or gives it up, in a time in which
 * it might wait for the BMC as well. Who is taken away, or crashes, has nothing to take any more.
 */
export abstract class TakesWhatIsThere<C extends Context = Context> extends RuleAutomaton<C> {
  /** Since when the host has seen it; -1 there is nothing, Infinity it was told of. */
  sinceUs = -1;
  absent = false;

  /** How long it may lie there. */
  protected abstract readonly waitUs: number;

  hostLife({ what }: On<"hostLife">): void {
    this.sinceUs = -1;
    if (what === "start" || what === "inserted" || what === "quiet-end") this.absent = false;
    if (ABSENCES.has(what)) this.absent = true;
  }

  /** Who answers the request at hand waits no longer for its response: until then he did. */
  answer({ id, t }: On<"answer">): void {
    if (id === 0 || this.host.transfer.tag !== id) return;
    this.judge(t);
    this.taken();
  }

  guest({ what }: On<"guest">): void {
    if (what === "panic") this.absent = true;
  }

  end({ t, why }: On<"end">): void {
    if (why === "done" || why === "time") this.judge(t);
  }

  /** The host sees it lie there. */
  protected isThere(nowUs: number): void {
    if (this.sinceUs === -1) this.sinceUs = nowUs;
    else this.judge(nowUs);
  }

  /** It was taken, or given up. */
  protected taken(): void {
    this.sinceUs = -1;
  }

  protected judge(nowUs: number): void {
    const us = nowUs - this.sinceUs;
    if (this.absent || this.sinceUs === -1 || us < this.waitUs) return;
    const where = this.host.place;
    this.report(
      `the host left a response where it was for ${seconds(us)}, ${where}`,
      undefined,
      this.sinceUs,
    );
    this.sinceUs = Number.POSITIVE_INFINITY;
  }
}

const ABSENCES: ReadonlySet<string> = new Set([
  ...["removed", "shutdown", "down", "quiet"],
  ...HAS_NO_TIME,
]);
