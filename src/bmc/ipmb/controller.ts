import { IPMB_BYTES_MIN, type IpmbFrame, ipmbFrameIn } from "../../ipmi/ipmb.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import { BROADCAST_ADDRESS, type IpmbPort } from "../../wire/ipmb/port.ts";
import { IpmbRequester } from "./requester.ts";
import { IpmbResponder } from "./responder.ts";
import { IPMB_TIMING, type IpmbTiming } from "./timing.ts";

/** What a controller on an IPMB is, and what it does with what it is asked. */
export interface IpmbControllerOptions {
  /** 8-bit slave address. */
  readonly address: number;
  readonly port: IpmbPort;
  readonly scheduler: Scheduler;
  readonly timing?: Partial<IpmbTiming>;
  /** Completion code and data of the response; undefined: it stays silent. */
  readonly execute: (request: IpmbFrame) => Uint8Array | undefined;
}

/** A management controller on an IPMB: it asks others, and answers them. @see IPMB 1.0 §2 */
export class IpmbController {
  /** Messages that were too short, had a wrong checksum, or were for another controller. */
  dropped = 0;
  readonly requester: IpmbRequester;
  readonly responder: IpmbResponder;
  private readonly _address: number;

  constructor({ address, port, scheduler, timing, execute }: IpmbControllerOptions) {
    this._address = address;
    const common = {
      ...{ scheduler, address, timing: { ...IPMB_TIMING, ...timing } },
      send: (message: Uint8Array) => port.send(message),
    };
    this.requester = new IpmbRequester(common);
    this.responder = new IpmbResponder({ ...common, execute });
    port.receive((message) => this.#take(message));
  }

  /** What was asked and answered is forgotten. */
  restart(): void {
    this.requester.restart();
    this.responder.restart();
  }

  #take(message: Uint8Array): void {
    const frame = wholeFrame(message);
    if (frame === undefined || frame.to !== this._address) {
      this.dropped++;
    } else if (frame.netFn % 2 === 0) {
      this.responder.take(frame);
    } else {
      this.requester.take(frame);
    }
  }
}

/** Behind a broadcast's address stands a whole message to whom it is for. @see IPMI 2.0 §20.9 */
function wholeFrame(message: Uint8Array): IpmbFrame | undefined {
  const broadcast = message[0] === BROADCAST_ADDRESS && message.length > IPMB_BYTES_MIN;
  return ipmbFrameIn(broadcast ? message.subarray(1) : message);
}
