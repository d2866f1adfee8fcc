import { REGISTER_LAYOUTS } from "../../wire/registers/layouts.ts";
import type { Unit } from "./unit.ts";

/** A register by its name, which has to be one of the interface's own. */
export function registerOf<R extends string>(access: "read" | "written", names: Unit<R>): Unit<R> {
  return {
    ...names,
    misfit: (reg, kind) => {
      // Only a block has registers, and no other's own word names one.
      if (kind === "ssif" || kind === "opal") return undefined;
      const registers = Object.keys(REGISTER_LAYOUTS[kind][access]);
      const own = access === "written" ? [...registers, "any"] : registers;
      return own.includes(reg) ? undefined : `"${reg}" is none of ${kind}'s: ${own.join(", ")}`;
    },
  };
}
