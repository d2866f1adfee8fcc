import type { DeviceHandle, Incoming, InterfaceDevice } from "../../bmc/index.ts";
import { RESPONSE_BIT } from "../../ipmi/message.ts";
import type { Tracer } from "../../trace/tracer.ts";

/** A request that the program has, and not answered yet. */
interface Asked {
  readonly request: Incoming;
  readonly netFn: number;
  readonly cmd: number;
}

/** More than any interface has under way: the oldest ones are given up. */
const ASKED_MAX = 64;
const READ_BUFFER_BYTES = 1_024;

/** A BMC whose application is somebody else's: it carries requests to it, and responses back. */
export class ProgramBmc {
  private readonly _device: InterfaceDevice;
  private readonly _tracer: Tracer;
  private readonly _ask: (request: Uint8Array) => void;
  private readonly _asked: Asked[] = [];
  private _handle: DeviceHandle | undefined;
  /** The request that was answered last. */
  private _last: Incoming | undefined;

  constructor(device: InterfaceDevice, tracer: Tracer, ask: (request: Uint8Array) => void) {
    this._device = device;
    this._tracer = tracer;
    this._ask = ask;
  }

  /** `fresh`: its application has just been started, so that power has come to it. */
  begin(fresh: boolean): void {
    if (fresh) this.#life("power-on");
    this._device.reset();
    const opened = this._device.open(() => this.#read());
    if (opened.ok) this._handle = opened.value;
    this.#life("up");
  }

  /** The application is gone. */
  stop(): void {
    this._handle?.close();
    this._handle = undefined;
  }

  attention(on: boolean): void {
    this._handle?.setAttention(on, on, on);
  }

  /** What nobody asked for answers what was answered before, and is refused. */
  respond(response: Uint8Array): void {
    const request = this.#answeredBy(response) ?? this._last;
    if (request === undefined || this._handle === undefined) return;
    this._last = request;
    const written = this._handle.write(request.ticket, response);
    const { tag } = request;
    if (written.ok) this._tracer.emit({ e: "bmc.response", tag, message: response });
    else this._tracer.emit({ e: "bmc.refused", tag, code: written.error });
  }

  #read(): void {
    const incoming = this._handle?.read(READ_BUFFER_BYTES);
    if (incoming === undefined || !incoming.ok) return;
    const request = incoming.value;
    const { message, tag } = request;
    this._tracer.emit({ e: "bmc.request", tag, message });
    const [netFn = 0, cmd = 0] = message;
    this._asked.push({ request, netFn, cmd });
    if (this._asked.length > ASKED_MAX) this._asked.shift();
    this._ask(message);
  }

  /** The oldest request that looks like it; else, the oldest. */
  #answeredBy([netFn = 0, cmd = 0]: Uint8Array): Incoming | undefined {
    const fits = this._asked.findIndex(
      (each) => (each.netFn | RESPONSE_BIT) === netFn && each.cmd === cmd,
    );
    return this._asked.splice(Math.max(fits, 0), 1)[0]?.request;
  }

  #life(what: "power-on" | "up"): void {
    this._tracer.emit({ e: "bmc", what, flags: 0, text: "" });
  }
}
