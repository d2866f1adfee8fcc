import { encodeQueuedIpmb, type IpmbFrame } from "../../src/ipmi/ipmb.ts";

/** What the BMC's application does with a request: answers, or says nothing. */
export type Behaviour = (request: Uint8Array, bmc: FakeBmc) => Uint8Array | "silent" | "default";

/** `02h`: IPMI 2.0. The firmware revision is 2.07. */
const DEVICE_ID = [0x20, 0x01, 0x02, 0x07, 0x02, 0xbf, 0x66, 0x66, 0x00, 0x01, 0x00, 0, 0, 0, 1];
const QUEUE = 0x01;
const EVENT = 0x02;
const PRETIMEOUT = 0x08;
/** Table 22-2's bits that survive a set: all but the reserved one. */
const ENABLES = 0xef;

/**
 * A small BMC application for tests of the host: the commands of the stack's own, and IPMB. What
 * it does wrong is up to `behaviour`. It shares no code with our controller.
 */
export class FakeBmc {
  behaviour: Behaviour = () => "default";
  readonly requests: Uint8Array[] = [];
  deviceId: number[] = [...DEVICE_ID];
  guid: number[] | undefined = Array.from({ length: 16 }, (_, at) => at);
  /** The medium of each channel. */
  channels: readonly number[] = [1, 4, ...Array.from({ length: 13 }, () => 0), 0x0c];
  enables = 0x08;
  /** Flags that are set beside what is queued. */
  stickyFlags = 0;
  pretimeout = false;
  readonly queue: Uint8Array[] = [];
  readonly events: Uint8Array[] = [];
  /** What came over IPMB, without the leading broadcast byte. */
  onIpmb: (channel: number, message: Uint8Array) => void = () => {};

  get flags(): number {
    const queue = this.queue.length > 0 ? QUEUE : 0;
    const event = this.events.length > 0 && (this.enables & 0x04) !== 0 ? EVENT : 0;
    return this.stickyFlags | queue | event | (this.pretimeout ? PRETIMEOUT : 0);
  }

  /** A message for the host's queue. */
  queueIpmb(channel: number, frame: IpmbFrame): void {
    this.queue.push(Uint8Array.of(channel, ...encodeQueuedIpmb(frame)));
  }

  handle(request: Uint8Array): Uint8Array | undefined {
    this.requests.push(request);
    const answer = this.behaviour(request, this);
    if (answer === "silent") return undefined;
    return answer === "default" ? this.usual(request) : answer;
  }

  usual(request: Uint8Array): Uint8Array {
    const [netFnLun = 0, cmd = 0, ...data] = request;
    if (netFnLun >> 2 !== 0x06) return reply(request, 0xc1);
    switch (cmd) {
      case 0x01:
        return reply(request, 0, this.deviceId);
      case 0x02:
      case 0x03:
        return reply(request, 0);
      case 0x08:
        return this.guid === undefined ? reply(request, 0xc1) : reply(request, 0, this.guid);
      case 0x2e:
        this.enables = (data[0] ?? 0) & ENABLES;
        return reply(request, 0);
      case 0x2f:
        return reply(request, 0, [this.enables]);
      case 0x30:
        if (((data[0] ?? 0) & PRETIMEOUT) !== 0) this.pretimeout = false;
        return reply(request, 0);
      case 0x31:
        return reply(request, 0, [this.flags]);
      case 0x33:
        return pop(request, this.queue);
      case 0x34:
        this.onIpmb((data[0] ?? 0) & 0x0f, Uint8Array.from(data.slice(1)));
        return reply(request, 0);
      case 0x35:
        return pop(request, this.events);
      case 0x42: {
        const channel = data[0] ?? 0;
        const medium = this.channels[channel] ?? 0;
        if (medium === 0) return reply(request, 0xcc);
        return reply(request, 0, [channel, medium, medium === 1 ? 1 : 5, 0, 0xf2, 0x1b, 0, 0, 0]);
      }
      default:
        return reply(request, 0xc1);
    }
  }
}

export function reply(request: Uint8Array, cc: number, data: Iterable<number> = []): Uint8Array {
  const [netFnLun = 0, cmd = 0] = request;
  return Uint8Array.of(netFnLun | 0x04, cmd, cc, ...data);
}

function pop(request: Uint8Array, queue: Uint8Array[]): Uint8Array {
  const first = queue.shift();
  return first === undefined ? reply(request, 0x80) : reply(request, 0, first);
}
