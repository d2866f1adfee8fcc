import { crashCommand } from "../../crash/commands.ts";
import type { EventOf, TraceEvent } from "../../trace/events.ts";
import { REGISTER_LAYOUTS } from "../../wire/registers/layouts.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { type CrashSetup, crashedMachine } from "./machine.ts";

type Access = EventOf<"host.read"> | EventOf<"host.write">;

/** A transfer in which the kernel that crashed was: its register accesses, one after the other. */
export class OldTransfer {
  readonly #accesses: readonly Access[];
  readonly #offset: (access: Access) => number;

  /** `request`: NetFn/LUN, Cmd, data. The BMC's manners are the setup's. */
  constructor(setup: CrashSetup, request: Uint8Array) {
    const accesses: Access[] = [];
    const event = (each: TraceEvent) => {
      if (each.e === "host.read" || each.e === "host.write") accesses.push(each);
    };
    crashedMachine({ ...setup, commands: [crashCommand(request)], sink: () => ({ event }) });
    this.#accesses = accesses;
    const { read, written } = REGISTER_LAYOUTS[setup.kind];
    const offsets: Readonly<Record<string, number>> = { ...read, ...written };
    this.#offset = ({ reg }) => (offsets[reg] ?? Number.NaN) * setup.spacing;
  }

  get length(): number {
    return this.#accesses.length;
  }

  /** What a kernel did on the wire that crashed after so many of the accesses. */
  until(count: number): (port: RegisterPort) => void {
    return (port) => {
      for (const each of this.#accesses.slice(0, count)) {
        if (each.e === "host.read") port.read(this.#offset(each));
        else port.write(this.#offset(each), each.value);
      }
    };
  }
}
