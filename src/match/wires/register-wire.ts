import type { InterfaceOn } from "../../wire/interface.ts";
import { FaultyRegisterPort } from "../../wire/registers/faults.ts";
import { RegisterHostTap } from "../../wire/registers/host-tap.ts";
import { REGISTER_LAYOUTS } from "../../wire/registers/layouts.ts";
import type { RegisterPort, TransactionTags } from "../../wire/registers/port.ts";
import { ClockedPort } from "../clocked-port.ts";
import { registerFault, type SmiFault } from "../faults/wire-actions.ts";
import { faultTime, type LabWire, type LabWireParts } from "./lab-wire.ts";

/** A register block as a match needs it of any protocol. */
export interface RegisterBlock {
  readonly kind: InterfaceOn<"registers">;
  readonly host: RegisterPort;
  readonly tags: TransactionTags;
  /** The block's interrupt line. */
  onLine(changed: (level: boolean) => void): void;
  /** What an SMI handler does here, where there may be one. */
  readonly smi?: SmiFault;
}

type HostEnd = Pick<LabWire, "host" | "tags" | "inject" | "absent" | "onLine">;

/** The host's end of a register block: behind the clock, the tap and the wire's faults. */
export function registerWire(block: RegisterBlock, parts: LabWireParts): HostEnd {
  const { kind, tags, smi } = block;
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
      return faulty.inject(registerFault(action, smi), ended);
    },
    absent: (value) => faulty.inject({ kind: "absent", value }),
    onLine: (changed) => faulty.onLine(changed),
  };
}
