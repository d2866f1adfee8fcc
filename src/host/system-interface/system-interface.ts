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
  readonly #runner: MachineRunner;
  readonly #scheduler: Scheduler;
  readonly #queue: TransferQueue;
  readonly #listener: InterfaceListener;
  readonly #statistics: Statistics;
  readonly #tracer: Tracer;
  readonly #nextId: () => number;
  readonly #round = new FlagRound();
  #own: Own | undefined;
  #still = true;
  #attentive = false;
  #watched = false;
  #interrupts = false;
  #roundRuns = false;
  /** The flags that the last round began with. */
  #flags = 0;
  /** The BMC said that it knows no flags. */
  #flagsMissing = false;
  #lastWasRound = false;
  #holdUs = 0;
  #roundBeganUs = 0;
  /** Until then a round would keep those from the wire who wait. */
  #yieldUntilUs = 0;
  /** Attention was taken back from the BMC, and not all that it announced was heard. */
  #unfinished = false;

  constructor(options: SystemInterfaceOptions) {
    this.#runner = new MachineRunner(options, this);
    this.#scheduler = options.scheduler;
    this.#queue = options.queue;
    this.#listener = options.listener;
    this.#statistics = options.statistics;
    this.#tracer = options.tracer;
    this.#nextId = options.nextId;
  }

  /** A transfer was queued. */
  kick(): void {
    this.#runner.kick("kick");
  }

  /** The interrupt line changed. */
  interrupt(level: boolean): void {
    if (!level) return;
    this.#statistics.interrupts++;
    this.#runner.kick("irq");
  }

  detect(): boolean {
    return this.#runner.detect();
  }

  /** What the interface has to know of its BMC before all else; undefined: nothing. */
  greeting(): Greeting | undefined {
    return this.#runner.greeting();
  }

  /** The data of the answer to the greeting; undefined when it was none that can be used. */
  greeted(data: Uint8Array | undefined): void {
    this.#runner.greeted(data);
  }

  /** Works on, after it stood still. */
  resume(): void {
    this.#still = false;
    this.kick();
  }

  /** Whether the BMC's attention is looked at. */
  setAttentive(attentive: boolean): void {
    this.#attentive = attentive;
    this.#holdUs = 0;
    this.#yieldUntilUs = 0;
    // What was announced before this host came is not announced again.
    this.#unfinished = this.#runner.ownsAttention;
    if (attentive) this.kick();
  }

  /** Whether somebody waits for what the BMC has to say, so that it is asked when idle, too. */
  setWatched(watched: boolean): void {
    if (watched === this.#watched) return;
    this.#watched = watched;
    if (watched) this.kick();
  }

  /** Whether the BMC interrupts. */
  setInterrupts(enabled: boolean): void {
    this.#interrupts = enabled;
    this.#runner.setInterrupts(enabled);
  }

  /** Touches no register from now on. The transfers that ran are given back, but for its own. */
  stop(): readonly Transfer[] {
    this.#still = true;
    const running = this.#runner.stop();
    const own = this.#own;
    if (own === undefined) return running;
    this.#endOwn(own, unsent(LocalCc.Cancelled, "host-interface", "the interface stopped"));
    return running.filter((transfer) => transfer.id !== own.id);
  }

  /** Polled operation: see `MachineRunner.flush`. */
  flush(untilUs: number, spin: (us: number) => void): boolean {
    return this.#runner.flush(untilUs, spin);
  }

  hasWork(): boolean {
    return !this.#still && (this.#attentive || this.#queue.ready);
  }

  next(nowUs: number, together: boolean): Transfer | undefined {
    if (this.#still) return undefined;
    // One command of its own at a time: what comes next depends on its answer.
    if (this.#attentive && this.#own === undefined) {
      const own = this.#nextOfRound(nowUs) ?? this.#newRound(nowUs);
      if (own !== undefined) return own;
      // Others had the processor meanwhile, and one of them may have stopped it.
      if (this.#still) return undefined;
    }
    const transfer = this.#queue.take(together);
    if (!together || transfer !== undefined) this.#lastWasRound = false;
    return transfer;
  }

  idleUntilUs(nowUs: number): number {
    if (this.#still || !this.#attentive || !this.#watched) return NEVER_US;
    const pollUs = this.#interrupts ? ATTENTION_POLL_WITH_INTERRUPT_US : ATTENTION_POLL_US;
    return this.#holdUs > nowUs ? this.#holdUs : nowUs + pollUs;
  }

  orderly(): void {
    this.#deliver(() => this.#listener.onOrder());
  }

  ended(transfer: Transfer, outcome: Outcome): void {
    if (this.#own?.id === transfer.id) this.#endOwn(this.#own, outcome);
    else this.#deliver(() => transfer.finish(outcome));
    if (transfer.again === Again.Reset) {
      this.#still = true;
    } else if (outcome.kind === "failure" && isEnd(transfer, outcome)) {
      this.#still = true;
      this.#roundRuns = false;
      this.#statistics.hosed_count++;
      this.#deliver(() => this.#listener.onInterfaceFailed(outcome.why));
    } else if (outcome.kind === "failure" && outcome.doubtful) {
      this.#deliver(() => this.#listener.onDoubt());
    }
  }

  /** Begins to ask what the BMC has to say, if it wants to be asked and it is its turn. */
  #newRound(nowUs: number): Transfer | undefined {
    if (!this.#runner.attention(nowUs) && !this.#unfinished) {
      // Without attention there is no cause: the next one is news.
      this.#flags = 0;
      return undefined;
    }
    if (nowUs < this.#holdUs) return undefined;
    const yields = this.#lastWasRound || nowUs < this.#yieldUntilUs;
    if (yields && this.#queue.ready) return undefined;
    this.#roundBeganUs = nowUs;
    this.#statistics.attentions++;
    this.#statistics.flag_fetches++;
    this.#unfinished = false;
    this.#runner.takeAttention();
    return this.#command(getMessageFlags.cmd, [], (data, cc) => {
      // Flags that cannot be had are worth another try only after a while.
      this.#takeFlags(data?.[0] ?? 0);
      this.#flagsMissing = cc === Cc.InvalidCommand;
    });
  }

  #takeFlags(flags: number): void {
    // A cause without data is told when it appears, not each time that it is still there.
    const news = flags & ~this.#flags;
    this.#flags = flags;
    this.#round.begin(flags);
    this.#roundRuns = true;
    if ((news & MessageFlag.WatchdogPretimeout) !== 0) {
      this.#statistics.watchdog_pretimeouts++;
      this.#deliver(() => this.#listener.onPretimeout());
    }
    if ((news & OEM_FLAGS) !== 0) this.#deliver(() => this.#listener.onOem(news & OEM_FLAGS));
  }

  /** The next command of the round that runs; undefined when it is over. */
  #nextOfRound(nowUs: number): Transfer | undefined {
    if (!this.#roundRuns) return undefined;
    const fetch = this.#round.next();
    switch (fetch) {
      case Fetch.Pretimeout:
        return this.#command(clearMessageFlags.cmd, [MessageFlag.WatchdogPretimeout], () => {
          this.#round.ended(fetch);
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
    this.#roundRuns = false;
    this.#lastWasRound = true;
    if (this.#round.capped) this.#unfinished = this.#runner.ownsAttention;
    const pauseUs = this.#flagsMissing ? FLAGS_MISSING_PAUSE_US : ATTENTION_HOLD_US;
    if (!this.#round.settled) this.#holdUs = nowUs + pauseUs;
    // A round is many transfers to the BMC's account: then those who wait have as long.
    this.#yieldUntilUs = nowUs + Math.min(nowUs - this.#roundBeganUs, YIELD_MAX_US);
    return undefined;
  }

  #takeMessage(data: Uint8Array | undefined): void {
    if (data === undefined) {
      this.#round.ended(Fetch.Message);
      return;
    }
    this.#statistics.incoming_messages++;
    this.#deliver(() => this.#listener.onMessage(data));
    this.#round.fetched(Fetch.Message);
  }

  #takeEvent(data: Uint8Array | undefined): void {
    if (data === undefined || data.length + 3 !== EVENT_RESPONSE_BYTES) {
      if (data !== undefined) this.#statistics.invalid_events++;
      this.#round.ended(Fetch.Event);
      return;
    }
    this.#statistics.events++;
    this.#deliver(() => this.#listener.onEvent(data));
    this.#round.fetched(Fetch.Event);
  }

  /** Makes a command of the interface's own the next transfer. */
  #command(cmd: number, data: readonly number[], ended: Own["ended"]): Transfer {
    const request = { netFn: NetFn.App, lun: 0, cmd, data: Uint8Array.from(data) };
    const id = this.#nextId();
    this.#own = { id, cmd, ended };
    if (this.#tracer.active) this.#tracer.emit({ e: "request", id, user: OWN_USER, ...request });
    // Its end is looked at within the interface: nothing has to be told to anybody above.
    const finish = () => assert(false, "the interface's own commands end within it");
    const frame = encodeRequest(request);
    const again = againOf(NetFn.App, cmd);
    return { id, frame, priority: Priority.Internal, again, finish };
  }

  /** An unusable or foreign answer ends the command as an error does. */
  #endOwn(own: Own, outcome: Outcome): void {
    this.#own = undefined;
    const reply = replyOf({ netFn: NetFn.App, cmd: own.cmd }, outcome);
    if (this.#tracer.active) this.#tracer.emit({ e: "answer", id: own.id, ...reply });
    // Neither done nor empty: it has to be asked again, though the BMC will not say so.
    const unheard = reply.cc !== Cc.Ok && reply.cc !== SpecificCc.MessageQueueEmpty;
    if (unheard) this.#unfinished = this.#runner.ownsAttention;
    own.ended(reply.cc === Cc.Ok ? reply.data : undefined, reply.cc);
  }

  #deliver(run: () => void): void {
    this.#scheduler.at(this.#scheduler.now(), "deliver", run);
  }
}
