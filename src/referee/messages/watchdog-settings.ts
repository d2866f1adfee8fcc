import {
  clearMessageFlags,
  getMessageFlags,
  MessageFlag,
} from "../../ipmi/commands/app/messaging.ts";
import {
  getWatchdogTimer,
  resetWatchdogTimer,
  setWatchdogTimer,
  type WatchdogStatus,
} from "../../ipmi/commands/app/watchdog.ts";
import { Cc, SpecificCc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import { hex } from "../text.ts";
import { CLOCK_TOLERANCE, countAt, isAt, JudgesWatchdog, LAG_US } from "./watchdog-judge.ts";
import { COUNT_US, type Setting } from "./watchdog-model.ts";

export class SetStops extends JudgesWatchdog {
  /** The last Set left the timer running. */
  kept = false;

  protected override judge(dialogue: Dialogue): void {
    const status = dialogue.gives(getWatchdogTimer);
    if (status === undefined) return;
    const { running, stoppedBy } = this.model;
    if (status.running && running === false && stoppedBy === "set") {
      this.report("it was stopped by Set Watchdog Timer, and is said to run");
    } else if (
      !status.running &&
      running === true &&
      this.model.dueBefore === undefined &&
      !this.model.passed
    ) {
      this.#says(dialogue);
    }
  }

  protected override judgeLife({ what }: On<"bmcLife">): void {
    const { running, stoppedBy } = this.model;
    if (what !== "watchdog-expired" || running !== false || stoppedBy !== "set") return;
    this.report("it was stopped by Set Watchdog Timer, and ran out");
  }

  #says({ endUs }: Dialogue): void {
    const { due, setting } = this.model;
    if (due === undefined || endUs >= due.fromUs || setting === undefined) return;
    if (this.kept) this.report(`it was set while it ran, with "don't stop", and is said to stand`);
  }

  override dialogue(dialogue: Dialogue): void {
    const set = dialogue.asks(setWatchdogTimer);
    super.dialogue(dialogue);
    if (set !== undefined) this.kept = set.dontStop && this.model.running === true;
    else if (dialogue.is(resetWatchdogTimer)) this.kept = false;
  }
}

export class SetClearsFlag extends JudgesWatchdog {
  /** It was cleared by a Set, and has not come up since. */
  cleared = false;
  /** When the pre-timeout came last: of one that came while a Set was in hand nobody can tell. */
  cameUs = -1;

  protected override judge(dialogue: Dialogue): void {
    if (dialogue.is(setWatchdogTimer)) {
      this.cleared = dialogue.cc === Cc.Ok && this.cameUs < dialogue.startUs;
    }
    if (!this.cleared || !dialogue.succeeds(getMessageFlags)) return;
    const flags = dialogue.data[0] ?? 0;
    if ((flags & MessageFlag.WatchdogPretimeout) === 0) return;
    this.report(`the timer was set, and then the flags were ${hex(flags)}`);
  }

  protected override judgeLife({ what, t }: On<"bmcLife">): void {
    if (what !== "pretimeout") return;
    this.cleared = false;
    this.cameUs = t;
  }

  protected override forget(): void {
    super.forget();
    this.cleared = false;
  }
}

export class ResetStarts extends JudgesWatchdog {
  /** It was Reset that started it. */
  reset = false;

  protected override judge(dialogue: Dialogue): void {
    const status = dialogue.gives(getWatchdogTimer);
    const { due, passed, restarted } = this.model;
    if (status === undefined || due === undefined) return;
    if (this.reset && !status.running && dialogue.endUs < due.fromUs - LAG_US) {
      this.report("it was started by Reset Watchdog Timer, and is said to stand");
    }
    if (!passed || !restarted) return;
    const most = countAt(due, dialogue.startUs) + LAG_US / COUNT_US;
    if (status.present100ms <= most * (1 + CLOCK_TOLERANCE)) return;
    this.report(
      `its pre-timeout was reached, and Reset brought the count to ${status.present100ms}`,
    );
  }

  override dialogue(dialogue: Dialogue): void {
    super.dialogue(dialogue);
    if (dialogue.is(resetWatchdogTimer)) this.reset = dialogue.cc === Cc.Ok;
    else if (dialogue.is(setWatchdogTimer)) this.reset = false;
  }

  protected override judgeLife({ what, t }: On<"bmcLife">): void {
    const { dueBefore, due } = this.model;
    if (what !== "watchdog-expired" || due === undefined || dueBefore === undefined) return;
    if (t >= due.fromUs - LAG_US || !isAt(dueBefore, t)) return;
    this.report("it was started anew, and ran out as if it had not been");
  }
}

