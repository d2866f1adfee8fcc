import { assert } from "../../assert.ts";
import { NetFn } from "../../ipmi/command-table.ts";
import {
  clearMessageFlags,
  getMessage,
  getMessageFlags,
  MessageFlag,
  readEventMessageBuffer,
} from "../../ipmi/commands/app/messaging.ts";
import { Cc, SpecificCc } from "../../ipmi/completion.ts";
import { encodeRequest } from "../../ipmi/message.ts";
import { MILLISECOND_US, type Scheduler, SECOND_US } from "../../time/scheduler.ts";
import type { Tracer } from "../../trace/tracer.ts";
import { Again, type Greeting } from "../interfaces/machine.ts";
import { LocalCc } from "../messages/codes.ts";
import { replyOf } from "../messages/reply.ts";
import type { Statistics } from "../statistics.ts";
import { Fetch, FlagRound, OEM_FLAGS } from "./flag-round.ts";
import { type Chooser, MachineRunner, type MachineRunnerOptions } from "./machine-runner.ts";
import {
  againOf,
  type Outcome,
  Priority,
  type Transfer,
  type TransferFailure,
  unsent,
} from "./transfer.ts";
import type { TransferQueue } from "./transfer-queue.ts";

/** How often an idle BMC is asked for attention while somebody waits for what it has to say. */
const ATTENTION_POLL_US = 10 * MILLISECOND_US;
const ATTENTION_POLL_WITH_INTERRUPT_US = SECOND_US;
/** How long an attention that is of no use, or does not end, is not looked at. */
const ATTENTION_HOLD_US = 10 * MILLISECOND_US;
/** The longest turn of those who wait after a round: one that waited for a recovery may take seconds. */
const YIELD_MAX_US = 500 * MILLISECOND_US;
/** How long a BMC that has no message flags is not asked for them again. */
const FLAGS_MISSING_PAUSE_US = 60 * SECOND_US;
/** NetFn/LUN, Cmd, completion code and a record; anything else is no event. @see IPMI 2.0 §22.8 */
const EVENT_RESPONSE_BYTES = 19;
const NEVER_US = Number.POSITIVE_INFINITY;

/** The user under whose name the interface's own commands go. */
const OWN_USER = "system-interface";

/** Whether nothing else will get through: the interface failed, or nobody is there to answer. */
function isEnd({ priority }: Transfer, outcome: TransferFailure): boolean {
  return outcome.failed || (outcome.doubtful === true && priority === Priority.Presence);
}

/** What the interface has to say, always from the scheduler. */
export interface InterfaceListener {
  /** The data of a Get Message response. */
  onMessage(data: Uint8Array): void;
  /** An event record of 16 bytes. */
  onEvent(record: Uint8Array): void;
  onPretimeout(): void;
  onOem(flags: number): void;
  /** A transaction failed for good: the BMC is not there as far as this interface can tell. */
  onInterfaceFailed(why: string): void;
  /** A transaction was not answered, though the interface works: whoever wants to know asks. */
  onDoubt(): void;
  /** The BMC answers again, behind more than a passing disorder: it may have been reset. */
  onOrder(): void;
}

export interface SystemInterfaceOptions extends MachineRunnerOptions {
  readonly queue: TransferQueue;
  readonly listener: InterfaceListener;
  readonly nextId: () => number;
}

/** A command of the interface's own, and what follows from its data if it succeeds. */
interface Own {
  readonly id: number;
  readonly cmd: number;
  /** `data` is undefined when the command failed or its answer is none. */
  readonly ended: (data: Uint8Array | undefined, cc: number) => void;
}

/**
 * Decides what goes over the wire: what the BMC has to say comes first, but behind a round of it
 * those who wait have the wire for as long as the round had it, and for one transfer at least. It stands still after a failure, and after a transfer that must be
 * the last for a while, until it is told to resume.
 */
export class SystemInterface implements Chooser {
  private readonly _runner: MachineRunner;
  private readonly _scheduler: Scheduler;
  private readonly _queue: TransferQueue;
  private readonly _listener: InterfaceListener;
  private readonly _statistics: Statistics;
  private readonly _tracer: Tracer;
  private readonly _nextId: () => number;
  private readonly _round = new FlagRound();
  private _own: Own | undefined;
  private _still = true;
  private _attentive = false;
  private _watched = false;
  private _interrupts = false;
  private _roundRuns = false;
  /** The flags that the last round began with. */
  private _flags = 0;
  /** The BMC said that it knows no flags. */
  private _flagsMissing = false;
  private _lastWasRound = false;
  private _holdUs = 0;
  private _roundBeganUs = 0;
  /** Until then a round would keep those from the wire who wait. */
  private _yieldUntilUs = 0;
  /** Attention was taken back from the BMC, and not all that it announced was heard. */
  private _unfinished = false;

