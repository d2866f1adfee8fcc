import { Privilege } from "../../ipmi/command-table.ts";
import {
  type ChannelInfo,
  ChannelMedium,
  ChannelProtocol,
  IPMI_VENDOR_ID,
  SessionSupport,
} from "../../ipmi/commands/app/channel.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { IpmbFrame } from "../../ipmi/ipmb.ts";
import { REQUEST_BYTES_SUPPORTED, RESPONSE_BYTES_MIN } from "../../ipmi/message.ts";
import type { Scheduler, Task } from "../../time/scheduler.ts";
import type { BmcLife } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { SerialMode } from "../../wire/serial/protocol.ts";
import { TERMINAL_STYLE } from "../../wire/serial/terminal.ts";
import type { StreamEnd } from "../../wire/stream/line.ts";
import { Controller, type ControllerOptions } from "../controller/controller.ts";
import type { Origin } from "../front/origin.ts";
import { BasicSide } from "./basic-side.ts";
import type { SerialManners, SerialSide, SerialTicket } from "./side.ts";
import { TerminalSide } from "./terminal-side.ts";

/** How a BMC behind a serial port is, and how fast. */
export interface SerialBmcOptions extends Partial<SerialManners> {
  readonly mode: SerialMode;
  readonly controller?: ControllerOptions;
  /** From a whole request to its response, in µs. */
  readonly latencyUs?: number;
  /** How long a reset that was commanded keeps the BMC away, in µs. */
  readonly resetUs?: number;
  /** Two messages to the far end begin no closer to each other, in µs. */
  readonly pauseUs?: number;
  /** Longest response, NetFn/LUN to the last byte of data. */
  readonly outputBytesMax?: number;
}

/** The number of the serial channel. */
export const SERIAL_CHANNEL = 1;

const RESET_DEFAULT_US = 1_000_000;

const MANNERS: SerialManners = { ...TERMINAL_STYLE, echo: false, handshake: false };

/** A request that has been taken, and whose response is not out yet. */
interface Underway {
  readonly message: Uint8Array;
  readonly ticket: SerialTicket;
}

/**
 * A BMC at the end of a serial line, in direct connection: nobody logs in, and whoever holds the cable
 * is an administrator. It has room for one request; another one that comes before the response is
 * lost, as it is where no handshake is waited for. @see IPMI 2.0 §14
 */
export class SerialBmc {
  readonly controller: Controller;
  /** Requests that came while another one was under way. */
  lost = 0;
  private readonly _stream: StreamEnd;
  private readonly _scheduler: Scheduler;
  private readonly _tracer: Tracer;
  private readonly _options: SerialBmcOptions;
  private readonly _origin: Origin;
  private _side: SerialSide;
  private _underway: Underway | undefined;
  private _executing: Task | undefined;
  private _away = false;
  /** No message to the far end begins before. */
  private _nextAtUs = 0;

  constructor(stream: StreamEnd, scheduler: Scheduler, tracer: Tracer, options: SerialBmcOptions) {
    this._stream = stream;
    this._scheduler = scheduler;
    this._tracer = tracer;
    this._options = options;
    this._side = sideOf(options);
    const { controller = {} } = options;
    this.controller = new Controller(
      scheduler,
      {
        attentionChanged: () => this.#life("flags", ""),
        resetRequested: (kind) => this.#reset(kind),
        power: (action, cause) => this.#life("power", `${action}: ${cause}`),
        pretimeout: (kind) => this.#life("pretimeout", kind),
        bridged: (response, to) => this.#bridged(response, to),
        life: (what, text) => this.#life(what, text),
      },
      { ...controller, channels: [...(controller.channels ?? []), channelOf(options.mode)] },
    );
    this._origin = {
      channel: SERIAL_CHANNEL,
      session: undefined,
      privilege: Privilege.Administrator,
    };
    stream.receive((bytes) => this.#take(bytes));
  }

  #take(bytes: Uint8Array): void {
    if (this._away) return;
    for (const input of this._side.take(bytes)) {
      if (input.kind === "write") this.#write(input.bytes);
      else this.#request(input);
    }
  }

  #request(request: Underway): void {
    if (this._underway !== undefined) {
      this.lost++;
      return;
    }
    this._underway = request;
    this._tracer.emit({ e: "bmc.request", tag: 0, message: request.message });
    const at = this._scheduler.now() + (this._options.latencyUs ?? 0);
    this._executing = this._scheduler.at(at, "serial request", () => this.#execute(request));
  }

  #execute({ message, ticket }: Underway): void {
    this._underway = undefined;
    const response = this.controller.execute(message, this._origin);
    this.#write(this._side.ready());
    if (response !== undefined) this.#respond(ticket, this.#fitting(response));
    this.controller.responded();
  }

  #respond(ticket: SerialTicket, message: Uint8Array): void {
    this.#send(this._side.answer(ticket, message));
    this._tracer.emit({ e: "bmc.response", tag: 0, message });
  }

  /** A controller behind the BMC answered who is at the far end. */
  #bridged(response: IpmbFrame, to: Origin): void {
    if (to.channel === SERIAL_CHANNEL && !this._away) this.#send(this._side.bridged(response));
  }

  /** What is too long for the channel is told to be. @see IPMI 2.0 §5.2 */
  #fitting(response: Uint8Array): Uint8Array {
    const { outputBytesMax = REQUEST_BYTES_SUPPORTED } = this._options;
    if (response.length <= outputBytesMax) return response;
    return Uint8Array.of(...response.subarray(0, RESPONSE_BYTES_MIN - 1), Cc.CannotReturnBytes);
  }

  #send(message: Uint8Array): void {
    const nowUs = this._scheduler.now();
    const atUs = Math.max(nowUs, this._nextAtUs);
    this._nextAtUs = atUs + (this._options.pauseUs ?? 0);
    if (atUs === nowUs) return this.#write(message);
    this._scheduler.at(atUs, "serial message", () => {
      if (!this._away) this.#write(message);
    });
  }

  #write(bytes: Uint8Array): void {
    if (bytes.length > 0) this._stream.write(bytes);
  }

  /** What was half written of a request is gone with the BMC that was to read it. */
  #reset(kind: "cold" | "warm"): void {
    this.#life("reset", kind);
    this.controller.reset(kind);
    this._executing?.cancel();
    this._underway = undefined;
    this._side = sideOf(this._options);
    this._away = true;
    const at = this._scheduler.now() + (this._options.resetUs ?? RESET_DEFAULT_US);
    this._scheduler.at(at, "serial bmc is back", () => {
      this._away = false;
      this.#life("up", "");
    });
  }

  #life(what: BmcLife["what"], text: string): void {
    if (!this._tracer.active) return;
    this._tracer.emit({ e: "bmc", what, flags: this.controller.messageFlags, text });
  }
}

function sideOf({ mode, ...wanted }: SerialBmcOptions): SerialSide {
  const manners = { ...MANNERS, ...wanted };
  return mode === "serial-terminal" ? new TerminalSide(manners) : new BasicSide(manners);
}

/** Basic mode carries messages as IPMB has them. @see IPMI 2.0 §6.4, Table 6-2 */
function channelOf(mode: SerialMode): ChannelInfo {
  const { TerminalMode, Ipmb } = ChannelProtocol;
  return {
    channel: SERIAL_CHANNEL,
    medium: ChannelMedium.Serial,
    protocol: mode === "serial-terminal" ? TerminalMode : Ipmb,
    activeSessions: 0,
    sessionSupport: SessionSupport.SessionLess,
    vendorId: IPMI_VENDOR_ID,
    auxiliary1: 0,
    auxiliary2: 0,
  };
}
