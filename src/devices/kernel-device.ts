import { closeSync, openSync } from "node:fs";
import type { Answer, CommandSpec, RequestSpec } from "../host/index.ts";
import { responseNetFn } from "../ipmi/message.ts";
import { DeviceError } from "./errors.ts";
import {
  Call,
  type Incoming,
  type KernelAddress,
  KernelCalls,
  type MessageTiming,
  Received,
} from "./kernel-calls.ts";
import { openError, refusal } from "./kernel-errors.ts";
import { type Libc, loadLibc } from "./libc.ts";

/** What comes through a kernel's device without having been asked for. */
export type KernelDelivery =
  /** An event record of 16 bytes. @see IPMI 2.0 §22.8, §32.1 */
  | { readonly what: "event"; readonly record: Uint8Array }
  | KernelCommand
  /** Whether the BMC took a response to a command: its completion code. */
  | { readonly what: "response-sent"; readonly id: number; readonly cc: number }
  /** Of a channel that only its maker knows. */
  | {
      readonly what: "oem";
      readonly netFn: number;
      readonly cmd: number;
      readonly data: Uint8Array;
    };

/** A command of another controller's that this program takes, and that wants a response. */
export interface KernelCommand {
  readonly what: "command";
  /** The kernel's number for it, which the response has, too. */
  readonly id: number;
  /** Who sent it. */
  readonly address: KernelAddress;
  readonly netFn: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** How the kernel's driver holds off while the BMC's firmware may be changed. */
export type KernelMaintenance = "auto" | "off" | "on";

/** How a device is opened. */
export interface KernelDeviceOptions {
  /** After so many ms a request counts as not answered; the kernel's own patience is a minute. */
  readonly answerMs?: number;
  readonly onDelivery?: (delivery: KernelDelivery) => void;
  readonly libc?: Libc;
}

interface Waiting {
  readonly spec: RequestSpec;
  readonly answered: (answer: Answer) => void;
  readonly failed: (error: unknown) => void;
  readonly untilMs: number;
}

const MAINTENANCE: readonly KernelMaintenance[] = ["auto", "off", "on"];
const ANSWER_MS = 70_000;
/** So long a look at the device waits in its thread: a program that ends waits for that. */
const LOOK_MS = 100;
/** So many messages are taken in a row before others have the event loop. */
const MESSAGES_MAX = 64;
const ALL_CHANNELS = 0xffff_ffff;

/**
 * The kernel's own driver, by `/dev/ipmiN`. Each request that it takes is answered once, or given up
 * with an error after `answerMs`. What the device waits for it waits for in a thread of its own: the event
 * loop stays free. `close` it, or the process stays as long as something is awaited.
 */
export class KernelDevice {
  readonly path: string;
  readonly #fd: number;
  readonly #libc: Libc;
  readonly #calls: KernelCalls;
  readonly #answerMs: number;
  readonly #onDelivery: (delivery: KernelDelivery) => void;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #listens = false;
  #commands = 0;
  #looking: Promise<void> | undefined;
  #closed = false;

  /** Throws `DeviceError`: when the device is not there or not ours to use, and without koffi. */
  constructor(path: string, options: KernelDeviceOptions = {}) {
    this.path = path;
    this.#libc = options.libc ?? loadLibc();
    this.#answerMs = options.answerMs ?? ANSWER_MS;
    this.#onDelivery = options.onDelivery ?? (() => {});
    try {
      this.#fd = openSync(path, "r+");
    } catch (error) {
      throw openError(path, error);
    }
    this.#calls = new KernelCalls(this.#libc, this.#fd);
  }

