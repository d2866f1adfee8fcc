import {
  BootParameter,
  bootFlags,
  bootSetInProgress,
  bootValidBitClearing,
  getSystemBootOptions,
  setSystemBootOptions,
} from "../../ipmi/commands/chassis/boot-options.ts";
import { chassisControl } from "../../ipmi/commands/chassis/chassis.ts";
import { Cc, SpecificCc } from "../../ipmi/completion.ts";
import type { Layout } from "../../ipmi/record.ts";
import type { On } from "../automaton.ts";
import { decoded } from "../decoded.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { bytesText, codeText } from "../text.ts";
import { HoldsState } from "./holds.ts";
import { resetsSystem, startsAfresh } from "./watchdog-model.ts";

/** The system's boot options. */
export const bootRules: readonly CommonRule[] = [
  {
    id: "CHS-01",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §28.12, §28.13",
    sentence:
      "A boot option and its mark read as they were set; the boot flags are valid for a minute, and " +
      "for longer only where a Chassis Control came, or parameter 3 says so.",
    instead:
      "The BMC returns the option and its mark as it accepted them, and makes the boot flags " +
      "invalid after 60 s unless one of the exceptions holds.",
    observable: true,
    automaton: (context) => new KeepsBootOptions(context),
  },
  {
    id: "CHS-02",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §28.12",
    sentence: "Boot options do not outlive a Cold Reset of the BMC.",
    instead: "The BMC begins with its defaults after a Cold Reset.",
    observable: true,
    automaton: (context) => new ForgetsBootOptions(context),
  },
  {
    id: "CHS-08",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §28.12, §28.13",
    sentence: "Who sets the boot options to be in progress gets 81h while they are, and only then.",
    instead:
      'The BMC answers 81h to the second who sets "in progress", and accepts it when nobody has ' +
      "it.",
    observable: true,
    automaton: (context) => new LetsOneSet(context),
  },
  {
    id: "CHS-10",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §28.13",
    sentence: "Get System Boot Options states version 1 of its parameters.",
    instead: "The BMC returns 1 in bits 3:0 of the first byte of the answer.",
    observable: true,
    automaton: ({ report }) => ({
      concerns: (command) => isOf([getSystemBootOptions], command),
      dialogue: (dialogue) => {
        const asked = dialogue.asks(getSystemBootOptions);
        const given = dialogue.clear ? dialogue.gives(getSystemBootOptions) : undefined;
        // What is of another parameter, or of none, is no boot option's answer: CHS-01 names that.
        const isOne = given?.selector === asked?.selector && given?.data.length !== 0;
        if (given === undefined || !isOne || given.version === PARAMETERS_VERSION) return;
        report(`it says that its parameters are of version ${given.version}`);
      },
    }),
  },
];

/** That of all boot options. @see IPMI 2.0 §28.13 */
const PARAMETERS_VERSION = 1;

/** The boot flags hold for 60 s ± 10 % without a Chassis Control. @see IPMI 2.0 §28.13 */
const VALID_LEAST_US = 54_000_000;
const VALID_MOST_US = 67_000_000;
const VALID_BIT = 0x80;
const STATE_BITS = 3;
const IN_PROGRESS = 1;

abstract class HearsOfOptions extends HoldsState {
  protected override about(command: Command): boolean {
    return isOf([setSystemBootOptions, getSystemBootOptions, chassisControl], command);
  }

  protected changes(dialogue: Dialogue): boolean {
    return dialogue.is(setSystemBootOptions);
  }
}

/** The system starts anew, by the watchdog. */
const BY_WATCHDOG = /^(reset|power-up): watchdog$/;

