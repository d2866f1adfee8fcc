import { BtRegister } from "../wire/bt/protocol.ts";
import type { InterfaceKind } from "../wire/interface.ts";
import { KcsRegister } from "../wire/kcs/protocol.ts";
import type { ControllerLocation, Location, RegisterLocation } from "../wire/location.ts";
import { I801Register } from "../wire/smbus/i801.ts";
import { SmicRegister } from "../wire/smic/protocol.ts";
import { BLOCK_BYTES_MAX } from "../wire/ssif/protocol.ts";
import { emitBt } from "./bt.ts";
import { COMMAND_BYTES_MAX, type Frame } from "./frame.ts";
import { emitKcs } from "./kcs.ts";
import { emitSmic } from "./smic.ts";
import { emitSsif } from "./ssif.ts";

/** An interface's own part of the executor. */
interface Spoken {
  /** The register that a look reads; FFh there is nobody. */
  readonly status: number;
  /** Emits one try of a command. */
  readonly emit: (frame: Frame) => void;
}

/** The interfaces that the executor speaks; SSIF behind a controller. */
export const SPOKEN = {
  kcs: { status: KcsRegister.Status, emit: emitKcs },
  smic: { status: SmicRegister.Flags, emit: emitSmic },
  bt: { status: BtRegister.Control, emit: emitBt },
  ssif: { status: I801Register.HostStatus, emit: emitSsif },
} as const satisfies Record<InterfaceKind, Spoken>;

/** Where the executor can have a BMC to itself. */
export type ExecutorLocation = RegisterLocation | ControllerLocation;

/** Whether the executor can reach it. */
export function isReachable(location: Location): location is ExecutorLocation {
  return location.at === "i801" || location.at === "io" || location.at === "mem";
}

/** The longest command that the interface takes from the executor: on SSIF, one block. */
export function commandBytesMax(kind: InterfaceKind): number {
  return kind === "ssif" ? BLOCK_BYTES_MAX : COMMAND_BYTES_MAX;
}
