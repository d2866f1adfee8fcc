import { isStatusCode, operationOf, SmicFlag, SmicOperation } from "../../wire/smic/protocol.ts";
import { boundsOf } from "./bounds.ts";
import type { BmcStep, Byte, HostStep } from "./face.ts";
import { hex, type Wire, type WireModel } from "./wire.ts";

/** SMIC: the host fills two registers in either order, and hands them over by BUSY. */
export const smic: Wire = {
  together: false,
  sent,
  taken,
  begins: (step) =>
    step.e === "host.write" &&
    step.reg === "control" &&
    operationOf(step.value) === SmicOperation.WriteStart,
  bounds: (faces, pairs) =>
    boundsOf(faces, pairs, {
      given: (steps) =>
        steps.flatMap((each) => (each.e === "bmc.code" ? [{ t: each.t, token: each.value }] : [])),
      got: statusCodes,
    }),
  model: () => new SmicRegisters(),
};

/** Of each handover the control code, and behind it the data byte, if one belongs to it. */
function sent(steps: readonly HostStep[]): Byte[] {
  const bytes: Byte[] = [];
  let control: Written | undefined;
  let data: Written | undefined;
  let first: number | undefined;
  for (const [step, each] of steps.entries()) {
    if (each.e !== "host.write") continue;
    first ??= step;
    if (each.reg === "control") control = each;
    if (each.reg === "data") data = each;
    if (each.reg !== "flags" || (each.value & SmicFlag.Busy) === 0) continue;
    if (control !== undefined)
      bytes.push({ step, first, t: control.t, token: CODE | control.value });
    const carries = control !== undefined && carriesData(control.value);
    if (carries && data !== undefined) bytes.push({ step, first, t: data.t, token: data.value });
    control = undefined;
    data = undefined;
    first = undefined;
  }
  return bytes;
}

/** The same as the BMC reads it, in whichever order. */
function taken(steps: readonly BmcStep[]): Byte[] {
  const handovers: Handover[] = [];
  let open: Handover | undefined;
  for (const [step, each] of steps.entries()) {
    if (each.e === "bmc.code") open = undefined;
    if (each.e !== "bmc.read") continue;
    const { t, value, command } = each;
    if (open === undefined || (command && open.code !== undefined)) {
      open = {};
      handovers.push(open);
    }
    if (command) open.code = { step, first: step, t, token: CODE | value };
    else open.data ??= { step, first: step, t, token: value };
  }
  return handovers.flatMap(({ code, data }) => {
    if (code === undefined) return [];
    if (data === undefined || !carriesData(code.token & 0xff)) return [code];
    return [code, { ...data, step: Math.max(code.step, data.step) }];
  });
}

interface Handover {
  code?: Byte;
  data?: Byte;
}

interface Written {
  readonly t: number;
  readonly value: number;
}

function carriesData(code: number): boolean {
  const operation = operationOf(code);
  return operation >= SmicOperation.WriteStart && operation <= SmicOperation.WriteEnd;
}

/** Whether the BMC has written Data where it shows that code: what the host left there is not its. */
function givesData(code: number): boolean {
  if (code === UNKNOWN || !isStatusCode(code)) return false;
  const operation = operationOf(code);
  return operation === SmicOperation.GetStatus || operation >= SmicOperation.ReadStart;
}

/** A host may look at a code more than once. */
function statusCodes(steps: readonly HostStep[]): Pick<Byte, "t" | "token">[] {
  const codes: Pick<Byte, "t" | "token">[] = [];
  for (const each of steps) {
    if (each.e !== "host.read" || each.reg !== "control" || !isStatusCode(each.value)) continue;
    if (codes.at(-1)?.token !== each.value) codes.push({ t: each.t, token: each.value });
  }
  return codes;
}

/** SMIC's registers as both faces tell of them together, as far as they are known. */
class SmicRegisters implements WireModel {
  #flags: number;
  /** The flags that are known. */
  #known: number;
  #control: number;
  #data: number;
  /** Data is as the host left it when it handed over. */
  #left: boolean;

  constructor(flags = 0, known = 0, control = UNKNOWN, data = UNKNOWN, left = false) {
    this.#flags = flags;
    this.#known = known;
    this.#control = control;
    this.#data = data;
    this.#left = left;
  }

  copy(): SmicRegisters {
    return new SmicRegisters(this.#flags, this.#known, this.#control, this.#data, this.#left);
  }

  differs(step: HostStep | BmcStep): string | undefined {
    switch (step.e) {
      case "host.read":
        return this.#readsOther(step.reg, step.value);
      case "bmc.read": {
        const its = step.command ? this.#control : this.#data;
        if (its === UNKNOWN || its === step.value) return undefined;
        const from = step.command ? "Control" : "Data";
        return `the BMC read ${hex(step.value)} from ${from}; the host's side had ${hex(its)}`;
      }
      case "bmc.status": {
        const busy = (step.status & ~this.#flags & this.#known & SmicFlag.Busy) !== 0;
        return busy ? "the BMC saw BUSY, which the host had not set" : undefined;
      }
      default:
        return undefined;
    }
  }

  /** A host writes where BUSY is clear. */
  misplaces(step: HostStep | BmcStep): boolean {
    if (step.e === "host.write") return (this.#flags & this.#known & SmicFlag.Busy) !== 0;
    return this.differs(step) !== undefined;
  }

  take(step: HostStep | BmcStep): void {
    switch (step.e) {
      case "host.write":
        if (step.reg === "control") this.#control = step.value;
        if (step.reg === "data") this.#data = step.value;
        if (step.reg === "flags" && (step.value & SmicFlag.Busy) !== 0) {
          this.#flags |= SmicFlag.Busy;
          this.#known |= SmicFlag.Busy;
          this.#left = true;
        }
        return;
      case "bmc.code":
        this.#control = step.value;
        return;
      case "bmc.write":
        this.#data = step.value;
        this.#left = false;
        return;
      case "bmc.status":
        this.#flags = step.status;
        this.#known = 0xff;
        return;
    }
  }

  unclear(): undefined {
    return undefined;
  }

  settles(step: HostStep | BmcStep): boolean {
    return step.e === "host.read" && step.reg === "flags";
  }

  looksTaken(step: HostStep): boolean | undefined {
    if (step.e !== "host.read" || step.reg !== "flags") return undefined;
    return (step.value & SmicFlag.Busy) === 0;
  }

  #readsOther(register: string, value: number): string | undefined {
    if (register === "flags") {
      if (((value ^ this.#flags) & this.#known) === 0) return undefined;
      return `the host read ${hex(value)} from Flags; the BMC's side had ${hex(this.#flags)}`;
    }
    if (register === "data" && this.#left && givesData(this.#control)) {
      return `the host read ${hex(value)} from Data, which the BMC had not written`;
    }
    const its = register === "control" ? this.#control : this.#data;
    if (its === UNKNOWN || its === value) return undefined;
    const from = register === "control" ? "Status" : "Data";
    return `the host read ${hex(value)} from ${from}; the BMC's side had ${hex(its)}`;
  }
}

const CODE = 0x100;
const UNKNOWN = -1;