  constructor(options: SystemInterfaceOptions) {
    this._runner = new MachineRunner(options, this);
    this._scheduler = options.scheduler;
    this._queue = options.queue;
    this._listener = options.listener;
    this._statistics = options.statistics;
    this._tracer = options.tracer;
    this._nextId = options.nextId;
  }

  /** A transfer was queued. */
  kick(): void {
    this._runner.kick("kick");
  }

  /** The interrupt line changed. */
  interrupt(level: boolean): void {
    if (!level) return;
    this._statistics.interrupts++;
    this._runner.kick("irq");
  }

  detect(): boolean {
    return this._runner.detect();
  }

  /** What the interface has to know of its BMC before all else; undefined: nothing. */
  greeting(): Greeting | undefined {
    return this._runner.greeting();
  }

  /** The data of the answer to the greeting; undefined when it was none that can be used. */
  greeted(data: Uint8Array | undefined): void {
    this._runner.greeted(data);
  }

  /** Works on, after it stood still. */
  resume(): void {
    this._still = false;
    this.kick();
  }

  /** Whether the BMC's attention is looked at. */
  setAttentive(attentive: boolean): void {
    this._attentive = attentive;
    this._holdUs = 0;
    this._yieldUntilUs = 0;
    // What was announced before this host came is not announced again.
    this._unfinished = this._runner.ownsAttention;
    if (attentive) this.kick();
  }

  /** Whether somebody waits for what the BMC has to say, so that it is asked when idle, too. */
  setWatched(watched: boolean): void {
    if (watched === this._watched) return;
    this._watched = watched;
    if (watched) this.kick();
  }

  /** Whether the BMC interrupts. */
  setInterrupts(enabled: boolean): void {
    this._interrupts = enabled;
    this._runner.setInterrupts(enabled);
  }

  /** Touches no register from now on. The transfers that ran are given back, but for its own. */
  stop(): readonly Transfer[] {
    this._still = true;
    const running = this._runner.stop();
    const own = this._own;
    if (own === undefined) return running;
    this.#endOwn(own, unsent(LocalCc.Cancelled, "host-interface", "the interface stopped"));
    return running.filter((transfer) => transfer.id !== own.id);
  }

  /** A transfer is on the wire. */
  get busy(): boolean {
    return this._runner.busy;
  }

  /** Polled operation: see `MachineRunner.flush`. */
  flush(untilUs: number, spin: (us: number) => void): boolean {
    return this._runner.flush(untilUs, spin);
  }

  hasWork(): boolean {
    return !this._still && (this._attentive || this._queue.ready);
  }

  next(nowUs: number, together: boolean): Transfer | undefined {
    if (this._still) return undefined;
    // One command of its own at a time: what comes next depends on its answer.
    if (this._attentive && this._own === undefined) {
      const own = this.#nextOfRound(nowUs) ?? this.#newRound(nowUs);
      if (own !== undefined) return own;
      // Others had the processor meanwhile, and one of them may have stopped it.
      if (this._still) return undefined;
    }
    const transfer = this._queue.take(together);
    if (!together || transfer !== undefined) this._lastWasRound = false;
    return transfer;
  }

  idleUntilUs(nowUs: number): number {
    if (this._still || !this._attentive || !this._watched) return NEVER_US;
    const pollUs = this._interrupts ? ATTENTION_POLL_WITH_INTERRUPT_US : ATTENTION_POLL_US;
    return this._holdUs > nowUs ? this._holdUs : nowUs + pollUs;
  }

  orderly(): void {
    this.#deliver(() => this._listener.onOrder());
  }

  ended(transfer: Transfer, outcome: Outcome): void {
    if (this._own?.id === transfer.id) this.#endOwn(this._own, outcome);
    else this.#deliver(() => transfer.finish(outcome));
    if (transfer.again === Again.Reset) {
      this._still = true;
    } else if (outcome.kind === "failure" && isEnd(transfer, outcome)) {
      this._still = true;
      this._roundRuns = false;
      this._statistics.hosed_count++;
      this.#deliver(() => this._listener.onInterfaceFailed(outcome.why));
    } else if (outcome.kind === "failure" && outcome.doubtful) {
      this.#deliver(() => this._listener.onDoubt());
    }
  }

