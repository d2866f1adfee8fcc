import { Ask } from "../../../seats/linux-bmc/carrier-protocol.ts";
import { abortWord } from "../../../seats/linux-bmc/driver-device.ts";
import type { DriverAccess, StoppedGuest } from "../../../seats/linux-bmc/stopped-guest.ts";
import { Tracer } from "../../../trace/tracer.ts";
import { KCS_LAYOUT, Status } from "../../../wire/kcs/protocol.ts";
import { RegisterHostTap } from "../../../wire/registers/host-tap.ts";
import type { RegisterPort } from "../../../wire/registers/port.ts";
import { BareHost, BegunAnew, type Transferred } from "./bare-host.ts";
import { DEEDS, type Deed, type Stop } from "./deeds.ts";

/** What the host waits for a byte, and for an answer. @see IPMI 2.0 §9.14 */
const PATIENCE_US = 5_000_000;
const ACCESS_US = 1;
const READ_BYTES = Uint8Array.of(0, 4, 0, 0);
/** So often a request is tried before it is given up. */
const TRIES = 3;
/** More accesses than this are a driver that goes round in circles. */
const ACCESSES_MAX = 10_000;

/** What the daemon answers, by the request's NetFn and command; to all others, that it does not know them. */
const ANSWERS: ReadonlyMap<number, readonly number[]> = new Map([
  [0x1801, [0x00, 0x20, 0x01, 0x01, 0x00, 0x02, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00]],
  [0x1804, [0x00, 0x55, 0x00]],
]);
const UNKNOWN_COMMAND = [0xc1];

/** A message of the daemon's, and the request that it belongs to. */
interface Tagged {
  readonly tag: number;
  readonly message: Uint8Array;
}

/**
 * One course of a bare host, a real driver and a small daemon, in lockstep: one of the three acts at a time, and
 * the driver stands after each of its register accesses. Nothing in it has a clock.
 */
export class DriverCourse {
  readonly tracer: Tracer;
  /** How many stops there were. */
  stops = 0;
  /** The deed could be done. */
  done = false;
  private readonly _guest: StoppedGuest;
  private readonly _stop: Stop | undefined;
  private readonly _host: BareHost;
  private readonly _tags = { request: 0, response: 0 };
  private _nowUs = 0;
  private _open = false;
  /** The host has written what the driver has not read. */
  private _full = false;
  private _shown = 0;
  /** Which request the last data byte was of that the driver took: the host may have begun another since. */
  private _taken = 0;
  /** The host has begun anew, and what it was at does not know it yet. */
  private _anew: BegunAnew | undefined;
  /** The driver stands, so that nobody but the host can do anything. */
  private _stands = false;
  /** The host has recovered at a stop. */
  private _recovered = false;
  /** The last request that was answered. */
  private _before: Tagged | undefined;
  /** The answer that the daemon hands over, until the driver shows that it has it. */
  private _giving: Tagged | undefined;

  constructor(guest: StoppedGuest, stop: Stop | undefined) {
    this._guest = guest;
    this._stop = stop;
    this.tracer = new Tracer(() => this._nowUs);
    const block = { layout: KCS_LAYOUT, spacing: 1, tags: this._tags, numbersTransfers: true };
    const tap = new RegisterHostTap(this.#ticking(guest.port), this.tracer, block);
    this._host = new BareHost(this.#interruptible(tap), (until) => this.#wait(until));
    guest.onAccess = (access) => this.#accessed(access);
  }

  /** The host makes its requests, one after the other; undefined stands for one that was given up. */
  play(requests: readonly Uint8Array[]): readonly Transferred[] {
    this.tracer.emit({ e: "bmc", what: "power-on", flags: 0, text: "" });
    this.#openDevice();
    const answers = requests.map((request) => this.#request(request));
    this.tracer.emit({ e: "end", why: "done" });
    return answers;
  }

  #request(request: Uint8Array): Transferred {
    let next = () => this._host.transfer(request);
    for (let tries = 0; tries < 2 * TRIES; tries++) {
      try {
        const come = next();
        if (come !== undefined && come.length > 1) return come;
        next = come === undefined ? () => this._host.abort() : () => this._host.transfer(request);
      } catch (error) {
        if (!(error instanceof BegunAnew)) throw error;
        next =
          error.how === "abort"
            ? () => this._host.abortBegun()
            : () => this._host.transferBegun(request);
      }
    }
    return undefined;
  }

  #wait(until: () => boolean): boolean {
    if (until()) return true;
    this.#daemon();
    if (until()) return true;
    // Nobody has anything to do, so the host's patience ends.
    this._nowUs += PATIENCE_US;
    return until();
  }

  /** Does what the daemon has to do. */
  #daemon(): void {
    const { line } = this._guest;
    if (!this._open || !line.readable) return;
    line.readable = false;
    const { value, bytes } = line.ask(Ask.Read, READ_BYTES);
    if (value < 0) return;
    const request = { tag: this._taken, message: bytes };
    this.tracer.emit({ e: "bmc.request", ...request });
    this.#stands();
    this._guest.settle();
    this.#taken();
    if (this._open) this.#answer(request);
    this._guest.settle();
    this.#taken();
  }

