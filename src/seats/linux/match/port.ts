import { type HostWire, onSystemInterface, type RegisterWire } from "../../../wire/interface.ts";
import { REGISTER_LAYOUTS } from "../../../wire/registers/layouts.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";
import { I801 } from "../index.ts";

/**
 * The registers by which a guest's driver reaches the wire: the interface's own, or those of the bus's
 * controller. `behind`: the bus took longer than the guest knows.
 */
export function guestPort(wire: HostWire, behind: () => boolean): RegisterPort {
  return onSystemInterface<RegisterPort>(wire, {
    registers: blockPort,
    bus: ({ bus }) => new I801(bus, { behind }),
  });
}

function blockPort({ kind, port, spacing }: RegisterWire): RegisterPort {
  const registers = Object.keys(REGISTER_LAYOUTS[kind].read).length;
  return {
    // The kernel finds the spacing by trying: what is no register of ours reads as zero.
    read: (offset) => {
      const ours = offset % spacing === 0 && offset / spacing < registers;
      return ours ? port.read(offset) : 0;
    },
    write: (offset, value) => port.write(offset, value),
  };
}
