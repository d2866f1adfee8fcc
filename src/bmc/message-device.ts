import type { Scheduler } from "../time/scheduler.ts";
import {
  type DeviceHandle,
  type Incoming,
  type InterfaceDevice,
  ok,
  type Result,
  refused,
  type WhenClosed,
} from "./device.ts";
import { type OpenedDevice, Opener } from "./opener.ts";

/** One protocol's BMC side, as its device drives it: it takes turns, and carries one request. */
export interface BmcMachine {
  /** The host waits for the BMC to take something. */
  readonly pending: boolean;
  /** The whole request that waits to be read, or undefined. */
  readonly request: Uint8Array | undefined;
  /** Names the present request; changes whenever the host or the BMC ends it. */
  readonly ticket: number;
  /** The transaction's tag, 0 when unknown. */
  readonly tag: number;
  readonly awaitsResponse: boolean;
  /** Somebody is there to carry requests out; without, they are refused. */
  served: boolean;
  /** Takes what the host gave. */
  turn(): void;
  /** Meets it with the protocol's error, whatever it is. */
  storm(): void;
  /** Ends what runs, at any moment between two turns; none when nothing does. */
  abort(): void;
  /** Power-on or hard reset. */
  reset(): void;
  /** The request was read. */
  markRead(): void;
  respond(response: Uint8Array): void;
  fits(response: Uint8Array): boolean;
  /** Called each time that the host gives something. */
  onInput(run: () => void): void;
  enableInterrupt(enabled: boolean): void;
  /** Raises or drops SMS_ATN; `interrupt`: interrupts the host for it now. */
  setAttention(attention: boolean, interrupt: boolean): void;
}

/** How the BMC's end of an interface behaves, whatever its protocol. */
export interface MessageDeviceOptions {
  /** From the host's write to the BMC's turn, in µs; asked anew each time. */
  readonly inputLatencyUs: number;
  readonly whenClosed: WhenClosed;
  /** Deliver an answer whatever request it answers, as a device without tickets does. */
  readonly trusting: boolean;
}

const MESSAGE_BYTES_MIN = 3;

/** A system interface as the device that the BMC's daemon opens. */
export class MessageDevice implements InterfaceDevice, OpenedDevice {
  private readonly _machine: BmcMachine;
  private readonly _scheduler: Scheduler;
  private readonly _options: MessageDeviceOptions;
  private _opener: Opener | undefined;
  private _whenClosed: WhenClosed;
  private _powered = true;
  private _turnPending = false;
  private _attentionInterrupt = false;
  private readonly _runTurn = () => this.#turn();

  constructor(machine: BmcMachine, scheduler: Scheduler, options: MessageDeviceOptions) {
    this._machine = machine;
    this._scheduler = scheduler;
    this._options = options;
    this._whenClosed = options.whenClosed;
    machine.onInput(() => this.#input());
  }

  open(onReadable: () => void): Result<DeviceHandle> {
    if (this._opener !== undefined) return refused("BUSY");
    const opener = new Opener(this, onReadable);
    this._opener = opener;
    this._machine.served = true;
    this._machine.abort();
    // The host may have waited since before the device was open.
    this.#input();
    return ok(opener);
  }

  set whenClosed(behaviour: WhenClosed) {
    this._whenClosed = behaviour;
    this.#input();
  }

  set powered(on: boolean) {
    this._powered = on;
    if (on) this.#input();
  }

  reset(): void {
    this._opener = undefined;
    this._machine.served = false;
    this._attentionInterrupt = false;
    this._machine.enableInterrupt(false);
    this._machine.reset();
  }

  release(opener: Opener): void {
    if (this._opener === opener) this.dropOpener();
  }

  dropOpener(): void {
    this._opener = undefined;
    this._machine.served = false;
    this._machine.abort();
  }

  owns(opener: Opener): boolean {
    return this._opener === opener;
  }

  get readable(): boolean {
    return this._machine.request !== undefined;
  }

  get writable(): boolean {
    return this._machine.awaitsResponse;
  }

  read(bytesMax: number): Result<Incoming> {
    const { request, ticket, tag } = this._machine;
    if (request === undefined) return refused("AGAIN");
    if (request.length > bytesMax) return refused("BUFFER_TOO_SMALL");
    const message = request.slice();
    this._machine.markRead();
    return ok({ ticket, tag, message });
  }

  write(ticket: number, response: Uint8Array): Result<void> {
    const machine = this._machine;
    if (response.length < MESSAGE_BYTES_MIN) return refused("TOO_SHORT");
    if (!machine.fits(response)) return refused("TOO_LONG");
    const awaited = this._options.trusting
      ? machine.awaitsResponse || machine.request !== undefined
      : machine.awaitsResponse && ticket === machine.ticket;
    if (!awaited) return refused("NOT_AWAITED");
    machine.respond(response.slice());
    return ok(undefined);
  }

  abort(): Result<void> {
    this._machine.abort();
    return ok(undefined);
  }

  setAttention(attention: boolean, interrupt: boolean): Result<void> {
    const rises = interrupt && !this._attentionInterrupt;
    this._attentionInterrupt = interrupt;
    this._machine.setAttention(attention, attention && rises);
    return ok(undefined);
  }

  enableInterrupt(enabled: boolean): Result<void> {
    this._machine.enableInterrupt(enabled);
    return ok(undefined);
  }

  #input(): void {
    if (this._turnPending || !this._powered || !this._machine.pending) return;
    if (this._opener === undefined && this._whenClosed === "hold") return;
    this._turnPending = true;
    const us = this._scheduler.now() + this._options.inputLatencyUs;
    this._scheduler.at(us, "host input", this._runTurn);
  }

  #turn(): void {
    this._turnPending = false;
    if (!this._powered) return;
    const opener = this._opener;
    if (opener === undefined && this._whenClosed === "hold") return;
    if (opener === undefined && this._whenClosed === "storm") return this._machine.storm();
    this._machine.turn();
    if (this._machine.request !== undefined) opener?.onReadable();
  }
}
