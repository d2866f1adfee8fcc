/**
 * What the kernels' messages mean, Linux 6.1 to 7.3, in our words. Which scenario shows one follows from the
 * matches that were played.
 */
import { BMC_SIDE } from "./bmc-side.ts";
import { KERNEL } from "./kernel.ts";
import type { Message } from "./message.ts";
import { MSGHANDLER } from "./msghandler.ts";
import { REGISTERS } from "./registers.ts";
import { SI } from "./si.ts";
import { SSIF } from "./ssif.ts";
import { WATCHDOG } from "./watchdog.ts";

export type { Message } from "./message.ts";

/** The messages by who prints them; the first pattern that fits a line has it. */
export const MESSAGES: readonly (readonly [string, readonly Message[]])[] = [
  ["ipmi_ssif", SSIF],
  ["ipmi_watchdog", WATCHDOG],
  ["KCS, SMIC, BT", REGISTERS],
  ["ipmi_si", SI],
  ["ipmi_msghandler", MSGHANDLER],
  ["the BMC's own kernel", BMC_SIDE],
  ["the kernel", KERNEL],
];

/** Patterns that hold for one driver's lines alone, by how these begin. */
const ONLY_FOR: Readonly<Record<string, RegExp>> = {
  ipmi_ssif: /^ipmi_ssif|^i801|^i2c/,
  ipmi_watchdog: /^ipmi_watchdog/,
};

/** What a line's shape means; undefined when the table does not have it. */
export function messageFor(shape: string): Message | undefined {
  for (const [driver, messages] of MESSAGES) {
    if (ONLY_FOR[driver]?.test(shape) === false) continue;
    const message = messages.find(({ pattern }) => pattern.test(shape));
    if (message !== undefined) return message;
  }
  return undefined;
}
