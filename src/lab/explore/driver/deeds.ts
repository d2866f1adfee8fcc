/** What may happen while a BMC's driver stands between two of its register accesses. */
export const DEEDS = {
  "write-start": { by: "host", text: "the host begins another request" },
  abort: { by: "host", text: "the host has the transfer ended" },
  close: { by: "daemon", text: "the daemon closes the device" },
  "force-abort": { by: "daemon", text: "the daemon has the transfer ended" },
  "late-answer": { by: "daemon", text: "the daemon answers the request before" },
  "re-open": { by: "daemon", text: "the daemon closes the device and opens it again" },
} as const;
/** One of them. */
export type Deed = keyof typeof DEEDS;
/** All of them. */
export const DEED_NAMES = Object.keys(DEEDS) as readonly Deed[];

/** A deed at one of the driver's stops. */
export interface Stop {
  /** So many accesses of the driver's, and reads of its daemon's, are before it. */
  readonly at: number;
  readonly deed: Deed;
}
