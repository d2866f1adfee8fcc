import { BtRegister } from "../wire/bt/protocol.ts";
import { KcsRegister } from "../wire/kcs/protocol.ts";
import type { RegisterLocation } from "../wire/location.ts";
import { SmicRegister } from "../wire/smic/protocol.ts";
import { emitBt } from "./bt.ts";
import type { Frame } from "./frame.ts";
import { emitKcs } from "./kcs.ts";
import { emitSmic } from "./smic.ts";

/** An interface's own part of the executor. */
interface Spoken {
  /** The register that a look reads; FFh there is nobody. */
  readonly status: number;
  /** Emits one try of a command. */
  readonly emit: (frame: Frame) => void;
}

/** The interfaces that the executor speaks. */
export const SPOKEN = {
  kcs: { status: KcsRegister.Status, emit: emitKcs },
  smic: { status: SmicRegister.Flags, emit: emitSmic },
  bt: { status: BtRegister.Control, emit: emitBt },
} as const satisfies Partial<Record<RegisterLocation["kind"], Spoken>>;

/** Registers that the executor reaches: byte-wide, in I/O space. */
export interface ExecutorLocation extends RegisterLocation {
  readonly at: "io";
  readonly kind: keyof typeof SPOKEN;
  readonly width: 8;
}

/** Whether the executor can reach it. */
export function isReachable(location: RegisterLocation): location is ExecutorLocation {
  return location.at === "io" && location.width === 8 && location.kind in SPOKEN;
}
