import {
  chassisControl,
  chassisIdentify,
  getChassisStatus,
  IdentifyState,
  setPowerCycleInterval,
} from "../../ipmi/commands/chassis/chassis.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { seconds } from "../text.ts";
import { HoldsState } from "./holds.ts";
import { resetsSystem } from "./watchdog-model.ts";

/** What the chassis does for a while. */
export const chassisTimeRules: readonly CommonRule[] = [
  {
    id: "CHS-05",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §28.3, §28.9",
    sentence:
      "A power cycle takes the power for its interval, a second at least, and gives it back.",
    instead:
      "The BMC takes the power, waits for the interval that was set, a second at least, and " +
      "gives it back.",
    observable: true,
    automaton: (context) => new CyclesPower(context),
  },
  {
    id: "CHS-09",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §28.2, §28.5",
    sentence:
      "The chassis identifies itself for as long as it was told, 15 s if nothing was said, and says so.",
    instead:
      "The BMC identifies the chassis for the time that it was told, 15 s by default, and shows " +
      "that in Get Chassis Status.",
    observable: true,
    automaton: (context) => new Identifies(context),
  },
];

const SECOND_US = 1_000_000;
/** Off at least. @see IPMI 2.0 §28.3 */
const OFF_LEAST_S = 1;
/** No specification says how soon power must be back. */
const BACK_US = 30 * SECOND_US;
const TOLERANCE = 0.1;

class CyclesPower extends HoldsState {
  /** What Set Power Cycle Interval said; -1 when nobody did. */
  intervalS = -1;
  /** When the power went in a cycle that is not over; -1 in none. */
  offUs = -1;

  /** Who says in a cycle what is to become of the power has it so, and need not wait. */
  bmcRequest({ message, t }: On<"bmcRequest">): void {
    this.#look(t);
    const [netFnLun = 0, cmd = 0] = message;
    if (isOf([chassisControl], { netFn: netFnLun >> 2, cmd })) this.offUs = -1;
  }

  override bmcLife(event: On<"bmcLife">): void {
    this.#look(event.t);
    super.bmcLife(event);
    if (!resetsSystem(event)) return;
    const { offUs } = this;
    this.offUs = event.text.startsWith("power-cycle") ? event.t : -1;
    if (offUs === -1 || !event.text.startsWith("power-up:")) return;
    const leastS = Math.max(this.intervalS, OFF_LEAST_S);
    const us = event.t - offUs;
    if (us >= leastS * SECOND_US * (1 - TOLERANCE)) return;
    this.report(`power was away for ${seconds(us)} of ${leastS} s`);
  }

  end({ t }: On<"end">): void {
    this.#look(t);
  }

  protected override about(command: Command): boolean {
    return isOf([setPowerCycleInterval, chassisControl], command);
  }

  protected said(dialogue: Dialogue): void {
    this.#look(dialogue.endUs);
    const asked = dialogue.asks(setPowerCycleInterval);
    if (asked === undefined || this.leftAlone(dialogue)) return;
    this.intervalS = dialogue.cc === Cc.Ok ? asked.intervalS : -1;
  }

  protected changes(dialogue: Dialogue): boolean {
    return dialogue.is(setPowerCycleInterval);
  }

  protected forget(): void {
    this.intervalS = -1;
    this.offUs = -1;
  }

  #look(nowUs: number): void {
    const us = nowUs - this.offUs;
    const most = Math.max(this.intervalS, 0) * SECOND_US + BACK_US;
    if (this.offUs === -1 || us < most) return;
    this.report(`power went in a cycle, and is not back after ${seconds(us)}`);
    this.offUs = -1;
  }
}

const DEFAULT_S = 15;
/** It may last so much longer. @see IPMI 2.0 §28.5 */
const LONGER = 1.2;

class Identifies extends HoldsState {
  /** What it was told last, at some moment between; undefined when that is not known. */
  told: { readonly fromUs: number; readonly toUs: number; readonly s: number } | undefined;

  protected override about(command: Command): boolean {
    return isOf([chassisIdentify, getChassisStatus], command);
  }

  protected said(dialogue: Dialogue): void {
    const asked = dialogue.asks(chassisIdentify);
    if (asked !== undefined && !this.leftAlone(dialogue)) {
      const s = asked.forceOn === true ? Number.POSITIVE_INFINITY : (asked.intervalS ?? DEFAULT_S);
      const { startUs: fromUs, endUs: toUs, cc } = dialogue;
      this.told = cc === Cc.Ok ? { fromUs, toUs, s } : undefined;
    }
    const status = dialogue.gives(getChassisStatus);
    if (status?.identifySupported !== true || !dialogue.witnessed) return;
    const right = this.#state(dialogue);
    if (right === undefined || right === status.identifyState) return;
    this.report(`it is to identify itself in state ${right}, and says ${status.identifyState}`);
  }

  protected changes(dialogue: Dialogue): boolean {
    return dialogue.is(chassisIdentify);
  }

  protected forget(): void {
    this.told = undefined;
  }

  #state({ startUs, endUs }: Dialogue): number | undefined {
    if (this.told === undefined) return undefined;
    const { fromUs, toUs, s } = this.told;
    if (s === Number.POSITIVE_INFINITY) return IdentifyState.Indefinite;
    if (s === 0 || startUs - toUs > (s * LONGER + 1) * SECOND_US) return IdentifyState.Off;
    return endUs - fromUs < (s - 1) * SECOND_US ? IdentifyState.Temporary : undefined;
  }
}
