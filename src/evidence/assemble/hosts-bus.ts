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
  take({ address, messages, outcome }: BusTransaction, late: () => void): void {
    this.#bus.starts = OUTCOMES[outcome];
    const told = address === this.#address ? SSIF_ADDRESS : address;
    for (const { read, bytes } of messages) {
      this.#tap.start((told << 1) | (read ? READ_BIT : 0));
      if (outcome !== "done") break;
      if (!read) for (const byte of bytes) this.#tap.write(byte);
      else {
        late();
        this.#read(bytes);
      }
    }
    late();
    // Who lost the bus to another master leaves it alone.
    if (outcome !== "lost") this.#tap.stop();
  }

  /** The host acknowledges all bytes but the last. */
  #read(bytes: readonly number[]): void {
    for (const [at, byte] of bytes.entries()) {
      this.#bus.gives = byte;
      this.#tap.read(at < bytes.length - 1);
    }
  }
}

const OUTCOMES = { done: Bus.Ack, refused: Bus.Nack, lost: Bus.Lost } as const;

/** A bus that was watched before: it answers as it did then. */
class RecalledBus implements SmbusPort {
  readonly alert = false;
  starts: Bus = Bus.Ack;
  gives = 0;

  start(): Bus {
    return this.starts;
  }

  write(): Bus {
    return Bus.Ack;
  }

  read(): number {
    return this.gives;
  }

  stop(): Bus {
    return Bus.Ack;
  }
}
