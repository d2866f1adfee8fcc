import type { z } from "zod";
import { BtControl } from "../../wire/bt/protocol.ts";
import { INTERFACES, type TransportKind } from "../../wire/interface.ts";
import { Status } from "../../wire/kcs/protocol.ts";
import { SmicFlag } from "../../wire/smic/protocol.ts";
import { digits } from "../units.ts";
import { choice, struct, type Values, wordsOf } from "./choice.ts";
import { registerOf } from "./register.ts";
import {
  byte,
  bytes,
  type Field,
  flag,
  oneOf,
  onlyOn,
  optional,
  required,
  skipped,
  time,
  times,
  type Unit,
  yes,
} from "./unit.ts";

/** A word for what goes wrong on the wire. */
export interface WireWord<T, K extends TransportKind> extends Field<T, true> {
  readonly about: string;
  /** The interfaces whose wire can have it. */
  readonly on: readonly K[];
  /** What an exploration tries of it at every event. */
  readonly tried: readonly Try[];
}

/** A fault of the wire that an exploration tries at every event. */
export interface Try {
  readonly name: string;
  /** The interface on which it is tried. */
  readonly on: TransportKind;
  /** What the word says, as a scenario writes it. */
  readonly says: Says;
  /**
   * What it acts on: the host's reads of `reg`, for a while, or its writes of it, once, of both
   * those that have one of some bits; the next step, or each for a while; or whatever there is from
   * the moment on at which it fires.
   */
  readonly acts: Acts;
}

type Says = string | Readonly<Record<string, string>>;
type Acts =
  | "on such reads, for a while"
  | "on the next write"
  | "on the next step"
  | "on each step, for a while"
  | "at once"
  | "at once, for a while";

const REGISTER_BLOCKS = ["kcs", "smic", "bt"] as const;

const access = struct({
  on: required(oneOf("address", "byte"), "At which step of the bus"),
  skip: optional(skipped, "So many steps pass first"),
  count: required(times, "How often"),
});

const anyRegister = oneOf("data", "command", "control", "flags", "intmask", "any");

