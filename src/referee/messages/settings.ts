import {
  DevicePowerState,
  getAcpiPowerState,
  SystemPowerState,
  setAcpiPowerState,
} from "../../ipmi/commands/app/device.ts";
import { getBmcGlobalEnables, setBmcGlobalEnables } from "../../ipmi/commands/app/messaging.ts";
import {
  getChassisStatus,
  PowerRestorePolicy,
  setFrontPanelButtonEnables,
  setPowerRestorePolicy,
} from "../../ipmi/commands/chassis/chassis.ts";
import { getEventReceiver, setEventReceiver } from "../../ipmi/commands/sensor-event/event.ts";
import { getSelTimeUtcOffset, setSelTimeUtcOffset } from "../../ipmi/commands/storage/sel.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CommonRule, Context } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { HoldsState } from "./holds.ts";
import { resetsSystem, startsAfresh } from "./watchdog-model.ts";

type Value = number | boolean | undefined;
type Values = Readonly<Record<string, Value>>;

/** A setting, and how it is read; undefined is what was not set, or is not shown. */
interface Pair {
  readonly set: Command;
  readonly get: Command;
  readonly asked: (dialogue: Dialogue) => Values | undefined;
  readonly given: (dialogue: Dialogue) => Values | undefined;
  /** A reset of the system takes it away. */
  readonly ofSystem: boolean;
  /** It is not volatile: a reset of the BMC leaves it as it is. */
  readonly outlives?: true;
}

const enables: Pair = {
  set: setBmcGlobalEnables,
  get: getBmcGlobalEnables,
  asked: (dialogue) => dialogue.asks(setBmcGlobalEnables),
  given: (dialogue) => {
    const given = dialogue.gives(getBmcGlobalEnables);
    if (given === undefined) return undefined;
    const { oem0: _0, oem1: _1, oem2: _2, ...standard } = given;
    return standard;
  },
  ofSystem: true,
};

const receiver: Pair = {
  set: setEventReceiver,
  get: getEventReceiver,
  asked: (dialogue) => dialogue.asks(setEventReceiver),
  given: (dialogue) => dialogue.gives(getEventReceiver),
  ofSystem: false,
};

const offset: Pair = {
  set: setSelTimeUtcOffset,
  get: getSelTimeUtcOffset,
  asked: (dialogue) => dialogue.asks(setSelTimeUtcOffset),
  given: (dialogue) => dialogue.gives(getSelTimeUtcOffset),
  ofSystem: false,
};

const acpi: Pair = {
  set: setAcpiPowerState,
  get: getAcpiPowerState,
  asked: (dialogue) => {
    const asked = dialogue.asks(setAcpiPowerState);
    if (asked === undefined) return undefined;
    const { setSystemState, setDeviceState, systemState, deviceState } = asked;
    const system = setSystemState && systemState !== SystemPowerState.NoChange;
    const device = setDeviceState && deviceState !== DevicePowerState.NoChange;
    return {
      ...(system ? { systemState } : {}),
      ...(device ? { deviceState } : {}),
    };
  },
  given: (dialogue) => dialogue.gives(getAcpiPowerState),
  ofSystem: true,
};

const policy: Pair = {
  set: setPowerRestorePolicy,
  get: getChassisStatus,
  asked: (dialogue) => {
    const asked = dialogue.asks(setPowerRestorePolicy);
    if (asked === undefined) return undefined;
    return asked.policy < PowerRestorePolicy.Query ? { powerRestorePolicy: asked.policy } : {};
  },
  given: (dialogue) => dialogue.gives(getChassisStatus),
  ofSystem: false,
  outlives: true,
};

const buttons: Pair = {
  set: setFrontPanelButtonEnables,
  get: getChassisStatus,
  asked: (dialogue) => {
    const asked = dialogue.asks(setFrontPanelButtonEnables);
    if (asked === undefined) return undefined;
    return {
      powerOffButtonDisabled: asked.disablePowerOff,
      resetButtonDisabled: asked.disableReset,
      diagnosticButtonDisabled: asked.disableDiagnostic,
      standbyButtonDisabled: asked.disableStandby,
    };
  },
  given: (dialogue) => {
    const given = dialogue.gives(getChassisStatus);
    if (given === undefined) return undefined;
    return {
      ...(given.powerOffButtonDisableAllowed
        ? { powerOffButtonDisabled: given.powerOffButtonDisabled }
        : {}),
      ...(given.resetButtonDisableAllowed
        ? { resetButtonDisabled: given.resetButtonDisabled }
        : {}),
      ...(given.diagnosticButtonDisableAllowed
        ? { diagnosticButtonDisabled: given.diagnosticButtonDisabled }
        : {}),
      ...(given.standbyButtonDisableAllowed
        ? { standbyButtonDisabled: given.standbyButtonDisabled }
        : {}),
    };
  },
  ofSystem: false,
};

