import { type InterfaceMachine, Pace } from "../../../src/host/interfaces/machine.ts";

/** Polls a machine to its end; gives when and how it ended. Each step costs one microsecond. */
export function drive(
  machine: InterfaceMachine,
  nowUs: number,
  pollUs: number,
): { readonly pace: Pace; readonly nowUs: number; readonly steps: number } {
  for (let steps = 1; ; steps++) {
    const pace = machine.step(nowUs);
    nowUs++;
    if (pace === Pace.Later) nowUs = Math.min(nowUs + pollUs, Math.max(machine.wakeAtUs(), nowUs));
    else if (pace === Pace.Rest) nowUs = machine.wakeAtUs();
    else if (pace !== Pace.Again) return { pace, nowUs, steps };
  }
}
