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
  #hung = false;
  readonly #device: BmcDevice;
  readonly #application: Application;
  readonly #scheduler: Scheduler;
  readonly #tracer: Tracer;
  readonly #options: DaemonOptions;
  #handle: DeviceHandle | undefined;
  #reading: Task | undefined;
  /** What becomes of the requests in hand. */
  readonly #inHand = new Set<Task>();
  /** By the ticket of a request: what answers it in the application's place. */
  readonly #timeouts = new Map<number, Task>();
  /** What attention shows towards the host; undefined: what the application says. */
  #forcedAttention: boolean | undefined;
  /** The causes of attention that the device was told of. */
  #told = 0;

  constructor(
    device: BmcDevice,
    application: Application,
    scheduler: Scheduler,
    tracer: Tracer,
    options: DaemonOptions,
  ) {
    this.#device = device;
    this.#application = application;
    this.#scheduler = scheduler;
    this.#tracer = tracer;
    this.#options = options;
  }

  /** Opens the device; false when another has it. */
  start(): boolean {
    const opened = this.#device.open(() => this.#readable());
    if (!opened.ok) {
      this.#tracer.emit({ e: "bmc.refused", tag: 0, code: opened.error });
      return false;
    }
    this.#handle = opened.value;
    this.#told = 0;
    this.#life("daemon-opened");
    this.attentionChanged();
    return true;
  }

  /** Ends the process, orderly or by death: the device is closed, what runs is aborted. */
  stop(): void {
    this.#forget();
    this.#handle?.close();
    if (this.#handle !== undefined) this.#life("daemon-closed");
    this.#handle = undefined;
  }

  /** The BMC went down under the process: nothing is closed, nothing is finished. */
  kill(): void {
    this.#forget();
    this.#handle = undefined;
  }

  /** A hung daemon holds the device open and does nothing; what it had in hand is lost. */
  set hung(hung: boolean) {
    this.#hung = hung;
    this.#forget();
    if (!hung) this.#readOn();
  }

  /** Shows attention as `level` whatever the application says; undefined: no longer. */
  forceAttention(level: boolean | undefined): void {
    this.#forcedAttention = level;
    this.attentionChanged();
  }

  /** The application's flags or enables changed. */
  attentionChanged(): void {
    const flags = this.#application.messageFlags;
    const interrupt = this.#application.attentionInterrupt;
    this.#handle?.enableInterrupt(this.#application.communicationInterrupt || interrupt);
    const news = (flags & ~this.#told) !== 0;
    this.#told = flags;
    this.#handle?.setAttention(this.#forcedAttention ?? flags !== 0, interrupt, news);
  }

  #forget(): void {
    this.#reading?.cancel();
    this.#reading = undefined;
    for (const task of this.#inHand) task.cancel();
    this.#inHand.clear();
    for (const task of this.#timeouts.values()) task.cancel();
    this.#timeouts.clear();
  }

  #readable(): void {
    const busy = this.#inHand.size >= (this.#options.threads ?? 1);
    if (this.#reading !== undefined || busy || this.#hung) return;
    const us = this.#scheduler.now() + this.#options.readLatencyUs;
    this.#reading = this.#scheduler.at(us, "daemon read", () => this.#read());
  }

  #read(): void {
    this.#reading = undefined;
    const incoming = this.#handle?.read(READ_BUFFER_BYTES);
    if (incoming === undefined || !incoming.ok) return;
    const request = incoming.value;
    if (this.#tracer.active) {
      this.#tracer.emit({ e: "bmc.request", tag: request.tag, message: request.message });
    }
    const us = this.#options.commandLatencyUs + this.slowUs;
    this.#after(us, "daemon command", () => this.#execute(request));
    if (this.ownTimeoutUs !== undefined) this.#awaitFor(this.ownTimeoutUs, request);
    this.#readOn();
  }

  #awaitFor(us: number, request: Incoming): void {
    const { ticket, message } = request;
    const [netFnLun = 0, cmd = 0] = message;
    const refusal = Uint8Array.of(netFnLun | RESPONSE_BIT, cmd, Cc.ResponseUnavailable);
    const at = this.#scheduler.now() + us;
    const task = this.#scheduler.at(at, "own time-out", () => this.#write(request, refusal));
    this.#timeouts.set(ticket, task);
  }

  /** A thread goes on after a while. */
  #after(us: number, label: string, run: () => void): void {
    const task = this.#scheduler.at(this.#scheduler.now() + us, label, () => {
      this.#inHand.delete(task);
      run();
    });
    this.#inHand.add(task);
  }

  #execute(request: Incoming): void {
    const { message } = request;
    const carriedOut = this.#application.execute(message, FROM_SYSTEM_INTERFACE);
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
    this.#timeouts.get(ticket)?.cancel();
    this.#timeouts.delete(ticket);
    const written = this.#handle?.write(ticket, response);
    if (written === undefined || !this.#tracer.active) return;
    if (written.ok) this.#tracer.emit({ e: "bmc.response", tag, message: response });
    else this.#tracer.emit({ e: "bmc.refused", tag, code: written.error });
  }

  #finish(): void {
    this.#application.responded();
    this.#readOn();
  }

  #readOn(): void {
    if (this.#handle?.poll().readable === true) this.#readable();
  }

  #life(what: "daemon-opened" | "daemon-closed"): void {
    if (this.#tracer.active) this.#tracer.emit({ e: "bmc", what, flags: 0, text: "" });
  }
}
