import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeatError } from "../../programs/errors.ts";
import { TemporaryFolder } from "../../programs/life.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { NamedPipes } from "../qemu/named-pipes.ts";
import { Lpc } from "./board.ts";
import { Ask } from "./carrier-protocol.ts";
import { Debugger, Watch } from "./debugger.ts";
import { BmcGuest, type GuestStart } from "./guest.ts";
import { CarrierLine } from "./line.ts";

/** A register access of the driver's, which has just been made. */
export interface DriverAccess {
  readonly register: "input" | "output" | "status";
  readonly value: number;
}

const WATCHED = [
  { register: "input", word: Lpc.DataIn, kind: Watch.Read },
  { register: "output", word: Lpc.DataOut, kind: Watch.Write },
  { register: "status", word: Lpc.Status, kind: Watch.Write },
] as const;
const PAGE_AT = 0xffff_f000;
/** How long we let QEMU have the processor before we look again. */
const LOOK_MS = 0.05;
const STUB_READY = /^Waiting for gdb connection/;

/**
 * A guest whose processor stands after each access of its KCS driver to the channel's registers. It
 * runs only while something is asked of it, and then until it has nothing more to do: what it does, and in
 * which order, is a function of what was asked. A read of the status is none of the accesses: it
 * changes nothing, and is a write's first half.
 */
export class StoppedGuest {
  readonly line: CarrierLine;
  readonly guest: BmcGuest;
  /** Told of each access, while the processor stands behind it. */
  onAccess: (access: DriverAccess) => void = () => {};
  private readonly _debugger: Debugger;
  /** Where it stops, by the addresses that the kernel has. */
  private readonly _places = new Map<number, (typeof WATCHED)[number]>();
  /** The processor stands. */
  private _stands = false;

  private constructor(guest: BmcGuest, own: Debugger) {
    this.guest = guest;
    this._debugger = own;
    const { channel } = guest.machine;
    if (channel === undefined) throw new SeatError("QEMU_FAILED", "the guest has no line");
    this.line = new CarrierLine({
      sendBytes: (bytes) => channel.sendBytes(bytes),
      bytesThere: () => channel.bytesThere(),
      receiveBytes: () => this.#receive(channel),
    });
  }

  /** Throws `QEMU_FAILED` where there is no gdbstub, or the kernel has the registers nowhere. */
  static async start(start: GuestStart): Promise<StoppedGuest> {
    const guest = await BmcGuest.start(start);
    try {
      const stopped = new StoppedGuest(guest, await debuggerOf(guest));
      stopped.#watch();
      return stopped;
    } catch (error) {
      await guest.stop();
      throw error;
    }
  }

  /** Lets the guest do all that it has to do. Between two of its accesses nothing can be let go on. */
  settle(): void {
    if (this._stands) return;
    do this.line.ask(Ask.Nothing);
    while (this.line.owed > 0);
  }

  /** The host's end of the channel: the driver has answered an access when that returns. */
  get port(): RegisterPort {
    const { port } = this.guest;
    return {
      read: (offset) => {
        const { held } = port;
        const value = port.read(offset);
        if (held && !port.held) this.settle();
        return value;
      },
      write: (offset, value) => {
        port.write(offset, value);
        this.settle();
      },
    };
  }

  stop(): Promise<void> {
    return this.guest.stop();
  }

  #watch(): void {
    const page = (Lpc.Status & PAGE_AT) >>> 0;
    const base = this._debugger.mapped(page);
    if (base === undefined) {
      const why = "the BMC's kernel has the chip's KCS registers nowhere in its memory";
      throw new SeatError("GUEST_FAILED", `${why}: there is no place to stop it at`);
    }
    for (const place of WATCHED) {
      const address = base + (place.word - page);
      this._places.set(address, place);
      this._debugger.watch(place.kind, address);
    }
    this._debugger.goOn();
  }

  /** Waits for bytes of the guest's, and stops it at each access until then. */
  #receive(channel: NamedPipes): Uint8Array {
    for (;;) {
      const bytes = channel.bytesThere();
      if (bytes !== undefined) return bytes;
      const at = this._debugger.stoppedAt();
      if (at === undefined) rest();
      else this.#standsAt(at);
    }
  }

  #standsAt(address: number): void {
    const place = this._places.get(address);
    if (place === undefined) throw new SeatError("QEMU_FAILED", "it stopped where nobody watched");
    this._debugger.make(place.kind, address);
    const value = this.guest.machine.qtest.readl(place.word) & 0xff;
    this._stands = true;
    this.onAccess({ register: place.register, value });
    this._stands = false;
    this._debugger.goOn();
  }
}

async function debuggerOf(guest: BmcGuest): Promise<Debugger> {
  const folder = new TemporaryFolder(tmpdir(), "baseboard-gdb-");
  void guest.machine.gone.finally(() => folder.kill());
  const pipes = await NamedPipes.create(folder.path, "gdb");
  void guest.machine.gone.finally(() => pipes.close());
  let ended = false;
  void guest.machine.gone.then(() => {
    ended = true;
  });
  const opened = pipes.open(() => ended);
  const command = `gdbserver pipe:${join(folder.path, "gdb")}`;
  const said = guest.machine.qmp.execute("human-monitor-command", { "command-line": command });
  if (typeof said !== "string" || !STUB_READY.test(said)) {
    ended = true;
    await opened.catch(() => {});
    throw new SeatError("QEMU_FAILED", `this QEMU has no gdbstub: ${String(said).trim()}`);
  }
  await opened;
  return new Debugger(pipes);
}

const cell = new Int32Array(new SharedArrayBuffer(4));

function rest(): void {
  Atomics.wait(cell, 0, 0, LOOK_MS);
}
