import type { DeviceHandle } from "../../../src/bmc/device.ts";
import type { MessageDeviceOptions } from "../../../src/bmc/message-device.ts";
import { SsifDevice } from "../../../src/bmc/ssif/device.ts";
import type { SsifLimits } from "../../../src/bmc/ssif/ssif.ts";
import { VirtualTime } from "../../../src/time/virtual.ts";
import { Smbus } from "../../../src/wire/smbus/bus.ts";
import { pec } from "../../../src/wire/smbus/pec.ts";
import { hex, runMaster } from "../../wire/smbus/bus-script.ts";

/** An SSIF device on a bus, and a host that follows a script. */
export class Bench {
  readonly bus = new Smbus();
  readonly time = new VirtualTime();
  readonly device: SsifDevice;

  constructor(options: Partial<MessageDeviceOptions> = {}, limits?: Partial<SsifLimits>) {
    this.device = new SsifDevice(
      this.bus.attach(0x10),
      this.time.lane("bmc"),
      { inputLatencyUs: 0, whenClosed: "refuse", trusting: false, ...options },
      { inputBytesMax: 255, outputBytesMax: 255, pec: true, ...limits },
    );
    this.device.reset();
  }

  /** The host's part; see `runMaster`. The BMC has its turn after it. */
  run(script: string): void {
    runMaster(this.bus, script);
    this.time.runUntil(this.time.nowUs);
  }

  open(onReadable: () => void = () => {}): DeviceHandle {
    const result = this.device.open(onReadable);
    if (!result.ok) throw new Error(result.error);
    return result.value;
  }
}

/** Takes the request that waits. */
export function read(handle: DeviceHandle): { ticket: number; message: readonly number[] } {
  const result = handle.read(1_024);
  if (!result.ok) throw new Error(result.error);
  return { ticket: result.value.ticket, message: [...result.value.message] };
}

/** What a device that carries nothing out has waiting; undefined: nothing. */
export function waiting(handle: DeviceHandle): readonly number[] | undefined {
  return handle.poll().readable ? read(handle).message : undefined;
}

/** Takes a request and answers it. */
export function answer(handle: DeviceHandle, response: ArrayLike<number>): void {
  const result = handle.write(read(handle).ticket, Uint8Array.from(response));
  if (!result.ok) throw new Error(result.error);
}

export const GET_DEVICE_ID = "S20 w02 w02 w18 w01 P";

/** `bytes` numbers that are no NetFn, LUN or length by accident. */
export function ramp(bytes: number, first = 0x1c): readonly number[] {
  return Array.from({ length: bytes }, (_, at) => (first + at) & 0xff);
}

/** The packet error code of a block write to address 10h, as a word of a script. */
export function writePec(command: number, data: readonly number[]): string {
  return hex([0x20, command, data.length, ...data].reduce(pec, 0));
}

/** The same of a block read. */
export function readPec(command: number, data: readonly number[]): string {
  return hex([0x20, command, 0x21, data.length, ...data].reduce(pec, 0));
}
