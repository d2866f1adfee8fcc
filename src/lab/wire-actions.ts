import type { KcsWireFault } from "../wire/kcs/faults.ts";
import type { WireAction } from "./scenario/schema.ts";

const REPEAT_LATER_US = 20;

/** The wire fault that a scenario's `wire:` asks for. */
export function wireFault(action: WireAction): KcsWireFault {
  if (action.stuck !== undefined) return { kind: "stuck", ...action.stuck };
  if (action["ibf-late"] !== undefined) return { kind: "ibf-late", us: action["ibf-late"] };
  if (action["ibf-never"] === true) return { kind: "ibf-late", us: Number.MAX_SAFE_INTEGER };
  if (action["lost-write"] !== undefined) return { kind: "lost-write", ...action["lost-write"] };
  if (action.corrupt !== undefined) return { kind: "corrupt", ...action.corrupt };
  if (action["missing-interrupt"] === true) return { kind: "missing-interrupt" };
  if (action["spurious-interrupt"] !== undefined) {
    return { kind: "spurious-interrupt", us: action["spurious-interrupt"] };
  }
  const repeated = action["repeated-write"];
  if (repeated === undefined) return { kind: "absent", value: 0xff };
  const us = repeated.later ?? REPEAT_LATER_US;
  return { kind: "repeated-write", reg: repeated.reg, count: repeated.count, us };
}
