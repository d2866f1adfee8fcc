import { REQUEST_BYTES_MIN, RESPONSE_BYTES_MIN, responseNetFn } from "../../../ipmi/message.ts";
import { Bus, type SmbusPort } from "../../../wire/smbus/port.ts";
import {
  BLOCK_BYTES_MAX,
  LAST_BLOCK,
  MULTI_PART_MARK,
  SsifCommand,
} from "../../../wire/ssif/protocol.ts";
import {
  Again,
  Failure,
  type Greeting,
  type InterfaceMachine,
  MESSAGE_MAX,
  Pace,
  Refusal,
} from "../machine.ts";
import { ResponseBuffer } from "../response-buffer.ts";
import { SsifAttention } from "./attention.ts";
import { SSIF_GREETING, SSIF_LEAST, ssifCapabilities } from "./capabilities.ts";
import { Progress, SmbusBlock } from "./smbus-block.ts";
import { SSIF_TIMING, type SsifTiming } from "./timing.ts";

/** In the order of a transaction. @see IPMI 2.0 §12.2 to §12.5 */
const State = {
  Idle: 0,
  /** Before the first part; an unfinished transaction of somebody's may lie on the bus. */
  Start: 1,
  Write: 2,
  /** A write failed; the BMC is left alone for a while. */
  Resend: 3,
  /** Before a read. */
  Await: 4,
  Read: 5,
} as const;
type State = (typeof State)[keyof typeof State];

/** How often the bus is tried for at once before it is left to others for a while. */
const LOSSES_IN_A_ROW = 4;

/** No pause waits to begin. */
const BEGUN = -1;

/** What no block number is: the first block of a response is read. */
const FIRST = -1;

/** The host side of SSIF. A step moves one byte, with what begins or ends it. @see IPMI 2.0 §12 */
export class Ssif implements InterfaceMachine {
  readonly #bus: SmbusPort;
  readonly #timing: SsifTiming;
  readonly #block: SmbusBlock;
  readonly #attention: SsifAttention;
  readonly #request = new Uint8Array(MESSAGE_MAX);
  readonly #response = new ResponseBuffer();
  #capabilities = SSIF_LEAST;
  #state: State = State.Idle;
  #requestLength = 0;
  /** Up to where the request was written, the running part included. */
  #written = 0;
  /** The block that is read, by the number that it must have. */
  #blockNumber = FIRST;
  #again: Again = Again.Freely;
  #failure: Failure = Failure.None;
  #writeTries = 0;
  #badResponses = 0;
  /** Until when responses of no use are a reason to ask again. */
  #patienceEndUs = Number.POSITIVE_INFINITY;
  #silencesLeft = 0;
  #recoveries = 0;
  /** How long to wait from the next step on: a byte on the bus may have taken its time. */
  #pauseUs = BEGUN;
  /** When the running wait ends, and when the BMC's patience with it does. */
  #wakeUs = Number.POSITIVE_INFINITY;
  #deadlineUs = 0;
  #endUs = 0;
  /** The BMC was asked for its response because of an alert. */
  #byAlert = false;
  /** The last try was lost to another master. */
  #contended = false;
  #losses = 0;
  /** No transaction of ours, or of somebody's before us, is open on the bus. */
  #busFree = false;

  constructor(bus: SmbusPort, address: number, timing: SsifTiming = SSIF_TIMING) {
    this.#bus = bus;
    this.#timing = timing;
    this.#block = new SmbusBlock(bus, address);
    this.#attention = new SsifAttention(bus, address, timing);
  }