  /**
   * Hands a request in and gives its id. Throws `DeviceError` when the driver does not take it, and then
   * neither `answered` nor `failed` is called; of one that is taken exactly one of them is.
   */
  submit(
    spec: RequestSpec,
    answered: (answer: Answer) => void,
    failed: (error: unknown) => void = () => {},
  ): number {
    this.#checkOpen();
    const { netFn, cmd, data = NO_DATA } = spec;
    const id = ++this.#lastId;
    const refused = this.#calls.send({
      ...{ address: addressOf(spec), id, netFn, cmd, data },
      timing: timingOf(spec),
    });
    if (refused !== undefined) throw refusal(this.path, refused, spec);
    const untilMs = performance.now() + this.#answerMs;
    this.#waiting.set(id, { spec, answered, failed, untilMs });
    this.#look();
    return id;
  }

  /** The same as a promise, which is rejected with `DeviceError`. */
  request(spec: RequestSpec): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.submit(spec, resolve, reject);
    });
  }

  /** Begins or ceases to listen to events. Who begins gets those that the kernel kept. */
  setEvents(on: boolean): void {
    this.#done(this.#calls.number(Call.SetGetsEvents, on ? 1 : 0));
    this.#listens = on;
    this.#look();
  }

  /** Takes an incoming command from now on. Throws `DeviceError` when somebody else does. */
  receive(spec: CommandSpec): void {
    this.#done(this.#calls.commands(Call.Register, registration(spec)));
    this.#commands++;
    this.#look();
  }

  /** Takes it no more. */
  cease(spec: CommandSpec): void {
    this.#done(this.#calls.commands(Call.Unregister, registration(spec)));
    this.#commands--;
  }

  /** Answers an incoming command; `data` begins with the completion code. */
  respond(command: KernelCommand, data: Uint8Array): void {
    this.#checkOpen();
    const { address, id, netFn, cmd } = command;
    const refused = this.#calls.send({ address, id, netFn: responseNetFn(netFn), cmd, data });
    if (refused !== undefined) throw refusal(this.path, refused, { netFn, cmd, data });
    this.#look();
  }

  /** How messages to other controllers are sent again, unless a request says so itself. */
  get timing(): MessageTiming {
    return this.#done(this.#calls.timing(Call.GetTiming));
  }

  set timing(timing: MessageTiming) {
    this.#done(this.#calls.timing(Call.SetTiming, timing));
  }

  get maintenance(): KernelMaintenance {
    const mode = MAINTENANCE[this.#done(this.#calls.number(Call.GetMaintenance))];
    if (mode !== undefined) return mode;
    throw new DeviceError("DEVICE_FAILS", `${this.path}: a maintenance mode that nobody knows`);
  }

  set maintenance(mode: KernelMaintenance) {
    this.#done(this.#calls.number(Call.SetMaintenance, MAINTENANCE.indexOf(mode)));
  }

  /** This host's own address on a channel, of 8 bits; and its LUN there. */
  ownAddress(channel: number): { readonly address: number; readonly lun: number } {
    return {
      address: this.#done(this.#calls.channelValue(Call.GetChannelAddress, channel)),
      lun: this.#done(this.#calls.channelValue(Call.GetChannelLun, channel)),
    };
  }

  /** Sets them: other controllers answer to it. */
  setOwnAddress(channel: number, own: { readonly address?: number; readonly lun?: number }): void {
    const { address, lun } = own;
    if (address !== undefined) {
      this.#done(this.#calls.channelValue(Call.SetChannelAddress, channel, address));
    }
    if (lun !== undefined) {
      this.#done(this.#calls.channelValue(Call.SetChannelLun, channel, lun));
    }
  }

  /** Lets go of the device. Whoever still waits is told so. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // The thread must be out of the descriptor before its number goes to somebody else.
    await this.#looking;
    closeSync(this.#fd);
    this.#failAll(new DeviceError("NO_ANSWER", `${this.path} was closed before an answer came`));
  }

  #checkOpen(): void {
    if (this.#closed) throw new DeviceError("DEVICE_FAILS", `${this.path} was closed`);
  }

  #done<T>(made: T | string): T {
    this.#checkOpen();
    if (typeof made === "string") throw refusal(this.path, made);
    return made;
  }

  #look(): void {
    if (this.#isAwaited) this.#looking ??= this.#lookOn();
  }

  get #isAwaited(): boolean {
    return !this.#closed && (this.#waiting.size > 0 || this.#listens || this.#commands > 0);
  }

  /** Whoever asks anew when this has come to its end finds `#looking` unset, and begins it again. */
  async #lookOn(): Promise<void> {
    try {
      while (this.#isAwaited) {
        if (await this.#libc.readable(this.#fd, LOOK_MS)) this.#take();
        this.#expire();
      }
      this.#looking = undefined;
    } catch (error) {
      this.#looking = undefined;
      // What is wrong with the device is wrong for everybody who waits for it.
      this.#failAll(error);
    }
  }

  #take(): void {
    for (let taken = 0; taken < MESSAGES_MAX && !this.#closed; taken++) {
      const incoming = this.#calls.receive();
      if (incoming === "EAGAIN") return;
      if (typeof incoming === "string") throw refusal(this.path, incoming);
      this.#incoming(incoming);
    }
  }

  #incoming(incoming: Incoming): void {
    const { what, id, address, netFn, cmd, data } = incoming;
    switch (what) {
      case Received.Response:
        this.#answer(incoming);
        break;
      case Received.Event:
        this.#onDelivery({ what: "event", record: data });
        break;
      case Received.Command:
        this.#onDelivery({ what: "command", id, address, netFn, cmd, data });
        break;
      case Received.ResponseSent:
        this.#onDelivery({ what: "response-sent", id, cc: data[0] ?? 0 });
        break;
      default:
        this.#onDelivery({ what: "oem", netFn, cmd, data });
    }
  }

  /** Who gave the completion code the kernel does not tell: its drivers make some themselves. */
  #answer({ id, data }: Incoming): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    const { netFn, cmd } = waiting.spec;
    const [cc] = data;
    if (cc === undefined) {
      waiting.failed(new DeviceError("DEVICE_FAILS", `${this.path}: an answer without a byte`));
      return;
    }
    waiting.answered({ id, netFn, cmd, cc, maker: "unknown", data: data.subarray(1) });
  }

  #expire(): void {
    const nowMs = performance.now();
    for (const [id, { untilMs, failed }] of this.#waiting) {
      if (nowMs < untilMs) continue;
      this.#waiting.delete(id);
      const text = `${this.path}: no answer within ${this.#answerMs / 1_000} s`;
      failed(new DeviceError("NO_ANSWER", text));
    }
  }

  #failAll(error: unknown): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { failed } of all) failed(error);
  }
}

