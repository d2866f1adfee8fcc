import { SeatError } from "../../programs/errors.ts";
import type { NamedPipes } from "../qemu/named-pipes.ts";

/** What stops the processor, as QEMU's gdbstub counts them. @see GDB, Remote Serial Protocol, Packets */
export const Watch = { Write: 2, Read: 3 } as const;
type Watch = (typeof Watch)[keyof typeof Watch];

/** A packet that asks for memory is answered by twice as many characters, and one holds 4,096. */
const CHUNK_BYTES = 0x400;
const PAGE_BYTES = 0x1000;
/** The kernel's half of the addresses, in entries of 1 MB of the first level. */
const FIRST_ENTRY = 0xc00;
const ENTRIES = 0x1000;
const ENTRY_BYTES = 4;
/** What an entry of the first level is, and that one of the second is a small page. @see ARM DDI 0406, B3.5 */
const FirstLevel = { Kind: 3, Table: 1, TableAt: 0xffff_fc00 } as const;
const SmallPage = { Is: 2, At: 0xffff_f000 } as const;
const INSTRUCTION_BYTES = 4;
const PROGRAM_COUNTER = "f";
const BASE_REGISTER = "TTBR1_EL1";
const BASE_AT = 0xffff_c000;
const REGISTERS = "system-registers.xml";

/**
 * A debugger at QEMU's gdbstub: it stops the guest's processor at an access to an address, and needs no
 * symbol of the kernel's. An ARM processor stops before the access, so that one step makes it.
 */
export class Debugger {
  private readonly _pipes: NamedPipes;
  private _pending = "";

  constructor(pipes: NamedPipes) {
    this._pipes = pipes;
  }

  /** Where the kernel has a page of physical memory in its own; undefined when it has it nowhere. */
  mapped(page: number): number | undefined {
    const base = (this.#register(BASE_REGISTER) & BASE_AT) >>> 0;
    this.#expect("Qqemu.PhyMemMode:1", "OK");
    const first = this.#words(base + FIRST_ENTRY * ENTRY_BYTES, ENTRIES - FIRST_ENTRY);
    let found: number | undefined;
    for (const [index, entry] of first.entries()) {
      if ((entry & FirstLevel.Kind) !== FirstLevel.Table) continue;
      const table = this.#words((entry & FirstLevel.TableAt) >>> 0, CHUNK_BYTES / ENTRY_BYTES);
      const at = table.findIndex((each) => {
        return (each & SmallPage.Is) !== 0 && (each & SmallPage.At) >>> 0 === page;
      });
      if (at < 0) continue;
      found = (FIRST_ENTRY + index) * 0x10_0000 + at * PAGE_BYTES;
      break;
    }
    this.#expect("Qqemu.PhyMemMode:0", "OK");
    return found;
  }

  /** From now on it stops before each such access to the word at an address of the kernel's. */
  watch(kind: Watch, address: number): void {
    this.#expect(`Z${placeOf(kind, address)}`, "OK");
  }

  /**
   * Has the access made that it stands before, and stands behind it. A breakpoint at the next instruction does
   * that: a step would have QEMU translate the whole guest anew. The kernel holds a lock then that keeps
   * interrupts away.
   */
  make(kind: Watch, address: number): void {
    const next = (wordsIn(this.#ask(`p${PROGRAM_COUNTER}`))[0] ?? 0) + INSTRUCTION_BYTES;
    const behind = `1,${next.toString(16)},${INSTRUCTION_BYTES}`;
    this.#expect(`z${placeOf(kind, address)}`, "OK");
    this.#expect(`Z${behind}`, "OK");
    this.#ask("c");
    this.#expect(`z${behind}`, "OK");
    this.watch(kind, address);
  }

  goOn(): void {
    this.#send("c");
  }

  /** The address that it stands before an access to; undefined while it runs. */
  stoppedAt(): number | undefined {
    const bytes = this._pipes.bytesThere();
    if (bytes !== undefined) this._pending += Buffer.from(bytes).toString("latin1");
    const packet = this.#packet();
    if (packet === undefined) return undefined;
    const at = /watch:([0-9a-f]+);/.exec(packet)?.[1];
    if (at === undefined) throw failed(`it stopped, and not at a register: ${packet}`);
    return Number.parseInt(at, 16);
  }

  #register(name: string): number {
    let text = "";
    for (;;) {
      const from = text.length.toString(16);
      const part = this.#ask(
        `qXfer:features:read:${REGISTERS}:${from},${CHUNK_BYTES.toString(16)}`,
      );
      text += part.slice(1);
      if (part.startsWith("l")) break;
      if (!part.startsWith("m")) throw failed("it does not tell of the processor's registers");
    }
    const number = new RegExp(`name="${name}"[^>]*regnum="(\\d+)"`).exec(text)?.[1];
    if (number === undefined) throw failed(`it knows no ${name}`);
    return wordsIn(this.#ask(`p${Number(number).toString(16)}`))[0] ?? 0;
  }

  #words(address: number, count: number): readonly number[] {
    const words: number[] = [];
    while (words.length < count) {
      const from = address + words.length * ENTRY_BYTES;
      const part = wordsIn(this.#ask(`m${from.toString(16)},${CHUNK_BYTES.toString(16)}`));
      if (part.length === 0) throw failed(`no memory at ${from.toString(16)}`);
      words.push(...part);
    }
    return words;
  }

  #expect(command: string, answer: string): void {
    const given = this.#ask(command);
    if (given !== answer) throw failed(`${command} was answered by "${given}"`);
  }

  #ask(command: string): string {
    this.#send(command);
    for (;;) {
      const packet = this.#packet();
      if (packet !== undefined) return packet;
      this._pending += Buffer.from(this._pipes.receiveBytes()).toString("latin1");
    }
  }

  #send(command: string): void {
    let sum = 0;
    for (const byte of Buffer.from(command)) sum = (sum + byte) & 0xff;
    this._pipes.sendBytes(Buffer.from(`$${command}#${sum.toString(16).padStart(2, "0")}`));
  }

  #packet(): string | undefined {
    const found = /\$([^#]*)#[0-9a-f]{2}/.exec(this._pending);
    if (found === null) return undefined;
    this._pending = this._pending.slice(found.index + found[0].length);
    this._pipes.sendBytes(Buffer.from("+"));
    return found[1] ?? "";
  }
}

function placeOf(kind: Watch, address: number): string {
  return `${kind},${address.toString(16)},${ENTRY_BYTES}`;
}

/** Words as the guest has them, the low byte first. */
function wordsIn(hex: string): readonly number[] {
  const bytes = Buffer.from(hex, "hex");
  const count = Math.floor(bytes.length / ENTRY_BYTES);
  return Array.from({ length: count }, (_, index) => bytes.readUInt32LE(index * ENTRY_BYTES));
}

function failed(why: string): SeatError {
  return new SeatError("QEMU_FAILED", `QEMU's gdbstub: ${why}`);
}
