import { expect } from "vitest";
import { Bus, type SmbusPort } from "../../../src/wire/smbus/port.ts";

const OUTCOME: Readonly<Record<string, Bus>> = {
  "": Bus.Ack,
  "-": Bus.Nack,
  lost: Bus.Lost,
  timeout: Bus.TimedOut,
};

/**
 * Runs a master by a script: `S20` START and address byte, `w18` a byte written, `r1c+` a byte read
 * and acknowledged, `r1c` one read and not, `r+` and `r` any byte, `P` STOP. What is started, written
 * or stopped must be acknowledged; `S20-` must not, `wlost:18` and `Ptimeout:` must end so.
 */
export function runMaster(bus: SmbusPort, script: string): void {
  for (const [index, word] of script.trim().split(/\s+/).entries()) {
    const { op, value, outcome, more } = stepOf(word);
    const got = op === "r" ? bus.read(more) : moved(bus, op, value);
    const wanted = outcome ?? value;
    if (wanted !== undefined && got !== wanted) {
      expect(got.toString(16), `step ${index}, ${word}`).toBe(wanted.toString(16));
    }
  }
}

/** What a word of a script means. */
export interface BusStep {
  readonly op: "S" | "w" | "r" | "P";
  /** Undefined: any. */
  readonly value: number | undefined;
  /** Undefined of a byte that is read. */
  readonly outcome: Bus | undefined;
  /** The byte that is read is acknowledged. */
  readonly more: boolean;
}

export function stepOf(word: string): BusStep {
  const match = /^([SwrP])(?:(lost|timeout):)?([0-9a-f]{2})?([+-]?)$/.exec(word);
  const [, op, failure, hexValue, sign = ""] = match ?? [];
  if (op !== "S" && op !== "w" && op !== "r" && op !== "P") {
    throw new Error(`no step of the bus: ${word}`);
  }
  const value = hexValue === undefined ? undefined : Number.parseInt(hexValue, 16);
  const outcome = OUTCOME[failure ?? (op === "r" ? "+" : sign)];
  return { op, value, outcome, more: sign === "+" };
}

function moved(bus: SmbusPort, op: "S" | "w" | "P", value = 0): number {
  if (op === "S") return bus.start(value);
  return op === "w" ? bus.write(value) : bus.stop();
}

/** The script of a block write to address 10h. */
export function blockWrite(command: number, data: ArrayLike<number>): string {
  return `S20 ${bytes([command, data.length, ...Array.from(data)])} P`;
}

/** The script of a block read from address 10h that gives this. */
export function blockRead(command: number, data: ArrayLike<number>): string {
  const given = Array.from(data).map(
    (byte, index) => `r${hex(byte)}${index < data.length - 1 ? "+" : ""}`,
  );
  return `S20 w${hex(command)} S21 r${hex(data.length)}+ ${given.join(" ")} P`;
}

export function bytes(values: readonly number[]): string {
  return values.map((value) => `w${hex(value)}`).join(" ");
}

export function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}
