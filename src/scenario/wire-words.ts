import type { InterfaceKind } from "../wire/interface.ts";
import { BUS_FAULTS } from "./bus.ts";
import { REGISTERS } from "./registers.ts";
import type { Scenario, WireAction } from "./schema.ts";

/** The faults that a wire can have, by the scenario's words, for each interface. */
const WIRE_WORDS: Readonly<Partial<Record<InterfaceKind, readonly string[]>>> = {
  kcs: [
    ...["stuck", "ibf-late", "ibf-never", "lost-write", "repeated-write", "corrupt", "all-ones"],
    ...["missing-interrupt", "spurious-interrupt"],
  ],
  smic: [
    ...["stuck", "busy-late", "lost-write", "repeated-write", "corrupt", "all-ones"],
    ...["missing-interrupt", "spurious-interrupt", "smi"],
  ],
  bt: [
    ...["stuck", "busy-late", "lost-write", "repeated-write", "corrupt", "all-ones"],
    ...["missing-interrupt", "spurious-interrupt"],
  ],
  ssif: [...BUS_FAULTS, "corrupt", "all-ones", "missing-interrupt", "spurious-interrupt"],
};

/** A fault that the scenario's interface cannot have. */
export interface Misfit {
  /** Its place in the list of faults. */
  readonly fault: number;
  readonly message: string;
}

/** What of a scenario makes no sense on its own interface. */
export function misfits(scenario: Scenario): readonly Misfit[] {
  const kind = scenario.interface ?? "kcs";
  const words = WIRE_WORDS[kind];
  // Who says where he makes sense is not played elsewhere, and refused with his own words.
  if (words === undefined || scenario["only-on"]?.interfaces.includes(kind) === false) return [];
  return (scenario.faults ?? []).flatMap(({ wire }, fault) => {
    if (wire === undefined) return [];
    const word = Object.keys(wire).find((key) => !words.includes(key));
    const message = word === undefined ? wrongRegister(kind, wire) : wrongWord(kind, word, words);
    return message === undefined ? [] : [{ fault, message }];
  });
}

function wrongWord(kind: InterfaceKind, word: string, words: readonly string[]): string {
  return `"${word}" is no fault of ${kind}; known there are ${words.join(", ")}`;
}

/** A bus has no registers; its faults name none. */
function wrongRegister(kind: InterfaceKind, wire: WireAction): string | undefined {
  if (kind === "ssif") return undefined;
  const known: Readonly<Record<"read" | "written", readonly string[]>> = REGISTERS[kind];
  const read = wire.stuck?.reg;
  const written = wire["lost-write"]?.reg ?? wire["repeated-write"]?.reg;
  const wrong = (reg: string, registers: readonly string[]) =>
    registers.includes(reg) ? undefined : `"${reg}" is none of ${kind}'s: ${registers.join(", ")}`;
  if (read !== undefined) return wrong(read, known.read);
  return written === undefined ? undefined : wrong(written, known.written);
}
