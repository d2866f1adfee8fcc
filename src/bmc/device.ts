/** Why the device refuses its user, the BMC's daemon. Stable codes. */
export type DeviceError =
  /** Another opener has the device; only one may. */
  | "BUSY"
  /** The handle was closed, or its daemon died. */
  | "CLOSED"
  /** Nothing to read yet. */
  | "AGAIN"
  /** The buffer is too small for the request; the request stays readable. */
  | "BUFFER_TOO_SMALL"
  /** No request awaits this answer: none was read, or it was restarted or aborted meanwhile. */
  | "NOT_AWAITED"
  /** A response has at least NetFn/LUN, Cmd and a completion code. */
  | "TOO_SHORT"
  /** The response is longer than the interface carries. */
  | "TOO_LONG";

/** What a call of a device gives: its value, or why there is none. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: DeviceError };

/** A request as the daemon reads it. */
export interface Incoming {
  /** Names this request and no other; an answer must show it. */
  readonly ticket: number;
  /** The transaction's tag, 0 when unknown. For the trace only. */
  readonly tag: number;
  readonly message: Uint8Array;
}

/** What an open device lets its daemon do. No call waits: a reader is told by `onReadable`. */
export interface DeviceHandle {
  /** Takes the request that has arrived, if `bytesMax` can hold it. */
  read(bytesMax: number): Result<Incoming>;
  /** Answers the request with that ticket, which must have been read and still be awaited. */
  write(ticket: number, response: Uint8Array): Result<void>;
  poll(): { readonly readable: boolean; readonly writable: boolean };
  /** Aborts what runs on the wire: ERROR state towards the host. */
  abort(): Result<void>;
  /**
   * Raises or drops SMS_ATN; with `interrupt`, the host's line is pulsed when the wire is idle.
   * `news`: there is a cause that there was not before; where the host itself takes SMS_ATN back,
   * it is raised for each such one.
   */
  setAttention(attention: boolean, interrupt: boolean, news?: boolean): Result<void>;
  /** Connects the communication interrupt to the host's line, or not. */
  enableInterrupt(enabled: boolean): Result<void>;
  /** Closes the device; what runs is aborted. */
  close(): void;
}

/** One system interface's BMC side as a device with one opener. */
export interface BmcDevice {
  /** Opens the device and synchronises with the host: what an earlier opener left is aborted. */
  open(onReadable: () => void): Result<DeviceHandle>;
}

/**
 * What the host sees while no daemon has the device open.
 * `refuse`: the interface speaks its protocol, and refuses each request in the protocol's own way.
 * `storm`: whatever comes from the host, recovery included, is met with the protocol's error.
 * `hold`: nothing is taken from the host. The last two are what BMC drivers in the field have done.
 */
export type WhenClosed = "refuse" | "storm" | "hold";

/** The device as the BMC that it belongs to sees it: its power, its reset, its opener's death. */
export interface InterfaceDevice extends BmcDevice {
  /** Chooses what happens while the device is closed. */
  set whenClosed(behaviour: WhenClosed);
  /** Stops or restarts the BMC's processor: without it, nothing is taken from the host. */
  set powered(on: boolean);
  /** Power-on or hard reset of the BMC. The opener, if any, is gone. */
  reset(): void;
  /** The opener closed the device, or died: what runs is aborted. */
  dropOpener(): void;
  /** Aborts what runs on the wire, in the protocol's own way. */
  abort(): void;
}

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refused<T>(error: DeviceError): Result<T> {
  return { ok: false, error };
}