  begin(request: Uint8Array, nowUs: number, again: Again = Again.Freely): Refusal | undefined {
    if (this.#state !== State.Idle) return Refusal.Busy;
    if (request.length < REQUEST_BYTES_MIN) return Refusal.TooShort;
    if (request.length > this.#capabilities.requestBytesMax) return Refusal.TooLong;
    this.#request.set(request);
    this.#requestLength = request.length;
    this.#again = again;
    this.#failure = Failure.None;
    this.#contended = false;
    this.#badResponses = 0;
    this.#patienceEndUs = Number.POSITIVE_INFINITY;
    this.#silencesLeft = this.#timing.silencesMax;
    this.#endUs = nowUs + this.#timing.transactionUs;
    this.#attention.begun(request, nowUs);
    this.#restart(nowUs);
    return undefined;
  }

  step(nowUs: number): Pace {
    if (this.#state === State.Idle) {
      return this.#attention.wanted(nowUs) ? Pace.Attention : Pace.Idle;
    }
    if (nowUs >= this.#endUs) return this.#outOfTime();
    switch (this.#state) {
      case State.Start:
        if (!this.#busFree) this.#freeBus();
        return this.#writePart();
      case State.Write:
        return this.#write(nowUs);
      case State.Resend:
        this.#beginPause(nowUs);
        if (nowUs < this.#wakeUs) return Pace.Rest;
        this.#written = 0;
        return this.#writePart();
      case State.Await:
        this.#beginPause(nowUs);
        this.#byAlert = this.#attention.alerted(nowUs);
        if (nowUs < this.#wakeUs && !this.#byAlert) return Pace.Rest;
        return this.#readBlock(SsifCommand.ReadStart);
      case State.Read:
        return this.#read(nowUs);
    }
  }

  wakeAtUs(): number {
    if (this.#state === State.Idle) return Number.POSITIVE_INFINITY;
    return Math.min(this.#wakeUs, this.#endUs);
  }

  response(): Uint8Array {
    return this.#response.message();
  }

  truncated(): boolean {
    return this.#response.truncated;
  }

  failure(): Failure {
    return this.#failure;
  }

  recoveries(): number {
    return this.#recoveries;
  }

  /**
   * Whether the bus can be used. Nobody is asked: that a BMC does not acknowledge its address says
   * little, since one that is busy, or boots, does not either.
   */
  detect(): boolean {
    this.#freeBus();
    return this.#busFree;
  }

  greeting(): Greeting | undefined {
    // Who is asked may be another than before, who can do less.
    this.#capabilities = SSIF_LEAST;
    return SSIF_GREETING;
  }

  greeted(data: Uint8Array | undefined): void {
    this.#capabilities = ssifCapabilities(data);
  }

  reset(): void {
    this.#state = State.Idle;
    this.#busFree = false;
  }

  #freeBus(): void {
    this.#block.reset();
    this.#busFree = this.#bus.stop() === Bus.Ack;
  }

  #pause(us: number): Pace {
    this.#pauseUs = us;
    return Pace.Again;
  }

  #beginPause(nowUs: number): void {
    if (this.#pauseUs === BEGUN) return;
    this.#wakeUs = nowUs + this.#pauseUs;
    this.#pauseUs = BEGUN;
  }

  #restart(nowUs: number): void {
    this.#state = State.Start;
    this.#written = 0;
    this.#writeTries = 0;
    this.#deadlineUs = nowUs + this.#timing.inputTimeoutUs;
  }

  /** Begins the next part. @see IPMI 2.0 §12.2, §12.3 */
  #writePart(): Pace {
    const from = this.#written;
    const left = this.#requestLength - from;
    this.#written += Math.min(left, BLOCK_BYTES_MAX);
    const bytes = this.#request.subarray(from, this.#written);
    this.#block.beginWrite(partCommand(from, left), bytes, this.#capabilities.usesPec);
    this.#state = State.Write;
    return Pace.Again;
  }

  #write(nowUs: number): Pace {
    const progress = this.#block.step();
    if (progress === Progress.Running) return Pace.Again;
    const last = this.#written === this.#requestLength;
    if (progress !== Progress.Done) {
      return this.#writeFailed(progress, last && this.#block.allSent, nowUs);
    }
    this.#contended = false;
    if (!last) return this.#writePart();
    this.#deadlineUs = nowUs + this.#timing.outputTimeoutUs;
    return this.#readLater(this.#timing.responseUs);
  }

  /** After an error the request is written from its first part again. @see IPMI 2.0 §12.3 */
  #writeFailed(progress: Progress, taken: boolean, nowUs: number): Pace {
    this.#failure = Failure.InputStuck;
    if (taken && this.#again === Again.Reset) return this.#fail(Failure.InputStuck);
    if (taken && this.#again === Again.Never) {
      // All of it was on the bus, and what was lost may be an acknowledgement: the response tells.
      this.#deadlineUs = nowUs + this.#timing.outputTimeoutUs;
      return this.#readLater(this.#timing.readRetryUs);
    }
    const { writeRetryUs, writeRetryMaxUs, writeRetriesMin } = this.#timing;
    this.#recoveries++;
    this.#state = State.Resend;
    if (progress === Progress.Lost) return this.#pause(this.#lostUs(writeRetryUs));
    const tried = this.#writeTries++;
    if (tried >= writeRetriesMin && nowUs >= this.#deadlineUs) {
      return this.#fail(Failure.InputStuck);
    }
    return this.#pause(Math.min(writeRetryUs * 2 ** tried, writeRetryMaxUs));
  }

  /**
   * The pause after another master won the bus, whose time is not the BMC's. Nothing was refused, so
   * the next try comes at once a few times in a row.
   */
  #lostUs(pauseUs: number): number {
    this.#contended = true;
    this.#losses++;
    if (this.#losses % LOSSES_IN_A_ROW !== 0) return 0;
    this.#deadlineUs += pauseUs;
    return pauseUs;
  }

  #readLater(us: number): Pace {
    this.#state = State.Await;
    return this.#pause(us);
  }

  #readBlock(command: SsifCommand): Pace {
    if (command === SsifCommand.ReadStart) {
      this.#response.clear();
      this.#blockNumber = FIRST;
    }
    this.#block.beginRead(command, this.#capabilities.usesPec);
    this.#state = State.Read;
    return Pace.Again;
  }

  #read(nowUs: number): Pace {
    const progress = this.#block.step();
    if (progress !== Progress.Running) this.#contended = false;
    switch (progress) {
      case Progress.Running:
        return Pace.Again;
      case Progress.Done:
        return this.#blockNumber === FIRST ? this.#first(nowUs) : this.#further(nowUs);
      case Progress.Nack:
        if (this.#byAlert) this.#attention.raise();
        return this.#notReady(nowUs);
      case Progress.Lost:
        return this.#notReady(nowUs, this.#lostUs(this.#timing.readRetryUs));
      case Progress.BadCount:
      case Progress.TimedOut:
        return this.#notReady(nowUs);
      case Progress.BadPec:
        return this.#bad(nowUs);
    }
  }

  #first(nowUs: number): Pace {
    const { data } = this.#block;
    const [first, second] = data;
    if (first !== MULTI_PART_MARK[0] || second !== MULTI_PART_MARK[1]) {
      this.#store(data);
      return this.#whole(nowUs);
    }
    if (data.length !== BLOCK_BYTES_MAX) return this.#bad(nowUs);
    this.#store(data.subarray(MULTI_PART_MARK.length));
    this.#blockNumber = 0;
    return this.#readBlock(SsifCommand.ReadMiddle);
  }