export class CountsDown extends JudgesWatchdog {
  protected override judge(dialogue: Dialogue): void {
    const status = dialogue.gives(getWatchdogTimer);
    this.#judgeStanding(status);
    const { due, started, restarted } = this.model;
    if (status?.running !== true || due === undefined || restarted) return;
    const slack =
      LAG_US / COUNT_US + (CLOCK_TOLERANCE * (dialogue.endUs - started.fromUs)) / COUNT_US;
    const most = (due.toUs - dialogue.startUs) / COUNT_US + slack;
    const least = (due.fromUs - dialogue.endUs) / COUNT_US - slack;
    if (status.present100ms <= most && status.present100ms >= least) return;
    const right = Math.round(countAt(due, dialogue.endUs));
    this.report(`the count is ${status.present100ms}, and should be ${right}`);
  }

  /** Set Watchdog Timer loads the count, and leaves it there. */
  #judgeStanding(status: WatchdogStatus | undefined): void {
    const { running, stoppedBy, setting } = this.model;
    if (status === undefined || running !== false || stoppedBy !== "set") return;
    const right = setting?.countdown100ms;
    if (status.running || right === undefined || status.present100ms === right) return;
    this.report(`it stands at ${status.present100ms}, and was set to ${right}`);
  }
}

export class TellsUninitialised extends JudgesWatchdog {
  protected override judge(dialogue: Dialogue): void {
    if (!dialogue.is(resetWatchdogTimer)) return;
    const { initialised } = this.model;
    if (dialogue.cc === Cc.Ok && initialised === false) {
      this.report("no timer was set, and it could be started");
    } else if (dialogue.cc === Cc.Unspecified && initialised === false) {
      // The code is recommended only.
      this.report("no timer was set, and FFh does not say so", "note");
    } else if (dialogue.cc === SpecificCc.WatchdogUninitialized && initialised === true) {
      this.report("a timer was set, and 80h says that it was not");
    }
  }
}

export class GivesWhatWasSet extends JudgesWatchdog {
  protected override judge(dialogue: Dialogue): void {
    const status = dialogue.gives(getWatchdogTimer);
    if (status === undefined) return;
    const { setting, running, stoppedBy, ranBefore } = this.model;
    if (status.running && running === false && stoppedBy !== "set" && !ranBefore) {
      this.report("nobody has started it, and it is said to run");
    }
    if (setting === undefined) return;
    for (const [field, text] of FIELDS) {
      if (status[field] === setting[field]) continue;
      this.report(`${text} was set to ${setting[field]}, and reads ${status[field]}`);
      return;
    }
  }
}

export class SetsFlag extends JudgesWatchdog {
  /** It came, and nobody has cleared its flag. */
  due = false;
  /** Whether the flag stands, and when it came up last. */
  stands = false;
  roseUs = -1;

  protected override judge(dialogue: Dialogue): void {
    if (dialogue.is(setWatchdogTimer) || dialogue.is(clearMessageFlags)) this.due = false;
    if (!this.due || !dialogue.succeeds(getMessageFlags)) return;
    const flags = dialogue.data[0] ?? 0;
    if ((flags & MessageFlag.WatchdogPretimeout) !== 0) return;
    this.report(`the pre-timeout came, and then the flags were ${hex(flags)}`);
  }

  protected override judgeLife({ what, text, flags, t }: On<"bmcLife">): void {
    if (what === "flags") {
      const stands = (flags & MessageFlag.WatchdogPretimeout) !== 0;
      if (stands && !this.stands) this.roseUs = t;
      this.stands = stands;
    }
    if (what !== "pretimeout") return;
    if (text === "messaging") this.due = true;
    else if (this.roseUs === t) this.report(`the interrupt is ${text}, and its flag came up`);
  }

  protected override changes(dialogue: Dialogue): boolean {
    return super.changes(dialogue) || dialogue.is(clearMessageFlags);
  }

  protected override forget(): void {
    super.forget();
    this.due = false;
  }
}

const FIELDS: readonly (readonly [keyof Setting & keyof WatchdogStatus, string])[] = [
  ["use", "the use"],
  ["dontLog", '"don\'t log"'],
  ["action", "the action"],
  ["pretimeoutInterrupt", "the pre-timeout interrupt"],
  ["pretimeoutS", "the pre-timeout interval"],
  ["countdown100ms", "the initial count"],
];
