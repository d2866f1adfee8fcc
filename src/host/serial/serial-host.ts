import { commandInfo } from "../../ipmi/command-table.ts";
import { sendMessage, Tracking } from "../../ipmi/commands/app/messaging.ts";
import { Cc } from "../../ipmi/completion.ts";
import { BMC_ADDRESS, encodeIpmb } from "../../ipmi/ipmb.ts";
import type { Request, Response } from "../../ipmi/message.ts";
import { type Scheduler, SECOND_US, type Task } from "../../time/scheduler.ts";
import type { SerialMode } from "../../wire/serial/protocol.ts";
import type { StreamEnd } from "../../wire/stream/line.ts";
import { LocalCc, Refused } from "../messages/codes.ts";
import type { Answer, IpmbAddress, RequestSpec } from "../messages/request.ts";
import { type FromBmc, type HostSide, hostSide } from "./host-side.ts";

/** How a host speaks at a serial port. */
export interface SerialHostOptions {
  readonly mode: SerialMode;
  /** The BMC says when there is room for the next request, and is waited for. */
  readonly handshake?: boolean;
  /** How long an answer may take, each time, in µs. */
  readonly answerUs?: number;
  /** How often a request is sent at the most that may be carried out twice. */
  readonly triesMax?: number;
}

const ANSWER_US = 5 * SECOND_US;
const TRIES_MAX = 3;
/** Requests that wait for the one that is under way. */
const WAITING_MAX = 64;
const SEQUENCES = 64;

interface Asked {
  readonly id: number;
  readonly request: Request;
  readonly behind: IpmbAddress | undefined;
  readonly onAnswer: (answer: Answer) => void;
  triesLeft: number;
}

/**
 * A host at a serial port, in terminal or basic mode, whose BMC is connected directly: no session. One request is
 * under way at a time, since a BMC has room for one; each that is taken is answered exactly once. One that
 * is not answered is sent again with another number, unless two of it would do more than one.
 * @see IPMI 2.0 §14
 */
export class SerialHost {
  /** Responses that answered nothing that is asked. */
  strays = 0;
  private readonly _stream: StreamEnd;
  private readonly _scheduler: Scheduler;
  private readonly _options: SerialHostOptions;
  private readonly _side: HostSide;
  private readonly _waiting: Asked[] = [];
  private _underway: Asked | undefined;
  private _timer: Task | undefined;
  private _sequence = SEQUENCES - 1;
  private _room = true;
  private _lastId = 0;
  private _closed = false;

  constructor(stream: StreamEnd, scheduler: Scheduler, options: SerialHostOptions) {
    this._stream = stream;
    this._scheduler = scheduler;
    this._options = options;
    this._side = hostSide(options.mode);
    stream.receive((bytes) => {
      for (const came of this._side.take(bytes)) this.#take(came);
    });
  }

  /** Hands a request in; gives its id. Throws `Refused`, and then `onAnswer` is never called. */
  submit(spec: RequestSpec, onAnswer: (answer: Answer) => void): number {
    const { netFn, cmd, lun = 0, data = new Uint8Array(), address } = spec;
    if (this._closed) throw new Refused("SHUTDOWN");
    if (netFn % 2 !== 0 || netFn > 0x3f) throw new Refused("INVALID_REQUEST");
    if (address?.kind === "lan") throw new Refused("ADDRESS_NOT_SUPPORTED");
    if (this._waiting.length >= WAITING_MAX) throw new Refused("TOO_MANY_MESSAGES");
    const behind = address?.kind === "ipmb" ? address : undefined;
    const again = commandInfo(netFn, cmd)?.repeatable === true;
    const triesLeft = again ? (this._options.triesMax ?? TRIES_MAX) : 1;
    const request = { netFn, lun, cmd, data };
    this._lastId++;
    this._waiting.push({ id: this._lastId, request, behind, onAnswer, triesLeft });
    this.#next();
    return this._lastId;
  }

