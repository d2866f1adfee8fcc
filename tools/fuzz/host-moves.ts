import {
  Bus,
  type InterfaceKind,
  type MachineWire,
  pec,
  type RegisterPort,
  type SmbusPort,
} from "../../src/wire/index.ts";
import type { SendStep } from "./host-steps.ts";

const POLLS_MAX = 40;

/** A host's hands: each access it makes is counted, and the time that it waits goes by. */
export interface Hands {
  readonly wire: MachineWire;
  readonly wait: (us: number) => void;
  /** A polite host's pause between two looks, in µs. */
  readonly pauseUs: number;
}

/** Sends a request as the step has it. */
export function sendRequest(hands: Hands, step: SendStep): void {
  const { wire } = hands;
  const budget = { left: step.accesses };
  if (wire.kind === "ssif") sendBlocks(wire.bus, step, budget);
  else SENDERS[wire.kind](new Registers(hands, wire.port, wire.spacing), step, budget);
}

/** Takes what there is of a response, more or less rightly. */
export function fetchResponse(hands: Hands, count: number, value: number): void {
  const { wire } = hands;
  if (wire.kind === "ssif") takeBlocks(wire.bus, count, value);
  else FETCHERS[wire.kind](new Registers(hands, wire.port, wire.spacing), count, value);
}

interface Budget {
  left: number;
}

class Registers {
  readonly #hands: Hands;
  readonly #port: RegisterPort;
  readonly #spacing: number;

  constructor(hands: Hands, port: RegisterPort, spacing: number) {
    this.#hands = hands;
    this.#port = port;
    this.#spacing = spacing;
  }

  read(register: number): number {
    return this.#port.read(register * this.#spacing);
  }

  write(register: number, value: number): void {
    this.#port.write(register * this.#spacing, value & 0xff);
  }

  wait(us: number): void {
    this.#hands.wait(us);
  }

  /** Looks until the bits are clear, but not for ever. */
  untilClear(register: number, bits: number): void {
    for (let poll = 0; poll < POLLS_MAX && (this.read(register) & bits) !== 0; poll++) {
      this.#hands.wait(this.#hands.pauseUs);
    }
  }
}

type RegisterKind = Exclude<InterfaceKind, "ssif">;

const SENDERS: Record<RegisterKind, (at: Registers, step: SendStep, budget: Budget) => void> = {
  kcs: (at, { request, polite, bend, value }, budget) => {
    const last = request.at(-1) ?? 0;
    const body = request.slice(0, -1).map((byte) => [0, byte] as const);
    for (const [register, byte] of [[1, 0x61], ...body, [1, 0x62], [0, last]] as const) {
      if (budget.left-- <= 0) return;
      if (polite) at.untilClear(1, 0x02);
      at.write(register, bend === "bytes" && budget.left % 7 === 0 ? value : byte);
      if (!polite) continue;
      at.untilClear(1, 0x02);
      at.read(0);
    }
  },
  smic: (at, { request, polite, bend, value }, budget) => {
    for (const [index, byte] of request.entries()) {
      if (budget.left-- <= 0) return;
      if (polite) at.untilClear(2, 0x01);
      const code = index === 0 ? 0x41 : index === request.length - 1 ? 0x43 : 0x42;
      at.write(1, code + (bend === "bytes" ? 0x20 : 0));
      at.write(0, byte);
      at.write(2, bend === "length" ? value | 1 : 1);
      if (polite) at.untilClear(2, 0x01);
      at.read(1);
    }
  },
  bt: (at, { request, polite, bend, value }, budget) => {
    if (polite) at.untilClear(0, 0x84);
    at.write(0, 0x01);
    const [netFn = 0, ...rest] = request;
    const length = bend === "bytes" ? value : request.length + 1;
    for (const byte of [length, netFn, value, ...rest]) {
      if (budget.left-- <= 0) break;
      at.write(1, byte);
    }
    if (bend !== "length" || budget.left > 0) at.write(0, 0x04);
  },
};

function sendBlocks(bus: SmbusPort, step: SendStep, budget: Budget): void {
  const { request, bend, value } = step;
  for (const { command, part } of partsOf(request)) {
    const odd = budget.left % 5 === 0;
    const count = bend === "length" && odd ? value : part.length;
    const bytes = [0x20, bend === "bytes" && odd ? value : command, count, ...part];
    let code = 0;
    for (const [index, byte] of bytes.entries()) {
      if (budget.left-- <= 0) return;
      code = pec(code, byte & 0xff);
      const outcome = index === 0 ? bus.start(byte) : bus.write(byte & 0xff);
      if (outcome === Bus.Ack || !step.polite) continue;
      bus.stop();
      return;
    }
    if ((value & 1) !== 0) bus.write(bend === "pec" ? value : code);
    if (budget.left <= 0) return;
    if (value % 11 !== 0) bus.stop();
  }
}

function partsOf(request: readonly number[]) {
  if (request.length <= 32) return [{ command: 0x02, part: request }];
  const parts: { command: number; part: readonly number[] }[] = [];
  for (let from = 0; from < request.length; from += 32) {
    const command = from === 0 ? 0x06 : request.length - from > 32 ? 0x07 : 0x08;
    parts.push({ command, part: request.slice(from, from + 32) });
  }
  return parts;
}

const FETCHERS: Record<RegisterKind, (at: Registers, count: number, value: number) => void> = {
  kcs: (at, count, value) => {
    for (let look = 0; look < count; look++) {
      const status = at.read(1);
      if ((status & 0x03) === 0x01) {
        at.read(0);
        if (status >> 6 === 1) at.write(0, 0x68);
      } else at.wait(1 + (value & 63));
      if (status >> 6 === 0) return;
    }
  },
  smic: (at, count, value) => {
    for (let look = 0; look < count; look++) {
      if ((at.read(2) & 0x81) !== 0x80) {
        at.wait(1 + (value & 63));
        continue;
      }
      at.write(1, look === 0 ? 0x44 : 0x45);
      at.write(2, 1);
      at.wait(2);
      const over = at.read(1) === 0xc6;
      at.read(0);
      if (!over) continue;
      at.write(1, 0x46);
      at.write(2, 1);
      return;
    }
  },
  bt: (at, count, value) => {
    if ((at.read(0) & 0x08) === 0) return;
    for (const bits of [0x40, 0x08, 0x02]) at.write(0, bits);
    const length = Math.min(at.read(1), count * 5);
    for (let taken = 0; taken < length; taken++) at.read(1);
    if (value % 5 !== 0) at.write(0, 0x40);
  },
};

function takeBlocks(bus: SmbusPort, count: number, value: number): void {
  for (let block = 0; block <= count % 9; block++) {
    if (bus.start(0x20) !== Bus.Ack) {
      bus.stop();
      return;
    }
    bus.write(block === 0 ? 0x03 : 0x09);
    bus.start(0x21);
    const length = bus.read(true);
    for (let at = 0; at < Math.min(length, 34); at++) {
      bus.read(at < length - 1 || (value & 1) === 1);
    }
    if (value % 7 !== 0) bus.stop();
  }
}
