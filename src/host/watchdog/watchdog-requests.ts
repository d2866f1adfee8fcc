import type { DeviceId } from "../../ipmi/commands/app/device.ts";
import {
  getWatchdogTimer,
  resetWatchdogTimer,
  setWatchdogTimer,
} from "../../ipmi/commands/app/watchdog.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import { Refused } from "../messages/codes.ts";
import type { Answer, RequestSpec } from "../messages/request.ts";
import type { User } from "../messages/user.ts";
import { settingData, type WatchdogSetting } from "./watchdog-setting.ts";

/** The BMC does not know the timer's setting. @see IPMI 2.0 §27.5 */
const NOT_INITIALISED = 0x80;
const COUNT_MS = 100;
/** How often the timer is set up within one heartbeat, when it is lost again and again. */
const SET_UPS_MAX = 3;

/** What came back for one of the timer's commands. */
export type Heard =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** The BMC itself said so; else nobody there heard it, or nobody answered. */
      readonly answered: boolean;
      /** The BMC has no setting. */
      readonly lost: boolean;
      readonly why: string;
    };

/**
 * Whether setting the timer up at once may help, after so many tries: a BMC that answers can be
 * told so, one that does not is given time.
 */
export function mayHelp(heard: Heard, tries: number): boolean {
  if (!heard.ok && !heard.answered) return false;
  if (tries === 0) return true;
  return (heard.ok || heard.lost) && tries < SET_UPS_MAX;
}

/** The timer's three commands. Each message is a new one, and each is heard of once. */
export class WatchdogRequests {
  private readonly _user: User;
  private readonly _scheduler: Scheduler;
  private readonly _device: () => DeviceId | undefined;

  constructor(user: User, scheduler: Scheduler, device: () => DeviceId | undefined) {
    this._user = user;
    this._scheduler = scheduler;
    this._device = device;
  }

  set(setting: WatchdogSetting, heard: (result: Heard) => void): void {
    const { netFn, cmd } = setWatchdogTimer;
    const data = settingData(setting, this._device());
    this.#ask({ netFn, cmd, data, priority: "high" }, (answer) => {
      heard(heardOf("Set", answer));
    });
  }

  reset(heard: (result: Heard) => void): void {
    const { netFn, cmd } = resetWatchdogTimer;
    this.#ask({ netFn, cmd, priority: "high" }, (answer) => heard(heardOf("Reset", answer)));
  }

  /** The present count, in ms. What is more urgent goes before it. */
  timeLeft(heard: (leftMs: number | undefined) => void): void {
    const { netFn, cmd, response } = getWatchdogTimer;
    this.#ask({ netFn, cmd }, (answer) => {
      const whole = typeof answer !== "string" && answer.data.length === response.size.min;
      const known = heardOf("Get", answer).ok && whole;
      heard(known ? response.decode(answer.data).present100ms * COUNT_MS : undefined);
    });
  }

  /** A refusal is heard as its code. */
  #ask(spec: RequestSpec, heard: (answer: Answer | string) => void): void {
    try {
      this._user.submit(spec, heard);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this._scheduler.at(this._scheduler.now(), "watchdog refused", () => heard(error.code));
    }
  }
}

function heardOf(what: "Set" | "Reset" | "Get", answer: Answer | string): Heard {
  const name = `${what} Watchdog Timer`;
  if (typeof answer === "string") {
    return { ok: false, answered: false, lost: false, why: `${name}: ${answer}` };
  }
  const { cc, maker } = answer;
  const answered = maker === "bmc";
  if (answered && cc === Cc.Ok) return { ok: true };
  const code = cc.toString(16).toUpperCase().padStart(2, "0");
  const why = `${name}: ${code}h by ${maker}`;
  return { ok: false, answered, lost: answered && cc === NOT_INITIALISED, why };
}
