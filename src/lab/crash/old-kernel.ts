import { crashCommand } from "../../crash/commands.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { type CrashSetup, crashedMachine, type PortAccess } from "./machine.ts";

/** A transfer in which the kernel that crashed was: its register accesses, one after the other. */
export class OldTransfer {
  readonly #accesses: readonly PortAccess[];

  /** `request`: NetFn/LUN, Cmd, data. The BMC's manners are the setup's. */
  constructor(setup: CrashSetup, request: Uint8Array) {
    this.#accesses = crashedMachine({ ...setup, commands: [crashCommand(request)] }).log;
  }

  get length(): number {
    return this.#accesses.length;
  }

  /** What a kernel did on the wire that crashed after so many of the accesses. */
  until(count: number): (port: RegisterPort) => void {
    return (port) => {
      for (const { offset, value } of this.#accesses.slice(0, count)) {
        if (value === undefined) port.read(offset);
        else port.write(offset, value);
      }
    };
  }
}
