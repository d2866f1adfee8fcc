import { NetFn } from "../../ipmi/command-table.ts";
import {
  getWatchdogTimer,
  PretimeoutInterrupt,
  WatchdogAction,
} from "../../ipmi/commands/app/watchdog.ts";
import { BMC_ADDRESS } from "../../ipmi/ipmb.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import type { Command } from "../dispatch.ts";
import { hex, seconds } from "../text.ts";
import { generatorOf, loggedBy } from "./logged.ts";
import { CLOCK_TOLERANCE, isAt, JudgesWatchdog, LAG_US, PROMPT_US } from "./watchdog-judge.ts";
import type { Setting } from "./watchdog-model.ts";

/** The words of the trace for what is done to the system. */
const ACTIONS: ReadonlyMap<number, string> = new Map([
  [WatchdogAction.HardReset, "reset"],
  [WatchdogAction.PowerDown, "power-down"],
  [WatchdogAction.PowerCycle, "power-cycle"],
]);
const BY_WATCHDOG = /^([a-z-]+): watchdog$/;

/** The words of the trace for the interrupts. */
const INTERRUPTS: ReadonlyMap<number, string> = new Map([
  [PretimeoutInterrupt.Smi, "smi"],
  [PretimeoutInterrupt.Nmi, "nmi"],
  [PretimeoutInterrupt.Messaging, "messaging"],
]);

/** What is overdue shows by the next command, whichever that is. */
abstract class LooksAtTheTime extends JudgesWatchdog {
  protected override about({ netFn }: Command): boolean {
    return netFn === NetFn.App;
  }
}

export class BitesInTime extends LooksAtTheTime {
  protected override judge(dialogue: Dialogue): void {
    this.#look(dialogue.startUs);
  }

  protected override judgeLife({ what, t }: On<"bmcLife">): void {
    const { due, dueBefore } = this.model;
    if (what !== "watchdog-expired") return this.#look(t);
    if (due === undefined || (dueBefore !== undefined && isAt(dueBefore, t))) return;
    const early = due.fromUs - t;
    if (early > LAG_US + CLOCK_TOLERANCE * (due.fromUs - this.model.started.fromUs)) {
      this.report(`it ran out ${seconds(early)} too early`);
    }
  }

  end({ t }: On<"end">): void {
    this.#look(t);
  }

  #look(nowUs: number): void {
    const { due } = this.model;
    if (due === undefined || this.changing) return;
    const late = nowUs - due.toUs;
    const long = due.toUs - this.model.started.toUs;
    if (late <= PROMPT_US + CLOCK_TOLERANCE * long) return;
    const why = this.model.restarted ? ", and Reset came after the pre-timeout" : "";
    this.report(`it was to run out ${seconds(late)} ago${why}`, undefined, due.toUs);
    this.model.forget();
  }
}

export class ActsAsAsked extends LooksAtTheTime {
  /** It ran out then, and what is to follow has not; -1 nothing is. */
  expiredUs = -1;
  expected: Setting | undefined;
  logs = false;
  /** Events of the BMC's own have been logged: then this one is, too. */
  tells = false;

  protected override judge(dialogue: Dialogue): void {
    this.#look(dialogue.endUs);
    const status = dialogue.gives(getWatchdogTimer);
    if (status === undefined) return;
    const { knownExpired, expired } = this.model;
    const wrong = (status.expired ^ expired) & knownExpired;
    if (wrong === 0) return;
    this.report(`the expiration flags are ${hex(status.expired)}, and should be ${hex(expired)}`);
  }

  protected override judgeLife(event: On<"bmcLife">): void {
    const { what, t, text } = event;
    if (what === "sel") {
      this.tells = true;
      this.logs = false;
      this.#logged(event);
    } else if (what === "power") {
      this.#power(text);
    } else if (what === "watchdog-expired") {
      this.expiredUs = t;
      this.expected = this.model.setting;
      this.logs = this.tells && this.expected?.dontLog === false;
    } else {
      this.#look(t);
    }
  }

  end({ t }: On<"end">): void {
    this.#look(t);
  }

  protected override forget(): void {
    super.forget();
    this.expiredUs = -1;
    this.expected = undefined;
    this.logs = false;
  }

