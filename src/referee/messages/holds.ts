import { NetFn } from "../../ipmi/command-table.ts";
import { coldReset, warmReset } from "../../ipmi/commands/app/device.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { On } from "../automaton.ts";
import type { Dialogue } from "../dialogue.ts";
import type { Command } from "../dispatch.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { beginsAnew } from "../text.ts";

/** Codes with which a BMC says that it left everything as it was. @see IPMI 2.0 §5.2, Table 5-2 */
const REFUSALS: ReadonlySet<number> = new Set([
  Cc.NodeBusy,
  Cc.InvalidCommand,
  Cc.InvalidForLun,
  Cc.OutOfSpace,
  Cc.ReservationCanceled,
  Cc.RequestLengthInvalid,
  Cc.RequestLengthExceeded,
  Cc.ParameterOutOfRange,
  Cc.NotPresent,
  Cc.InvalidField,
  Cc.IllegalForType,
  Cc.InsufficientPrivilege,
]);

/**
 * Remembers what the BMC holds by what was said to it and by it, and compares what it says later. What
 * is not known for certain is forgotten, not guessed.
 */
export abstract class HoldsState extends RuleAutomaton {
  concerns(command: Command): boolean {
    return isReset(command) || this.about(command);
  }

  dialogue(dialogue: Dialogue): void {
    if (isReset(dialogue)) {
      this.begins();
      if (!this.about(dialogue)) return;
    }
    if (!dialogue.clear) {
      if (this.changes(dialogue)) this.forget();
    } else {
      this.said(dialogue);
    }
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.begins();
  }

  /** The BMC begins anew, which takes away all that is volatile. It may be told more than once. */
  protected begins(): void {
    this.forget();
  }

  /** Whether this command has to do with what is remembered here, as all have unless a rule says so. */
  protected about(_command: Command): boolean {
    return true;
  }
  /** What was asked and answered, with nothing else going on in the BMC. */
  protected abstract said(dialogue: Dialogue): void;
  /** Whether such a request changes what is remembered here. */
  protected abstract changes(dialogue: Dialogue): boolean;
  /** Nothing is known any more. */
  protected abstract forget(): void;

  /** The BMC refused, and so nothing changed. On a scenario's orders it may say so falsely. */
  protected leftAlone(dialogue: Dialogue): boolean {
    return REFUSALS.has(dialogue.cc) && !dialogue.ordered;
  }
}

/** Cold Reset or Warm Reset. */
export function isReset({ netFn, cmd }: Command): boolean {
  return netFn === coldReset.netFn && (cmd === coldReset.cmd || cmd === warmReset.cmd);
}

/** What a controller may say to everything. @see IPMI 2.0 §5.2 */
export const WHOLE_CONTROLLER_CODES: ReadonlySet<number> = new Set([
  Cc.NodeBusy,
  Cc.InvalidCommand,
  Cc.InvalidForLun,
  Cc.Timeout,
  Cc.ResponseUnavailable,
  Cc.SdrRepositoryInUpdate,
  Cc.FirmwareUpdate,
  Cc.InitializationInProgress,
  Cc.InsufficientPrivilege,
  Cc.NotSupportedInState,
  Cc.SubFunctionDisabled,
  Cc.Unspecified,
]);

/** Requests of the standard commands: those for groups and manufacturers may mean anything. */
export function isStandard({ netFn, lun }: Pick<Dialogue, "netFn" | "lun">): boolean {
  return lun === 0 && netFn % 2 === 0 && netFn <= NetFn.Transport && netFn !== NetFn.Firmware;
}
