import { Channel } from "../../ipmi/commands/app/channel.ts";
import {
  getDeviceGuid,
  getDeviceId,
  getSelfTestResults,
  getSystemGuid,
  SelfTestResult,
} from "../../ipmi/commands/app/device.ts";
import {
  ChassisAction,
  chassisControl,
  getChassisStatus,
  getSystemRestartCause,
  RestartCause,
} from "../../ipmi/commands/chassis/chassis.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { bytesText, hex, seconds } from "../text.ts";
import { HoldsState } from "./holds.ts";
import { resetsSystem } from "./watchdog-model.ts";

/** The system's power and boot, and who the BMC is. */
export const chassisRules: readonly CommonRule[] = [
  {
    id: "CHS-06",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §28.3",
    sentence: "Chassis Control does to the system what it was accepted with, and does it once.",
    instead: "The BMC carries out the control that it accepted, once, and no other.",
    observable: true,
    automaton: (context) => new ControlsChassis(context),
  },
  {
    id: "CHS-07",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §28.2, §28.11",
    sentence: "Whether the system has power, and why it started, are said as it was.",
    instead: "The BMC states the power as it is, and the cause of the last start as it was.",
    observable: true,
    automaton: (context) => new TellsPower(context),
  },
  {
    id: "DEV-04",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §20.1, §20.8, §22.14",
    sentence: "Who the BMC is does not change while it runs.",
    instead: "The BMC returns the same identity each time.",
    observable: true,
    automaton: (context) => new StaysTheSame(context),
  },
  {
    id: "DEV-06",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §20.4",
    sentence: "A self test that found nothing, or is not there, names no failures.",
    instead:
      "The BMC gives 00h for the failures behind the result 55h, no error, or 56h, not " +
      "implemented.",
    observable: true,
    automaton: ({ report }) => ({
      concerns: (command) => isOf([getSelfTestResults], command),
      dialogue: (dialogue) => {
        const test = dialogue.clear ? dialogue.gives(getSelfTestResults) : undefined;
        if (test === undefined || test.detail === 0) return;
        const { Passed, NotImplemented } = SelfTestResult;
        if (test.result !== Passed && test.result !== NotImplemented) return;
        report(`the result is ${hex(test.result)}, and names ${hex(test.detail)}`);
      },
    }),
  },
];

/** The words of the trace for what is done to the system. */
const DEEDS: ReadonlyMap<number, string> = new Map([
  [ChassisAction.PowerDown, "power-down"],
  [ChassisAction.PowerUp, "power-up"],
  [ChassisAction.PowerCycle, "power-cycle"],
  [ChassisAction.HardReset, "reset"],
  [ChassisAction.DiagnosticInterrupt, "diagnostic-interrupt"],
  [ChassisAction.SoftShutdown, "soft-shutdown"],
]);
const BY_COMMAND = /^([a-z-]+): chassis-control$/;
const PROMPT_US = 5_000_000;

/** A cycle ends with power, by the same command. */
class ControlsChassis extends RuleAutomaton {
  /** What is owed, since when it may have come, and until when it has to. */
  owed = "";
  sinceUs = 0;
  dueUs = 0;
  cycles = false;
  /** What was done last, and when: the deed may come before the answer. */
  did = "";
  didUs = -1;
  /** Power was taken as it was asked for, and nothing else was asked for since. */
  taken = false;
  /** Commands that were read, and that nothing was done for yet; undefined: nobody knows. */
  told: number | undefined;

  bmcRequest({ message }: On<"bmcRequest">): void {
    const [netFnLun = 0, cmd = 0] = message;
    if (!isOf([chassisControl], { netFn: netFnLun >> 2, cmd })) return;
    this.taken = false;
    if (this.told !== undefined) this.told++;
  }

  dialogue(dialogue: Dialogue): void {
    this.#look(dialogue.endUs);
    const control = dialogue.asks(chassisControl);
    if (control === undefined || !dialogue.witnessed || !dialogue.clear || dialogue.ordered) return;
    const deed = DEEDS.get(control.action);
    if (dialogue.cc !== Cc.Ok || deed === undefined) return;
    this.cycles = deed === "power-cycle";
    this.taken = deed === "power-down";
    if (this.didUs >= dialogue.startUs) return this.#judge(deed, this.did);
    this.owed = deed;
    this.sinceUs = dialogue.startUs;
    this.dueUs = dialogue.endUs + PROMPT_US;
  }

  bmcLife({ what, text, t }: On<"bmcLife">): void {
    this.#look(t);
    if (what === "reset" || what === "power-on") this.owed = "";
    const [, deed] = what === "power" ? (BY_COMMAND.exec(text) ?? []) : [];
    const otherwise = what === "power" && deed === undefined;
    if (what === "reset" || otherwise) this.taken = false;
    // Another controller may have told it.
    if (what === "power-on" || what === "reset" || what === "ipmb" || otherwise)
      this.told = undefined;
    if (deed === undefined) return;
    if (deed === "power-up" && this.taken && this.owed === "") {
      this.taken = false;
      this.report("power was taken by command, and came back by none");
    }
    if (deed === "power-up" && this.cycles && this.owed === "") {
      this.cycles = false;
      return;
    }
    this.#isTold(deed);
    this.did = deed;
    this.didUs = t;
    if (this.owed !== "") this.#judge(this.owed, deed);
    this.owed = "";
  }

