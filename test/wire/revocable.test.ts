import { expect, test } from "vitest";
import { TRANSPORTS } from "../../src/trace/head.ts";
import { type HostWire, onMedium } from "../../src/wire/interface.ts";
import { nothing } from "../../src/wire/opal/port.ts";
import { revocable } from "../../src/wire/revocable.ts";
import { Bus } from "../../src/wire/smbus/port.ts";

// Goal: whoever lost a wire does nothing to it any more, and finds nothing there to go on with.
test.each(TRANSPORTS)("on %s, nothing reaches a wire that was taken back", (kind) => {
  const reached: string[] = [];
  const { wire, revoke } = revocable(recording(kind, reached));
  expect(wire.kind).toBe(kind);
  const before = useAll(wire);
  const touched = reached.splice(0);
  expect(touched.length).toBeGreaterThan(1);
  revoke();
  const after = useAll(wire);
  expect(reached).toEqual([]);
  expect(after).not.toEqual(before);
  expect(after).toEqual(
    onMedium<readonly unknown[]>(wire, {
      registers: () => [0xff],
      bus: () => [Bus.Lost, Bus.Lost, Bus.Lost, Bus.Lost, false],
      calls: () => ["hardware", nothing("hardware")],
    }),
  );
});

function recording(kind: HostWire["kind"], reached: string[]): HostWire {
  const at = <T>(what: string, value: T): T => {
    reached.push(what);
    return value;
  };
  if (kind === "opal") {
    const code = "success";
    const received = { code, length: 0, message: new Uint8Array() } as const;
    return {
      kind,
      port: { send: () => at("send", code), recv: () => at("recv", received) },
    };
  }
  const port = { read: () => at("read", 0), write: () => at("write", undefined) };
  if (kind !== "ssif") return { kind, port, spacing: 1 };
  const bus = {
    start: () => at("start", Bus.Ack),
    write: () => at("write", Bus.Ack),
    read: () => at("read", 0),
    stop: () => at("stop", Bus.Ack),
    get alert() {
      return at("alert", true);
    },
  };
  return { kind, bus, address: 0x10 };
}

function useAll(wire: HostWire): readonly unknown[] {
  return onMedium<readonly unknown[]>(wire, {
    registers: ({ port }) => {
      port.write(0, 1);
      return [port.read(0)];
    },
    bus: ({ bus }) => [bus.start(0x20), bus.write(1), bus.read(true), bus.stop(), bus.alert],
    calls: ({ port }) => [port.send(new Uint8Array()), port.recv(1, 0)],
  });
}
