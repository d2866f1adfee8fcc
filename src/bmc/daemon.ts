import { Cc } from "../ipmi/completion.ts";
import { RESPONSE_BIT } from "../ipmi/message.ts";
import type { Scheduler, Task } from "../time/scheduler.ts";
import type { Tracer } from "../trace/tracer.ts";
import type { BmcDevice, DeviceHandle, Incoming } from "./device.ts";
import type { Front } from "./front/front.ts";
import { FROM_SYSTEM_INTERFACE } from "./front/origin.ts";

/** What carries out requests, and has something to say itself: the controller. */
export interface Application extends Front {
  readonly messageFlags: number;
  readonly attentionInterrupt: boolean;
  readonly communicationInterrupt: boolean;
}

/** What becomes of a response on its way from the application to the device. */
export interface Dispatch {
  readonly response: Uint8Array | undefined;
  /** Later than the command's own latency by so much. */
  readonly delayUs: number;
  /** How many times it is handed in; 1 is right. */
  readonly copies: number;
}

/** Stands between the application and the device; the lab's message faults live here. */
export type Interposer = (request: Uint8Array, response: Uint8Array | undefined) => Dispatch;

/** How quick the BMC's application process is, asked anew each time, and how much it does at a time. */
export interface DaemonOptions {
  /** From a readable device to the read, in µs. */
  readonly readLatencyUs: number;
  /** From the read to the answer, in µs. */
  readonly commandLatencyUs: number;
  /** Requests in hand at a time; 1 when left out. More are of use only where the device has more. */
  readonly threads?: number;
}

const READ_BUFFER_BYTES = 1_024;

/**
 * The BMC's application process: opens the device, reads a request, has it carried out, writes
 * the response, and keeps the attention bit true. It has so many threads: it reads no request while
 * each of them owes an answer.
 */
export class Daemon {
  interposer: Interposer = (_request, response) => ({ response, delayUs: 0, copies: 1 });
  /** Added to the command latency while the daemon is slow, in µs. */
  slowUs = 0;
  /**
   * After so long the request is answered with CEh in the application's place, in µs, and the true
   * response is handed in all the same when it comes; undefined: a request is awaited.
   */
  ownTimeoutUs: number | undefined;
  private _hung = false;
  private readonly _device: BmcDevice;
  private readonly _application: Application;
  private readonly _scheduler: Scheduler;
  private readonly _tracer: Tracer;
  private readonly _options: DaemonOptions;
  private _handle: DeviceHandle | undefined;
  private _reading: Task | undefined;
  /** What becomes of the requests in hand. */
  private readonly _inHand = new Set<Task>();
  /** By the ticket of a request: what answers it in the application's place. */
  private readonly _timeouts = new Map<number, Task>();
  /** What attention shows towards the host; undefined: what the application says. */
  private _forcedAttention: boolean | undefined;
  /** The causes of attention that the device was told of. */
  private _told = 0;

  constructor(
    device: BmcDevice,
    application: Application,
    scheduler: Scheduler,
    tracer: Tracer,
    options: DaemonOptions,
  ) {
    this._device = device;
    this._application = application;
    this._scheduler = scheduler;
    this._tracer = tracer;
    this._options = options;
  }