  end({ t }: On<"end">): void {
    this.#look(t);
  }

  /** What goes on from one command is known from the first deed on. */
  #isTold(deed: string): void {
    const ends = deed === "power-up" && this.did === "power-cycle";
    if (this.told === 0 && !ends)
      this.report(`it did ${deed} to the system, and nobody told it to`);
    if (!ends) this.told = Math.max((this.told ?? 1) - 1, 0);
  }

  #judge(owed: string, deed: string): void {
    if (owed !== deed) this.report(`it was to do ${owed} to the system, and did ${deed}`);
  }

  #look(nowUs: number): void {
    if (this.owed === "" || nowUs < this.dueUs) return;
    const ago = seconds(nowUs - this.sinceUs);
    this.report(
      `it was to do ${this.owed} to the system, and has not in ${ago}`,
      undefined,
      this.sinceUs,
    );
    this.owed = "";
  }
}

/** What is known of the system's power from the BMC's life. */
class TellsPower extends HoldsState {
  on: boolean | undefined;
  cause: number | undefined;
  happenedUs = -1;
  /** When a Chassis Control came last that was accepted; -1 none did. */
  controlledUs = -1;

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (!resetsSystem(event)) return;
    this.happenedUs = event.t;
    const [deed = "", by = ""] = event.text.split(": ");
    // A reset of a system that is off starts nothing, and so does power that is there.
    const starts = deed === "reset" ? this.on !== false : deed === "power-up" && this.on === false;
    this.cause = starts ? CAUSES.get(by) : undefined;
    if (deed === "power-down" || deed === "off" || deed === "power-cycle") this.on = false;
    else if (deed === "power-up" || deed === "on") this.on = true;
  }

  protected override about(command: Command): boolean {
    return isOf([getChassisStatus, getSystemRestartCause, chassisControl], command);
  }

  protected said(dialogue: Dialogue): void {
    if (dialogue.is(chassisControl) && dialogue.cc === Cc.Ok) this.controlledUs = dialogue.startUs;
    if (!dialogue.witnessed || this.happenedUs >= dialogue.startUs) return;
    const status = dialogue.gives(getChassisStatus);
    if (status !== undefined && this.on !== undefined && status.powerOn !== this.on) {
      this.report(
        `the system is ${this.on ? "on" : "off"}, and is said to be ${status.powerOn ? "on" : "off"}`,
      );
    }
    const said = dialogue.gives(getSystemRestartCause);
    if (said === undefined || this.cause === undefined || this.on === false) return;
    const { cause, channel } = said;
    if (cause !== this.cause) {
      this.report(`the system was started for cause ${this.cause}, and cause ${cause} is said`);
    } else if (this.#byCommand && channel !== Channel.SystemInterface) {
      this.report(`the command to start came here, and channel ${hex(channel)} is said`);
    }
  }

  protected changes(): boolean {
    return false;
  }

  protected forget(): void {
    this.on = undefined;
    this.cause = undefined;
    this.controlledUs = -1;
  }

  get #byCommand(): boolean {
    const here = this.controlledUs !== -1 && this.controlledUs <= this.happenedUs;
    return here && this.cause === RestartCause.ChassisControl;
  }
}

const CAUSES: ReadonlyMap<string, number> = new Map([
  ["chassis-control", RestartCause.ChassisControl],
  ["watchdog", RestartCause.Watchdog],
]);

class StaysTheSame extends HoldsState {
  readonly known = new Map<string, string>();

  protected override about(command: Command): boolean {
    return isOf([getDeviceId, getDeviceGuid, getSystemGuid], command);
  }

  protected said(dialogue: Dialogue): void {
    if (dialogue.ordered) return;
    const device = dialogue.gives(getDeviceId);
    if (device !== undefined) {
      // Firmware may change, and with it what it says of itself.
      const { deviceId, deviceRevision, manufacturerId, productId } = device;
      this.#keep("device id", `${deviceId}, revision ${deviceRevision}`);
      this.#keep("manufacturer and product", `${manufacturerId}, ${productId}`);
    }
    const guid = dialogue.gives(getDeviceGuid)?.guid;
    if (guid !== undefined) this.#keep("device GUID", bytesText(guid));
    const system = dialogue.gives(getSystemGuid)?.guid;
    if (system !== undefined) this.#keep("system GUID", bytesText(system));
  }

  protected changes(): boolean {
    return false;
  }

  protected forget(): void {
    this.known.clear();
  }

  #keep(what: string, value: string): void {
    const before = this.known.get(what);
    if (before !== undefined && before !== value) {
      this.report(`the ${what} was ${before}, and now is ${value}`);
    }
    this.known.set(what, value);
  }
}
