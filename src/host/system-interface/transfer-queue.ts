import { Again } from "../interfaces/machine.ts";
import { Priority, type Transfer } from "./transfer.ts";

/** How often in a row transfers may wait for more urgent ones. */
const PASSES_MAX = 4;
const PRIORITIES = [Priority.Presence, Priority.Internal, Priority.High, Priority.Normal] as const;

interface Waiting {
  readonly transfer: Transfer;
  readonly expiresUs: number;
}

/**
 * Transfers that wait for the system interface, by priority. Who was passed over often enough
 * goes first once, so that nobody starves.
 */
export class TransferQueue {
  /** Whether users' transfers may go; the stack's own always may. */
  open = false;
  private readonly _limitUs: number;
  private readonly _queues: readonly [Waiting[], Waiting[], Waiting[], Waiting[]] = [
    [],
    [],
    [],
    [],
  ];
  private readonly _passes: [number, number, number, number] = [0, 0, 0, 0];

  constructor(limitUs: number) {
    this._limitUs = limitUs;
  }

  put(transfer: Transfer, nowUs: number): void {
    this._queues[transfer.priority].push({ transfer, expiresUs: nowUs + this._limitUs });
  }

  /** Whether `take` would give something. */
  get ready(): boolean {
    return this.#pick() !== undefined;
  }

  /**
   * The next transfer, which the caller owns from now on. `together`: others are under way, which a
   * reset does not join.
   */
  take(together = false): Transfer | undefined {
    const picked = this.#pick();
    if (picked === undefined) return undefined;
    if (together && this._queues[picked][0]?.transfer.again === Again.Reset) return undefined;
    for (const priority of PRIORITIES) {
      const passed = priority !== picked && this.#mayGo(priority);
      this._passes[priority] = passed ? this._passes[priority] + 1 : 0;
    }
    return this._queues[picked].shift()?.transfer;
  }

  /** Whether the transfer of that request waits. */
  has(id: number): boolean {
    return this._queues.some((queue) => queue.some((waiting) => waiting.transfer.id === id));
  }

  /** Takes out what waited too long. */
  expired(nowUs: number): readonly Transfer[] {
    const out: Transfer[] = [];
    for (const queue of this._queues) {
      // The oldest stands first.
      const left = queue.findIndex((waiting) => waiting.expiresUs > nowUs);
      const gone = queue.splice(0, left < 0 ? queue.length : left);
      out.push(...gone.map((waiting) => waiting.transfer));
    }
    return out;
  }

  /** When the next transfer will have waited too long; Infinity when none waits. */
  expiresUs(): number {
    let us = Number.POSITIVE_INFINITY;
    for (const queue of this._queues) us = Math.min(us, queue[0]?.expiresUs ?? us);
    return us;
  }

  /** Takes out all that `which` is true for. */
  remove(which: (transfer: Transfer) => boolean): readonly Transfer[] {
    const out: Transfer[] = [];
    for (const queue of this._queues) {
      const stay = queue.filter((waiting) => !which(waiting.transfer));
      const go = queue.filter((waiting) => which(waiting.transfer));
      queue.splice(0, queue.length, ...stay);
      out.push(...go.map((waiting) => waiting.transfer));
    }
    return out;
  }

  get length(): number {
    return this._queues.reduce((sum, queue) => sum + queue.length, 0);
  }

  #pick(): Priority | undefined {
    const able = PRIORITIES.filter((priority) => this.#mayGo(priority));
    return able.find((priority) => this._passes[priority] >= PASSES_MAX) ?? able[0];
  }

  #mayGo(priority: Priority): boolean {
    if (!this.open && priority > Priority.Internal) return false;
    return this._queues[priority].length > 0;
  }
}
