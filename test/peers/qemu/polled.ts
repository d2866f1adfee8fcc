import { type InterfaceMachine, Pace } from "../../../src/host/index.ts";
import type { Scheduler } from "../../../src/time/index.ts";

/** Asks by polling, and lets the rest of this process run while the BMC works. */
export async function ask(
  machine: InterfaceMachine,
  scheduler: Scheduler,
  request: readonly number[],
): Promise<string> {
  machine.begin(Uint8Array.from(request), scheduler.now());
  for (;;) {
    const pace = machine.step(scheduler.now());
    if (pace === Pace.Done) return Buffer.from(machine.response()).toString("hex");
    if (pace === Pace.Failed) throw new Error(`the transaction failed: ${machine.failure()}`);
    if (pace !== Pace.Again) await new Promise((resolve) => setImmediate(resolve));
  }
}