  /** What is logged in the moment of the expiry is of the expiry. */
  #logged(life: On<"bmcLife">): void {
    const event = this.expiredUs === life.t ? timerEvent(life) : undefined;
    if (event === undefined || this.expected === undefined) return;
    const { dontLog, action, use } = this.expected;
    if (dontLog) this.report("it ran out, and that was logged, though it was not to be");
    else if (event.offset !== action)
      this.report(`it was to do ${action}, and ${event.offset} was logged`);
    else if (event.use !== use) this.report(`its use was ${use}, and ${event.use} was logged`);
    else if (event.generator !== BMC_ADDRESS)
      this.report(
        `it is the BMC's, at ${hex(BMC_ADDRESS)}, and ${hex(event.generator)} was logged`,
      );
  }

  #power(text: string): void {
    const [, did] = BY_WATCHDOG.exec(text) ?? [];
    const { expected } = this;
    if (did === undefined || did === "power-up" || expected === undefined) return;
    const right = ACTIONS.get(expected.action) ?? "nothing";
    if (did !== right) this.report(`it was to do ${right} to the system, and did ${did}`);
    this.expected = undefined;
  }

  #look(nowUs: number): void {
    if (this.expiredUs === -1 || nowUs - this.expiredUs < PROMPT_US) return;
    const right = ACTIONS.get(this.expected?.action ?? WatchdogAction.None);
    if (right !== undefined) this.report(`it was to do ${right} to the system, and did not`);
    if (this.logs) this.report("it ran out, and that was not logged");
    this.expiredUs = -1;
    this.expected = undefined;
    this.logs = false;
  }
}

/** @see IPMI 2.0 §32.1 */
const SENSOR_TYPE_AT = 10;
const EVENT_DATA_AT = 13;
const WATCHDOG_SENSOR = 0x23;
const LOW_NIBBLE = 0x0f;

/** The timer's event, where the trace tells that it was logged. @see IPMI 2.0 §42.2, sensor type 23h */
function timerEvent(event: On<"bmcLife">) {
  const bytes = loggedBy(event)?.bytes;
  if (bytes?.[SENSOR_TYPE_AT] !== WATCHDOG_SENSOR) return undefined;
  const [offset = 0, use = 0] = bytes.subarray(EVENT_DATA_AT);
  return { offset: offset & LOW_NIBBLE, use: use & LOW_NIBBLE, generator: generatorOf(event) };
}

export class PretimeoutAsAsked extends LooksAtTheTime {
  /** The timer ran out then, and its interrupt has not come; -1 none is missing. */
  missingUs = -1;

  protected override judge({ endUs }: Dialogue): void {
    this.#look(endUs);
  }

  protected override judgeLife({ what, t, text }: On<"bmcLife">): void {
    const { setting, passed, running } = this.model;
    if (what === "pretimeout") {
      this.missingUs = -1;
      if (setting !== undefined) this.#comes(setting, text, t);
    } else if (what === "watchdog-expired") {
      const kind = INTERRUPTS.get(setting?.pretimeoutInterrupt ?? PretimeoutInterrupt.None);
      if (kind !== undefined && running === true && !passed) this.missingUs = t;
    } else {
      this.#look(t);
    }
  }

  end({ t }: On<"end">): void {
    this.#look(t);
  }

  protected override forget(): void {
    super.forget();
    this.missingUs = -1;
  }

  #comes({ pretimeoutInterrupt, pretimeoutS }: Setting, text: string, nowUs: number): void {
    const kind = INTERRUPTS.get(pretimeoutInterrupt) ?? "none";
    if (text !== kind) this.report(`the interrupt was ${text}, and was to be ${kind}`);
    const { due, started } = this.model;
    if (due === undefined) return;
    const earlyUs = pretimeoutS * 1_000_000;
    const right = {
      fromUs: Math.max(due.fromUs - earlyUs, started.fromUs),
      toUs: Math.max(due.toUs - earlyUs, started.toUs),
    };
    if (isAt(right, nowUs)) return;
    this.report(`it came ${seconds(Math.abs(nowUs - right.toUs))} from when it was due`);
  }

  #look(nowUs: number): void {
    if (this.missingUs === -1 || nowUs - this.missingUs < PROMPT_US) return;
    this.report("the timer ran out, and its interrupt did not come", undefined, this.missingUs);
    this.missingUs = -1;
  }
}

export class StopsWithSystem extends JudgesWatchdog {
  protected override judge(dialogue: Dialogue): void {
    const status = dialogue.gives(getWatchdogTimer);
    const { running, stoppedBy, ranBefore } = this.model;
    if (status?.running !== true || running !== false || !ranBefore) return;
    this.report(`it stopped with the ${stoppedBy}, and is said to run`);
  }

  protected override judgeLife({ what }: On<"bmcLife">): void {
    const { running, stoppedBy, ranBefore } = this.model;
    if (what !== "watchdog-expired" || running !== false || !ranBefore) return;
    this.report(`it stopped with the ${stoppedBy}, and ran out`);
  }
}
