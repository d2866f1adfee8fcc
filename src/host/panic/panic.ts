import { NetFn } from "../../ipmi/command-table.ts";
import { BMC_ADDRESS } from "../../ipmi/ipmb.ts";
import { MILLISECOND_US, type Scheduler } from "../../time/scheduler.ts";
import type { HostLife } from "../../trace/events.ts";
import type { Tracer } from "../../trace/tracer.ts";
import type { TransactionTags } from "../../wire/registers/port.ts";
import { Failure, failureText, type InterfaceMachine, Pace } from "../interfaces/machine.ts";
import { PanicMessages, piecesOf } from "./panic-messages.ts";

/** What a panic leaves behind on the BMC. */
export type PanicOperation =
  /** Nothing. */
  | "none"
  /** That it happened. */
  | "event"
  /** That, and its text. */
  | "string";

/** Waits for the BMC begin so short, ... */
const POLL_MIN_US = 10;
/** ... are then a share of what was waited already, ... */
const POLL_SHARE = 8;
/** ... and none is longer. */
export const PANIC_POLL_MAX_US = MILLISECOND_US;
/** No message takes more steps, even if the clock stands still. */
const STEPS_MAX = 100_000;

/** Bits of Get Device ID's additional device support. @see IPMI 2.0 §20.1 */
const SEL_DEVICE = 0x04;
const EVENT_GENERATOR = 0x20;
const SUPPORT_AT = 8;
const CC_AT = 2;
const ADDRESS_AT = 3;
const LUN_AT = 4;

/** Supplies the frame of one more message; undefined when there is nothing to send. */
export type PanicFrame = () => Uint8Array | undefined;

export interface PanicOptions {
  readonly scheduler: Scheduler;
  /** The panic's own: the one that was interrupted cannot be trusted. */
  readonly machine: InterfaceMachine;
  readonly tags: TransactionTags;
  readonly tracer: Tracer;
  readonly nextId: () => number;
  readonly operation: PanicOperation;
  readonly messageUs: number;
  readonly totalUs: number;
}

/**
 * What a crashing host still does: a handful of messages, polled to completion, each bounded and
 * all of them together. Everything is made beforehand; nothing is awaited but the BMC's registers.
 * A BMC that fails over a message is given up, since whoever saves the host's memory waits.
 */
export class Panic {
  private readonly _options: PanicOptions;
  private readonly _messages = new PanicMessages();
  private _firstFrame: PanicFrame = () => undefined;
  private _endUs = 0;
  private _support = 0;
  private _receiverAddress = 0;
  private _receiverLun = 0;
  private _failure: Failure = Failure.None;

  constructor(options: PanicOptions) {
    this._options = options;
  }

  /** What goes out before all else. It must neither wait nor throw. */
  setFrame(frame: PanicFrame): void {
    this._firstFrame = frame;
  }

