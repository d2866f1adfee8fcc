import { assert } from "../../assert.ts";
import type { AccessStep } from "../../scenario/schema.ts";
import { type Look, SCRIPT_END } from "../../scenario/vocabulary/access.ts";
import { exactText } from "../../scenario/vocabulary/unit.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import type { HostRegister } from "../../trace/events.ts";
import type { RegisterWire } from "../../wire/interface.ts";
import { Phase, Status } from "../../wire/kcs/protocol.ts";
import { REGISTER_LAYOUTS } from "../../wire/registers/layouts.ts";

/** What a driver waits for a BMC at least. In µs. @see IPMI 2.0 §9.15 */
const WAIT_US = 5_000_000;
const LOOK_EVERY_US = 1_000;
/** A script that goes on for more steps goes round in circles. */
const STEPS_MAX = 100_000;

const STATES = {
  idle: Phase.Idle,
  read: Phase.Read,
  write: Phase.Write,
  error: Phase.Error,
} as const;
const STATE_SHIFT = 6;

/** The register that says what an interface is at. @see IPMI 2.0 §9.7, §10.7, §11.6 */
const STATUS: Readonly<Record<RegisterWire["kind"], HostRegister>> = {
  kcs: "status",
  smic: "flags",
  bt: "control",
};

/** How a script has ended: at its last step, or where it should not have come to. */
export type Ended = (failure: string | undefined) => void;

/** A host that does what is written, register access by register access, and nothing else. */
export class Script {
  private readonly _steps: readonly AccessStep[];
  private readonly _wire: RegisterWire;
  private readonly _scheduler: Scheduler;
  private readonly _ended: Ended;
  /** How often each `go` that is counted has gone. */
  private readonly _gone: number[];
  private _at = 0;
  private _done = 0;
  /** The byte that was read last. */
  private _byte = 0;
  /** The present wait is in vain after that; undefined while none is. */
  private _waitsUntilUs: number | undefined;

  constructor(
    steps: readonly AccessStep[],
    wire: RegisterWire,
    scheduler: Scheduler,
    ended: Ended,
  ) {
    this._steps = steps;
    this._wire = wire;
    this._scheduler = scheduler;
    this._ended = ended;
    this._gone = steps.map(() => 0);
  }

  /** Does steps until there is something to wait for. */
  run(): void {
    for (;;) {
      const step = this._steps[this._at];
      if (step === undefined) return this._ended(undefined);
      this._done++;
      if (this._done > STEPS_MAX) {
        return this.#fail(`it has done ${STEPS_MAX} steps, with no end in sight`);
      }
      if (step.fail !== undefined) return this.#fail(step.fail);
      const pauseUs = step.wait === undefined ? this.#do(step) : this.#look(step, step.wait);
      if (pauseUs === undefined) return;
      if (pauseUs === 0) continue;
      this._scheduler.at(this._scheduler.now() + pauseUs, "script", () => this.run());
      return;
    }
  }

  /** Does it, and says how long to pause. */
  #do(step: AccessStep): number {
    if (step.write !== undefined) {
      for (const byte of step.write) this.#write(step.to ?? "data", byte);
    } else if (step.read !== undefined) {
      for (let left = step.times ?? 1; left > 0; left--) this.#read(step.read);
    } else if (step.go !== undefined && this.#goes(step)) {
      this.#goTo(step.go);
      return 0;
    }
    this._at++;
    return step.sleep ?? 0;
  }

  /** One look at what is waited for; undefined when the script has given up. */
  #look(step: AccessStep, wanted: Look): number | undefined {
    const now = this._scheduler.now();
    const mostUs = step.for ?? WAIT_US;
    this._waitsUntilUs ??= now + mostUs;
    const reg = step.reg ?? STATUS[this._wire.kind];
    this.#read(reg);
    if (this.#isSo(wanted)) {
      this._waitsUntilUs = undefined;
      this._at++;
      return 0;
    }
    if (now < this._waitsUntilUs) return Math.max(step.every ?? LOOK_EVERY_US, 1);
    this._waitsUntilUs = undefined;
    if (step.else === undefined) {
      const seen = this._byte.toString(16).toUpperCase().padStart(2, "0");
      this.#fail(`after ${exactText(mostUs)} ${reg} is ${seen}h still`);
      return undefined;
    }
    this.#goTo(step.else);
    return 0;
  }

  #goes(step: AccessStep): boolean {
    if (step.if !== undefined && !this.#isSo(step.if)) return false;
    const gone = this._gone[this._at] ?? 0;
    if (step.times !== undefined && gone >= step.times) return false;
    this._gone[this._at] = gone + 1;
    return true;
  }

  #goTo(label: string): void {
    const at = this._steps.findIndex((step) => step.label === label);
    assert(at !== -1 || label === SCRIPT_END, "a script goes to labels that it has");
    this._at = at === -1 ? this._steps.length : at;
  }

  #isSo({ set = 0, clear = 0, is, state }: Look): boolean {
    const byte = this._byte;
    if ((byte & set) !== set || (byte & clear) !== 0) return false;
    if (is !== undefined && byte !== is) return false;
    return state === undefined || (byte & Status.State) >> STATE_SHIFT === STATES[state];
  }

  #read(reg: HostRegister): void {
    const register = REGISTER_LAYOUTS[this._wire.kind].read[reg];
    assert(register !== undefined, "a script reads registers of its own interface");
    this._byte = this._wire.port.read(register * this._wire.spacing);
  }

  #write(reg: HostRegister, byte: number): void {
    const register = REGISTER_LAYOUTS[this._wire.kind].written[reg];
    assert(register !== undefined, "a script writes registers of its own interface");
    this._wire.port.write(register * this._wire.spacing, byte);
  }

  #fail(why: string): void {
    this._ended(`the script came to host.script[${this._at}]: ${why}`);
  }
}
