import {
  BootParameter,
  bootFlags,
  bootInfoAcknowledge,
  bootSetInProgress,
  bootValidBitClearing,
} from "../../ipmi/commands/chassis/boot-options.ts";
import { RestartCause } from "../../ipmi/commands/chassis/chassis.ts";
import { type Scheduler, SECOND_US, type Task } from "../../time/scheduler.ts";

/** Bytes of each parameter but the mailbox. @see IPMI 2.0 §28.13, Table 28-14 */
const SIZES: ReadonlyMap<number, number> = new Map([
  [BootParameter.SetInProgress, 1],
  [BootParameter.ServicePartitionSelector, 1],
  [BootParameter.ServicePartitionScan, 1],
  [BootParameter.ValidBitClearing, 1],
  [BootParameter.InfoAcknowledge, 2],
  [BootParameter.BootFlags, 5],
  [BootParameter.InitiatorInfo, 9],
]);
const MAILBOX_BLOCK_BYTES = 16;
const MAILBOX_BLOCKS = 5;
/** Boot flags that no Chassis Control follows are dropped after this. @see IPMI 2.0 §28.13 */
const VALID_US = 60 * SECOND_US;
const SET_COMPLETE = 0;
const SET_IN_PROGRESS = 1;

export type BootOptionsRefusal = "unsupported" | "in-progress" | "length" | "range" | "field";

/** The system boot options. They outlive the system's power, not the BMC's. @see IPMI 2.0 §28.12 */
export class BootOptions {
  private readonly _scheduler: Scheduler;
  private readonly _parameters = new Map<number, Uint8Array>();
  private readonly _mailbox = new Uint8Array(MAILBOX_BLOCKS * MAILBOX_BLOCK_BYTES);
  private readonly _invalid = new Set<number>();
  private _validEnd: Task | undefined;

  constructor(scheduler: Scheduler) {
    this._scheduler = scheduler;
    this.restart();
  }

  /** Writes a parameter, or without data only its "invalid" mark. */
  set(selector: number, invalid: boolean, data: Uint8Array): BootOptionsRefusal | undefined {
    if (!isKnown(selector)) return "unsupported";
    if (data.length > 0) {
      const refusal = this.#write(selector, data);
      if (refusal !== undefined) return refusal;
    }
    if (invalid) this._invalid.add(selector);
    else this._invalid.delete(selector);
    return undefined;
  }

  get(selector: number, block: number): Uint8Array | BootOptionsRefusal {
    if (selector === BootParameter.InitiatorMailbox) {
      if (block >= MAILBOX_BLOCKS) return "range";
      const at = block * MAILBOX_BLOCK_BYTES;
      return Uint8Array.of(block, ...this._mailbox.subarray(at, at + MAILBOX_BLOCK_BYTES));
    }
    return this._parameters.get(selector) ?? "unsupported";
  }

  isInvalid(selector: number): boolean {
    return this._invalid.has(selector);
  }

  /** A Chassis Control has come, for which the boot flags waited. */
  chassisControlled(): void {
    this._validEnd?.cancel();
  }

  /** The system starts anew: which causes leave the boot flags valid, parameter 3 says. */
  systemStarted(cause: number): void {
    this._parameters.set(BootParameter.SetInProgress, Uint8Array.of(SET_COMPLETE));
    if (!this.#keepsValid(cause)) this.#dropValid();
  }

  /** The BMC itself starts afresh. */
  restart(): void {
    this._validEnd?.cancel();
    for (const [selector, bytes] of SIZES) this._parameters.set(selector, new Uint8Array(bytes));
    this._mailbox.fill(0);
    this._invalid.clear();
  }

  #write(selector: number, data: Uint8Array): BootOptionsRefusal | undefined {
    if (selector === BootParameter.InitiatorMailbox) return this.#writeMailbox(data);
    if (data.length !== SIZES.get(selector)) return "length";
    if (selector === BootParameter.SetInProgress) return this.#writeSetInProgress(data);
    if (selector === BootParameter.InfoAcknowledge) return this.#writeAcknowledge(data);
    this._parameters.set(selector, data.slice());
    if (selector === BootParameter.BootFlags) this.#awaitChassisControl();
    return undefined;
  }

  #writeMailbox(data: Uint8Array): BootOptionsRefusal | undefined {
    const block = data[0] ?? 0;
    const content = data.subarray(1);
    if (content.length === 0 || content.length > MAILBOX_BLOCK_BYTES) return "length";
    if (block >= MAILBOX_BLOCKS) return "range";
    this._mailbox.set(content, block * MAILBOX_BLOCK_BYTES);
    return undefined;
  }

  /** There is no rollback, and so nothing to commit. */
  #writeSetInProgress(data: Uint8Array): BootOptionsRefusal | undefined {
    const { state } = bootSetInProgress.decode(data);
    if (state > SET_IN_PROGRESS) return "field";
    const present = bootSetInProgress.decode(this.#parameter(BootParameter.SetInProgress)).state;
    if (state === SET_IN_PROGRESS && present === SET_IN_PROGRESS) return "in-progress";
    this._parameters.set(BootParameter.SetInProgress, bootSetInProgress.encode({ state }));
    return undefined;
  }

  #writeAcknowledge(data: Uint8Array): undefined {
    const { writeMask, acknowledged } = bootInfoAcknowledge.decode(data);
    const old = bootInfoAcknowledge.decode(this.#parameter(BootParameter.InfoAcknowledge));
    const merged = (old.acknowledged & ~writeMask) | (acknowledged & writeMask);
    this._parameters.set(
      BootParameter.InfoAcknowledge,
      bootInfoAcknowledge.encode({ writeMask: 0, acknowledged: merged }),
    );
  }

  #awaitChassisControl(): void {
    this._validEnd?.cancel();
    const endUs = this._scheduler.now() + VALID_US;
    this._validEnd = this._scheduler.at(endUs, "boot flags expire", () => {
      if (!this.#clearing().keepOnTimeout) this.#dropValid();
    });
  }

  #keepsValid(cause: number): boolean {
    const clearing = this.#clearing();
    switch (cause) {
      case RestartCause.ChassisControl:
        return true;
      case RestartCause.PowerButton:
        return clearing.keepOnPowerButton;
      case RestartCause.ResetButton:
      case RestartCause.SoftReset:
        return clearing.keepOnResetOrSoftReset;
      case RestartCause.Watchdog:
        return clearing.keepOnWatchdog;
      case RestartCause.PefReset:
      case RestartCause.PefPowerCycle:
        return clearing.keepOnPef;
      default:
        return false;
    }
  }

  #clearing() {
    return bootValidBitClearing.decode(this.#parameter(BootParameter.ValidBitClearing));
  }

  #dropValid(): void {
    const flags = bootFlags.decode(this.#parameter(BootParameter.BootFlags));
    this._parameters.set(BootParameter.BootFlags, bootFlags.encode({ ...flags, valid: false }));
  }

  #parameter(selector: number): Uint8Array {
    return this._parameters.get(selector) ?? new Uint8Array(SIZES.get(selector) ?? 0);
  }
}

function isKnown(selector: number): boolean {
  return SIZES.has(selector) || selector === BootParameter.InitiatorMailbox;
}
