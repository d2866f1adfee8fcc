import type { Tracer } from "../../trace/tracer.ts";
import { Bus, type SmbusPort } from "../../wire/smbus/port.ts";
import { READ_BIT } from "../../wire/smbus/protocol.ts";
import { SmbusHostTap } from "../../wire/smbus/tap.ts";
import { SSIF_ADDRESS } from "../../wire/ssif/protocol.ts";
import type { BusTransaction } from "../sighting.ts";

/**
 * A host's transactions with a BMC as the trace tells them: they are made once more, on a bus that
 * answers as it did then, under the tap that records the lab's own.
 */
export class HostsBus {
  readonly #bus = new RecalledBus();
  readonly #tap: SmbusHostTap;
  readonly #address: number;

  /** `address`: the BMC's, which the trace tells as the usual one. */
  constructor(address: number, tracer: Tracer) {
    this.#address = address;
    const tags = { request: 0, response: 0 };
    this.#tap = new SmbusHostTap(this.#bus, tracer, { tags, numbersTransfers: true });
  }

  /** Tells of a transaction; `late` is called before what came at its end. */
  take(transaction: BusTransaction, late: () => void): void {
    const { address, messages, outcome } = transaction;
    const told = address === this.#address ? SSIF_ADDRESS : address;
    for (const [at, message] of messages.entries()) {
      // How it ended is how its last message did.
      const ended = outcome !== "done" && at === messages.length - 1;
      const { refusedAt = NOBODY } = transaction;
      this.#bus.answers = ended && refusedAt === NOBODY ? OUTCOMES[outcome] : Bus.Ack;
      this.#tap.start((told << 1) | (message.read ? READ_BIT : 0));
      if (this.#bus.answers !== Bus.Ack) break;
      if (message.read) {
        late();
        this.#read(message.bytes);
      } else {
        this.#write(message.bytes, ended ? refusedAt : message.bytes.length);
      }
    }
    late();
    this.#bus.answers = Bus.Ack;
    // Who lost the bus to another master leaves it alone.
    if (outcome !== "lost") this.#tap.stop();
  }

  #write(bytes: readonly number[], refusedAt: number): void {
    let at = 0;
    for (const byte of bytes) {
      this.#bus.answers = at++ === refusedAt ? Bus.Nack : Bus.Ack;
      this.#tap.write(byte);
    }
  }

  /** The host acknowledges all bytes but the last. */
  #read(bytes: readonly number[]): void {
    let left = bytes.length;
    for (const byte of bytes) {
      this.#bus.gives = byte;
      this.#tap.read(--left > 0);
    }
  }
}

/** The address byte was refused. */
const NOBODY = -1;
const OUTCOMES = { done: Bus.Ack, refused: Bus.Nack, lost: Bus.Lost } as const;

/** A bus that was watched before: it answers as it did then. */
class RecalledBus implements SmbusPort {
  readonly alert = false;
  answers: Bus = Bus.Ack;
  gives = 0;

  start(): Bus {
    return this.answers;
  }

  write(): Bus {
    return this.answers;
  }

  read(): number {
    return this.gives;
  }

  stop(): Bus {
    return Bus.Ack;
  }
}
