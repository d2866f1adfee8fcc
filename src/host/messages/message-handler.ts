import { NetFn } from "../../ipmi/command-table.ts";
import { coldReset, warmReset } from "../../ipmi/commands/app/device.ts";
import { Cc } from "../../ipmi/completion.ts";
import { encodeRequest } from "../../ipmi/message.ts";
import type { Scheduler, Task } from "../../time/scheduler.ts";
import type { Tracer } from "../../trace/tracer.ts";
import { Again } from "../interfaces/machine.ts";
import type { HostOptions } from "../options.ts";
import type { Statistics } from "../statistics.ts";
import {
  againOf,
  type Outcome,
  Priority,
  type Transfer,
  unsent,
} from "../system-interface/transfer.ts";
import { TransferQueue } from "../system-interface/transfer-queue.ts";
import { LocalCc, type RefusalCode, Refused } from "./codes.ts";
import { localReply, type Reply, replyOf } from "./reply.ts";
import { type Answer, type Deliver, Request, type RequestSpec } from "./request.ts";
import { lengthRefusal, refusalOf } from "./request-check.ts";
import { UserRecord, type Users } from "./users.ts";

/** What becomes of users' requests. */
export type Gate =
  /** Refused: the stack does not run. */
  | "closed"
  /** Accepted, but not sent yet. */
  | "hold"
  | "open"
  /** Accepted, and answered at once: nothing gets through. */
  | "failed"
  /** Refused: the BMC is left alone. */
  | "quiet";

/** Carries users' requests to other controllers. */
export interface Bridge {
  /** Why the request cannot be carried; undefined when it can. */
  refusal(spec: RequestSpec): RefusalCode | undefined;
  send(request: Request, spec: RequestSpec): void;
  /** Forgets all requests that are answered. */
  sweep(): void;
}

export interface MessageHandlerOptions {
  readonly scheduler: Scheduler;
  readonly tracer: Tracer;
  readonly deliver: Deliver;
  readonly options: HostOptions;
  readonly statistics: Statistics;
  readonly users: Users;
  readonly nextId: () => number;
  /** A transfer was queued. */
  readonly onQueued: () => void;
  /** A reset of the BMC came to its end; `quiet`: the BMC is likely away now. */
  readonly onReset: (quiet: boolean) => void;
  /** Whether a reset makes the BMC quiet. */
  readonly guardsResets: () => boolean;
}

/**
 * Accepts requests and owes each exactly one answer. Each live request has one owner that will
 * answer it: the queue, the system interface, or the bridge's sequence table.
 */
export class MessageHandler {
  readonly queue: TransferQueue;
  private readonly _options: MessageHandlerOptions;
  private readonly _scheduler: Scheduler;
  private readonly _users: Users;
  /** Under whose names the stack itself asks. */
  private readonly _internals = new Map<string, UserRecord>();
  private _bridge: Bridge | undefined;
  private _gate: Gate = "closed";
  private _closedFor: RefusalCode = "NOT_STARTED";
  private _resetting = false;
  private _expiry: Task | undefined;

  constructor(options: MessageHandlerOptions) {
    this._options = options;
    this._scheduler = options.scheduler;
    this._users = options.users;
    this.queue = new TransferQueue(options.options.queueLimitUs);
  }

  connect(bridge: Bridge): void {
    this._bridge = bridge;
  }

  setGate(gate: Gate): void {
    this._gate = gate;
    this.queue.open = gate === "open";
    if (this.queue.open) this._options.onQueued();
  }

  /** Takes a user's request; throws `Refused`. */
  submit(user: UserRecord, spec: RequestSpec, onAnswer: (answer: Answer) => void): number {
    return this.#submit(user, spec, onAnswer, refusalOf(spec));
  }

  /** Takes a user's response to an incoming command, which goes by Send Message. */
  submitResponse(user: UserRecord, spec: RequestSpec, onAnswer: (answer: Answer) => void): number {
    return this.#submit(user, spec, onAnswer, lengthRefusal(spec));
  }

