import type { Body, BusOutcome } from "../../src/trace/events.ts";
import { pec } from "../../src/wire/smbus/pec.ts";
import { Bus } from "../../src/wire/smbus/port.ts";
import { hex, stepOf } from "../wire/smbus/bus-script.ts";
import type { Script } from "./script.ts";

const OPS = { S: "start", w: "write", r: "read", P: "stop" } as const;
const OUTCOMES = new Map<number | undefined, BusOutcome>([
  [Bus.Ack, "ack"],
  [Bus.Nack, "nack"],
  [Bus.Lost, "lost"],
  [Bus.TimedOut, "timeout"],
]);

/**
 * Steps of the bus on both faces, in the words of `runMaster`; the slave's face first, as it is on
 * a real bus. `+5ms` passes time.
 */
export function bus(words: string): Script {
  return steps(words, ["bmc.bus", "host.bus"]);
}

/** The same on one face, where a wire fault made them differ. */
export function hostBus(words: string): Script {
  return steps(words, ["host.bus"]);
}

export function bmcBus(words: string): Script {
  return steps(words, ["bmc.bus"]);
}

function steps(words: string, faces: readonly ("bmc.bus" | "host.bus")[]): Script {
  return words
    .trim()
    .split(/\s+/)
    .flatMap((word): Script => {
      if (/^\+\d/.test(word)) return [word];
      const { op, value = 0, outcome, more } = stepOf(word);
      const own = more ? "ack" : "nack";
      const how = op === "r" ? (OUTCOMES.get(outcome) ?? own) : (OUTCOMES.get(outcome) ?? "ack");
      const step = { op: OPS[op], value, outcome: how } as const;
      return faces.map((e): Body => (e === "bmc.bus" ? { e, ...step } : { e, ...step, tag: 0 }));
    });
}

/** A block write, or one with its packet error code, or with this in its place. */
export function write(command: number, data: readonly number[], code?: "pec" | number): string {
  const sent = [command, data.length, ...data];
  const right = [0x20, ...sent].reduce(pec, 0);
  const all = code === undefined ? sent : [...sent, code === "pec" ? right : code];
  return `S20 ${all.map((byte) => `w${hex(byte)}`).join(" ")} P`;
}

/** A block read, in the same way. */
export function read(command: number, data: readonly number[], code?: "pec" | number): string {
  const right = [0x20, command, 0x21, data.length, ...data].reduce(pec, 0);
  const given = [
    data.length,
    ...data,
    ...(code === undefined ? [] : [code === "pec" ? right : code]),
  ];
  const words = given.map((byte, at) => `r${hex(byte)}${at < given.length - 1 ? "+" : ""}`);
  return `S20 w${hex(command)} S21 ${words.join(" ")} P`;
}

export const bytes = (text: string): number[] =>
  text.split(" ").map((each) => Number.parseInt(each, 16));

/** A right transaction: request and response as hex text, in one part each. */
export function transaction(request: string, response: string): Script {
  return bus(`${write(0x02, bytes(request))} +5ms ${read(0x03, bytes(response))}`);
}

/** `length` bytes that begin with these. */
export function filled(length: number, first: string): number[] {
  const start = bytes(first);
  return [...start, ...Array.from({ length: length - start.length }, (_, at) => at & 0xff)];
}
