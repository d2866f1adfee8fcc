import { crashCommand } from "../../src/crash/commands.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { REGISTER_LAYOUTS } from "../../src/wire/registers/layouts.ts";
import type { RegisterPort } from "../../src/wire/registers/port.ts";
import { type CrashSetup, crash } from "./crash-machine.ts";

type Access = Extract<TraceEvent, { e: "host.read" | "host.write" }>;

/** What a kernel did on the wire that crashed after so many accesses of a Get Device ID, each in turn. */
export function crashedWithin(setup: CrashSetup): readonly ((port: RegisterPort) => void)[] {
  const getDeviceId = [crashCommand(Uint8Array.of(0x18, 0x01))];
  const { events, accesses } = crash({ ...setup, commands: getDeviceId });
  const done = events.filter(isAccess).slice(-accesses);
  const { read, written } = REGISTER_LAYOUTS[setup.kind ?? "kcs"];
  const offsets: Readonly<Record<string, number>> = { ...read, ...written };
  return [...done, undefined].map((_, count) => (port) => {
    for (const each of done.slice(0, count)) {
      const at = (offsets[each.reg] ?? Number.NaN) * (setup.spacing ?? 1);
      if (each.e === "host.read") port.read(at);
      else port.write(at, each.value);
    }
  });
}

function isAccess(event: TraceEvent): event is Access {
  return event.e === "host.read" || event.e === "host.write";
}
