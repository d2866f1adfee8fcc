import { commandName } from "../../ipmi/command-table.ts";
import { hex } from "../text.ts";
import type { Frame } from "./frame.ts";

/** "Get Device ID with Seq 07h" */
export function frameText(frame: Frame): string {
  if (!frame.named) return `a frame of Length ${Math.max(frame.length, 0)}`;
  const netFn = (frame.netFnLun >> 2) & ~1;
  return `${commandName(netFn, frame.cmd)} with Seq ${hex(frame.seq)}`;
}