  /** Opens the device; false when another has it. */
  start(): boolean {
    const opened = this._device.open(() => this.#readable());
    if (!opened.ok) {
      this._tracer.emit({ e: "bmc.refused", tag: 0, code: opened.error });
      return false;
    }
    this._handle = opened.value;
    this._told = 0;
    this.#life("daemon-opened");
    this.attentionChanged();
    return true;
  }

  /** Ends the process, orderly or by death: the device is closed, what runs is aborted. */
  stop(): void {
    this.#forget();
    this._handle?.close();
    if (this._handle !== undefined) this.#life("daemon-closed");
    this._handle = undefined;
  }

  /** The BMC went down under the process: nothing is closed, nothing is finished. */
  kill(): void {
    this.#forget();
    this._handle = undefined;
  }

  /** A hung daemon holds the device open and does nothing; what it had in hand is lost. */
  set hung(hung: boolean) {
    this._hung = hung;
    this.#forget();
    if (!hung) this.#readOn();
  }

  /** Shows attention as `level` whatever the application says; undefined: no longer. */
  forceAttention(level: boolean | undefined): void {
    this._forcedAttention = level;
    this.attentionChanged();
  }

  /** The application's flags or enables changed. */
  attentionChanged(): void {
    const flags = this._application.messageFlags;
    const interrupt = this._application.attentionInterrupt;
    this._handle?.enableInterrupt(this._application.communicationInterrupt || interrupt);
    const news = (flags & ~this._told) !== 0;
    this._told = flags;
    this._handle?.setAttention(this._forcedAttention ?? flags !== 0, interrupt, news);
  }

  #forget(): void {
    this._reading?.cancel();
    this._reading = undefined;
    for (const task of this._inHand) task.cancel();
    this._inHand.clear();
    for (const task of this._timeouts.values()) task.cancel();
    this._timeouts.clear();
  }

  #readable(): void {
    const busy = this._inHand.size >= (this._options.threads ?? 1);
    if (this._reading !== undefined || busy || this._hung) return;
    const us = this._scheduler.now() + this._options.readLatencyUs;
    this._reading = this._scheduler.at(us, "daemon read", () => this.#read());
  }

  #read(): void {
    this._reading = undefined;
    const incoming = this._handle?.read(READ_BUFFER_BYTES);
    if (incoming === undefined || !incoming.ok) return;
    const request = incoming.value;
    if (this._tracer.active) {
      this._tracer.emit({ e: "bmc.request", tag: request.tag, message: request.message });
    }
    const us = this._options.commandLatencyUs + this.slowUs;
    this.#after(us, "daemon command", () => this.#execute(request));
    if (this.ownTimeoutUs !== undefined) this.#awaitFor(this.ownTimeoutUs, request);
    this.#readOn();
  }

  #awaitFor(us: number, request: Incoming): void {
    const { ticket, message } = request;
    const [netFnLun = 0, cmd = 0] = message;
    const refusal = Uint8Array.of(netFnLun | RESPONSE_BIT, cmd, Cc.ResponseUnavailable);
    const at = this._scheduler.now() + us;
    const task = this._scheduler.at(at, "own time-out", () => this.#write(request, refusal));
    this._timeouts.set(ticket, task);
  }

  /** A thread goes on after a while. */
  #after(us: number, label: string, run: () => void): void {
    const task = this._scheduler.at(this._scheduler.now() + us, label, () => {
      this._inHand.delete(task);
      run();
    });
    this._inHand.add(task);
  }

  #execute(request: Incoming): void {
    const { message } = request;
    const carriedOut = this._application.execute(message, FROM_SYSTEM_INTERFACE);
    const dispatch = this.interposer(message, carriedOut);
    const response = dispatch.response;
    if (response === undefined) return this.#finish();
    if (dispatch.delayUs === 0) return this.#answer(request, response, dispatch.copies);
    const { delayUs, copies } = dispatch;
    this.#after(delayUs, "daemon answer", () => this.#answer(request, response, copies));
  }

  #answer(request: Incoming, response: Uint8Array, copies: number): void {
    for (let copy = 0; copy < copies; copy++) this.#write(request, response);
    this.#finish();
  }

  #write({ ticket, tag }: Incoming, response: Uint8Array): void {
    this._timeouts.get(ticket)?.cancel();
    this._timeouts.delete(ticket);
    const written = this._handle?.write(ticket, response);
    if (written === undefined || !this._tracer.active) return;
    if (written.ok) this._tracer.emit({ e: "bmc.response", tag, message: response });
    else this._tracer.emit({ e: "bmc.refused", tag, code: written.error });
  }

  #finish(): void {
    this._application.responded();
    this.#readOn();
  }

  #readOn(): void {
    if (this._handle?.poll().readable === true) this.#readable();
  }

  #life(what: "daemon-opened" | "daemon-closed"): void {
    if (this._tracer.active) this._tracer.emit({ e: "bmc", what, flags: 0, text: "" });
  }
}
