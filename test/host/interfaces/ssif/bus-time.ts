import { type InterfaceMachine, Pace } from "../../../../src/host/interfaces/machine.ts";
import type { BusClock } from "../../../../src/wire/smbus/bus.ts";

/** Time that passes with the bus's steps, and with the host's waits. */
export class BusTime implements BusClock {
  us = 0;

  now(): number {
    return this.us;
  }

  elapse(us: number): void {
    this.us += us;
  }
}

/** Runs a machine to its end; where it waits, time goes on to the end of its wait. */
export function driveOnBus(
  machine: InterfaceMachine,
  time: BusTime,
): { readonly pace: Pace; readonly steps: number } {
  for (let steps = 1; ; steps++) {
    const pace = machine.step(time.us);
    if (pace === Pace.Rest) time.us = Math.max(time.us, machine.wakeAtUs());
    else if (pace !== Pace.Again) return { pace, steps };
  }
}
