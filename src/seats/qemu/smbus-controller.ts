import { Bus, type SmbusPort } from "../../wire/smbus/port.ts";
import { READ_BIT } from "../../wire/smbus/protocol.ts";
import { BLOCK_BYTES_MAX } from "../../wire/ssif/protocol.ts";
import type { Qtest } from "./qtest.ts";

/** The controller's registers, in bytes from its base. @see Intel 82371AB (PIIX4) §7.3 */
const Register = {
  Status: 0x00,
  Control: 0x02,
  Command: 0x03,
  Address: 0x04,
  Data0: 0x05,
  BlockData: 0x07,
} as const;
const Status = { Busy: 0x01, Done: 0x02, Errors: 0x1c, All: 0x1e } as const;
const Control = { Byte: 0x04, Block: 0x14, Start: 0x40 } as const;

const POLLS_MAX = 1_000;
/** Nobody pulls a line low: it reads ones. */
const NOBODY = 0xff;

/**
 * The PIIX4's SMBus controller as a bus. It knows whole transactions only, so bytes are gathered until
 * they make one: a block write is made with its last byte, a block read with its repeated START.
 * Who did not acknowledge, and which byte, it does not tell: that shows as the last byte, or the
 * START. Packet error codes it does not make.
 */
export class SmbusController implements SmbusPort {
  /** No alert line is connected. */
  readonly alert = false;
  readonly #qtest: Qtest;
  readonly #base: number;
  #addressByte = 0;
  #sent: number[] = [];
  /** What the slave gave, as it comes over the bus: the count first, if there is one. */
  #given: number[] = [];

  constructor(qtest: Qtest, base: number) {
    this.#qtest = qtest;
    this.#base = base;
  }

  start(addressByte: number): Bus {
    const [command] = this.#sent;
    this.#addressByte = addressByte;
    this.#sent = [];
    this.#given = [];
    if ((addressByte & READ_BIT) === 0) return Bus.Ack;
    const ack = command === undefined ? this.#receiveByte() : this.#readBlock(command);
    return ack ? Bus.Ack : Bus.Nack;
  }

  write(value: number): Bus {
    this.#sent.push(value);
    const [command, count, ...bytes] = this.#sent;
    if (command === undefined || count === undefined) return Bus.Ack;
    if (count === 0 || count > BLOCK_BYTES_MAX || bytes.length > count) return Bus.Nack;
    if (bytes.length < count) return Bus.Ack;
    return this.#writeBlock(command, bytes) ? Bus.Ack : Bus.Nack;
  }

  read(): number {
    return this.#given.shift() ?? NOBODY;
  }

  /** What has not become a transaction by now becomes none. */
  stop(): Bus {
    this.#sent = [];
    this.#given = [];
    return Bus.Ack;
  }

  #writeBlock(command: number, bytes: readonly number[]): boolean {
    this.#prepare(command);
    this.#out(Register.Data0, bytes.length);
    for (const byte of bytes) this.#out(Register.BlockData, byte);
    return this.#run(Control.Block);
  }

  #readBlock(command: number): boolean {
    this.#prepare(command);
    if (!this.#run(Control.Block)) return false;
    const count = Math.min(this.#in(Register.Data0), BLOCK_BYTES_MAX);
    this.#rewind();
    const bytes = Array.from({ length: count }, () => this.#in(Register.BlockData));
    this.#given = [count, ...bytes];
    return true;
  }

  #receiveByte(): boolean {
    this.#prepare(0);
    if (!this.#run(Control.Byte)) return false;
    this.#given = [this.#in(Register.Data0)];
    return true;
  }

  #prepare(command: number): void {
    this.#out(Register.Status, Status.All);
    this.#out(Register.Address, this.#addressByte);
    this.#out(Register.Command, command);
    this.#rewind();
  }

  /** Reading the control register takes the block's data from its beginning. */
  #rewind(): void {
    this.#in(Register.Control);
  }

  /** True when all was acknowledged. */
  #run(protocol: number): boolean {
    this.#out(Register.Control, protocol | Control.Start);
    for (let polls = 0; polls < POLLS_MAX; polls++) {
      const status = this.#in(Register.Status);
      if ((status & Status.Busy) !== 0) continue;
      if ((status & Status.Errors) !== 0) return false;
      if ((status & Status.Done) !== 0) return true;
    }
    return false;
  }

  #in(register: number): number {
    return this.#qtest.inb(this.#base + register);
  }

  #out(register: number, value: number): void {
    this.#qtest.outb(this.#base + register, value);
  }
}
