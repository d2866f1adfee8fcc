import { NetFn } from "../../ipmi/command-table.ts";
import type { Transfer } from "../transfer.ts";

/** Counts how often in a row a command gave the same data. */
export class SameAgain {
  last: Uint8Array = new Uint8Array(0);
  times = 0;

  forget(): void {
    this.times = 0;
  }

  /** How often the data were read in a row by now; 0 when this exchange read none. */
  read(exchange: Transfer, cmd: number): number {
    if (!exchange.answers(NetFn.App, cmd)) return 0;
    const { response } = exchange;
    if (exchange.cc !== 0 || response.length === 3) {
      this.forget();
      return 0;
    }
    const same = this.times > 0 && response.equals(this.last);
    this.times = same ? this.times + 1 : 1;
    if (!same) this.last = response.copy();
    return this.times;
  }
}