/** What was set reads so. */
export const settingRules: readonly CommonRule[] = [
  {
    id: "MF-14",
    ...ofBmc(
      "IPMI 2.0 §22.1, §22.2",
      "The global enables read as they were set, but for bits that cannot change.",
    ),
    instead:
      "The BMC returns the enables that it accepted, bit by bit, or the fixed value of a bit " +
      "that cannot change.",
    automaton: (context) => new KeepsSetting(context, enables),
  },
  {
    id: "EVT-06",
    ...ofBmc("IPMI 2.0 §29.1, §29.2", "The event receiver reads as it was set."),
    instead: "The BMC returns the address and the LUN that it accepted last.",
    automaton: (context) => new KeepsSetting(context, receiver),
  },
  {
    id: "SEL-12",
    ...ofBmc("IPMI 2.0 §31.11a, §31.11b", "The offset of the log's time reads as it was set."),
    instead: "The BMC returns the offset that it accepted last.",
    automaton: (context) => new KeepsSetting(context, offset),
  },
  {
    id: "DEV-05",
    ...ofBmc("IPMI 2.0 §20.6, §20.7", "The ACPI power states read as they were set."),
    instead: "The BMC returns the power states that it accepted last.",
    automaton: (context) => new KeepsSetting(context, acpi),
  },
  {
    id: "CHS-03",
    ...ofBmc(
      "IPMI 2.0 §28.2, §28.8",
      "The power restore policy reads as it was set, over resets of the BMC, too.",
    ),
    instead:
      "The BMC keeps the policy that it accepted over its resets, and shows it in Get Chassis " +
      "Status.",
    automaton: (context) => new KeepsSetting(context, policy),
  },
  {
    id: "CHS-04",
    ...ofBmc("IPMI 2.0 §28.2, §28.6", "The front panel's buttons are disabled as it was set."),
    instead:
      "The BMC shows as disabled in Get Chassis Status the buttons that were disabled last, and " +
      "no others.",
    automaton: (context) => new KeepsSetting(context, buttons),
  },
  {
    id: "DEV-08",
    ...ofBmc(
      "IPMI 2.0 §20.3",
      "A Warm Reset leaves the global enables and the event receiver alone.",
    ),
    instead:
      "The BMC comes back from a Warm Reset with the enables and the event receiver that it had.",
    automaton: (context) => new OutliveWarmReset(context),
  },
];

/** Settings that a Warm Reset leaves alone. */
const KEPT: readonly Pair[] = [enables, receiver];

function ofBmc(section: string, sentence: string) {
  return { party: "bmc", severity: "violation", section, sentence, observable: true } as const;
}

class KeepsSetting extends HoldsState {
  values: Values = {};
  /** How each field that was read has read: so, otherwise, or both. */
  readonly read = new Map<string, Set<Value>>();
  private readonly _pair: Pair;

  constructor(context: Context, pair: Pair) {
    super(context);
    this._pair = pair;
  }

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (this._pair.ofSystem && resetsSystem(event)) this.values = {};
  }

  protected override begins(): void {
    if (this._pair.outlives !== true) this.forget();
  }

  protected override about(command: Command): boolean {
    return isOf([this._pair.set, this._pair.get], command);
  }

  protected said(dialogue: Dialogue): void {
    if (dialogue.is(this._pair.set)) {
      const asked = this._pair.asked(dialogue);
      if (dialogue.cc === Cc.Ok && asked !== undefined) this.values = { ...this.values, ...asked };
      else if (!this.leftAlone(dialogue)) this.values = {};
      return;
    }
    const given = this._pair.given(dialogue);
    if (given !== undefined && dialogue.witnessed) this.#compare(dialogue, given);
  }

  protected changes(dialogue: Dialogue): boolean {
    return dialogue.is(this._pair.set);
  }

  protected forget(): void {
    this.values = {};
    this.read.clear();
  }

  #compare(dialogue: Dialogue, given: Values): void {
    for (const [field, value] of Object.entries(given)) {
      const read = this.read.get(field) ?? new Set();
      const set = this.values[field];
      // What has never been otherwise cannot be changed on this platform.
      const changes =
        read.size > (read.has(value) ? 1 : 0) || typeof value === "number" || set === true;
      if (set !== undefined && set !== value && changes) {
        this.report(`${field} was set to ${set}, and ${dialogue.name} says ${value}`);
      }
      if (typeof value === "boolean") this.read.set(field, read.add(value));
    }
  }
}

class OutliveWarmReset extends RuleAutomaton {
  /** What each was set to last, by the number of its command. */
  readonly set = new Map<number, Values>();
  /** A Warm Reset has come since. */
  reset = false;

  concerns(command: Command): boolean {
    return KEPT.some(({ set, get }) => isOf([set, get], command));
  }

  dialogue(dialogue: Dialogue): void {
    const pair = KEPT.find(({ set, get }) => dialogue.is(set) || dialogue.is(get));
    if (pair === undefined) return;
    const { cmd } = pair.set;
    if (dialogue.is(pair.set)) {
      const asked = dialogue.clear && dialogue.cc === Cc.Ok ? pair.asked(dialogue) : undefined;
      if (asked === undefined) this.set.delete(cmd);
      else this.set.set(cmd, asked);
      return;
    }
    const given = dialogue.clear && dialogue.witnessed ? pair.given(dialogue) : undefined;
    const set = this.set.get(cmd);
    if (!this.reset || given === undefined || set === undefined) return;
    const wrong = Object.keys(given).find((field) => set[field] !== given[field]);
    this.set.delete(cmd);
    if (wrong === undefined) return;
    this.report(`${wrong} was ${set[wrong]} before the Warm Reset, and is ${given[wrong]}`);
  }

  bmcLife(event: On<"bmcLife">): void {
    if (resetsSystem(event) || startsAfresh(event)) this.set.clear();
    if (startsAfresh(event)) this.reset = false;
    if (event.what === "reset" && event.text === "warm") this.reset = true;
  }
}