/** All that can go wrong between the two faces of an interface, by the scenario's word for it. */
export const WIRE = {
  stuck: wire(
    REGISTER_BLOCKS,
    "Bits of a register read as 0, or as 1, whatever was written to it",
    struct({
      reg: required(registerOf("read", oneOf("data", "status", "control", "flags", "intmask"))),
      bits: required(byte),
      level: required<0 | 1>({
        schema: digits("0", "1").transform((level) => (level === "1" ? 1 : 0)),
        form: "`0`, `1`",
        text: String,
      }),
    }),
    [
      ...stuckBits("kcs", "status", "obf", Status.Obf),
      ...stuckBits("kcs", "status", "ibf", Status.Ibf),
      ...stuckBits("kcs", "status", "attention", Status.SmsAtn),
      ...stuckBits("kcs", "status", "state", Status.State),
      ...stuckBits("smic", "flags", "busy", SmicFlag.Busy),
      ...stuckBits("smic", "flags", "attention", SmicFlag.SmsAtn),
      ...stuckBits("smic", "flags", "ready", SmicFlag.RxDataRdy | SmicFlag.TxDataRdy),
      ...[BtControl.H2bAtn, BtControl.B2hAtn, BtControl.HBusy, BtControl.BBusy].flatMap((bit) => {
        return stuckBits("bt", "control", hexByte(bit), bit);
      }),
    ],
  ),
  "ibf-late": wire(["kcs"], "IBF falls so long after each byte", time, [late("kcs", "ibf-late")]),
  "ibf-never": wire(["kcs"], "IBF does not fall", yes),
  "busy-late": wire(
    ["smic", "bt"],
    "BUSY falls so long after each byte, B_BUSY each request",
    time,
    [late("smic", "busy-late"), late("bt", "busy-late")],
  ),
  "lost-write": wire(
    REGISTER_BLOCKS,
    "The host's writes to a register do not arrive",
    struct({
      reg: required(registerOf("written", anyRegister)),
      bits: optional(onlyOn(["bt"], "bits", byte), "Only writes that have one of these bits"),
      count: required(times),
    }),
    [
      ...lostControl(
        BtControl.ClearWritePointer,
        BtControl.ClearReadPointer,
        BtControl.H2bAtn,
        BtControl.B2hAtn,
        BtControl.HBusy,
      ),
      ...writes("kcs", "lost", "data", "command"),
      ...writes("smic", "lost", "data", "control", "flags"),
      ...writes("bt", "lost", "data"),
    ],
  ),
  "repeated-write": wire(
    REGISTER_BLOCKS,
    "The host's writes to a register arrive twice",
    struct({
      reg: required(registerOf("written", anyRegister)),
      count: required(times),
      later: optional(time, "The second time so long after the first; 20us when left out"),
    }),
    [
      ...writes("kcs", "repeated", "data", "command"),
      ...writes("smic", "repeated", "data", "control", "flags"),
      ...writes("bt", "repeated", "data", "control"),
    ],
  ),
  smi: wire(
    ["smic"],
    "Before the host's next access an SMI handler makes a transaction of its own",
    struct({
      request: optional(bytes, "What it asks the BMC; Get Device ID when left out"),
      restores: optional(flag, "It puts the registers back as they were; true when left out"),
    }),
    [{ name: "smi", on: "smic", says: {}, acts: "at once" }],
  ),
  nack: wire(["ssif"], "Acknowledgements are lost; the slave has the byte", access, [
    onTheBus("byte-not-acknowledged", { on: "byte", count: "1" }),
    onTheBus("address-not-acknowledged", { on: "address", count: "1" }),
  ]),
  arbitration: wire(["ssif"], "Another master wins the bus", access, [
    onTheBus("bus-lost", { on: "byte", count: "1" }),
  ]),
  corrupt: wire(
    INTERFACES,
    "Bytes of data are changed on their way",
    struct({
      direction: required(oneOf("read", "write"), "As the host sees it"),
      xor: required(byte, "The bits that are turned over"),
      skip: optional(skipped, "So many bytes pass first"),
      count: required(times),
    }),
    INTERFACES.flatMap((on) => [
      once(on, "byte-written-changed", { direction: "write", xor: "01", count: "1" }),
      once(on, "byte-read-changed", { direction: "read", xor: "80", count: "1" }),
    ]),
  ),
  repeat: wire(
    ["ssif"],
    "A byte is shifted into the slave twice",
    struct({ skip: optional(skipped), count: required(times) }),
    [onTheBus("byte-repeated", { count: "1" })],
  ),
  "no-stop": wire(
    ["ssif"],
    "A STOP does not arrive",
    struct({
      after: required(oneOf("write", "read", "any"), "What the host did before"),
      skip: optional(skipped),
      count: required(times),
    }),
    [onTheBus("stop-lost", { after: "any", count: "1" })],
  ),
  stretch: wire(
    ["ssif"],
    "The clock is held low for so long; 25 ms are the most that is allowed",
    struct({ time: required(time), skip: optional(skipped), count: required(times) }),
    [onTheBus("clock-held", { time: "30ms", count: "1" }, "at once")],
  ),
  "stuck-line": wire(["ssif"], "The clock, or the data line, is held low", oneOf("scl", "sda"), [
    onTheBus("clock-stuck", "scl", "on each step, for a while"),
    onTheBus("data-line-stuck", "sda", "on each step, for a while"),
  ]),
  "all-ones": wire(
    INTERFACES,
    "Nobody is there: all reads are FFh, no byte is acknowledged",
    yes,
    INTERFACES.map((on) => {
      return { name: "all-ones", on, says: "true", acts: "on each step, for a while" };
    }),
  ),
  "missing-interrupt": wire(
    INTERFACES,
    "The host does not see its interrupt line change",
    yes,
    INTERFACES.map((on) => {
      return { name: "interrupt-missing", on, says: "true", acts: "at once, for a while" };
    }),
  ),
  "spurious-interrupt": wire(
    INTERFACES,
    "The line is seen raised once, for so long",
    time,
    INTERFACES.map((on) => ({ name: "interrupt-spurious", on, says: "250us", acts: "at once" })),
  ),
} as const;