  #submit(
    user: UserRecord,
    spec: RequestSpec,
    onAnswer: (answer: Answer) => void,
    mistake: RefusalCode | undefined,
  ): number {
    const code = this.#refusal(user, spec, mistake);
    if (code !== undefined) return this.#refuse(user, spec, code);
    const request = this.#accept(user, spec, onAnswer);
    if (this._gate === "failed") {
      request.answer(localReply(LocalCc.InterfaceFailed, "host-interface"));
    } else if (spec.address?.kind === "ipmb") {
      this._bridge?.send(request, spec);
    } else {
      const priority = spec.priority === "high" ? Priority.High : Priority.Normal;
      this.#sendLocal(request, priority, againOf(spec.netFn, spec.cmd));
    }
    return request.id;
  }

  /** Asks the BMC on the stack's own account, under `name`. It is answered as users' are. */
  ask(
    name: string,
    spec: RequestSpec,
    onReply: (answer: Answer) => void,
    priority: Priority = Priority.Internal,
    again: Again = againOf(spec.netFn, spec.cmd),
  ): void {
    const user = this._internals.get(name) ?? new UserRecord(name);
    this._internals.set(name, user);
    this.#sendLocal(this.#accept(user, spec, onReply), priority, again);
  }

  /** Queues a frame that serves `request`; `finish` gets its outcome exactly once. */
  enqueue(request: Request, frame: Uint8Array, finish: (outcome: Outcome) => void): void {
    const { id } = request;
    this.#enqueue({ id, frame, priority: Priority.Normal, again: Again.Never, finish });
  }

  /** Takes back what is queued for a request that was answered. */
  withdraw(request: Request): void {
    this.#drop((transfer) => transfer.id === request.id);
  }

  /** Whether what was queued for a request has not gone out yet. */
  waits(request: Request): boolean {
    return this.queue.has(request.id);
  }

  /** How many requests a user of the stack's own is owed an answer for. */
  outstandingOf(name: string): number {
    return this._internals.get(name)?.live.size ?? 0;
  }

  /** Answers everything that is owed an answer. What is on the wire comes to its end unheard. */
  answerAll(reply: Reply): void {
    for (const user of [...this._users.all(), ...this._internals.values()]) {
      this.#answerUser(user, reply);
    }
    this.#drop(() => true);
  }

  /** Answers all that a user is owed, and forgets him. */
  destroy(user: UserRecord): void {
    if (user.gone) return;
    this._users.remove(user);
    const ids = new Set([...user.live].map((request) => request.id));
    this.#answerUser(user, localReply(LocalCc.Cancelled, "host-handler"));
    this.#drop((transfer) => ids.has(transfer.id));
  }

  /** The stack stops for good: `running` is what the interface was at. */
  shutdown(running: readonly Transfer[]): void {
    this.setGate("closed");
    this._closedFor = "SHUTDOWN";
    this.answerAll(localReply(LocalCc.Cancelled, "host-handler"));
    this._expiry?.cancel();
    const outcome = unsent(LocalCc.Cancelled, "host-handler", "the stack was shut down");
    for (const transfer of running) transfer.finish(outcome);
  }

  #answerUser(user: UserRecord, reply: Reply): void {
    for (const request of user.live) request.answer(reply);
    this._bridge?.sweep();
  }

  /** Takes transfers whose requests are answered out of the queue. */
  #drop(which: (transfer: Transfer) => boolean): void {
    const outcome = unsent(LocalCc.Cancelled, "host-handler", "its request was answered");
    for (const transfer of this.queue.remove(which)) transfer.finish(outcome);
  }

  #refusal(
    user: UserRecord,
    spec: RequestSpec,
    mistake: RefusalCode | undefined,
  ): RefusalCode | undefined {
    if (this._gate === "closed") return this._closedFor;
    if (user.gone) return "USER_DESTROYED";
    if (mistake !== undefined) return mistake;
    if (this._gate === "quiet" || this._resetting) return "BUSY_MAINTENANCE";
    if (user.live.size >= this._options.options.outstandingMax) return "TOO_MANY_MESSAGES";
    if (this._gate !== "failed" && spec.address?.kind === "ipmb")
      return this._bridge?.refusal(spec);
    return undefined;
  }

  #refuse(user: UserRecord, spec: RequestSpec, code: RefusalCode): never {
    const { tracer, statistics } = this._options;
    const { netFn, cmd } = spec;
    statistics.sent_invalid_commands++;
    if (tracer.active) tracer.emit({ e: "refused", id: 0, user: user.name, netFn, cmd, code });
    throw new Refused(code);
  }

  #accept(user: UserRecord, spec: RequestSpec, onAnswer: (answer: Answer) => void): Request {
    const { tracer, deliver, nextId } = this._options;
    const request = new Request({ id: nextId(), spec, live: user.live, tracer, deliver, onAnswer });
    const { id, netFn, lun, cmd, data } = request;
    if (tracer.active) {
      tracer.emit({ e: "request", id, user: user.name, netFn, lun, cmd, data });
    }
    return request;
  }

  #sendLocal(request: Request, priority: Priority, again: Again): void {
    this._options.statistics.sent_local_commands++;
    const guarded = isReset(request) && priority > Priority.Internal;
    if (guarded) this._resetting = this._options.guardsResets();
    this.#enqueue({
      id: request.id,
      frame: encodeRequest(request),
      priority,
      again: guarded ? Again.Reset : again,
      finish: (outcome) => {
        this.#finishLocal(request, outcome);
        if (guarded) this.#finishReset(outcome);
      },
    });
  }

  #finishLocal(request: Request, outcome: Outcome): void {
    const { statistics } = this._options;
    if (request.answered) {
      statistics.unhandled_local_responses++;
      return;
    }
    statistics.handled_local_responses++;
    // A BMC that resets owes no answer. @see IPMI 2.0 §20.2
    const silent = isReset(request) && outcome.kind === "failure" && outcome.failed;
    request.answer(silent ? localReply(LocalCc.Timeout, "timer") : replyOf(request, outcome));
  }

  /** The BMC resets unless it said no, or never heard of it. */
  #finishReset(outcome: Outcome): void {
    const reply = outcome.kind === "response" ? outcome.message[2] : undefined;
    const refused = outcome.kind === "response" ? reply !== Cc.Ok : !outcome.sent;
    const quiet = this._resetting && !refused;
    this._resetting = false;
    this._options.onReset(quiet);
  }

  #enqueue(transfer: Transfer): void {
    this.queue.put(transfer, this._scheduler.now());
    this.#armExpiry();
    this._options.onQueued();
  }

  #armExpiry(): void {
    const us = this.queue.expiresUs();
    if (this._expiry !== undefined || us === Number.POSITIVE_INFINITY) return;
    this._expiry = this._scheduler.at(us, "waited too long", () => {
      this._expiry = undefined;
      const outcome = unsent(LocalCc.Timeout, "timer", "it waited too long");
      for (const transfer of this.queue.expired(this._scheduler.now())) transfer.finish(outcome);
      this.#armExpiry();
    });
  }
}

function isReset(request: Request): boolean {
  if (request.netFn !== NetFn.App) return false;
  return request.cmd === coldReset.cmd || request.cmd === warmReset.cmd;
}
