import type { Scheduler, Task } from "../../time/scheduler.ts";
import { BtControl } from "../../wire/bt/protocol.ts";
import type { BtController } from "../../wire/bt/registers.ts";
import {
  type DeviceHandle,
  type Incoming,
  type InterfaceDevice,
  ok,
  type Result,
  refused,
  type WhenClosed,
} from "../device.ts";
import { type OpenedDevice, Opener } from "../opener.ts";
import { BtBmc, type BtBmcOptions } from "./bt.ts";

/** A BT device: the BMC's side of the protocol, and what it does without a daemon. */
export interface BtDeviceOptions extends BtBmcOptions {
  /** From the host's doing to the BMC's turn, in µs; asked anew each time. */
  readonly inputLatencyUs: number;
  readonly whenClosed: WhenClosed;
}

const MESSAGE_BYTES_MIN = 3;
const NEVER_US = Number.POSITIVE_INFINITY;

/**
 * The BT interface as the device that the BMC's daemon opens. While it is closed, `refuse` answers
 * each request with CEh, `hold` leaves B_BUSY set, and `storm` takes each request and raises
 * B2H_ATN again and again over what happens to lie in the FIFO.
 */
export class BtDevice implements InterfaceDevice, OpenedDevice {
  readonly #machine: BtBmc;
  readonly #controller: BtController;
  readonly #scheduler: Scheduler;
  readonly #options: BtDeviceOptions;
  #opener: Opener | undefined;
  #whenClosed: WhenClosed;
  #powered = true;
  #task: Task | undefined;
  #taskUs = NEVER_US;
  #attention = false;
  readonly #runTurn = () => this.#turn();

  constructor(controller: BtController, scheduler: Scheduler, options: BtDeviceOptions) {
    this.#controller = controller;
    this.#scheduler = scheduler;
    this.#options = options;
    this.#whenClosed = options.whenClosed;
    this.#machine = new BtBmc(controller, options);
    controller.onInput(() => this.#input());
  }

  open(onReadable: () => void): Result<DeviceHandle> {
    if (this.#opener !== undefined) return refused("BUSY");
    const opener = new Opener(this, onReadable);
    this.#opener = opener;
    this.#machine.abort();
    this.#settle();
    return ok(opener);
  }

  set whenClosed(behaviour: WhenClosed) {
    this.#whenClosed = behaviour;
    this.#settle();
  }

  /** Without its processor, the BMC leaves BT_CTRL as it is. */
  set powered(on: boolean) {
    this.#powered = on;
    this.#settle();
  }

  reset(): void {
    this.#opener = undefined;
    this.#attention = false;
    this.#controller.enableInterrupt(false);
    this.#machine.reset();
  }

  release(opener: Opener): void {
    if (this.#opener === opener) this.dropOpener();
  }

  dropOpener(): void {
    this.#opener = undefined;
    this.#machine.abort();
    this.#settle();
  }

  owns(opener: Opener): boolean {
    return this.#opener === opener;
  }

  get readable(): boolean {
    return this.#machine.request !== undefined;
  }

  get writable(): boolean {
    return this.#machine.owes;
  }

  read(bytesMax: number): Result<Incoming> {
    const { request } = this.#machine;
    if (request === undefined) return refused("AGAIN");
    const { ticket, tag, message } = request;
    if (message.length > bytesMax) return refused("BUFFER_TOO_SMALL");
    this.#machine.markRead(request);
    return ok({ ticket, tag, message });
  }

  write(ticket: number, response: Uint8Array): Result<void> {
    if (response.length < MESSAGE_BYTES_MIN) return refused("TOO_SHORT");
    if (!this.#machine.fits(response)) return refused("TOO_LONG");
    if (!this.#machine.awaits(ticket, this.#scheduler.now())) return refused("NOT_AWAITED");
    this.#machine.respond(ticket, response);
    this.#output();
    return ok(undefined);
  }

  abort(): Result<void> {
    this.#machine.abort();
    this.#output();
    return ok(undefined);
  }

  /** SMS_ATN announces a cause that is new; only the host takes it back. @see IPMI 2.0 §11.6.4 */
  setAttention(attention: boolean, _interrupt: boolean, news: boolean): Result<void> {
    const raises = attention && (news || !this.#attention);
    this.#attention = attention;
    if (raises) this.#controller.writeControl(BtControl.SmsAtn);
    return ok(undefined);
  }

  enableInterrupt(enabled: boolean): Result<void> {
    this.#controller.enableInterrupt(enabled);
    return ok(undefined);
  }

  /** Whether requests are taken may have changed, and some may have waited. */
  #settle(): void {
    if (!this.#powered) return;
    this.#machine.ready = this.#opener !== undefined || this.#whenClosed !== "hold";
    this.#output();
  }

  /** Something may be there for the host, and with that room for more of its requests. */
  #output(): void {
    if (!this.#powered) return;
    this.#machine.give(this.#scheduler.now());
    this.#input();
  }

  #input(): void {
    if (this.#powered) this.#plan(this.#scheduler.now() + this.#options.inputLatencyUs);
  }

  #plan(us: number): void {
    if (us >= this.#taskUs) return;
    this.#task?.cancel();
    this.#taskUs = us;
    this.#task = this.#scheduler.at(us, "bt input", this.#runTurn);
  }

  #turn(): void {
    this.#taskUs = NEVER_US;
    if (!this.#powered) return;
    if (this.#opener === undefined && this.#whenClosed === "storm") return this.#storm();
    this.#machine.turn(this.#scheduler.now());
    if (this.#machine.isHeldUp) this.#plan(this.#machine.expiresUs);
    if (this.#machine.request === undefined) return;
    if (this.#opener === undefined) this.abort();
    else this.#opener.onReadable();
  }

  #storm(): void {
    const control = this.#controller.readControl();
    if ((control & BtControl.H2bAtn) !== 0) this.#controller.writeControl(BtControl.H2bAtn);
    this.#controller.writeControl(BtControl.B2hAtn);
  }
}
