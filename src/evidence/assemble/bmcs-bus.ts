import type { Tracer } from "../../trace/tracer.ts";
import type { TransactionTags } from "../../wire/registers/port.ts";
import type { SmbusSlave, SmbusTarget } from "../../wire/smbus/port.ts";
import { SmbusBmcTap } from "../../wire/smbus/tap.ts";
import { SSIF_ADDRESS } from "../../wire/ssif/protocol.ts";
import type { BusTransaction } from "../sighting.ts";

/** A BMC's side of transactions as the trace tells them, under the tap of the lab's own. */
export class BmcsBus {
  readonly #slave = new RecalledSlave();
  readonly #target = new RecalledTarget();

  constructor(tracer: Tracer) {
    new SmbusBmcTap(this.#slave, tracer).connect(this.#target);
  }

  /** Tells of a transaction; `late` is called before what came at its end. */
  take({ messages, outcome, refusedAt = -1 }: BusTransaction, late: () => void): void {
    const driver = this.#slave.driver;
    for (const [at, { read, bytes }] of messages.entries()) {
      const refused = outcome !== "done" && at === messages.length - 1 ? refusedAt : undefined;
      this.#target.acknowledges = refused !== -1;
      driver.started(read);
      if (refused === -1) break;
      if (read) late();
      for (const [place, byte] of bytes.entries()) {
        if (read) this.#gives(driver, byte, place < bytes.length - 1);
        else this.#takes(driver, byte, place !== refused);
      }
    }
    late();
    driver.stopped();
  }

  #gives(driver: SmbusTarget, byte: number, more: boolean): void {
    this.#target.gives = byte;
    driver.requested();
    driver.taken(more);
  }

  #takes(driver: SmbusTarget, byte: number, acknowledges: boolean): void {
    this.#target.acknowledges = acknowledges;
    driver.received(byte);
  }
}

/** A controller that was watched before. */
class RecalledSlave implements SmbusSlave {
  readonly address = SSIF_ADDRESS;
  readonly tags: TransactionTags = { request: 0, response: 0 };
  driver: SmbusTarget = new RecalledTarget();

  connect(target: SmbusTarget): void {
    this.driver = target;
  }

  stretch(): void {}

  setAlert(): void {}
}

/** A driver that was watched before: it answers as it did then. */
class RecalledTarget implements SmbusTarget {
  acknowledges = true;
  gives = 0;

  started(): boolean {
    return this.acknowledges;
  }

  received(): boolean {
    return this.acknowledges;
  }

  requested(): number {
    return this.gives;
  }

  taken(): void {}

  stopped(): void {}

  alertTaken(): void {}
}
