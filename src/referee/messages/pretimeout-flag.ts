import { clearMessageFlags, MessageFlag } from "../../ipmi/commands/app/messaging.ts";
import { resetWatchdogTimer, setWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import { beginsAnew } from "../text.ts";
import { HoldsState } from "./holds.ts";
import { resetsSystem } from "./watchdog-model.ts";

/** They clear the flag, or may. */
const CLEARING: readonly Command[] = [clearMessageFlags, setWatchdogTimer, resetWatchdogTimer];

/** Of what the BMC tells of its flags: whether one falls of itself. @see IPMI 2.0 §22.3, §27.6 */
export class KeepsPretimeoutFlag extends HoldsState {
  /** The BMC's application tells in this trace what it reads. */
  tells = false;
  /** Whether it is up, as it was told last; undefined when nobody knows. */
  up: boolean | undefined;
  /** A command that clears it may be carried out yet. */
  late = false;

  bmcRequest(): void {
    this.tells = true;
  }

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (beginsAnew(event.what)) this.late = false;
    if (resetsSystem(event)) this.up = undefined;
    if (event.what !== "flags") return;
    const now = (event.flags & MessageFlag.WatchdogPretimeout) !== 0;
    const fell = this.up === true && !now;
    this.up = now;
    if (!fell || !this.tells || this.late || this.dialogues.inHand(CLEARING)) return;
    this.report("the pre-timeout's flag fell, and nobody had cleared it");
  }

  protected override about(command: Command): boolean {
    return isOf(CLEARING, command);
  }

  protected said(dialogue: Dialogue): void {
    if (dialogue.cc !== Cc.Ok && !this.leftAlone(dialogue)) this.late = true;
  }

  protected changes(): boolean {
    return true;
  }

  protected forget(): void {
    this.up = undefined;
    this.late = true;
  }
}
