import type { Scheduler } from "../../time/scheduler.ts";
import { Status } from "../../wire/kcs/protocol.ts";
import type { KcsController } from "../../wire/kcs/registers.ts";
import {
  type DeviceHandle,
  type Incoming,
  type InterfaceDevice,
  ok,
  type Result,
  refused,
  type WhenClosed,
} from "../device.ts";
import { KcsBmc } from "./kcs.ts";

export interface KcsDeviceOptions {
  /** From the host's write to the BMC's turn, in µs. */
  readonly inputLatencyUs: number;
  readonly whenClosed: WhenClosed;
  /** Deliver an answer whatever request it answers, as a device without tickets does. */
  readonly trusting: boolean;
}

const MESSAGE_BYTES_MIN = 3;

/** The KCS channel as the device that the BMC's daemon opens. */
export class KcsDevice implements InterfaceDevice {
  readonly machine: KcsBmc;
  readonly #controller: KcsController;
  readonly #scheduler: Scheduler;
  readonly #options: KcsDeviceOptions;
  #opener: Opener | undefined;
  #whenClosed: WhenClosed;
  #powered = true;
  #turnPending = false;
  #attention = false;
  #attentionInterrupt = false;
  readonly #runTurn = () => this.#turn();

  constructor(controller: KcsController, scheduler: Scheduler, options: KcsDeviceOptions) {
    this.#controller = controller;
    this.#scheduler = scheduler;
    this.#options = options;
    this.#whenClosed = options.whenClosed;
    this.machine = new KcsBmc(controller);
    controller.onInput(() => this.#inputInterrupt());
  }

  open(onReadable: () => void): Result<DeviceHandle> {
    if (this.#opener !== undefined) return refused("BUSY");
    const opener = new Opener(this, onReadable);
    this.#opener = opener;
    if (this.machine.busy) this.machine.abort();
    // A byte may have waited since before the device was open.
    this.#inputInterrupt();
    return ok(opener);
  }

  /** Chooses what happens while the device is closed. */
  set whenClosed(behaviour: WhenClosed) {
    this.#whenClosed = behaviour;
    this.#inputInterrupt();
  }

  /** Stops or restarts the BMC's processor: without it, IBF stays set. */
  set powered(on: boolean) {
    this.#powered = on;
    if (on) this.#inputInterrupt();
  }

  /** Power-on or hard reset of the BMC. The opener, if any, is gone. */
  reset(): void {
    this.#opener = undefined;
    this.#attention = false;
    this.#controller.enableInterrupt(false);
    this.machine.reset();
  }

  release(opener: Opener): void {
    if (this.#opener === opener) this.dropOpener();
  }

  /** The opener closed the device, or died: what runs is aborted. */
  dropOpener(): void {
    this.#opener = undefined;
    if (this.machine.busy) this.machine.abort();
  }

  owns(opener: Opener): boolean {
    return this.#opener === opener;
  }

  read(bytesMax: number): Result<Incoming> {
    const request = this.machine.request;
    if (request === undefined) return refused("AGAIN");
    if (request.length > bytesMax) return refused("BUFFER_TOO_SMALL");
    const message = request.slice();
    this.machine.markRead();
    return ok({ ticket: this.machine.ticket, tag: this.machine.tag, message });
  }

  write(ticket: number, response: Uint8Array): Result<void> {
    if (response.length < MESSAGE_BYTES_MIN) return refused("TOO_SHORT");
    if (!KcsBmc.fits(response)) return refused("TOO_LONG");
    const { machine } = this;
    const awaited = this.#options.trusting
      ? machine.awaitsResponse || machine.request !== undefined
      : machine.awaitsResponse && ticket === machine.ticket;
    if (!awaited) return refused("NOT_AWAITED");
    this.machine.respond(response.slice());
    return ok(undefined);
  }

  abort(): void {
    this.machine.abort();
  }

  setAttention(attention: boolean, interrupt: boolean): void {
    const rises = interrupt && !this.#attentionInterrupt;
    this.#attention = attention;
    this.#attentionInterrupt = interrupt;
    this.#controller.updateStatus(Status.SmsAtn, attention ? Status.SmsAtn : 0);
    if (rises) this.#pulse();
  }

  enableInterrupt(enabled: boolean): void {
    this.#controller.enableInterrupt(enabled);
  }

  /**
   * Interrupts the host for attention: a dummy byte, unless one that the host has not taken yet
   * will make it look at SMS_ATN anyway. @see IPMI 2.0 §9.14
   */
  #pulse(): void {
    if (!this.#attention || !this.machine.idle) return;
    if ((this.#controller.readStatus() & Status.Obf) === 0) this.#controller.writeOutput(0);
  }

  #inputInterrupt(): void {
    if (this.#turnPending || !this.#powered) return;
    if (this.#opener === undefined && this.#whenClosed === "hold") return;
    if ((this.#controller.readStatus() & Status.Ibf) === 0) return;
    this.#turnPending = true;
    const us = this.#scheduler.now() + this.#options.inputLatencyUs;
    this.#scheduler.at(us, "kcs input", this.#runTurn);
  }

  #turn(): void {
    this.#turnPending = false;
    if (!this.#powered) return;
    if (this.#opener !== undefined) {
      this.machine.turn();
      if (this.machine.request !== undefined) this.#opener.onReadable();
      return;
    }
    if (this.#whenClosed === "hold") return;
    if (this.#whenClosed === "storm") return this.machine.abort();
    this.machine.turn();
    if (this.machine.request !== undefined) this.machine.abort();
  }
}

class Opener implements DeviceHandle {
  readonly onReadable: () => void;
  readonly #device: KcsDevice;

  constructor(device: KcsDevice, onReadable: () => void) {
    this.#device = device;
    this.onReadable = onReadable;
  }

  read(bytesMax: number): Result<Incoming> {
    return this.#open ? this.#device.read(bytesMax) : refused("CLOSED");
  }

  write(ticket: number, response: Uint8Array): Result<void> {
    return this.#open ? this.#device.write(ticket, response) : refused("CLOSED");
  }

  poll(): { readonly readable: boolean; readonly writable: boolean } {
    const machine = this.#device.machine;
    return {
      readable: this.#open && machine.request !== undefined,
      writable: this.#open && machine.awaitsResponse,
    };
  }

  abort(): Result<void> {
    if (!this.#open) return refused("CLOSED");
    this.#device.abort();
    return ok(undefined);
  }

  setAttention(attention: boolean, interrupt: boolean): Result<void> {
    if (!this.#open) return refused("CLOSED");
    this.#device.setAttention(attention, interrupt);
    return ok(undefined);
  }

  enableInterrupt(enabled: boolean): Result<void> {
    if (!this.#open) return refused("CLOSED");
    this.#device.enableInterrupt(enabled);
    return ok(undefined);
  }

  close(): void {
    this.#device.release(this);
  }

  get #open(): boolean {
    return this.#device.owns(this);
  }
}