/** What each word says. */
export type WireValues = Values<typeof WIRE>;
export type WireName = keyof WireValues;

/** The words that an interface knows. */
export type WireNameOn<K extends TransportKind> = {
  [W in WireName]: K extends (typeof WIRE)[W]["on"][number] ? W : never;
}[WireName];
export type WireValuesOn<K extends TransportKind> = Pick<WireValues, WireNameOn<K>>;

/** What an exploration tries on an interface's wire, and the word for it. */
export function triedOn(kind: TransportKind): readonly (Try & { readonly word: WireName })[] {
  return wordsOf(WIRE).flatMap((word) => {
    return WIRE[word].tried.filter(({ on }) => on === kind).map((each) => ({ ...each, word }));
  });
}

const anyWire = choice({
  words: WIRE,
  also: {
    times: optional(times, "How often it comes, each time with its own count, or for its `for`"),
    every: optional(time, "How far apart; 1s when left out"),
  },
});

/** One fault of the wire. */
export const wireAction: typeof anyWire = { ...anyWire, misfit };
export type WireAction = z.output<typeof wireAction.schema>;

function misfit(action: Parameters<typeof anyWire.text>[0], kind: TransportKind) {
  const words = wordsOf(WIRE).filter((word) => isOn(WIRE[word], kind));
  const word = wordsOf(WIRE).find((each) => action[each] !== undefined);
  if (word === undefined || words.includes(word)) return anyWire.misfit?.(action, kind);
  return `"${word}" is no fault of ${kind}; known there are ${words.join(", ")}`;
}

function isOn({ on }: { readonly on: readonly TransportKind[] }, kind: TransportKind): boolean {
  return on.includes(kind);
}

function wire<T, const K extends TransportKind>(
  on: readonly K[],
  about: string,
  unit: Unit<T>,
  tried: readonly Try[] = [],
): WireWord<T, K> {
  return { on, about, unit, tried, optional: true };
}

/** Bits of the register by which an interface says what it is at, stuck at 1, and at 0. */
function stuckBits(on: TransportKind, reg: string, name: string, mask: number): Try[] {
  const stuck = { reg, bits: hexByte(mask) };
  const acts = "on such reads, for a while";
  return [
    { name: `${reg}-${name}-stuck`, on, says: { ...stuck, level: "1" }, acts },
    { name: `${reg}-${name}-stuck-at-0`, on, says: { ...stuck, level: "0" }, acts },
  ];
}

/** A busy flag that falls later than it should, and sooner than a host gives up. */
function late(on: TransportKind, name: string): Try {
  return { name, on, says: "20ms", acts: "on each step, for a while" };
}

/** The next write of each of these registers is lost, or arrives twice. */
function writes(on: TransportKind, what: "lost" | "repeated", ...regs: readonly string[]): Try[] {
  return regs.map((reg) => {
    const says = { reg, count: "1" };
    return { name: `${reg}-${what}`, on, says, acts: "on the next write" };
  });
}

/** Writes of these bits to BT_CTRL are lost, each once. */
function lostControl(...masks: readonly number[]): Try[] {
  return masks.map((mask) => {
    const says = { reg: "control", bits: hexByte(mask), count: "1" };
    return { name: `control-${hexByte(mask)}-lost`, on: "bt", says, acts: "on the next write" };
  });
}

function onTheBus(name: string, says: Says, acts?: Acts): Try {
  return once("ssif", name, says, acts);
}

function once(on: TransportKind, name: string, says: Says, acts: Acts = "on the next step"): Try {
  return { name, on, says, acts };
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, "0");
}