  #further(nowUs: number): Pace {
    const { data } = this.#block;
    const number = data[0];
    const last = number === LAST_BLOCK;
    const whole = number === this.#blockNumber && data.length === BLOCK_BYTES_MAX;
    if (!last && !whole) return this.#bad(nowUs);
    this.#store(data.subarray(1));
    if (last) return this.#whole(nowUs);
    if (this.#response.endless) return this.#recover(Failure.Endless, nowUs);
    this.#blockNumber++;
    return this.#readBlock(SsifCommand.ReadMiddle);
  }

  #store(data: Uint8Array): void {
    for (const byte of data) this.#response.push(byte);
  }

  /** The response has come to its end; it may be none, or that of an earlier request. */
  #whole(nowUs: number): Pace {
    if (this.#response.received < RESPONSE_BYTES_MIN) return this.#notReady(nowUs);
    const [netFnLun = 0, cmd] = this.#response.message();
    const [asked = 0, askedCmd] = this.#request;
    const belongs = netFnLun >> 2 === responseNetFn(asked >> 2) && cmd === askedCmd;
    // A BMC that insists is believed: whoever asked judges what he was answered.
    if (!belongs && this.#badResponses < this.#timing.badResponsesMax) return this.#bad(nowUs);
    this.#attention.ended(this.#request, this.response(), nowUs);
    return this.#end(Pace.Done);
  }

  #notReady(nowUs: number, pauseUs = this.#timing.readRetryUs): Pace {
    if (nowUs >= this.#deadlineUs) return this.#recover(Failure.NoOutput, nowUs);
    return this.#readLater(pauseUs);
  }

  /** A response that cannot be used is read again, from its first block. @see IPMI 2.0 §12.5 */
  #bad(nowUs: number): Pace {
    this.#failure = Failure.Broken;
    this.#patienceEndUs = Math.min(this.#patienceEndUs, nowUs + this.#timing.patienceUs);
    this.#badResponses++;
    this.#recoveries++;
    if (this.#badResponses <= this.#timing.badResponsesMax) return this.#notReady(nowUs);
    return this.#recover(Failure.Broken, nowUs);
  }

  /**
   * Sends the request again, if that may be, and if its response then still has its time. A read that
   * was refused by its address looks like a write that was, so the same pause follows.
   */
  #recover(failure: Failure, nowUs: number): Pace {
    if (this.#again === Again.Reset) return this.#fail(failure);
    const { outputTimeoutUs, writeRetryUs } = this.#timing;
    // A response without an end is as good as none.
    const silent = failure === Failure.NoOutput || failure === Failure.Endless;
    const inTime = nowUs + outputTimeoutUs <= this.#endUs;
    const left = silent ? this.#silencesLeft-- > 0 : nowUs + writeRetryUs < this.#patienceEndUs;
    if (this.#again === Again.Never || !left || !inTime) {
      return this.#fail(silent || this.#again === Again.Never ? Failure.Unanswered : failure);
    }
    this.#failure = failure;
    this.#recoveries++;
    this.#badResponses = 0;
    this.#restart(nowUs + writeRetryUs);
    this.#state = State.Resend;
    return this.#pause(writeRetryUs);
  }

  #outOfTime(): Pace {
    this.#freeBus();
    return this.#fail(this.#contended ? Failure.Contended : Failure.OutOfTime);
  }

  #fail(failure: Failure): Pace {
    this.#failure = failure;
    return this.#end(Pace.Failed);
  }

  #end(pace: Pace): Pace {
    this.#state = State.Idle;
    return pace;
  }
}

/** With what a request's next `left` bytes are written. @see IPMI 2.0 §12.2, §12.3 */
function partCommand(from: number, left: number): SsifCommand {
  const last = left <= BLOCK_BYTES_MAX;
  if (from === 0) return last ? SsifCommand.SinglePartWrite : SsifCommand.WriteStart;
  return last ? SsifCommand.WriteEnd : SsifCommand.WriteMiddle;
}
