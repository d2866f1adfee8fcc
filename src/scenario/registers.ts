import { assert } from "../assert.ts";

/** The registers of each interface that has some, by the words of its trace. */
export const REGISTERS = {
  kcs: { read: ["data", "status"], written: ["data", "command", "any"] },
  smic: { read: ["data", "control", "flags"], written: ["data", "control", "flags", "any"] },
  bt: { read: ["control", "data", "intmask"], written: ["control", "data", "intmask", "any"] },
} as const;

/** A register of one's own, which the scenario's reader has made sure of. */
export function own<R extends string>(name: string, registers: readonly R[]): R {
  const found = registers.find((register) => register === name);
  assert(found !== undefined, "a scenario names registers of its own interface");
  return found;
}
