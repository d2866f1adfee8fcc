import { type HostWire, onMedium } from "./interface.ts";
import { RevocableCalls } from "./opal/revocable-calls.ts";
import { RevocablePort } from "./registers/revocable-port.ts";
import { RevocableBus } from "./smbus/revocable-bus.ts";

/** A wire as it is lent, and what takes it back. */
export interface Lent {
  readonly wire: HostWire;
  /** From now on nothing that the borrower does reaches the wire. */
  readonly revoke: () => void;
}

/** Lends a wire, of any medium, until it is taken back. */
export function revocable(wire: HostWire): Lent {
  return onMedium<Lent>(wire, {
    registers: (registers) => {
      const port = new RevocablePort(registers.port);
      return { wire: { ...registers, port }, revoke: () => port.revoke() };
    },
    bus: (onBus) => {
      const bus = new RevocableBus(onBus.bus);
      return { wire: { ...onBus, bus }, revoke: () => bus.revoke() };
    },
    calls: (ofFirmware) => {
      const port = new RevocableCalls(ofFirmware.port);
      return { wire: { ...ofFirmware, port }, revoke: () => port.revoke() };
    },
  });
}