class KeepsBootOptions extends HearsOfOptions {
  readonly options = new Map<number, Uint8Array>();
  /** The mailbox, as far as it was written, by its blocks. */
  readonly blocks = new Map<number, Uint8Array>();
  readonly invalid = new Map<number, boolean>();
  /** When the boot flags were set; -1 when their valid bit may have been cleared. */
  flagsUs = -1;
  /** When that was answered: they hold from some moment between. */
  flagsSetUs = -1;
  /** No Chassis Control has come since then. */
  waits = false;
  /** The system was started by the watchdog since, of which they are valid no longer. */
  bitten = false;

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (!resetsSystem(event)) return;
    if (!event.text.endsWith(": chassis-control")) this.flagsUs = -1;
    if (BY_WATCHDOG.test(event.text)) this.bitten = this.options.has(BootParameter.BootFlags);
    this.waits = false;
    this.options.delete(BootParameter.SetInProgress);
  }

  protected said(dialogue: Dialogue): void {
    if (dialogue.is(chassisControl)) this.waits = false;
    const set = dialogue.asks(setSystemBootOptions);
    if (set !== undefined) this.#set(dialogue, set);
    const asked = dialogue.asks(getSystemBootOptions);
    const given = dialogue.gives(getSystemBootOptions);
    if (asked === undefined || given === undefined) return;
    const { selector, data, invalid } = given;
    if (selector !== asked.selector) {
      this.report(`parameter ${asked.selector} was asked for, and ${selector} was given`);
    } else if (dialogue.witnessed) {
      this.#compare(dialogue, selector, data);
      const mark = this.invalid.get(selector) ?? invalid;
      if (mark === invalid) return;
      this.report(`parameter ${selector} was marked ${mark ? "invalid" : "valid"}, and is not so`);
    }
  }

  protected forget(): void {
    this.options.clear();
    this.blocks.clear();
    this.invalid.clear();
    this.flagsUs = -1;
    this.waits = false;
    this.bitten = false;
  }

  #set(
    dialogue: Dialogue,
    {
      selector,
      invalid,
      data,
    }: { readonly selector: number; readonly invalid: boolean; readonly data: Uint8Array },
  ): void {
    if (dialogue.cc !== Cc.Ok) {
      if (this.leftAlone(dialogue)) return;
      this.options.delete(selector);
      this.invalid.delete(selector);
      if (selector === BootParameter.InitiatorMailbox) this.blocks.clear();
      return;
    }
    this.invalid.set(selector, invalid);
    const [block] = data;
    if (block === undefined) return;
    if (selector === BootParameter.InitiatorMailbox) {
      this.blocks.set(block, data.slice());
    } else if (selector === BootParameter.InfoAcknowledge) {
      this.#acknowledge(data);
    } else {
      this.options.set(selector, withoutReserved(selector, data));
    }
    if (selector !== BootParameter.BootFlags) return;
    this.flagsUs = dialogue.startUs;
    this.flagsSetUs = dialogue.endUs;
    this.waits = true;
    this.bitten = false;
  }

  /** Only the bits of the mask are written, and the mask itself reads 0. */
  #acknowledge(data: Uint8Array): void {
    const [mask = 0, value = 0] = data;
    const { InfoAcknowledge } = BootParameter;
    const before = this.options.get(InfoAcknowledge)?.[1];
    const known = mask === ALL_BITS ? 0 : before;
    if (known === undefined) this.options.delete(InfoAcknowledge);
    else this.options.set(InfoAcknowledge, Uint8Array.of(0, (known & ~mask) | (value & mask)));
  }

  #compare(dialogue: Dialogue, selector: number, data: Uint8Array): void {
    if (selector === BootParameter.InitiatorMailbox) return this.#compareBlock(data);
    const set = this.options.get(selector);
    if (set === undefined) return;
    const flags = selector === BootParameter.BootFlags;
    if (flags) this.#judgeValid(dialogue, set, data);
    const mask = flags && !this.#holds(dialogue) ? VALID_BIT : 0;
    const read = withoutReserved(selector, data);
    const same = set.every((byte, at) => {
      return ((read[at] ?? -1) | (at === 0 ? mask : 0)) === (byte | (at === 0 ? mask : 0));
    });
    if (same && read.length === set.length) return;
    this.report(`parameter ${selector} was set to ${bytesText(set)}, and reads ${bytesText(data)}`);
  }

  #compareBlock(data: Uint8Array): void {
    const set = this.blocks.get(data[0] ?? -1);
    if (set === undefined || set.every((byte, at) => byte === data[at])) return;
    this.report(`a block was set to ${bytesText(set)}, and reads ${bytesText(data)}`);
  }

  /** Nothing has kept them: then they are valid no longer. */
  #judgeValid({ startUs }: Dialogue, set: Uint8Array, data: Uint8Array): void {
    const kept = this.options.get(BootParameter.ValidBitClearing);
    if (kept?.length !== 1) return;
    const clearing = bootValidBitClearing.decode(kept);
    if (this.bitten && !clearing.keepOnWatchdog && (data[0] ?? 0) >= VALID_BIT) {
      this.report("the watchdog has reset the system since, and the boot flags are valid yet");
    }
    if (!this.waits || this.flagsUs === -1 || clearing.keepOnTimeout) return;
    if ((set[0] ?? 0) < VALID_BIT || startUs - this.flagsSetUs < VALID_MOST_US) return;
    if ((data[0] ?? 0) < VALID_BIT) return;
    this.report("no Chassis Control came for a minute, and the boot flags are valid yet");
  }

  #holds({ endUs }: Dialogue): boolean {
    return this.flagsUs !== -1 && endUs - this.flagsUs < VALID_LEAST_US;
  }
}

