/** Writes a match's register accesses down as cycles on LPC, as decoders of sigrok print them. */
import type { InterfaceOn } from "../../src/wire/interface.ts";
import { REGISTER_LAYOUTS } from "../../src/wire/registers/layouts.ts";
import type { Match } from "./writers.ts";

/** The decoder of libsigrokdecode 0.5.3, or one that was mended. */
export type LpcDecoder = "released" | "mended";

/** The host's accesses at that port, a sample for 100 ns; each fourth makes the host wait. */
export function asLpc({ head, events }: Match, base: number, decoder: LpcDecoder): string[] {
  const layout = REGISTER_LAYOUTS[head.interface as InterfaceOn<"registers">];
  let count = 0;
  const cycles = events.flatMap((event) => {
    if (event.e !== "host.read" && event.e !== "host.write") return [];
    const write = event.e === "host.write";
    const offset = (write ? layout.written : layout.read)[event.reg] ?? 0;
    const waits = count++ % 4 === 0 ? 1 : 0;
    const cycle = { write, port: base + offset, value: event.value, waits };
    const fields = decoder === "released" ? releasedFields(cycle) : mendedFields(cycle);
    return fields.map((field) => `${event.t * 10}-${event.t * 10 + 1} lpc-1: ${field}`);
  });
  return ["# samplerate: 10000000", ...cycles];
}

/** One access as it is on the bus. */
export interface LpcCycle {
  readonly write: boolean;
  readonly port: number;
  readonly value: number;
  /** How often the device asks to wait. */
  readonly waits: number;
}

/** The fields as the decoder of 0.5.3 names them: each nibble by the name of the one before. */
export function releasedFields({ write, port, value, waits }: LpcCycle): string[] {
  const sync = [...Array<number>(waits).fill(0b0110), 0b0000];
  const data = [value & 0xf, value >> 4];
  const turn = [0b1111, 0b1111];
  const rest = write ? [...data, ...turn, ...sync, ...turn] : [...turn, ...sync, ...data, ...turn];
  const [after = 0, one = 0, two = 0, three = 0, low = 0, high = 0, ...last] = rest;
  const shown = (port << 4) | after;
  return [
    write ? "Grant for bus master 0" : "Start of cycle for a target",
    "Cycle type: I/O read",
    `Address: 0x${shown.toString(16).padStart(4, "0")}`,
    `TAR, cycle 0: ${bits(one)}`,
    `TAR, cycle 1: ${bits(two)}`,
    `SYNC, cycle 0: ${bits(three)}`,
    `DATA: 0x${((high << 4) | low).toString(16).padStart(2, "0")}`,
    ...[0, 1].map((at) => `TAR, cycle ${at}: ${bits(last[at] ?? 0b1111)}`),
  ];
}

/** The fields as mended decoders name them. */
export function mendedFields({ write, port, value, waits }: LpcCycle): string[] {
  const data = `DATA: 0x${value.toString(16).padStart(2, "0")}`;
  const turn = (which: number) => [0, 1].map((at) => `TAR${which}: cycle ${at}`);
  const sync = [...Array<string>(waits).fill("SYNC: Long wait"), "SYNC: Ready"];
  return [
    "Start of cycle for a target",
    `Cycle type: I/O ${write ? "write" : "read"}`,
    `Address: 0x${port.toString(16).padStart(4, "0")}`,
    ...(write ? [data, ...turn(1), ...sync] : [...turn(1), ...sync, data]),
    ...turn(2),
  ];
}

function bits(nibble: number): string {
  return nibble.toString(2).padStart(4, "0");
}
