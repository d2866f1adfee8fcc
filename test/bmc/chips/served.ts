import { type InterfaceDevice, KcsDevice } from "../../../src/bmc/index.ts";
import { type InterfaceMachine, Pace } from "../../../src/host/index.ts";
import type { Lane, VirtualTime } from "../../../src/time/index.ts";
import type { KcsController } from "../../../src/wire/kcs/registers.ts";

/** A KCS device over a chip's channel. */
export function kcsDevice(chip: KcsController, lane: Lane): KcsDevice {
  return new KcsDevice(chip, lane, {
    inputLatencyUs: 1,
    whenClosed: "hold",
    trusting: false,
  });
}

/** Answers each request with its own bytes behind a completion code of 00h. */
export function serve(device: InterfaceDevice): void {
  const opened = device.open(() => {
    if (!opened.ok) return;
    const incoming = opened.value.read(1_000);
    if (!incoming.ok) return;
    const { ticket, message } = incoming.value;
    const [netFnLun = 0, cmd = 0, ...data] = message;
    opened.value.write(ticket, Uint8Array.of(netFnLun | 0x04, cmd, 0x00, ...data));
  });
}

/** Has a host's machine ask; the BMC's work runs between its steps. */
export function ask(machine: InterfaceMachine, time: VirtualTime, request: number[]): number[] {
  machine.begin(Uint8Array.from(request), time.nowUs);
  for (;;) {
    const pace = machine.step(time.nowUs);
    time.runUntil(time.nowUs + 1);
    if (pace === Pace.Failed) throw new Error(`the transaction failed: ${machine.failure()}`);
    if (pace === Pace.Done) return [...machine.response()];
  }
}
