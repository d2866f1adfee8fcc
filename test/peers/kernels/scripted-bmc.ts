import { Control, Phase, Status, StatusCode } from "../../../src/wire/kcs/protocol.ts";
import { KcsRegisters } from "../../../src/wire/kcs/registers.ts";
import type { RegisterPort } from "../../../src/wire/registers/port.ts";

/** Register accesses of the host that pass until the BMC does its next piece of work. */
const ACCESSES_PER_TURN = 2;
const DEVICE_ID = [0x00, 0x20, 0x01, 0x01, 0x00, 0x02, 0x0d, 0, 0, 0, 0, 0];
const INVALID_COMMAND = 0xc1;

/** The answers of a BMC that has an identity, and next to nothing else. */
function answer(request: readonly number[]): number[] {
  const [netFnLun = 0, cmd = 0] = request;
  const head = [netFnLun | 0x04, cmd];
  switch ((netFnLun << 8) | cmd) {
    case 0x1801:
      return [...head, ...DEVICE_ID];
    case 0x1831: // Get Message Flags
      return [...head, 0, 0];
    case 0x182f: // Get BMC Global Enables
      return [...head, 0, 0x0f];
    case 0x182e: // Set BMC Global Enables
    case 0x1830: // Clear Message Flags
      return [...head, 0];
    default:
      return [...head, INVALID_COMMAND];
  }
}

/**
 * A BMC at registers, with its time counted in the host's accesses, so that it behaves the same
 * in each run. It keeps what the host did: `r1=40`, `w0=18`, and each whole request.
 */
export class ScriptedBmc implements RegisterPort {
  readonly accesses: string[] = [];
  readonly requests: string[] = [];
  readonly registers = new KcsRegisters();
  #work: (() => void) | undefined;
  #wait = 0;
  #request: number[] = [];
  #response: number[] = [];
  #ending = false;
  #aborting = false;

  constructor() {
    this.registers.onInput(() => {
      this.#work = () => this.#input();
      this.#wait = ACCESSES_PER_TURN;
    });
  }

  read(offset: number): number {
    if (this.#work !== undefined && this.#wait-- <= 0) {
      const work = this.#work;
      this.#work = undefined;
      work();
    }
    const value = this.registers.read(offset);
    this.accesses.push(`r${offset}=${value.toString(16)}`);
    return value;
  }

  write(offset: number, value: number): void {
    this.accesses.push(`w${offset}=${value.toString(16)}`);
    this.registers.write(offset, value);
  }

  #phase(phase: number): void {
    this.registers.updateStatus(Status.State, phase << 6);
  }

  #input(): void {
    const command = (this.registers.readStatus() & Status.Cd) !== 0;
    const phase = this.registers.readStatus() >> 6;
    const value = this.registers.readInput();
    if (command) this.#control(value);
    else if (phase === Phase.Write) this.#take(value);
    else if (phase === Phase.Read) this.#give();
    else this.#phase(Phase.Error);
  }

  #control(value: number): void {
    if (value === Control.WriteStart) this.#request = [];
    this.#ending = value === Control.WriteEnd;
    this.#aborting = value === Control.GetStatusAbort;
    const known = value >= Control.GetStatusAbort && value <= Control.WriteEnd;
    this.#phase(known ? Phase.Write : Phase.Error);
    this.registers.writeOutput(0);
  }

  #take(value: number): void {
    if (this.#aborting) {
      this.#response = [StatusCode.Aborted];
      this.#phase(Phase.Read);
      this.#give();
      return;
    }
    this.#request.push(value);
    if (!this.#ending) {
      this.registers.writeOutput(0);
      return;
    }
    this.requests.push(Buffer.from(this.#request).toString("hex"));
    this.#response = answer(this.#request);
    this.#phase(Phase.Read);
    this.#give();
  }

  /** The host takes a last byte in the idle phase, which is not part of the response. */
  #give(): void {
    const next = this.#response.shift();
    if (next === undefined) this.#phase(Phase.Idle);
    this.registers.writeOutput(next ?? 0);
  }
}
