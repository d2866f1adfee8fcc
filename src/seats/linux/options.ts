import type { Kernel } from "../../kernels/cache.ts";
import type { Exit } from "../../programs/qemu-process.ts";
import type { InterfaceKind, InterfaceOn } from "../../wire/interface.ts";
import type { RegisterLocation } from "../../wire/location.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import type { InterruptMode } from "./command-line.ts";
import type { GuestWitness } from "./witness.ts";

/** An interface of which a guest knows what its firmware says. */
export interface DescribedInterface {
  /** Records of SMBIOS, without strings. */
  readonly smbios: readonly Uint8Array[];
  /** Where the registers are. */
  readonly place: RegisterLocation;
}

/** The guest's surroundings, on our side of the wire. All are called synchronously. */
export interface MachineWires {
  /** The interface; kcs when left out. */
  readonly kind?: InterfaceKind;
  /** Its registers, on ssif those of the bus's controller: offsets 0..31 of the BAR, byte by byte. */
  readonly port: RegisterPort;
  /** Another interface's registers, in a function of their own. */
  readonly second?:
    | { readonly kind: InterfaceOn<"registers">; readonly port: RegisterPort }
    | undefined;
  /** The firmware tells of the interface, and nothing else does. */
  readonly described?: DescribedInterface | undefined;
  /** The guest said its CLOCK_MONOTONIC; never goes back. */
  tick(guestUs: number): void;
  /** One byte of the stream in which the guest's agent reports. */
  report(byte: number): void;
  /** Asked at each tick of a program that obeys: whether the kernel is to panic now. */
  panics?(): boolean;
  /**
   * Asked by a kernel that has its drivers built in, whenever it looks what the device is: false, and
   * no driver knows it.
   */
  known?(): boolean;
  /** A line of the guest's console. */
  console(line: string): void;
  /** Registers for changes of the interrupt line. Asked in the mode `irq` only. */
  onLine?(changed: (level: boolean) => void): void;
}

export interface LinuxHostOptions {
  readonly kernel: Kernel;
  readonly machine: MachineWires;
  /** The code that the loader takes from the mailbox and jumps to. */
  readonly program: Uint8Array;
  readonly interrupt: InterruptMode;
  /** Guest time runs with the wall clock. Otherwise it is a function of what the guest does. */
  readonly realTime?: boolean;
  /**
   * Start from the state of a booted guest, which is kept in the cache. Much sooner, but the guest's
   * clock then starts where the snapshot was taken.
   */
  readonly snapshot?: boolean;
  /** Its kernel may panic: then its processor runs with no timer for longer than QEMU's threads can take turns. */
  readonly mayPanic?: boolean;
  /** Somebody in the guest who writes down what its drivers do. */
  readonly witness?: GuestWitness | undefined;
  /** More arguments for the kernel's command line. */
  readonly kernelArguments?: readonly string[];
  readonly qemu?: string;
  /** A QEMU that takes longer to answer is ended as one that hangs. */
  readonly answerLimitMs?: number;
  /** The guest is ended when it ran so long by the wall clock. */
  readonly wallLimitMs: number;
}

/** Why a guest is no more. */
export interface HostEnd extends Exit {
  /** `guest`: it shut down or panicked; `qemu`: QEMU failed; else we ended it. */
  readonly why: "guest" | "qemu" | "stopped" | "wall-limit";
}
