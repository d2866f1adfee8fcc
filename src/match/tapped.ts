import type { Tracer } from "../trace/tracer.ts";
import { BtHostTap } from "../wire/bt/tap.ts";
import type { HostWire, RegisterWire } from "../wire/interface.ts";
import { HostTap as KcsHostTap } from "../wire/kcs/tap.ts";
import type { RegisterPort, TransactionTags } from "../wire/registers/port.ts";
import { Bus, type SmbusPort } from "../wire/smbus/port.ts";
import { HostTap as SmbusHostTap } from "../wire/smbus/tap.ts";
import { SmicHostTap } from "../wire/smic/tap.ts";

const TAPS = { kcs: KcsHostTap, smic: SmicHostTap, bt: BtHostTap } as const;

/** The wire with a tap at the host's end, for a host that says whose request it sends. */
export function tapped(wire: HostWire, tracer: Tracer, tags: TransactionTags): HostWire {
  const numbersTransfers = false;
  if (wire.kind === "ssif") {
    return { ...wire, bus: new SmbusHostTap(wire.bus, tracer, { tags, numbersTransfers }) };
  }
  const { kind, port, spacing } = wire;
  return { ...wire, port: new TAPS[kind](port, tracer, { tags, spacing, numbersTransfers }) };
}

/**
 * The wire to a device that may be gone. The host works from timers, where nobody could take what an
 * access throws: `failed` gets it, and the host finds an empty bus.
 */
export function guarded(wire: HostWire, failed: (error: unknown) => void): HostWire {
  const attempt = <T>(access: () => T, otherwise: T): T => {
    try {
      return access();
    } catch (error) {
      failed(error);
      return otherwise;
    }
  };
  return wire.kind === "ssif"
    ? { ...wire, bus: guardedBus(wire.bus, attempt) }
    : { ...wire, port: guardedPort(wire, attempt) };
}

type Attempt = <T>(access: () => T, otherwise: T) => T;

const NOBODY = 0xff;

function guardedPort({ port }: RegisterWire, attempt: Attempt): RegisterPort {
  return {
    read: (offset) => attempt(() => port.read(offset), NOBODY),
    write: (offset, value) => attempt(() => port.write(offset, value), undefined),
  };
}

function guardedBus(bus: SmbusPort, attempt: Attempt): SmbusPort {
  return {
    start: (addressByte) => attempt(() => bus.start(addressByte), Bus.Nack),
    write: (value) => attempt(() => bus.write(value), Bus.Nack),
    read: (ack) => attempt(() => bus.read(ack), NOBODY),
    stop: () => attempt(() => bus.stop(), Bus.Ack),
    get alert() {
      return bus.alert;
    },
  };
}
