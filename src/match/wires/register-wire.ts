import { own, REGISTERS } from "../../scenario/registers.ts";
import type { WireAction } from "../../scenario/schema.ts";
import type { InterfaceOn } from "../../wire/interface.ts";
import { FaultyRegisterPort, type RegisterFault } from "../../wire/registers/faults.ts";
import { RegisterHostTap } from "../../wire/registers/host-tap.ts";
import { REGISTER_LAYOUTS } from "../../wire/registers/layouts.ts";
import type { RegisterPort, TransactionTags } from "../../wire/registers/port.ts";
import { ClockedPort } from "../clocked-port.ts";
import { faultTime, type LabWire, type LabWireParts } from "./lab-wire.ts";

const REPEAT_LATER_US = 20;

/** A register block as a match needs it of any protocol. */
export interface RegisterBlock {
  readonly kind: InterfaceOn<"registers">;
  readonly host: RegisterPort;
  readonly tags: TransactionTags;
  /** The block's interrupt line. */
  onLine(changed: (level: boolean) => void): void;
  /** The faults that this interface alone can have. */
  readonly ownFault?: (action: WireAction) => RegisterFault | undefined;
}

type HostEnd = Pick<LabWire, "host" | "tags" | "inject" | "absent" | "onLine">;

/** The host's end of a register block: behind the clock, the tap and the wire's faults. */
export function registerWire(block: RegisterBlock, parts: LabWireParts): HostEnd {
  const { kind, tags, ownFault } = block;
  const spacing = parts.scenario.spacing ?? 1;
  const layout = REGISTER_LAYOUTS[kind];
  const faulty = new FaultyRegisterPort(block.host, { layout, spacing }, faultTime(parts));
  block.onLine((level) => faulty.line(level));
  const { tracer, numbersTransfers } = parts;
  const tap = new RegisterHostTap(faulty, tracer, { layout, tags, spacing, numbersTransfers });
  return {
    host: { kind, port: new ClockedPort(tap, parts.time, parts.halt), spacing },
    tags,
    inject: (action, ended) => {
      return faulty.inject(ownFault?.(action) ?? registerFault(action, kind), ended);
    },
    absent: (value) => faulty.inject({ kind: "absent", value }),
    onLine: (changed) => faulty.onLine(changed),
  };
}

function registerFault(action: WireAction, kind: InterfaceOn<"registers">): RegisterFault {
  const { stuck, corrupt, "lost-write": lost, "repeated-write": repeated } = action;
  const { read, written } = REGISTERS[kind];
  if (stuck !== undefined) return { kind: "stuck", ...stuck, reg: own(stuck.reg, read) };
  if (lost !== undefined) return { kind: "lost-write", ...lost, reg: own(lost.reg, written) };
  if (repeated !== undefined) {
    const { count, later: us = REPEAT_LATER_US } = repeated;
    return { kind: "repeated-write", reg: own(repeated.reg, written), count, us };
  }
  if (corrupt !== undefined) return { kind: "corrupt", ...corrupt };
  const busyUs = action["ibf-never"] === true ? Number.MAX_SAFE_INTEGER : busyLate(action);
  if (busyUs !== undefined) return { kind: "busy-late", us: busyUs };
  if (action["missing-interrupt"] === true) return { kind: "missing-interrupt" };
  const us = action["spurious-interrupt"];
  return us === undefined ? { kind: "absent", value: 0xff } : { kind: "spurious-interrupt", us };
}

function busyLate(action: WireAction): number | undefined {
  return action["ibf-late"] ?? action["busy-late"];
}
