import { expect } from "vitest";
import { Again } from "../../../../src/host/interfaces/machine.ts";
import { Ssif } from "../../../../src/host/interfaces/ssif/ssif.ts";
import { SSIF_ADDRESS } from "../../../../src/wire/ssif/protocol.ts";
import { BusTime, driveOnBus } from "./bus-time.ts";
import { ScriptBus } from "./script-bus.ts";

export const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
export const RESPONSE = Uint8Array.of(0x1c, 0x01, 0x00);
export const FREE = "P";
export const WRITTEN = "S20 w02 w02 w18 w01 P";
export const READ = "S20 w03 S21 r03+ r1c+ r01+ r00 P";
export const BUSY = "S20 w03- P";

/** One Get Device ID over a bus that expects exactly this script, to its end. */
export function transact(script: string, again: Again = Again.Freely) {
  const bus = new ScriptBus(script);
  const ssif = new Ssif(bus, SSIF_ADDRESS);
  const time = new BusTime();
  ssif.begin(GET_DEVICE_ID, 0, again);
  const end = driveOnBus(ssif, time);
  expect(bus.done).toBe(true);
  return { ssif, bus, us: time.us, ...end };
}
