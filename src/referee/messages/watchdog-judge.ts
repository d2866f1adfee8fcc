import { clearMessageFlags, getMessageFlags } from "../../ipmi/commands/app/messaging.ts";
import {
  getWatchdogTimer,
  resetWatchdogTimer,
  setWatchdogTimer,
} from "../../ipmi/commands/app/watchdog.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import { beginsAnew } from "../text.ts";
import { HoldsState } from "./holds.ts";
import { COUNT_US, HAPPENINGS, type Span, WatchdogModel } from "./watchdog-model.ts";

/** A count may lag by its own length, and a clock by so much of the time. @see IPMI 2.0 §27.7 */
export const LAG_US = 2 * COUNT_US;
export const CLOCK_TOLERANCE = 0.02;
/** What follows from an expiry is there at once; so much later it will not come. */
export const PROMPT_US = 1_000_000;

/** What sets and shows the timer, and its message flag. */
const WATCHDOG_COMMANDS: readonly Command[] = [
  ...[getWatchdogTimer, setWatchdogTimer, resetWatchdogTimer],
  ...[getMessageFlags, clearMessageFlags],
];

const CHANGES: readonly Command[] = [setWatchdogTimer, resetWatchdogTimer];

/** Judges the watchdog timer of a BMC whose own life is told. */
export abstract class JudgesWatchdog extends HoldsState {
  readonly model = new WatchdogModel();

  protected override about(command: Command): boolean {
    return isOf(WATCHDOG_COMMANDS, command);
  }

  protected said(dialogue: Dialogue): void {
    if (!dialogue.witnessed) return;
    this.judge(dialogue);
    if (dialogue.is(setWatchdogTimer) && dialogue.cc !== Cc.Ok && !this.leftAlone(dialogue)) {
      this.forget();
    }
    this.model.take(dialogue);
  }

  protected changes(dialogue: Dialogue): boolean {
    return isOf(CHANGES, dialogue);
  }

  protected forget(): void {
    this.model.forget();
  }

  override bmcLife(event: On<"bmcLife">): void {
    if (this.changing && HAPPENINGS.has(event.what)) this.forget();
    this.judgeLife(event);
    const afresh = this.model.initialised === false && event.what === "away";
    if (event.what === "hang" || (beginsAnew(event.what) && !afresh)) this.forget();
    this.model.life(event);
  }

  /** A command that changes the timer was read, and whether it has done so yet nobody can tell. */
  protected get changing(): boolean {
    return this.dialogues.inHand(CHANGES);
  }

  protected judge(_dialogue: Dialogue): void {}
  protected judgeLife(_event: On<"bmcLife">): void {}
}

/** The count at that time, in counts. */
export function countAt(due: Span, us: number): number {
  return Math.max((due.toUs - us) / COUNT_US, 0);
}

export function isAt({ fromUs, toUs }: Span, us: number): boolean {
  return us >= fromUs - LAG_US && us <= toUs + LAG_US;
}
