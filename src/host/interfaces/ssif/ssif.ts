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
  private readonly _bus: SmbusPort;
  private readonly _timing: SsifTiming;
  private readonly _withoutPec: boolean;
  private readonly _block: SmbusBlock;
  private readonly _attention: SsifAttention;
  private readonly _request = new Uint8Array(MESSAGE_MAX);
  private readonly _response = new ResponseBuffer();
  private _capabilities = SSIF_LEAST;
  private _state: State = State.Idle;
  private _requestLength = 0;
  /** Up to where the request was written, the running part included. */
  private _written = 0;
  /** The block that is read, by the number that it must have. */
  private _blockNumber = FIRST;
  private _again: Again = Again.Freely;
  private _failure: Failure = Failure.None;
  private _writeTries = 0;
  private _badResponses = 0;
  /** Until when responses of no use are a reason to ask again. */
  private _patienceEndUs = Number.POSITIVE_INFINITY;
  private _silencesLeft = 0;
  private _recoveries = 0;
  /** How long to wait from the next step on: a byte on the bus may have taken its time. */
  private _pauseUs = BEGUN;
  /** When the running wait ends, and when the BMC's patience with it does. */
  private _wakeUs = Number.POSITIVE_INFINITY;
  private _deadlineUs = 0;
  private _endUs = 0;
  /** The BMC was asked for its response because of an alert. */
  private _byAlert = false;
  /** The last try was lost to another master. */
  private _contended = false;
  private _losses = 0;
  /** No transaction of ours, or of somebody's before us, is open on the bus. */
  private _busFree = false;

  /** `withoutPec`: the bus carries no packet error codes. */
  constructor(bus: SmbusPort, address: number, timing = SSIF_TIMING, withoutPec = false) {
    this._bus = bus;
    this._timing = timing;
    this._withoutPec = withoutPec;
    this._block = new SmbusBlock(bus, address);
    this._attention = new SsifAttention(bus, address, timing);
  }

  begin(request: Uint8Array, nowUs: number, again: Again = Again.Freely): Refusal | undefined {
    if (this._state !== State.Idle) return Refusal.Busy;
    if (request.length < REQUEST_BYTES_MIN) return Refusal.TooShort;
    if (request.length > this._capabilities.requestBytesMax) return Refusal.TooLong;
    this._request.set(request);
    this._requestLength = request.length;
    this._again = again;
    this._failure = Failure.None;
    this._contended = false;
    this._badResponses = 0;
    this._patienceEndUs = Number.POSITIVE_INFINITY;
    this._silencesLeft = this._timing.silencesMax;
    this._endUs = nowUs + this._timing.transactionUs;
    this._attention.begun(request, nowUs);
    this.#restart(nowUs);
    return undefined;
  }

  step(nowUs: number): Pace {
    if (this._state === State.Idle) {
      return this._attention.wanted(nowUs) ? Pace.Attention : Pace.Idle;
    }
    if (nowUs >= this._endUs) return this.#outOfTime();
    switch (this._state) {
      case State.Start:
        if (!this._busFree) this.#freeBus();
        return this.#writePart();
      case State.Write:
        return this.#write(nowUs);
      case State.Resend:
        this.#beginPause(nowUs);
        if (nowUs < this._wakeUs) return Pace.Rest;
        this._written = 0;
        return this.#writePart();
      case State.Await:
        this.#beginPause(nowUs);
        this._byAlert = this._attention.announces(nowUs, nowUs >= this._wakeUs);
        if (nowUs < this._wakeUs && !this._byAlert) return Pace.Rest;
        return this.#readBlock(SsifCommand.ReadStart);
      case State.Read:
        return this.#read(nowUs);
    }
  }

  wakeAtUs(): number {
    if (this._state === State.Idle) return Number.POSITIVE_INFINITY;
    return Math.min(this._wakeUs, this._endUs);
  }

  response(): Uint8Array {
    return this._response.message();
  }

  truncated(): boolean {
    return this._response.truncated;
  }

  failure(): Failure {
    return this._failure;
  }

  recoveries(): number {
    return this._recoveries;
  }

  /**
   * Whether the bus can be used. Nobody is asked: that a BMC does not acknowledge its address says
   * little, since one that is busy, or boots, does not either.
   */
  detect(): boolean {
    this.#freeBus();
    return this._busFree;
  }

  greeting(): Greeting | undefined {
    // Who is asked may be another than before, who can do less.
    this._capabilities = SSIF_LEAST;
    return SSIF_GREETING;
  }

  greeted(data: Uint8Array | undefined): void {
    const told = ssifCapabilities(data);
    this._capabilities = this._withoutPec ? { ...told, usesPec: false } : told;
  }

  reset(): void {
    this._state = State.Idle;
    this._busFree = false;
  }

  #freeBus(): void {
    this._block.reset();
    this._busFree = this._bus.stop() === Bus.Ack;
  }

  #pause(us: number): Pace {
    this._pauseUs = us;
    return Pace.Again;
  }

  #beginPause(nowUs: number): void {
    if (this._pauseUs === BEGUN) return;
    this._wakeUs = nowUs + this._pauseUs;
    this._pauseUs = BEGUN;
  }

  #restart(nowUs: number): void {
    this._state = State.Start;
    this._written = 0;
    this._writeTries = 0;
    this._deadlineUs = nowUs + this._timing.inputTimeoutUs;
  }

  /** Begins the next part. @see IPMI 2.0 §12.2, §12.3 */
  #writePart(): Pace {
    const from = this._written;
    const left = this._requestLength - from;
    this._written += Math.min(left, BLOCK_BYTES_MAX);
    const bytes = this._request.subarray(from, this._written);
    this._block.beginWrite(partCommand(from, left), bytes, this._capabilities.usesPec);
    this._state = State.Write;
    return Pace.Again;
  }

  #write(nowUs: number): Pace {
    const progress = this._block.step();
    if (progress === Progress.Running) return Pace.Again;
    const last = this._written === this._requestLength;
    if (progress !== Progress.Done) {
      return this.#writeFailed(progress, last && this._block.allSent, nowUs);
    }
    this._contended = false;
    if (!last) return this.#writePart();
    this._deadlineUs = nowUs + this._timing.outputTimeoutUs;
    return this.#readLater(this._timing.responseUs);
  }

  /** After an error the request is written from its first part again. @see IPMI 2.0 §12.3 */
  #writeFailed(progress: Progress, taken: boolean, nowUs: number): Pace {
    this._failure = Failure.InputStuck;
    if (taken && this._again === Again.Reset) return this.#fail(Failure.InputStuck);
    if (taken && this._again === Again.Never) {
      // All of it was on the bus, and what was lost may be an acknowledgement: the response tells.
      this._deadlineUs = nowUs + this._timing.outputTimeoutUs;
      return this.#readLater(this._timing.readRetryUs);
    }
    const { writeRetryUs, writeRetryMaxUs, writeRetriesMin } = this._timing;
    this._recoveries++;
    this._state = State.Resend;
    if (progress === Progress.Lost) return this.#pause(this.#lostUs(writeRetryUs));
    const tried = this._writeTries++;
    if (tried >= writeRetriesMin && nowUs >= this._deadlineUs) {
      return this.#fail(Failure.InputStuck);
    }
    return this.#pause(Math.min(writeRetryUs * 2 ** tried, writeRetryMaxUs));
  }

  /**
   * The pause after another master won the bus, whose time is not the BMC's. Nothing was refused, so
   * the next try comes at once a few times in a row.
   */
  #lostUs(pauseUs: number): number {
    this._contended = true;
    this._losses++;
    if (this._losses % LOSSES_IN_A_ROW !== 0) return 0;
    this._deadlineUs += pauseUs;
    return pauseUs;
  }

  #readLater(us: number): Pace {
    this._state = State.Await;
    return this.#pause(us);
  }

  #readBlock(command: SsifCommand): Pace {
    if (command === SsifCommand.ReadStart) {
      this._response.clear();
      this._blockNumber = FIRST;
    }
    this._block.beginRead(command, this._capabilities.usesPec);
    this._state = State.Read;
    return Pace.Again;
  }

  #read(nowUs: number): Pace {
    const progress = this._block.step();
    if (progress !== Progress.Running) this._contended = false;
    switch (progress) {
      case Progress.Running:
        return Pace.Again;
      case Progress.Done:
        return this._blockNumber === FIRST ? this.#first(nowUs) : this.#further(nowUs);
      case Progress.Nack:
        if (this._byAlert) this._attention.raise();
        return this.#notReady(nowUs);
      case Progress.Lost:
        return this.#notReady(nowUs, this.#lostUs(this._timing.readRetryUs));
      case Progress.BadCount:
      case Progress.TimedOut:
        return this.#notReady(nowUs);
      case Progress.BadPec:
        return this.#bad(nowUs);
    }
  }

  #first(nowUs: number): Pace {
    const { data } = this._block;
    const [first, second] = data;
    if (first !== MULTI_PART_MARK[0] || second !== MULTI_PART_MARK[1]) {
      this.#store(data);
      return this.#whole(nowUs);
    }
    if (data.length !== BLOCK_BYTES_MAX) return this.#bad(nowUs);
    this.#store(data.subarray(MULTI_PART_MARK.length));
    this._blockNumber = 0;
    return this.#readBlock(SsifCommand.ReadMiddle);
  }

  #further(nowUs: number): Pace {
    const { data } = this._block;
    const number = data[0];
    const last = number === LAST_BLOCK;
    const whole = number === this._blockNumber && data.length === BLOCK_BYTES_MAX;
    if (!last && !whole) return this.#bad(nowUs);
    this.#store(data.subarray(1));
    if (last) return this.#whole(nowUs);
    if (this._response.endless) return this.#recover(Failure.Endless, nowUs);
    this._blockNumber++;
    return this.#readBlock(SsifCommand.ReadMiddle);
  }

  #store(data: Uint8Array): void {
    for (const byte of data) this._response.push(byte);
  }

  /** The response has come to its end; it may be none, or that of an earlier request. */
  #whole(nowUs: number): Pace {
    if (this._response.received < RESPONSE_BYTES_MIN) return this.#notReady(nowUs);
    const [netFnLun = 0, cmd] = this._response.message();
    const [asked = 0, askedCmd] = this._request;
    const belongs = netFnLun >> 2 === responseNetFn(asked >> 2) && cmd === askedCmd;
    // A BMC that insists is believed: whoever asked judges what he was answered.
    if (!belongs && this._badResponses < this._timing.badResponsesMax) return this.#bad(nowUs);
    this._attention.ended(this._request, this.response(), nowUs);
    return this.#end(Pace.Done);
  }

  #notReady(nowUs: number, pauseUs = this._timing.readRetryUs): Pace {
    if (nowUs >= this._deadlineUs) return this.#recover(Failure.NoOutput, nowUs);
    return this.#readLater(pauseUs);
  }

  /** A response that cannot be used is read again, from its first block. @see IPMI 2.0 §12.5 */
  #bad(nowUs: number): Pace {
    this._failure = Failure.Broken;
    this._patienceEndUs = Math.min(this._patienceEndUs, nowUs + this._timing.patienceUs);
    this._badResponses++;
    this._recoveries++;
    if (this._badResponses <= this._timing.badResponsesMax) return this.#notReady(nowUs);
    return this.#recover(Failure.Broken, nowUs);
  }

  /**
   * Sends the request again, if that may be, and if its response then still has its time. A read that
   * was refused by its address looks like a write that was, so the same pause follows.
   */
  #recover(failure: Failure, nowUs: number): Pace {
    if (this._again === Again.Reset) return this.#fail(failure);
    const { outputTimeoutUs, writeRetryUs } = this._timing;
    // A response without an end is as good as none.
    const silent = failure === Failure.NoOutput || failure === Failure.Endless;
    const inTime = nowUs + outputTimeoutUs <= this._endUs;
    const left = silent ? this._silencesLeft-- > 0 : nowUs + writeRetryUs < this._patienceEndUs;
    if (this._again === Again.Never || !left || !inTime) {
      return this.#fail(silent || this._again === Again.Never ? Failure.Unanswered : failure);
    }
    this._failure = failure;
    this._recoveries++;
    this._badResponses = 0;
    this.#restart(nowUs + writeRetryUs);
    this._state = State.Resend;
    return this.#pause(writeRetryUs);
  }

  #outOfTime(): Pace {
    // A bus that was lost is another's. @see SMBus 2.0 §4.3.2
    if (!this._contended || this._block.open) this.#freeBus();
    return this.#fail(this._contended ? Failure.Contended : Failure.OutOfTime);
  }

  #fail(failure: Failure): Pace {
    this._failure = failure;
    return this.#end(Pace.Failed);
  }

  #end(pace: Pace): Pace {
    this._state = State.Idle;
    return pace;
  }
}

/** With what a request's next `left` bytes are written. @see IPMI 2.0 §12.2, §12.3 */
function partCommand(from: number, left: number): SsifCommand {
  const last = left <= BLOCK_BYTES_MAX;
  if (from === 0) return last ? SsifCommand.SinglePartWrite : SsifCommand.WriteStart;
  return last ? SsifCommand.WriteEnd : SsifCommand.WriteMiddle;
}
