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
  readonly #machine: BmcMachine;
  readonly #scheduler: Scheduler;
  readonly #options: MessageDeviceOptions;
  #opener: Opener | undefined;
  #whenClosed: WhenClosed;
  #powered = true;
  #turnPending = false;
  #attentionInterrupt = false;
  readonly #runTurn = () => this.#turn();

  constructor(machine: BmcMachine, scheduler: Scheduler, options: MessageDeviceOptions) {
    this.#machine = machine;
    this.#scheduler = scheduler;
    this.#options = options;
    this.#whenClosed = options.whenClosed;
    machine.onInput(() => this.#input());
  }

  open(onReadable: () => void): Result<DeviceHandle> {
    if (this.#opener !== undefined) return refused("BUSY");
    const opener = new Opener(this, onReadable);
    this.#opener = opener;
    this.#machine.served = true;
    this.#machine.abort();
    // The host may have waited since before the device was open.
    this.#input();
    return ok(opener);
  }

  set whenClosed(behaviour: WhenClosed) {
    this.#whenClosed = behaviour;
    this.#input();
  }

  set powered(on: boolean) {
    this.#powered = on;
    if (on) this.#input();
  }

  reset(): void {
    this.#opener = undefined;
    this.#machine.served = false;
    this.#attentionInterrupt = false;
    this.#machine.enableInterrupt(false);
    this.#machine.reset();
  }

  release(opener: Opener): void {
    if (this.#opener === opener) this.dropOpener();
  }

  dropOpener(): void {
    this.#opener = undefined;
    this.#machine.served = false;
    this.#machine.abort();
  }

  owns(opener: Opener): boolean {
    return this.#opener === opener;
  }

  get readable(): boolean {
    return this.#machine.request !== undefined;
  }

  get writable(): boolean {
    return this.#machine.awaitsResponse;
  }

  read(bytesMax: number): Result<Incoming> {
    const { request, ticket, tag } = this.#machine;
    if (request === undefined) return refused("AGAIN");
    if (request.length > bytesMax) return refused("BUFFER_TOO_SMALL");
    const message = request.slice();
    this.#machine.markRead();
    return ok({ ticket, tag, message });
  }

  write(ticket: number, response: Uint8Array): Result<void> {
    const machine = this.#machine;
    if (response.length < MESSAGE_BYTES_MIN) return refused("TOO_SHORT");
    if (!machine.fits(response)) return refused("TOO_LONG");
    const awaited = this.#options.trusting
      ? machine.awaitsResponse || machine.request !== undefined
      : machine.awaitsResponse && ticket === machine.ticket;
    if (!awaited) return refused("NOT_AWAITED");
    machine.respond(response.slice());
    return ok(undefined);
  }

  abort(): Result<void> {
    this.#machine.abort();
    return ok(undefined);
  }

  setAttention(attention: boolean, interrupt: boolean): Result<void> {
    const rises = interrupt && !this.#attentionInterrupt;
    this.#attentionInterrupt = interrupt;
    this.#machine.setAttention(attention, attention && rises);
    return ok(undefined);
  }

  enableInterrupt(enabled: boolean): Result<void> {
    this.#machine.enableInterrupt(enabled);
    return ok(undefined);
  }

  #input(): void {
    if (this.#turnPending || !this.#powered || !this.#machine.pending) return;
    if (this.#opener === undefined && this.#whenClosed === "hold") return;
    this.#turnPending = true;
    const us = this.#scheduler.now() + this.#options.inputLatencyUs;
    this.#scheduler.at(us, "host input", this.#runTurn);
  }

  #turn(): void {
    this.#turnPending = false;
    if (!this.#powered) return;
    const opener = this.#opener;
    if (opener === undefined && this.#whenClosed === "hold") return;
    if (opener === undefined && this.#whenClosed === "storm") return this.#machine.storm();
    this.#machine.turn();
    if (this.#machine.request !== undefined) opener?.onReadable();
  }
}
