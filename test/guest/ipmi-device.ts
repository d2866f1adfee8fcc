import type { AddressSpace } from "../../src/assembler/address-space.ts";

const EAGAIN = -11;
const ENOTTY = -25;
const EMSGSIZE = -90;
const EINVAL = -22;

/** What the device answers to a request, and after how long; `refused` is an errno. */
export type Behaviour = (
  request: Sent,
) =>
  | { readonly afterUs: number; readonly data: readonly number[] }
  | { readonly refused: number }
  | undefined;

export interface Sent {
  readonly user: number;
  readonly msgid: number;
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  readonly data: readonly number[];
}

interface Queued {
  readonly user: number;
  readonly atUs: number;
  readonly type: number;
  readonly msgid: number;
  readonly netFn: number;
  readonly cmd: number;
  readonly data: readonly number[];
}

/** /dev/ipmi0 as its users see it: the numbers and structures of the kernel's interface. */
export class IpmiDevice {
  present = true;
  readonly sent: Sent[] = [];
  /** Who asked for events. */
  readonly listeners = new Set<number>();
  readonly #behave: Behaviour;
  #queue: Queued[] = [];

  constructor(behave: Behaviour) {
    this.#behave = behave;
  }

  /** An event for all who asked for them. */
  event(data: readonly number[], atUs: number): void {
    for (const user of this.listeners) {
      this.#queue.push({ user, atUs, type: 2, msgid: 0, netFn: 7, cmd: 0x35, data });
    }
  }

  /** A message that is no answer. */
  deliver(message: Omit<Queued, "msgid">): void {
    this.#queue.push({ ...message, msgid: 0 });
  }

  ready(user: number, nowUs: number): boolean {
    return this.#queue.some((message) => message.user === user && message.atUs <= nowUs);
  }

  /** When the next message after `nowUs` arrives. */
  nextUs(nowUs: number): number {
    const times = this.#queue.map((message) => message.atUs).filter((atUs) => atUs > nowUs);
    return Math.min(Number.POSITIVE_INFINITY, ...times);
  }

  ioctl(
    user: number,
    request: number,
    memory: AddressSpace,
    address: number,
    nowUs: number,
  ): number {
    switch (request) {
      case 0x8028_690d:
        return this.#send(user, memory, address, nowUs);
      case 0xc030_690b:
        return this.#receive(user, memory, address, nowUs);
      case 0x8004_6910:
        if (memory.read(address, 4) === 0n) this.listeners.delete(user);
        else this.listeners.add(user);
        return 0;
    }
    return ENOTTY;
  }

  #send(user: number, memory: AddressSpace, address: number, nowUs: number): number {
    const word = (at: number, bytes: number): number => Number(memory.read(at, bytes));
    const to = word(address, 8);
    const isSystemInterface = word(to, 4) === 0x0c && word(to + 4, 2) === 0x0f;
    if (!isSystemInterface || word(address + 8, 4) < 8) return EINVAL;
    const length = word(address + 26, 2);
    const sent: Sent = {
      user,
      msgid: word(address + 16, 8),
      netFn: word(address + 24, 1),
      lun: word(to + 6, 1),
      cmd: word(address + 25, 1),
      data: [...memory.bytes(word(address + 32, 8), length)],
    };
    const answer = this.#behave(sent);
    if (answer !== undefined && "refused" in answer) return -answer.refused;
    this.sent.push(sent);
    if (answer === undefined) return 0;
    const { msgid, cmd } = sent;
    const atUs = nowUs + answer.afterUs;
    const netFn = sent.netFn | 1;
    this.#queue.push({ user, atUs, type: 1, msgid, netFn, cmd, data: answer.data });
    return 0;
  }

  #receive(user: number, memory: AddressSpace, address: number, nowUs: number): number {
    const due = this.#queue.filter((each) => each.user === user && each.atUs <= nowUs);
    const message = due.reduce<Queued | undefined>(
      (first, each) => (first === undefined || each.atUs < first.atUs ? each : first),
      undefined,
    );
    if (message === undefined) return EAGAIN;
    this.#queue = this.#queue.filter((each) => each !== message);
    const word = (at: number, bytes: number): number => Number(memory.read(at, bytes));
    if (word(address + 16, 4) < 8) return EINVAL;
    if (word(address + 34, 2) < message.data.length) return EMSGSIZE;
    memory.write(address, 4, BigInt(message.type));
    memory.write(word(address + 8, 8), 8, 0x0f_0000_000cn);
    memory.write(address + 24, 8, BigInt(message.msgid));
    memory.write(address + 32, 1, BigInt(message.netFn));
    memory.write(address + 33, 1, BigInt(message.cmd));
    memory.write(address + 34, 2, BigInt(message.data.length));
    const into = word(address + 40, 8);
    memory.bytes(into, message.data.length).set(message.data);
    return 0;
  }
}
