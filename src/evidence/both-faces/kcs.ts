import { Control, Status } from "../../wire/kcs/protocol.ts";
import { boundsOf, DATA_BYTES, earlyBoundsOf } from "./bounds.ts";
import type { BmcStep, Byte, HostStep } from "./face.ts";
import { hex, type Wire, type WireModel } from "./wire.ts";

/** KCS: each byte that the host writes stands in one register until the BMC has taken it. */
export const kcs: Wire = {
  together: false,
  sent: (steps) =>
    steps.flatMap((each, step): Byte[] => {
      if (each.e !== "host.write") return [];
      return [{ step, first: step, t: each.t, token: tokenOf(each.reg === "command", each.value) }];
    }),
  taken: (steps) =>
    steps.flatMap((each, step): Byte[] => {
      if (each.e !== "bmc.read") return [];
      return [{ step, first: step, t: each.t, token: tokenOf(each.command, each.value) }];
    }),
  begins: (step) =>
    step.e === "host.write" && step.reg === "command" && step.value === Control.WriteStart,
  bounds: (faces, pairs) => boundsOf(faces, pairs, DATA_BYTES),
  earlyBounds: (faces, pairs) => earlyBoundsOf(faces, pairs, DATA_BYTES),
  model: () => new KcsRegisters(),
};

function tokenOf(command: boolean, value: number): number {
  return command ? 0x100 | value : value;
}

/** The bits that the registers themselves set and clear. */
const HARDWARE = Status.Ibf | Status.Obf | Status.Cd;

/** KCS's registers as both faces tell of them together, as far as they are known. */
class KcsRegisters implements WireModel {
  #status: number;
  /** The bits of Status that are known. */
  #known: number;
  #in: number;
  #out: number;

  constructor(status = 0, known = 0, input = UNKNOWN, output = UNKNOWN) {
    this.#status = status;
    this.#known = known;
    this.#in = input;
    this.#out = output;
  }

  copy(): KcsRegisters {
    return new KcsRegisters(this.#status, this.#known, this.#in, this.#out);
  }

  differs(step: HostStep | BmcStep): string | undefined {
    if (step.e === "host.read" && step.reg === "status") {
      const differing = (step.value ^ this.#status) & this.#known;
      if (differing === 0) return undefined;
      return `the host read ${hex(step.value)} from Status; the BMC's side had ${hex(this.#status)}`;
    }
    if (step.e === "host.read") {
      if (this.#out === UNKNOWN || this.#out === step.value) return undefined;
      return `the host read ${hex(step.value)} from Data_Out; the BMC had written ${hex(this.#out)}`;
    }
    if (step.e !== "bmc.read") return undefined;
    const { value, command } = step;
    const empty = (this.#known & Status.Ibf) !== 0 && (this.#status & Status.Ibf) === 0;
    if (empty) return `the BMC read ${hex(value)}, which the host had not written`;
    const other = (this.#known & Status.Cd) !== 0 && command !== ((this.#status & Status.Cd) !== 0);
    if (this.#in === UNKNOWN || (this.#in === value && !other)) return undefined;
    const to = command ? "Command" : "Data_In";
    return `the BMC read ${hex(value)} from ${to}; the host had written ${hex(this.#in)}`;
  }

  /** A host writes where IBF is clear. */
  misplaces(step: HostStep | BmcStep): boolean {
    if (step.e === "host.write") return (this.#status & this.#known & Status.Ibf) !== 0;
    return this.differs(step) !== undefined;
  }

  take(step: HostStep | BmcStep): void {
    switch (step.e) {
      case "host.write":
        this.#in = step.value;
        this.#set(Status.Ibf, true);
        this.#set(Status.Cd, step.reg === "command");
        return;
      case "host.read":
        if (step.reg === "data") this.#set(Status.Obf, false);
        return;
      case "bmc.read":
        this.#set(Status.Ibf, false);
        return;
      case "bmc.write":
        this.#out = step.value;
        this.#set(Status.Obf, true);
        return;
      case "bmc.status":
        this.#status = (this.#status & HARDWARE) | (step.status & ~HARDWARE);
        this.#known |= 0xff & ~HARDWARE;
        return;
    }
  }

  unclear(): undefined {
    return undefined;
  }

  settles(step: HostStep | BmcStep): boolean {
    return step.e === "host.read" && step.reg === "status";
  }

  looksTaken(step: HostStep): boolean | undefined {
    if (step.e !== "host.read" || step.reg !== "status") return undefined;
    return (step.value & Status.Ibf) === 0;
  }

  #set(bit: number, to: boolean): void {
    this.#known |= bit;
    this.#status = to ? this.#status | bit : this.#status & ~bit;
  }
}

const UNKNOWN = -1;
