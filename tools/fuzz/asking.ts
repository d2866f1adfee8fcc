import { failureText, type InterfaceMachine, Pace } from "../../src/host/index.ts";
import { Again } from "../../src/host/interfaces/machine.ts";
import { Broken } from "./target.ts";
import type { World } from "./world.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
const RESPONSE_BYTES_MIN = 14;
const STEPS_MAX = 3_000_000;
const TRIES = 3;

/** When all hostility is over, one of three tries gets the device ID. Gives the tries that it took. */
export function expectRecovery(world: World, machine: InterfaceMachine): number {
  const failures: string[] = [];
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const outcome = ask(world, machine, GET_DEVICE_ID);
    if (typeof outcome !== "string") {
      const [netFn, cmd, code] = outcome;
      const whole = outcome.length >= RESPONSE_BYTES_MIN;
      if (netFn === 0x1c && cmd === 0x01 && code === 0 && whole) return attempt;
      failures.push(`response ${Buffer.from(outcome).toString("hex")}`);
    } else failures.push(outcome);
  }
  throw new Broken(`not recovered: ${failures.join("; ")}`);
}

/** Carries one request; the response, or why there is none. */
function ask(world: World, machine: InterfaceMachine, request: Uint8Array): Uint8Array | string {
  const { time } = world;
  if (machine.begin(request, time.nowUs, Again.Freely, 1) !== undefined) return "refused";
  for (let steps = 0; steps < STEPS_MAX; steps++) {
    const pace = machine.step(time.nowUs);
    switch (pace) {
      case Pace.Done:
        return machine.response().slice();
      case Pace.Failed:
        return failureText(machine.failure());
      case Pace.Idle:
      case Pace.Attention:
        throw new Broken("idle in a transaction");
      case Pace.Again:
        break;
      case Pace.Later:
        waitAtMost(world, machine, 100);
        break;
      case Pace.Rest:
        waitAtMost(world, machine, 1_000_000);
        break;
    }
  }
  throw new Broken(`no end in ${STEPS_MAX} steps`);
}

/** Until the machine's own wait ends, but not longer than that, and 1 µs at least. */
export function waitAtMost({ time }: World, machine: InterfaceMachine, us: number): void {
  const wakeUs = Math.min(machine.wakeAtUs(), time.nowUs + us);
  time.runUntil(Math.ceil(Math.max(time.nowUs + 1, wakeUs)));
}
