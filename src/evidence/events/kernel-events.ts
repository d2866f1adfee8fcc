import type { Teller } from "../sighting.ts";
import { I2cEvents } from "./i2c.ts";
import { I2cSlaveEvents } from "./i2c-slave.ts";
import type { EventReader, KernelEvent } from "./kernel-event.ts";
import { PortProbes } from "./port-probes.ts";
import { RegmapEvents } from "./regmap.ts";
import { RwmmioEvents } from "./rwmmio.ts";
import { SmbusEvents } from "./smbus.ts";
import { UserProbes } from "./user-probes.ts";

/** All the kernel's events that tell of IPMI, whichever tool has printed them. */
export class KernelEvents {
  readonly #teller: Teller;
  readonly #readers: readonly EventReader[];

  constructor(teller: Teller) {
    this.#teller = teller;
    const smbus = new SmbusEvents(teller);
    const i2c = new I2cEvents(teller, (bus) => smbus.covers(bus));
    this.#readers = [
      new PortProbes(teller),
      smbus,
      i2c,
      new RegmapEvents(teller),
      new I2cSlaveEvents(teller),
      new RwmmioEvents(teller),
      new UserProbes(teller),
    ];
  }

  /** Takes an event; what tells of something else is passed over. */
  event(event: KernelEvent): void {
    for (const reader of this.#readers) if (reader.event(event)) return;
  }

  /** Lines were lost here, and `text` says how. */
  lost(atUs: number, text: string): void {
    for (const reader of this.#readers) reader.lost();
    this.#teller.sighting({ what: "gap", atUs, text });
  }
}
