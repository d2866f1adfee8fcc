/** What `serve` puts at the end of a stream. */
import { IpmbController, SerialBmc, type SerialBmcOptions, satellite } from "../bmc/index.ts";
import { BMC_ADDRESS } from "../ipmi/ipmb.ts";
import type { Scheduler } from "../time/scheduler.ts";
import { Tracer } from "../trace/tracer.ts";
import { IpmbDeviceStream } from "../wire/ipmb/device-stream.ts";
import type { StreamEnd } from "../wire/stream/line.ts";
import { LoggedStream, streamLogLine } from "../wire/stream/log.ts";
import { Exit, Failure } from "./failure.ts";
import type { WholeFile } from "./whole-file.ts";

/** A stream to serve at, and where its bytes are written down. */
export interface Loggable {
  readonly stream: StreamEnd;
  readonly scheduler: Scheduler;
  readonly log: WholeFile | undefined;
}

/** A BMC as it is served at a serial port. */
export interface SerialServed extends Omit<SerialBmcOptions, "controller"> {
  /** 8-bit slave addresses of controllers behind it. */
  readonly satellites: readonly number[];
  /** Where its IPMB goes on. */
  readonly ipmb: StreamEnd | undefined;
}

const SATELLITE_LATENCY_US = 1_000;

/** Our BMC, from now on. */
export function serveSerial(parts: Loggable, { satellites, ipmb, ...options }: SerialServed): void {
  const { scheduler } = parts;
  const tracer = new Tracer(() => scheduler.now());
  new SerialBmc(logged(parts), scheduler, tracer, {
    ...options,
    controller: {
      ipmb: satellites.map(ownSatellite),
      ...(ipmb === undefined ? {} : { ipmbPort: new IpmbDeviceStream(ipmb) }),
    },
  });
}

/** A controller of ours that is no BMC, on an IPMB of somebody's, from now on. */
export function serveSatellite(parts: Loggable, address: number): void {
  const { scheduler } = parts;
  const port = new IpmbDeviceStream(logged(parts));
  const { respond } = ownSatellite(address);
  new IpmbController({ address, port, scheduler, execute: respond });
}

/** An address on IPMB, as 8 bits. Throws what the command ends with. */
export function satelliteAddress(option: string, text: string): number {
  const address = /^(0x)?[0-9a-f]{1,2}$/i.test(text) ? Number.parseInt(text, 16) : 0;
  if (address !== 0 && address % 2 === 0 && address !== BMC_ADDRESS) return address;
  const right = "an even address of 8 bits that is not the BMC's, such as 0x82";
  throw new Failure(Exit.WrongCommand, `${option} ${text}: ${right}`);
}

function ownSatellite(address: number) {
  return satellite(
    { address, latencyUs: SATELLITE_LATENCY_US },
    { identity: { deviceId: address } },
  );
}

function logged({ stream, scheduler, log }: Loggable): StreamEnd {
  if (log === undefined) return stream;
  return new LoggedStream(
    stream,
    () => scheduler.now(),
    (piece) => log.write(streamLogLine(piece)),
  );
}
