import { describe, expect, test } from "vitest";
import type { LineChannel } from "../../../src/seats/qemu/named-pipes.ts";
import { Qtest } from "../../../src/seats/qemu/qtest.ts";
import { SmbusController } from "../../../src/seats/qemu/smbus-controller.ts";
import { Bus } from "../../../src/wire/smbus/port.ts";

const BASE = 0xb100;
const WRITE = 0x20;
const READ = 0x21;
const ALERT_RESPONSE = 0x19;
const Status = { busy: 0x01, done: 0x02, deviceError: 0x04 } as const;

/** The controller's registers behind qtest, with a slave that is told what to do. */
class FakeController implements LineChannel {
  /** Whole transactions: the address byte, the command, the block that was written. */
  readonly transactions: { address: number; command: number; block: number[] }[] = [];
  answers = true;
  block: readonly number[] = [];
  busyPolls = 0;
  readonly #registers = new Map<number, number>();
  #data: number[] = [];
  #status = 0;
  #answer = "";

  send(line: string): void {
    const [verb, port = "", value = ""] = line.split(" ");
    const register = Number(port) - BASE;
    this.#answer = verb === "inb" ? `OK 0x${this.#read(register).toString(16)}` : "OK";
    if (verb === "outb") this.#write(register, Number(value));
  }

  receive(): string {
    return this.#answer;
  }

  #read(register: number): number {
    if (register === 7) return this.#data.shift() ?? 0;
    if (register !== 0) return this.#registers.get(register) ?? 0;
    return this.busyPolls-- > 0 ? Status.busy : this.#status;
  }

  #write(register: number, value: number): void {
    if (register === 0) this.#status &= ~value;
    else if (register === 7) this.#data.push(value);
    else this.#registers.set(register, value);
    if (register === 2 && (value & 0x40) !== 0) this.#transact();
  }

  #transact(): void {
    const address = this.#registers.get(4) ?? 0;
    this.transactions.push({ address, command: this.#registers.get(3) ?? 0, block: this.#data });
    this.#data = [];
    this.#status = this.answers ? Status.done : Status.deviceError;
    if ((address & 1) === 0) return;
    this.#registers.set(5, this.block.length);
    this.#data = [...this.block];
  }
}

function started() {
  const fake = new FakeController();
  return { fake, bus: new SmbusController(new Qtest(fake), BASE) };
}

describe("a block write", () => {
  test("is made with its last byte", () => {
    const { fake, bus } = started();
    expect(bus.start(WRITE)).toBe(Bus.Ack);
    for (const byte of [0x02, 2, 0x18]) expect(bus.write(byte)).toBe(Bus.Ack);
    expect(fake.transactions).toEqual([]);
    expect(bus.write(0x01)).toBe(Bus.Ack);
    expect(bus.stop()).toBe(Bus.Ack);
    expect(fake.transactions).toEqual([{ address: WRITE, command: 0x02, block: [0x18, 0x01] }]);
  });

  test("that nobody takes shows with its last byte", () => {
    const { fake, bus } = started();
    fake.answers = false;
    bus.start(WRITE);
    for (const byte of [0x02, 1]) expect(bus.write(byte)).toBe(Bus.Ack);
    expect(bus.write(0x18)).toBe(Bus.Nack);
  });

  test("that ends too soon is none, and leaves nothing for the next", () => {
    const { fake, bus } = started();
    bus.start(WRITE);
    for (const byte of [0x02, 3, 0x18]) bus.write(byte);
    bus.stop();
    bus.start(WRITE);
    for (const byte of [0x02, 1, 0x55]) bus.write(byte);
    expect(fake.transactions).toEqual([{ address: WRITE, command: 0x02, block: [0x55] }]);
  });

  test.each([0, 33])("of %s bytes cannot be made", (count) => {
    const { fake, bus } = started();
    bus.start(WRITE);
    bus.write(0x02);
    expect(bus.write(count)).toBe(Bus.Nack);
    expect(fake.transactions).toEqual([]);
  });
});

describe("a block read", () => {
  test("is made with the repeated START, and gives the count first", () => {
    const { fake, bus } = started();
    fake.block = [0x1c, 0x01, 0x00];
    bus.start(WRITE);
    bus.write(0x03);
    expect(bus.start(READ)).toBe(Bus.Ack);
    expect([bus.read(), bus.read(), bus.read(), bus.read()]).toEqual([3, 0x1c, 0x01, 0x00]);
    expect(bus.read()).toBe(0xff);
    bus.stop();
    expect(fake.transactions).toEqual([{ address: READ, command: 0x03, block: [] }]);
  });

  test("that is refused shows at once", () => {
    const { fake, bus } = started();
    fake.answers = false;
    bus.start(WRITE);
    bus.write(0x03);
    expect(bus.start(READ)).toBe(Bus.Nack);
  });
});

test("who pulls the alert line can be asked", () => {
  const { fake, bus } = started();
  fake.block = [0];
  expect(bus.start(ALERT_RESPONSE)).toBe(Bus.Ack);
  expect(fake.transactions).toEqual([{ address: ALERT_RESPONSE, command: 0, block: [] }]);
});

test("a controller that is busy is waited for, but not for ever", () => {
  const { fake, bus } = started();
  fake.busyPolls = 3;
  bus.start(WRITE);
  for (const byte of [0x02, 1]) bus.write(byte);
  expect(bus.write(0x18)).toBe(Bus.Ack);
  fake.busyPolls = Number.POSITIVE_INFINITY;
  bus.start(WRITE);
  for (const byte of [0x02, 1]) bus.write(byte);
  expect(bus.write(0x18)).toBe(Bus.Nack);
});