  #answer({ tag, message }: Tagged): void {
    const response = answerTo(message);
    this._before = { tag, message: response };
    this._giving = this._before;
    const { value } = this._guest.line.ask(Ask.Write, response);
    if (value >= 0) this.#given();
    else this.tracer.emit({ e: "bmc.refused", tag, code: `error ${-value}` });
    this._giving = undefined;
  }

  /** The driver has taken the daemon's answer: what it does to the registers from here on comes of that. */
  #given(): void {
    if (this._giving !== undefined) this.tracer.emit({ e: "bmc.response", ...this._giving });
    this._giving = undefined;
  }

  #accessed({ register, value }: DriverAccess): void {
    if (register === "output") {
      this.#given();
      this.tracer.emit({ e: "bmc.write", value });
    } else if (register === "input") this.#read(value);
    else if (value !== this._shown) this.tracer.emit({ e: "bmc.status", status: value });
    this._shown = register === "status" ? value : this.#status();
    this.#stands();
  }

  #read(value: number): void {
    // A driver that reads it once more gets what is there no longer.
    if (!this._full) return;
    this._full = false;
    const command = (this.#status() & Status.Cd) !== 0;
    if (!command) this._taken = this._tags.request;
    this.tracer.emit({ e: "bmc.read", value, command });
  }

  #stands(): void {
    const at = this.stops++;
    if (at > ACCESSES_MAX) throw new RangeError("the driver goes round in circles");
    this._stands = true;
    if (this._stop?.at === at) this.#do(this._stop.deed);
    else if (this._stop !== undefined && this._stop.at < at) this.#look();
    this._stands = false;
  }

  /** After the deed the host looks at each stop, and does once what it has to when it sees ERROR. */
  #look(): void {
    if (this._recovered || !this._host.showsError()) return;
    this._recovered = true;
    if (this._host.beginAnew("abort")) this._anew = new BegunAnew("abort");
  }

  #do(deed: Deed): void {
    const { by, text } = DEEDS[deed];
    const told = { e: "fault", name: deed, on: "nobody", text } as const;
    this.tracer.emit({ ...told, what: "fires" });
    if (by === "host" && (deed === "abort" || deed === "write-start")) {
      this.done = this._host.beginAnew(deed);
      if (this.done) this._anew = new BegunAnew(deed);
    } else {
      this.done = this.#ofTheDaemon(deed);
    }
    this.tracer.emit({ ...told, what: "ends" });
  }

  /** What the daemon asks for now is done as soon as the driver lets it. */
  #ofTheDaemon(deed: Deed): boolean {
    const { line } = this._guest;
    if (deed === "force-abort") line.post(Ask.Ioctl, abortWord());
    if (deed === "late-answer") {
      if (this._before === undefined) return false;
      line.post(Ask.Write, this._before.message);
    }
    if (deed === "close" || deed === "re-open") {
      line.post(Ask.Close);
      this._open = false;
    }
    if (deed === "re-open") {
      line.post(Ask.Open);
      this._open = true;
    }
    return true;
  }

  /** What was done to the host while it was at something ends that. */
  #taken(): void {
    const anew = this._anew;
    this._anew = undefined;
    if (anew !== undefined) throw anew;
  }

  #openDevice(): void {
    const { value } = this._guest.line.ask(Ask.Open);
    if (value < 0) throw new RangeError(`the device cannot be opened: error ${-value}`);
    this._open = true;
    this.tracer.emit({ e: "bmc", what: "daemon-opened", flags: 0, text: "" });
    this._shown = this.#status();
  }

  #status(): number {
    return this._guest.guest.port.read(1);
  }

  #ticking(port: RegisterPort): RegisterPort {
    return {
      read: (offset) => {
        this._nowUs += ACCESS_US;
        return port.read(offset);
      },
      write: (offset, value) => {
        this._nowUs += ACCESS_US;
        this._full = true;
        port.write(offset, value);
      },
    };
  }

  #interruptible(port: RegisterPort): RegisterPort {
    return {
      read: (offset) => port.read(offset),
      write: (offset, value) => {
        port.write(offset, value);
        if (this._stands) return;
        this.#daemon();
        this.#taken();
      },
    };
  }
}

function answerTo(request: Uint8Array): Uint8Array {
  const [netFnLun = 0, cmd = 0] = request;
  const data = ANSWERS.get((netFnLun << 8) | cmd) ?? UNKNOWN_COMMAND;
  return Uint8Array.from([netFnLun | 4, cmd, ...data]);
}