const NO_DATA: Uint8Array = new Uint8Array(0);
const LUN_OF_BMC = 0;

function addressOf({ address, lun = LUN_OF_BMC }: RequestSpec): KernelAddress {
  switch (address?.kind) {
    case "ipmb": {
      const { channel, broadcast = false } = address;
      const to = { kind: "ipmb", channel, broadcast } as const;
      return { ...to, address: address.address, lun: address.lun ?? lun };
    }
    case "lan":
      throw new DeviceError("REFUSED", "a remote console cannot be sent to by /dev/ipmi");
    default:
      return { kind: "system-interface", lun };
  }
}

/** The kernel takes both or neither; what is left out is its own default. */
function timingOf({ retries, retryTimeMs }: RequestSpec): MessageTiming | undefined {
  if (retries === undefined && retryTimeMs === undefined) return undefined;
  return { retries: retries ?? DEFAULT_RETRIES, retryTimeMs: retryTimeMs ?? 0 };
}
/** By a negative number the driver takes its own. */
const DEFAULT_RETRIES = -1;

function registration({ netFn, cmd, channels }: CommandSpec) {
  const bits = channels?.reduce((mask, channel) => mask + 2 ** channel, 0);
  return { netFn, cmd, channels: bits ?? ALL_CHANNELS };
}
