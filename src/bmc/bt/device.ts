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
  private readonly _machine: BtBmc;
  private readonly _controller: BtController;
  private readonly _scheduler: Scheduler;
  private readonly _options: BtDeviceOptions;
  private _opener: Opener | undefined;
  private _whenClosed: WhenClosed;
  private _powered = true;
  private _task: Task | undefined;
  private _taskUs = NEVER_US;
  private _attention = false;
  private readonly _runTurn = () => this.#turn();

  constructor(controller: BtController, scheduler: Scheduler, options: BtDeviceOptions) {
    this._controller = controller;
    this._scheduler = scheduler;
    this._options = options;
    this._whenClosed = options.whenClosed;
    this._machine = new BtBmc(controller, options);
    controller.onInput(() => this.#input());
  }

  open(onReadable: () => void): Result<DeviceHandle> {
    if (this._opener !== undefined) return refused("BUSY");
    const opener = new Opener(this, onReadable);
    this._opener = opener;
    this._machine.abort();
    this.#settle();
    return ok(opener);
  }

  set whenClosed(behaviour: WhenClosed) {
    this._whenClosed = behaviour;
    this.#settle();
  }

  /** Without its processor, the BMC leaves BT_CTRL as it is. */
  set powered(on: boolean) {
    this._powered = on;
    this.#settle();
  }

  reset(): void {
    this._opener = undefined;
    this._attention = false;
    this._controller.enableInterrupt(false);
    this._machine.reset();
  }

  release(opener: Opener): void {
    if (this._opener === opener) this.dropOpener();
  }

  dropOpener(): void {
    this._opener = undefined;
    this._machine.abort();
    this.#settle();
  }

  owns(opener: Opener): boolean {
    return this._opener === opener;
  }

  get readable(): boolean {
    return this._machine.request !== undefined;
  }

  get writable(): boolean {
    return this._machine.owes;
  }

  read(bytesMax: number): Result<Incoming> {
    const { request } = this._machine;
    if (request === undefined) return refused("AGAIN");
    const { ticket, tag, message } = request;
    if (message.length > bytesMax) return refused("BUFFER_TOO_SMALL");
    this._machine.markRead(request);
    return ok({ ticket, tag, message });
  }

  write(ticket: number, response: Uint8Array): Result<void> {
    if (response.length < MESSAGE_BYTES_MIN) return refused("TOO_SHORT");
    if (!this._machine.fits(response)) return refused("TOO_LONG");
    if (!this._machine.awaits(ticket, this._scheduler.now())) return refused("NOT_AWAITED");
    this._machine.respond(ticket, response);
    this.#output();
    return ok(undefined);
  }

  abort(): Result<void> {
    this._machine.abort();
    this.#output();
    return ok(undefined);
  }

  /** SMS_ATN announces a cause that is new; only the host takes it back. @see IPMI 2.0 §11.6.4 */
  setAttention(attention: boolean, _interrupt: boolean, news: boolean): Result<void> {
    const raises = attention && (news || !this._attention);
    this._attention = attention;
    if (raises) this._controller.writeControl(BtControl.SmsAtn);
    return ok(undefined);
  }

  enableInterrupt(enabled: boolean): Result<void> {
    this._controller.enableInterrupt(enabled);
    return ok(undefined);
  }

  /** Whether requests are taken may have changed, and some may have waited. */
  #settle(): void {
    if (!this._powered) return;
    this._machine.ready = this._opener !== undefined || this._whenClosed !== "hold";
    this.#output();
  }

  /** Something may be there for the host, and with that room for more of its requests. */
  #output(): void {
    if (!this._powered) return;
    this._machine.give(this._scheduler.now());
    this.#input();
  }

  #input(): void {
    if (this._powered) this.#plan(this._scheduler.now() + this._options.inputLatencyUs);
  }

  #plan(us: number): void {
    if (us >= this._taskUs) return;
    this._task?.cancel();
    this._taskUs = us;
    this._task = this._scheduler.at(us, "bt input", this._runTurn);
  }

  #turn(): void {
    this._taskUs = NEVER_US;
    if (!this._powered) return;
    if (this._opener === undefined && this._whenClosed === "storm") return this.#storm();
    this._machine.turn(this._scheduler.now());
    if (this._machine.isHeldUp) this.#plan(this._machine.expiresUs);
    if (this._machine.request === undefined) return;
    if (this._opener === undefined) this.abort();
    else this._opener.onReadable();
  }

  #storm(): void {
    const control = this._controller.readControl();
    if ((control & BtControl.H2bAtn) !== 0) this._controller.writeControl(BtControl.H2bAtn);
    this._controller.writeControl(BtControl.B2hAtn);
  }
}
