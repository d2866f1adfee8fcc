import type { CrashResults } from "../../../crash/results.ts";
import type { Kernel } from "../../../kernels/cache.ts";
import { type RegisterLocation, registersSpan } from "../../../wire/location.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";

/** Where a guest has registers. */
export type RegisterPlace = RegisterLocation;

/** Where in memory a guest can have registers: behind its own memory, and before the machine's own devices. */
export const DEVICE_MEMORY = { first: 0x2000_0000, end: 0xfec0_0000 } as const;

/** Whether a guest can have registers there: in I/O space anywhere. */
export function hasRegistersAt(place: RegisterPlace): boolean {
  const { first, end } = DEVICE_MEMORY;
  return place.at === "io" || (place.base >= first && place.base + registersSpan(place) <= end);
}

/** What is seen of a guest that crashed. */
export interface CrashedGuest {
  readonly console: readonly string[];
  /** kexec took the image. */
  readonly loaded: boolean;
  /** Which kernel came up after the crash; undefined when none did. */
  readonly second: string | undefined;
  /** What the executor left for it; undefined when none ran. */
  readonly results: CrashResults | undefined;
  /** How the guest ended. */
  readonly exit: number | null;
}

/** Hears of the crash. */
export interface CrashWitness {
  /** Given what resets the machine. */
  onReset(reset: () => void): void;
  /** The guest's clock moved on by so many seconds. */
  passed(seconds: number): void;
  /** The kernel crashes now. */
  crashes(): void;
  /** The second kernel is up. */
  isUp(): void;
  /** It has shown what it found. */
  hasShown(results: CrashResults | undefined): void;
}

/** A dump, and the first kernel's watchdog. */
export interface Watched {
  /** The first kernel's own driver arms the BMC's timer with so many seconds. */
  readonly timerS: number;
  /** How long the second kernel needs for the dump; it never ends when it hangs. */
  readonly dumpS: number | "hangs";
}

export interface CrashingGuest {
  readonly kernel: Kernel;
  /** What kexec is given to start after a crash. */
  readonly image: Uint8Array;
  /** The system call: kexec_load or kexec_file_load. */
  readonly how: "-c" | "-s";
  /** Where the guest has the registers, and what they are. */
  readonly place: RegisterPlace;
  readonly port: RegisterPort;
  /**
   * The guest's time is a function of what it does, however fast this machine is, and its time stamp
   * counter counts nanoseconds of that; or both are the machine's own.
   */
  readonly clock: "guest" | "real";
  readonly witness: CrashWitness;
  readonly watched?: Watched | undefined;
}
