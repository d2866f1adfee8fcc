import type { Tracer } from "../trace/tracer.ts";
import { type HostWire, onMedium } from "../wire/interface.ts";
import { nothing, type OpalPort } from "../wire/opal/port.ts";
import { OpalHostTap } from "../wire/opal/tap.ts";
import { RegisterHostTap } from "../wire/registers/host-tap.ts";
import { REGISTER_LAYOUTS } from "../wire/registers/layouts.ts";
import type { RegisterPort, TransactionTags } from "../wire/registers/port.ts";
import { Bus, type SmbusPort } from "../wire/smbus/port.ts";
import { SmbusHostTap } from "../wire/smbus/tap.ts";

/** The wire with a tap at the host's end, for a host that says whose request it sends. */
export function tapped(wire: HostWire, tracer: Tracer, tags: TransactionTags): HostWire {
  const numbersTransfers = false;
  return onMedium<HostWire>(wire, {
    registers: (block) => {
      const { kind, spacing } = block;
      const layout = REGISTER_LAYOUTS[kind];
      const facts = { layout, spacing, tags, numbersTransfers };
      return { ...block, port: new RegisterHostTap(block.port, tracer, facts) };
    },
    bus: (onBus) => {
      return { ...onBus, bus: new SmbusHostTap(onBus.bus, tracer, { tags, numbersTransfers }) };
    },
    calls: (ofFirmware) => {
      const { port } = ofFirmware;
      return { ...ofFirmware, port: new OpalHostTap(port, tracer, { tags, numbersTransfers }) };
    },
  });
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
  return onMedium<HostWire>(wire, {
    registers: (block) => ({ ...block, port: guardedPort(block.port, attempt) }),
    bus: (onBus) => ({ ...onBus, bus: guardedBus(onBus.bus, attempt) }),
    calls: (ofFirmware) => ({ ...ofFirmware, port: guardedCalls(ofFirmware.port, attempt) }),
  });
}

type Attempt = <T>(access: () => T, otherwise: T) => T;

const NOBODY = 0xff;

function guardedPort(port: RegisterPort, attempt: Attempt): RegisterPort {
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

function guardedCalls(port: OpalPort, attempt: Attempt): OpalPort {
  return {
    send: (message) => attempt(() => port.send(message), "hardware"),
    recv: (version, room) => attempt(() => port.recv(version, room), nothing("hardware")),
  };
}
