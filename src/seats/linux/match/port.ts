import type { HostWire } from "../../../wire/interface.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";
import { I801 } from "../index.ts";

/** How many registers an interface has. @see IPMI 2.0 §9.5, §10.2, §11.6 */
const REGISTERS = { kcs: 2, smic: 3, bt: 3 } as const;

/**
 * The registers by which a guest's driver reaches the wire: the interface's own, or those of the bus's
 * controller. `behind`: the bus took longer than the guest knows.
 */
export function guestPort(wire: HostWire, behind: () => boolean): RegisterPort {
  if (wire.kind === "ssif") return new I801(wire.bus, { behind });
  const { port, spacing } = wire;
  const registers = REGISTERS[wire.kind];
  return {
    // The kernel finds the spacing by trying: what is no register of ours reads as zero.
    read: (offset) => {
      const ours = offset % spacing === 0 && offset / spacing < registers;
      return ours ? port.read(offset) : 0;
    },
    write: (offset, value) => port.write(offset, value),
  };
}
