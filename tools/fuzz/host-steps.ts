import type { Absence, WhenClosed } from "../../src/bmc/index.ts";
import { BtControl, Control, type InterfaceKind, SmicControl } from "../../src/wire/index.ts";
import type { Random } from "./random.ts";

/** What happens to the BMC meanwhile. */
export type Life =
  | { readonly life: "daemon-gone"; readonly whenClosed: WhenClosed }
  | { readonly life: "daemon-back" | "open-again" | "abort" }
  | { readonly life: "daemon-hung" | "hang" | "interrupt-line"; readonly on: boolean }
  | { readonly life: "slow" | "delay"; readonly us: number }
  | { readonly life: "copies"; readonly count: number }
  | { readonly life: "reset"; readonly kind: "cold" | "warm"; us: number; absence: Absence }
  | { readonly life: "stick"; readonly flag: "event-buffer" | "receive-queue" | undefined }
  | { readonly life: "attention"; readonly level: boolean | undefined }
  | { readonly life: "message" | "event"; readonly value: number }
  | { readonly life: "power"; readonly change: "reset" | "off" | "on" }
  | { readonly life: "responses"; readonly are: ResponseKind };

export type ResponseKind = "right" | "too-long" | "short" | "empty" | "longest" | "other" | "none";

/** One thing that a host does to a wire, or that happens meanwhile. */
export type HostStep =
  | { readonly do: "read"; readonly offset: number }
  | { readonly do: "write"; readonly offset: number; readonly value: number }
  | { readonly do: "start" | "send-byte" | "take-byte" | "stop"; readonly value: number }
  | SendStep
  | { readonly do: "fetch"; readonly count: number; readonly value: number }
  | { readonly do: "wait"; readonly us: number }
  | { readonly do: "life"; readonly what: Life; readonly afterUs: number };

/** A request as the books have it, but cut after so many accesses, and bent. */
export interface SendStep {
  readonly do: "send";
  readonly request: readonly number[];
  readonly accesses: number;
  /** Waits for the BMC as a good host does. */
  readonly polite: boolean;
  readonly bend: "none" | "pec" | "length" | "bytes";
  readonly value: number;
}

const WORDS = {
  kcs: [Control.WriteStart, Control.WriteEnd, Control.GetStatusAbort, Control.Read, 0x00, 0xff],
  smic: [...Object.values(SmicControl), 0x01, 0xc0, 0x00, 0x60, 0x61, 0x62, 0x63],
  bt: [...Object.values(BtControl), 0xff, 0x05, 0x03, 0x00],
  ssif: [0x00, 0x01, 0x02, 0x03, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x20, 0x21],
} as const;

const COMMON: readonly [readonly number[], ...(readonly number[])[]] = [
  [0x18, 0x01],
  [0x18, 0x31],
  [0x18, 0x33],
  [0x18, 0x35],
  [0x18, 0x04],
  [0x18, 0x36],
];
const STORAGE = [0x40, 0x41, 0x43, 0x44, 0x45, 0x46, 0x47, 0x10, 0x11, 0x12, 0x20, 0x23] as const;

/** A request worth sending: common ones, those that change the BMC, and mere bytes. */
function drawRequest(random: Random): readonly number[] {
  switch (random.below(9)) {
    case 0:
      return [0x18, random.pick([0x02, 0x03])];
    case 1:
      return [0x18, 0x2e, random.byte()];
    case 2:
      return [0x18, 0x24, ...random.bytes(random.pick([5, 6, 7]))];
    case 3:
      return [0x18, 0x22];
    case 4:
      return [0x28, random.pick(STORAGE), ...random.bytes(random.below(24))];
    case 5:
      return [0x18, 0x34, random.pick([0x40, 0x00, 0xff]), ...random.bytes(random.below(20))];
    case 6: {
      const bytesMax = random.pick([4, 40, 260, 1_100]);
      return [random.byte(), random.byte(), ...random.bytes(random.below(bytesMax))];
    }
    default:
      return random.pick(COMMON);
  }
}

function drawLife(random: Random): Life {
  const on = random.chance(0.5);
  const kind = random.pick<"cold" | "warm">(["cold", "warm"]);
  const resetUs = random.pick([0, 10, 5_000, 3_000_000]);
  return random.pick<Life>([
    { life: "daemon-gone", whenClosed: random.pick(["refuse", "storm", "hold"]) },
    { life: "daemon-back" },
    { life: "daemon-back" },
    { life: "daemon-hung", on },
    { life: "hang", on },
    { life: "interrupt-line", on },
    { life: "slow", us: random.pick([0, 100, 1_000_000, 7_000_000]) },
    {
      life: "reset",
      kind,
      us: resetUs,
      absence: random.pick(["hold", "error", "storm", "refuse"]),
    },
    { life: "open-again" },
    { life: "abort" },
    { life: "abort" },
    { life: "stick", flag: random.pick(["event-buffer", "receive-queue", undefined]) },
    { life: "attention", level: random.pick([true, false, undefined]) },
    { life: "message", value: random.below(200) },
    { life: "event", value: random.byte() },
    { life: "power", change: random.pick(["reset", "off", "on"]) },
    { life: "copies", count: random.pick([0, 1, 1, 2, 3, 30]) },
    { life: "delay", us: random.pick([0, 0, 100, 5_000_000, 9_000_000]) },
    {
      life: "responses",
      are: random.pick([
        "right",
        "right",
        "too-long",
        "short",
        "empty",
        "longest",
        "other",
        "none",
      ]),
    },
  ]);
}

/** Registers of a block; the bytes between them are read and written, too. */
const REGISTERS = { kcs: 2, smic: 3, bt: 3, ssif: 0 } as const;

function drawAccess(random: Random, kind: InterfaceKind, spacing: number): HostStep {
  const value = random.chance(0.7) ? (random.pick<number>(WORDS[kind]) ?? 0) : random.byte();
  if (kind === "ssif") {
    const address = random.pick([0x20, 0x20, 0x21, 0x18, 0x19, random.byte()]);
    return random.pick<HostStep>([
      { do: "start", value: address },
      { do: "send-byte", value },
      { do: "take-byte", value: random.below(2) },
      { do: "stop", value: 0 },
    ]);
  }
  const known = random.below(REGISTERS[kind]) * spacing;
  const offset = random.chance(0.95) ? known : random.below(256);
  return random.chance(0.4) ? { do: "read", offset } : { do: "write", offset, value };
}

/** One step of a hostile host. */
export function drawStep(random: Random, kind: InterfaceKind, spacing: number): HostStep {
  const draw = random.below(100);
  if (draw < 30) return drawAccess(random, kind, spacing);
  if (draw < 55) {
    const request = drawRequest(random);
    const cut = random.chance(0.3) ? random.below(3 * request.length + 12) : 100_000;
    const bend = random.pick<SendStep["bend"]>(["none", "pec", "length", "bytes"]);
    const polite = random.chance(0.8);
    return { do: "send", request, accesses: cut, polite, bend, value: random.byte() };
  }
  if (draw < 65) return { do: "fetch", count: random.below(60), value: random.byte() };
  if (draw < 85) {
    const us = random.pick([0, 1, 1, 3, 10, 50, 100, 1_000, 30_000, random.below(300_000)]);
    return { do: "wait", us: random.chance(0.005) ? 6_000_000 : us };
  }
  const afterUs = random.chance(0.5) ? random.below(random.pick([30, 400, 4_000, 40_000])) : 0;
  return { do: "life", what: drawLife(random), afterUs };
}