const LAYOUTS: ReadonlyMap<number, Layout<object>> = new Map<number, Layout<object>>([
  [BootParameter.SetInProgress, bootSetInProgress],
  [BootParameter.ValidBitClearing, bootValidBitClearing],
  [BootParameter.BootFlags, bootFlags],
]);

/** A BMC may keep what was written to reserved bits, or not. */
function withoutReserved(selector: number, data: Uint8Array): Uint8Array {
  const layout = LAYOUTS.get(selector);
  const value = decoded(() => layout?.decode(data));
  return layout === undefined || value === undefined ? data.slice() : layout.encode(value);
}

const ALL_BITS = 0xff;

class ForgetsBootOptions extends HearsOfOptions {
  readonly set = new Map<number, Uint8Array>();
  /** What had been set when the BMC began anew, and was not set since. */
  readonly before = new Map<number, Uint8Array>();

  override bmcLife(event: On<"bmcLife">): void {
    const { set } = this;
    if (startsAfresh(event)) {
      this.before.clear();
      for (const [selector, data] of set) this.before.set(selector, data);
      set.clear();
    }
  }

  protected said(dialogue: Dialogue): void {
    const set = dialogue.asks(setSystemBootOptions);
    if (set !== undefined) {
      this.before.delete(set.selector);
      const kept = dialogue.cc === Cc.Ok && set.data.some((byte) => byte !== 0);
      if (kept && dialogue.witnessed) this.set.set(set.selector, set.data.slice());
      else this.set.delete(set.selector);
    }
    const given = dialogue.gives(getSystemBootOptions);
    if (given === undefined || !dialogue.witnessed) return;
    const before = this.before.get(given.selector);
    if (before === undefined || bytesText(before) !== bytesText(given.data)) return;
    this.report(`parameter ${given.selector} was set before the reset, and reads as it was`);
  }

  /** A reset takes away what the BMC has, and not what is remembered of it. */
  protected forget(): void {
    this.before.clear();
  }
}

class LetsOneSet extends HearsOfOptions {
  /** Whether they are in progress; undefined when it is not known. */
  taken: boolean | undefined;

  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (resetsSystem(event)) this.taken = undefined;
  }

  protected said(dialogue: Dialogue): void {
    const given = dialogue.gives(getSystemBootOptions);
    if (given?.selector === BootParameter.SetInProgress) this.#is(given.data);
    const set = dialogue.asks(setSystemBootOptions);
    if (set?.selector !== BootParameter.SetInProgress || set.data.length === 0) return;
    const takes = ((set.data[0] ?? 0) & STATE_BITS) === IN_PROGRESS;
    const { cc } = dialogue;
    const judged = takes && dialogue.witnessed;
    if (judged && this.taken === true && cc === Cc.Ok) {
      this.report("they were in progress, and could be set to be so again");
    } else if (judged && this.taken === false && cc === SpecificCc.SetInProgress) {
      this.report(`they were not in progress, and got ${codeText(cc)}`);
    }
    if (cc === Cc.Ok) this.#is(set.data);
    else if (!this.leftAlone(dialogue) && cc !== SpecificCc.SetInProgress) this.taken = undefined;
  }

  protected forget(): void {
    this.taken = undefined;
  }

  #is(data: Uint8Array): void {
    this.taken = ((data[0] ?? 0) & STATE_BITS) === IN_PROGRESS;
  }
}