  /** Whoever waits is answered CEh, and nothing is sent any more. */
  close(): void {
    this._closed = true;
    for (const asked of this._waiting.splice(0)) answer(asked, LocalCc.Cancelled, "host-handler");
    this.#settle(LocalCc.Cancelled, "host-handler");
    this._timer?.cancel();
  }

  #next(): void {
    if (this._underway !== undefined || !this._room) return;
    this._underway = this._waiting.shift();
    if (this._underway !== undefined) this.#send(this._underway);
  }

  #send(asked: Asked): void {
    asked.triesLeft--;
    this._sequence = (this._sequence + 1) % SEQUENCES;
    const { request, behind } = asked;
    const outer = behind === undefined ? request : bridged(request, behind, this._sequence);
    this._room = this._options.handshake !== true;
    this._stream.write(this._side.request(this._sequence, outer));
    this.#wait();
  }

  #wait(): void {
    this._timer?.cancel();
    const us = this._scheduler.now() + (this._options.answerUs ?? ANSWER_US);
    this._timer = this._scheduler.at(us, "serial answer", () => this.#late());
  }

  /** A handshake that is lost costs no more than an answer that is. */
  #late(): void {
    this._timer = undefined;
    this._room = true;
    const asked = this._underway;
    if (asked === undefined) return this.#next();
    if (asked.triesLeft > 0) this.#send(asked);
    else this.#settle(LocalCc.Timeout, "timer");
  }

  #take(came: FromBmc): void {
    switch (came.kind) {
      case "room":
        this._room = true;
        return this.#next();
      case "error":
        return this.#settle(came.cc, "bmc-interface");
      case "response":
        return this.#response(came);
    }
  }

  #response({ sequence, response, from }: Extract<FromBmc, { kind: "response" }>): void {
    const asked = this._underway;
    if (asked === undefined || sequence !== this._sequence) {
      this.strays++;
      return;
    }
    const { request, behind } = asked;
    const whose = behind?.address ?? BMC_ADDRESS;
    const { cc, data } = response;
    if (answers(request, response) && (from === undefined || from === whose)) {
      return this.#settle(cc, behind === undefined ? "bmc" : "remote", data);
    }
    if (behind === undefined || !answers(sendMessage, response)) {
      this.strays++;
    } else if (cc === Cc.Ok) {
      // It is on its way. Only now does the satellite's own time run.
      this.#wait();
    } else {
      this.#settle(cc, "bmc");
    }
  }

  #settle(cc: number, maker: Answer["maker"], data?: Uint8Array): void {
    const asked = this._underway;
    if (asked === undefined) return;
    this._underway = undefined;
    // Where the handshake is missing yet, the time that is left is the handshake's.
    if (this._room) this._timer?.cancel();
    answer(asked, cc, maker, data);
    this.#next();
  }
}

function answer(
  { id, request: { netFn, cmd }, onAnswer }: Asked,
  cc: number,
  maker: Answer["maker"],
  data: Uint8Array = new Uint8Array(),
): void {
  onAnswer({ id, netFn, cmd, cc, maker, data });
}

/** @see IPMI 2.0 §5.1 */
function answers(question: Pick<Request, "netFn" | "cmd">, { netFn, cmd }: Response): boolean {
  return netFn === (question.netFn | 1) && cmd === question.cmd;
}

/** The BMC is to track it, and knows the answer by its number. @see IPMI 2.0 §6.13.3, §22.7 */
function bridged(
  { netFn, lun, cmd, data }: Request,
  { channel, address, lun: toLun = lun }: IpmbAddress,
  sequence: number,
): Request {
  const message = encodeIpmb({
    ...{ to: address, toLun, netFn, from: BMC_ADDRESS, fromLun: 0, sequence, cmd, data },
  });
  const wrapped = { channel, authenticated: false, encrypted: false, tracking: Tracking.Track };
  return {
    ...{ netFn: sendMessage.netFn, lun: 0, cmd: sendMessage.cmd },
    data: sendMessage.request.encode({ ...wrapped, message }),
  };
}
