import { bmcBt, bmcKcs, bmcSsif } from "./bmc.ts";
import { framed, type Witnessed } from "./frame.ts";
import { registers } from "./registers.ts";
import { ssif } from "./ssif.ts";

/** What can be captured: the host's side of an interface, or the BMC's. */
export const CAPTURE_KINDS = [
  "kcs",
  "smic",
  "bt",
  "ssif",
  "bmc-kcs",
  "bmc-bt",
  "bmc-ssif",
] as const;
export type CaptureKind = (typeof CAPTURE_KINDS)[number];

const WITNESSED: Readonly<Record<CaptureKind, Witnessed>> = {
  kcs: registers("KCS"),
  smic: registers("SMIC"),
  bt: registers("BT"),
  ssif,
  "bmc-kcs": bmcKcs,
  "bmc-bt": bmcBt,
  "bmc-ssif": bmcSsif,
};

/**
 * A POSIX shell script that writes down on standard output what a stock kernel does at its interface.
 * It is for a machine that has nothing of ours.
 */
export function captureScript(kind: CaptureKind): string {
  return framed(kind, WITNESSED[kind]);
}