  /** Sends what is to be sent. `spin` passes time without giving the processor away. */
  run(text: string, spin: (us: number) => void): void {
    const { scheduler, machine } = this._options;
    this._endUs = scheduler.now() + this._options.totalUs;
    this.#tell("panic", text);
    const first = this._firstFrame();
    const nothing = first === undefined && this._options.operation === "none";
    if (!nothing && !machine.detect()) {
      this.#tell("panic-end", "nothing answers at the port");
      return;
    }
    const sent = (first === undefined || this.#send(first, spin)) && this.#log(text, spin);
    this.#tell("panic-end", sent ? "sent" : failureText(this._failure));
  }

  /** False when the BMC was given up. */
  #log(text: string, spin: (us: number) => void): boolean {
    const { operation } = this._options;
    const messages = this._messages;
    if (operation === "none") return true;
    messages.setText(text);
    if (!this.#send(messages.platformEvent, spin)) return false;
    if (operation === "event" || text.length === 0) return true;
    if (!this.#send(messages.getDeviceId, spin)) return false;
    this.#takeDeviceId();
    if ((this._support & EVENT_GENERATOR) !== 0) {
      if (!this.#send(messages.getEventReceiver, spin)) return false;
      this.#takeReceiver();
    }
    return this.#logText(text, spin);
  }

  /** The text goes to whom the BMC itself sends its events, if that is another controller. */
  #logText(text: string, spin: (us: number) => void): boolean {
    const to = { address: this._receiverAddress, lun: this._receiverLun };
    const bridged = to.address !== 0 && to.address % 2 === 0 && to.address !== BMC_ADDRESS;
    if (!bridged && (this._support & SEL_DEVICE) === 0) return true;
    const pieces = piecesOf(text);
    for (let sequence = 0; sequence < pieces; sequence++) {
      const frame = bridged
        ? this._messages.bridgedPiece(text, sequence, to)
        : this._messages.piece(text, sequence);
      if (!this.#send(frame, spin)) return false;
    }
    return true;
  }

  #takeDeviceId(): void {
    const response = this._options.machine.response();
    if (answers(response, NetFn.App, 0x01)) this._support = response[SUPPORT_AT] ?? 0;
  }

  #takeReceiver(): void {
    const response = this._options.machine.response();
    if (!answers(response, NetFn.SensorEvent, 0x01)) return;
    this._receiverAddress = response[ADDRESS_AT] ?? 0;
    this._receiverLun = (response[LUN_AT] ?? 0) & 0x03;
  }

  /** Sends one message and takes its response; false when that did not come about. */
  #send(frame: Uint8Array, spin: (us: number) => void): boolean {
    const { scheduler, machine, tags, tracer } = this._options;
    let nowUs = scheduler.now();
    const endUs = Math.min(nowUs + this._options.messageUs, this._endUs);
    const id = this._options.nextId();
    tags.request = id;
    machine.reset();
    this._failure = Failure.OutOfTime;
    if (machine.begin(frame, nowUs) !== undefined) return false;
    if (tracer.active) tracer.emit({ e: "send", id, message: frame.slice() });
    let waitingFromUs = Number.POSITIVE_INFINITY;
    for (let steps = 0; steps < STEPS_MAX && nowUs < endUs; steps++) {
      const pace = machine.step(nowUs);
      nowUs = scheduler.now();
      switch (pace) {
        case Pace.Again:
          waitingFromUs = Number.POSITIVE_INFINITY;
          break;
        case Pace.Done:
          this.#received(id);
          return true;
        case Pace.Later: {
          waitingFromUs = Math.min(waitingFromUs, nowUs);
          const shareUs = Math.floor((nowUs - waitingFromUs) / POLL_SHARE);
          const waitUs = Math.min(Math.max(shareUs, POLL_MIN_US), PANIC_POLL_MAX_US);
          spin(Math.min(waitUs, Math.max(endUs - nowUs, 0)));
          break;
        }
        case Pace.Rest:
          spin(Math.max(Math.min(machine.wakeAtUs(), endUs) - nowUs, 0));
          break;
        case Pace.Failed:
          this._failure = machine.failure();
          return false;
        case Pace.Idle:
        case Pace.Attention:
          return false;
      }
      nowUs = scheduler.now();
    }
    return false;
  }

  #received(id: number): void {
    const { machine, tags, tracer } = this._options;
    if (!tracer.active) return;
    const message = machine.response().slice();
    tracer.emit({ e: "received", id, tag: tags.response, message });
  }

  #tell(what: HostLife["what"], text: string): void {
    const { tracer } = this._options;
    if (tracer.active) tracer.emit({ e: "host", what, text });
  }
}

/** Whether a response is one to that command, and says that it succeeded. */
function answers(response: Uint8Array, netFn: number, cmd: number): boolean {
  const [netFnLun = 0, command] = response;
  return netFnLun >> 2 === netFn + 1 && command === cmd && response[CC_AT] === 0;
}
