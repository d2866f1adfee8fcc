import { OpalDevice } from "../../bmc/index.ts";
import type { VirtualTime } from "../../time/virtual.ts";
import { FaultyOpal } from "../../wire/opal/faults.ts";
import { OpalFirmware } from "../../wire/opal/firmware.ts";
import type { OpalPort, OpalReceived } from "../../wire/opal/port.ts";
import {
  OPAL_PREFIX_BYTES,
  OPAL_REQUEST_BYTES_MAX,
  OPAL_RESPONSE_BYTES_MAX,
  type OpalCode,
} from "../../wire/opal/protocol.ts";
import { OpalHostTap } from "../../wire/opal/tap.ts";
import { ACCESS_US } from "../clocked-port.ts";
import type { Halt } from "../faults/halt.ts";
import { deviceOptions, type LabWire, type LabWireParts } from "./lab-wire.ts";

/** A firmware's calls, and the BMC behind it. */
export function opalWire(parts: LabWireParts): LabWire {
  const { tracer, time, numbersTransfers } = parts;
  const firmware = new OpalFirmware();
  const faulty = new FaultyOpal(firmware);
  const { tags } = firmware;
  const tap = new OpalHostTap(faulty, tracer, { tags, numbersTransfers });
  return {
    host: { kind: "opal", port: new ClockedCalls(tap, time, parts.halt) },
    tags,
    device: new OpalDevice(firmware, parts.bmcLane, deviceOptions(parts)),
    misdeeds: {},
    systemInterface: {
      type: undefined,
      inputBytesMax: OPAL_REQUEST_BYTES_MAX - OPAL_PREFIX_BYTES,
      outputBytesMax: OPAL_RESPONSE_BYTES_MAX - OPAL_PREFIX_BYTES,
    },
    calls: (fault, ended) => faulty.inject(fault, ended),
    inject: () => {
      throw new Error("a scenario's words make sense on its own interface");
    },
    absent: () => faulty.absent(),
    onLine: (changed) => firmware.onEvent(changed),
  };
}

/** The calls as a processor has them that takes its time over each, and may be stopped between two. */
class ClockedCalls implements OpalPort {
  private readonly _inner: OpalPort;
  private readonly _time: VirtualTime;
  private readonly _halt: Halt;

  constructor(inner: OpalPort, time: VirtualTime, halt: Halt) {
    this._inner = inner;
    this._time = time;
    this._halt = halt;
  }

  send(message: Uint8Array): OpalCode {
    this.#comes();
    const code = this._inner.send(message);
    if (this._halt.pending) this._halt.carryOut();
    return code;
  }

  recv(version: number, room: number): OpalReceived {
    this.#comes();
    const received = this._inner.recv(version, room);
    if (this._halt.pending) this._halt.carryOut();
    return received;
  }

  #comes(): void {
    this._time.elapse(ACCESS_US);
    if (this._halt.pending) this._halt.carryOut();
  }
}
