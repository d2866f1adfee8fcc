import type { TransactionTags } from "../registers/port.ts";

/**
 * How the bus answers a master. The codes lie above a byte, so that a read gives either.
 * @see SMBus 2.0 §4.3
 */
export const Bus = {
  /** The slave pulled the ninth bit low. */
  Ack: 0x100,
  /** Nobody pulled it low: no such device, or it does not want this now. */
  Nack: 0x101,
  /** Another master won the bus, which is his now; no STOP may follow. @see SMBus 2.0 §4.3.2 */
  Lost: 0x102,
  /** The clock was held low for longer than any device may. @see SMBus 2.0 §3.1.1.3 */
  TimedOut: 0x103,
} as const;
export type Bus = (typeof Bus)[keyof typeof Bus];

/**
 * What a driver sees of an SMBus: it is the master, and moves one byte at a time. Fault injectors,
 * taps and recorders are ports round a port. A slave that is still sending when a START or STOP
 * comes is first made to stop, by a byte that is not acknowledged.
 */
export interface SmbusPort {
  /** START, or repeated START within a transaction, and the address byte. Not `Ack`: nobody took it. */
  start(addressByte: number): Bus;
  /** Sends a byte, 0..255. */
  write(value: number): Bus;
  /** Takes a byte, 0..255, and acknowledges it if more are wanted; or `Lost`, or `TimedOut`. */
  read(ack: boolean): number;
  /** STOP. Harmless when no transaction is open. `TimedOut`: the bus could not be let go. */
  stop(): Bus;
  /** Whether some device pulls SMBALERT# low; false where the line is not connected. */
  readonly alert: boolean;
}

/**
 * What the driver of an I2C slave controller is called with, one interrupt each. It answers at
 * once; what takes it longer than the wire's own pace is told by `SmbusSlave.stretch`.
 */
export interface SmbusTarget {
  /** START or repeated START with the own address; `read`: bytes are wanted. True acknowledges. */
  started(read: boolean): boolean;
  /** A byte came. True acknowledges it. */
  received(value: number): boolean;
  /** A byte is wanted, 0..255. */
  requested(): number;
  /** The byte given last was acknowledged, so that another is wanted; or not. */
  taken(ack: boolean): void;
  /** STOP, or the bus went to another device. */
  stopped(): void;
  /** The master heard who pulls SMBALERT#: this device did, and the line is let go. */
  alertTaken(): void;
}

/** The BMC's face of the bus: an I2C slave controller as a BMC's chip has it. */
export interface SmbusSlave {
  /** 7 bits. */
  readonly address: number;
  readonly tags: TransactionTags;
  /** Connects the driver; before, nobody answers at the address. */
  connect(target: SmbusTarget): void;
  /** Holds the clock low for so many µs from now; 0 lets it go, Infinity never. */
  stretch(us: number): void;
  /** Pulls SMBALERT#, or lets it go. */
  setAlert(on: boolean): void;
}