  /** Begins to ask what the BMC has to say, if it wants to be asked and it is its turn. */
  #newRound(nowUs: number): Transfer | undefined {
    if (!this._runner.attention(nowUs) && !this._unfinished) {
      // Without attention there is no cause: the next one is news.
      this._flags = 0;
      return undefined;
    }
    if (nowUs < this._holdUs) return undefined;
    const yields = this._lastWasRound || nowUs < this._yieldUntilUs;
    if (yields && this._queue.ready) return undefined;
    this._roundBeganUs = nowUs;
    this._statistics.attentions++;
    this._statistics.flag_fetches++;
    this._unfinished = false;
    this._runner.takeAttention();
    return this.#command(getMessageFlags.cmd, [], (data, cc) => {
      // Flags that cannot be had are worth another try only after a while.
      this.#takeFlags(data?.[0] ?? 0);
      this._flagsMissing = cc === Cc.InvalidCommand;
    });
  }

  #takeFlags(flags: number): void {
    // A cause without data is told when it appears, not each time that it is still there.
    const news = flags & ~this._flags;
    this._flags = flags;
    this._round.begin(flags);
    this._roundRuns = true;
    if ((news & MessageFlag.WatchdogPretimeout) !== 0) {
      this._statistics.watchdog_pretimeouts++;
      this.#deliver(() => this._listener.onPretimeout());
    }
    if ((news & OEM_FLAGS) !== 0) this.#deliver(() => this._listener.onOem(news & OEM_FLAGS));
  }

  /** The next command of the round that runs; undefined when it is over. */
  #nextOfRound(nowUs: number): Transfer | undefined {
    if (!this._roundRuns) return undefined;
    const fetch = this._round.next();
    switch (fetch) {
      case Fetch.Pretimeout:
        return this.#command(clearMessageFlags.cmd, [MessageFlag.WatchdogPretimeout], () => {
          this._round.ended(fetch);
        });
      case Fetch.Message:
        return this.#command(getMessage.cmd, [], (data) => this.#takeMessage(data));
      case Fetch.Event:
        return this.#command(readEventMessageBuffer.cmd, [], (data) => this.#takeEvent(data));
      case Fetch.Nothing:
        return this.#endRound(nowUs);
    }
  }

  #endRound(nowUs: number): undefined {
    this._roundRuns = false;
    this._lastWasRound = true;
    if (this._round.capped) this._unfinished = this._runner.ownsAttention;
    const pauseUs = this._flagsMissing ? FLAGS_MISSING_PAUSE_US : ATTENTION_HOLD_US;
    if (!this._round.settled) this._holdUs = nowUs + pauseUs;
    // A round is many transfers to the BMC's account: then those who wait have as long.
    this._yieldUntilUs = nowUs + Math.min(nowUs - this._roundBeganUs, YIELD_MAX_US);
    return undefined;
  }

  #takeMessage(data: Uint8Array | undefined): void {
    if (data === undefined) {
      this._round.ended(Fetch.Message);
      return;
    }
    this._statistics.incoming_messages++;
    this.#deliver(() => this._listener.onMessage(data));
    this._round.fetched(Fetch.Message);
  }

  #takeEvent(data: Uint8Array | undefined): void {
    if (data === undefined || data.length + 3 !== EVENT_RESPONSE_BYTES) {
      if (data !== undefined) this._statistics.invalid_events++;
      this._round.ended(Fetch.Event);
      return;
    }
    this._statistics.events++;
    this.#deliver(() => this._listener.onEvent(data));
    this._round.fetched(Fetch.Event);
  }

  /** Makes a command of the interface's own the next transfer. */
  #command(cmd: number, data: readonly number[], ended: Own["ended"]): Transfer {
    const request = { netFn: NetFn.App, lun: 0, cmd, data: Uint8Array.from(data) };
    const id = this._nextId();
    this._own = { id, cmd, ended };
    if (this._tracer.active) this._tracer.emit({ e: "request", id, user: OWN_USER, ...request });
    // Its end is looked at within the interface: nothing has to be told to anybody above.
    const finish = () => assert(false, "the interface's own commands end within it");
    const frame = encodeRequest(request);
    const again = againOf(NetFn.App, cmd);
    return { id, frame, priority: Priority.Internal, again, finish };
  }

  /** An unusable or foreign answer ends the command as an error does. */
  #endOwn(own: Own, outcome: Outcome): void {
    this._own = undefined;
    const reply = replyOf({ netFn: NetFn.App, cmd: own.cmd }, outcome);
    if (this._tracer.active) this._tracer.emit({ e: "answer", id: own.id, ...reply });
    // Neither done nor empty: it has to be asked again, though the BMC will not say so.
    const unheard = reply.cc !== Cc.Ok && reply.cc !== SpecificCc.MessageQueueEmpty;
    if (unheard) this._unfinished = this._runner.ownsAttention;
    own.ended(reply.cc === Cc.Ok ? reply.data : undefined, reply.cc);
  }

  #deliver(run: () => void): void {
    this._scheduler.at(this._scheduler.now(), "deliver", run);
  }
}
