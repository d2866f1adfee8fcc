import { type Scheduler, SECOND_US } from "../../time/scheduler.ts";

/** One end of a stream of bytes: a serial line, a pty, a socket. */
export interface StreamEnd {
  write(bytes: Uint8Array): void;
  /** Who gets what comes, in pieces as they come. One receiver; the last one stays. */
  receive(taken: (bytes: Uint8Array) => void): void;
}

/** What a line may do to a byte: undefined is a byte that is lost. */
export type LineFault = (byte: number, from: "host" | "bmc") => number | undefined;

export interface LineOptions {
  /** In bits a second. A byte has ten with its start bit and its stop bit. */
  readonly bitRate: number;
  readonly fault?: LineFault;
}

const BITS_PER_BYTE = 10;

/** A serial line between two ends, in anybody's time: each byte arrives alone, when its last bit has. */
export class SerialLine {
  readonly host: StreamEnd;
  readonly bmc: StreamEnd;

  constructor(scheduler: Scheduler, options: LineOptions) {
    const host = new LineEnd(scheduler, options, "host");
    const bmc = new LineEnd(scheduler, options, "bmc");
    host.peer = bmc;
    bmc.peer = host;
    this.host = host;
    this.bmc = bmc;
  }
}

class LineEnd implements StreamEnd {
  peer: LineEnd | undefined;
  private readonly _scheduler: Scheduler;
  private readonly _options: LineOptions;
  private readonly _name: "host" | "bmc";
  private readonly _byteUs: number;
  private _taken: (bytes: Uint8Array) => void = () => {};
  /** When the last byte that was written has gone out. */
  private _idleAtUs = 0;

  constructor(scheduler: Scheduler, options: LineOptions, name: "host" | "bmc") {
    this._scheduler = scheduler;
    this._options = options;
    this._name = name;
    this._byteUs = Math.ceil((BITS_PER_BYTE * SECOND_US) / options.bitRate);
  }

  receive(taken: (bytes: Uint8Array) => void): void {
    this._taken = taken;
  }

  write(bytes: Uint8Array): void {
    for (const byte of bytes) this.#send(byte);
  }

  #send(byte: number): void {
    this._idleAtUs = Math.max(this._idleAtUs, this._scheduler.now()) + this._byteUs;
    const { fault } = this._options;
    const arrives = fault === undefined ? byte : fault(byte, this._name);
    if (arrives === undefined) return;
    const bytes = Uint8Array.of(arrives);
    this._scheduler.at(this._idleAtUs, "serial byte", () => this.peer?._taken(bytes));
  }
}
