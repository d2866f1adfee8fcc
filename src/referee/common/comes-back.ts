import type { Automaton, On } from "../automaton.ts";
import type { Context } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";
import { COMES_NEW } from "./new-host.ts";

/** A host without any interrupt comes back in this time at the latest. */
const POLL_WAIT_US = 60_000_000;
/** A BMC that acts later than this may find that the host has given up. */
const PROMPT_US = 1_000_000;

/**
 * A host that left a transfer alone although the BMC had acted promptly. Only the BMC's own face
 * shows that: from the host's side a transfer left alone may be one that was given up.
 */
export function comesBack(context: Context, interrupts: boolean): Automaton {
  return context.head.taps.bmc ? new ComesBack(context, interrupts) : {};
}

const ABSENCES: ReadonlySet<string> = new Set(["removed", "down", "quiet", "handed-on"]);

class ComesBack extends RuleAutomaton {
  readonly interrupts: boolean;
  line = false;
  absent = false;
  /** The host's accesses when the BMC acted last. */
  actedAt = -1;

  constructor(context: Context, interrupts: boolean) {
    super(context);
    this.interrupts = interrupts;
  }

  irq(): void {
    this.line = true;
  }

  bmcRead({ t }: On<"bmcRead">): void {
    this.#acts(t);
  }

  bmcWrite({ t }: On<"bmcWrite">): void {
    this.#acts(t);
  }

  answer(): void {
    this.actedAt = -1;
  }

  hostLife({ what }: On<"hostLife">): void {
    this.actedAt = -1;
    if (COMES_NEW.has(what) || what === "quiet-end") this.absent = false;
    if (ABSENCES.has(what)) this.absent = true;
  }

  guest({ what }: On<"guest">): void {
    if (what === "panic") this.absent = true;
  }

  pause(us: number): void {
    const { interrupts, host } = this;
    if (this.line !== interrupts || this.absent || host.accesses - 1 !== this.actedAt) return;
    if (!interrupts && us < POLL_WAIT_US) return;
    const why = interrupts ? "as if its interrupt could not be lost" : "with no interrupt to come";
    this.report(`a transfer was left alone for ${seconds(us)} ${host.place}, ${why}`);
  }

  #acts(nowUs: number): void {
    const { host } = this;
    if (nowUs - host.lastAccessUs <= PROMPT_US) this.actedAt = host.accesses;
  }
}
