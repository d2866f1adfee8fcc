import { BtExchange, ExchangePhase } from "./exchange.ts";

/**
 * The exchanges of one machine: those of its users, and the warm reset of the interface, which is
 * an exchange, too. Nothing is allocated once it is made.
 */
export class BtTable {
  readonly reset = new BtExchange();
  /** All of them, the reset last. */
  readonly exchanges: readonly BtExchange[];

  constructor(outstandingMax: number) {
    const users = Array.from({ length: outstandingMax }, () => new BtExchange());
    this.exchanges = [...users, this.reset];
  }

  /** Requests of users that are under way. */
  get underWay(): number {
    let count = 0;
    for (const exchange of this.exchanges) {
      if (exchange !== this.reset && exchange.phase !== ExchangePhase.Free) count++;
    }
    return count;
  }

  /** A place for another user's request. */
  free(): BtExchange | undefined {
    const free = this.#inPhase(ExchangePhase.Free);
    return free === this.reset ? undefined : free;
  }

  /** The exchange whose request is to be sent next. */
  waiting(): BtExchange | undefined {
    return this.#inPhase(ExchangePhase.Waiting);
  }

  /** The exchange that waits for the interface's reset. */
  held(): BtExchange | undefined {
    return this.#inPhase(ExchangePhase.Held);
  }

  /** Whose a response is; undefined when it is nobody's. */
  matching(netFnLun: number, seq: number, cmd: number): BtExchange | undefined {
    for (const exchange of this.exchanges) {
      if (exchange.matches(netFnLun, seq, cmd)) return exchange;
    }
    return undefined;
  }

  /** An exchange whose time is up. */
  overdue(nowUs: number, responseUs: number): BtExchange | undefined {
    for (const exchange of this.exchanges) {
      if (nowUs >= exchange.dueUs(responseUs)) return exchange;
    }
    return undefined;
  }

  /** When the first exchange's time is up. */
  dueUs(responseUs: number): number {
    let us = Number.POSITIVE_INFINITY;
    for (const exchange of this.exchanges) us = Math.min(us, exchange.dueUs(responseUs));
    return us;
  }

  #inPhase(phase: ExchangePhase): BtExchange | undefined {
    for (const exchange of this.exchanges) if (exchange.phase === phase) return exchange;
    return undefined;
  }
}
