import type { RegisterPort } from "../../wire/registers/port.ts";
import { I801Auxiliary, I801Control, I801Register, I801Status } from "../../wire/smbus/i801.ts";
import { Bus, type SmbusPort } from "../../wire/smbus/port.ts";
import { READ_BIT } from "../../wire/smbus/protocol.ts";
import { BLOCK_BYTES_MAX } from "../../wire/ssif/protocol.ts";

const ORDERS = 0x1c;
/** What has come of a step shows so many looks after it was begun. */
const LOOKS_UNTIL_SHOWN = 2;
const NOTHING = 0xff;

/**
 * The SMBus controller of Intel's chip sets for block transfers, stricter than it is: what a driver does
 * out of order is not overlooked but told. A request goes byte by byte, a response into the buffer, as
 * the auxiliary control says. @see Intel ICH9 datasheet, SMBus controller
 */
export class StrictController implements RegisterPort {
  /** What was done that the datasheet does not allow, a sentence each. */
  readonly breaches: string[] = [];
  readonly #bus: SmbusPort;
  readonly #takes: () => void;
  readonly #registers = new Map<number, number>();
  #status = 0;
  /** What the status gets when the step shows. */
  #outcome = 0;
  #looks = 0;
  #busy = false;
  /** Bytes of a request that are still to be sent, with the one in the register. */
  #left = 0;
  #buffer: readonly number[] = [];
  #bufferAt: number | undefined;
  #given: number | undefined;

  /** `takes`: called before each access, which takes its time. */
  constructor(bus: SmbusPort, takes: () => void) {
    this.#bus = bus;
    this.#takes = takes;
  }

  read(offset: number): number {
    this.#takes();
    switch (offset) {
      case I801Register.HostStatus:
        return this.#look();
      case I801Register.HostControl:
        this.#bufferAt = 0;
        return this.#value(offset) & ~I801Control.Start;
      case I801Register.BlockData:
        return this.#take();
      default:
        return this.#value(offset);
    }
  }

  write(offset: number, value: number): void {
    this.#takes();
    if (offset === I801Register.HostStatus) return this.#clear(value);
    if (this.#busy && offset !== I801Register.HostControl && offset !== I801Register.BlockData) {
      this.breaches.push(`register ${offset} was written while the controller was at work`);
      return;
    }
    if (offset === I801Register.BlockData) this.#given = value;
    this.#registers.set(offset, value);
    if (offset === I801Register.HostControl) this.#order(value);
  }

  #value(offset: number): number {
    return this.#registers.get(offset) ?? 0;
  }

  #look(): number {
    if (this.#outcome !== 0) {
      this.#looks++;
      if (this.#looks > LOOKS_UNTIL_SHOWN) this.#show();
    }
    return this.#status | (this.#busy ? I801Status.Busy : 0);
  }

  #show(): void {
    this.#status |= this.#outcome;
    if (this.#outcome !== I801Status.ByteDone) this.#busy = false;
    this.#outcome = 0;
  }

  #clear(bits: number): void {
    const byteDone = this.#status & bits & I801Status.ByteDone;
    this.#status &= ~bits;
    if (byteDone !== 0 && this.#busy) this.#goOn();
  }

  #order(value: number): void {
    if ((value & I801Control.Kill) !== 0) return this.#kill();
    if ((value & I801Control.Start) === 0) return;
    if (this.#busy) {
      this.breaches.push("it was begun while it was at work");
      return;
    }
    if (this.#status !== 0) {
      this.breaches.push(`it was begun with status ${this.#status.toString(16)}h not cleared`);
    }
    if ((value & ORDERS) !== I801Control.Block) this.breaches.push("it was to move no block");
    this.#busy = true;
    const reads = (this.#value(I801Register.SlaveAddress) & READ_BIT) !== 0;
    this.#come(reads ? this.#readBlock() : this.#beginWrite());
  }

  #kill(): void {
    if (!this.#busy) return;
    this.#bus.stop();
    this.#come(I801Status.Failed);
  }

  /** The step is done on the bus; the status shows it later. */
  #come(outcome: number): void {
    this.#outcome = outcome;
    this.#looks = 0;
  }

  #beginWrite(): number {
    if (this.#value(I801Register.AuxiliaryControl) !== 0) {
      this.breaches.push("a request was to go by the buffer");
    }
    this.#left = this.#value(I801Register.Data0);
    const address = this.#value(I801Register.SlaveAddress);
    const head = [this.#value(I801Register.HostCommand), this.#left];
    let bus = this.#bus.start(address);
    for (const byte of head) if (bus === Bus.Ack) bus = this.#bus.write(byte);
    return bus === Bus.Ack ? this.#sendByte() : this.#ends(bus);
  }

  #sendByte(): number {
    if (this.#given === undefined) this.breaches.push("a byte was to be sent that was not given");
    const bus = this.#bus.write(this.#given ?? NOTHING);
    this.#given = undefined;
    this.#left--;
    return bus === Bus.Ack ? I801Status.ByteDone : this.#ends(bus);
  }

  #goOn(): void {
    this.#come(this.#left > 0 ? this.#sendByte() : this.#ends(Bus.Ack));
  }

  #readBlock(): number {
    if (this.#value(I801Register.AuxiliaryControl) !== I801Auxiliary.BlockBuffer) {
      this.breaches.push("a response was to come byte by byte");
    }
    const address = this.#value(I801Register.SlaveAddress);
    let bus = this.#bus.start(address & ~READ_BIT);
    if (bus === Bus.Ack) bus = this.#bus.write(this.#value(I801Register.HostCommand));
    if (bus === Bus.Ack) bus = this.#bus.start(address);
    if (bus !== Bus.Ack) return this.#ends(bus);
    const count = this.#bus.read(true);
    if (count > NOTHING || count === 0 || count > BLOCK_BYTES_MAX) {
      return this.#ends(count === Bus.Lost ? Bus.Lost : Bus.Nack);
    }
    const bytes = Array.from({ length: count }, (_, at) => this.#bus.read(at < count - 1));
    if (bytes.some((byte) => byte > NOTHING)) return this.#ends(Bus.Nack);
    this.#registers.set(I801Register.Data0, count);
    this.#buffer = bytes;
    this.#bufferAt = undefined;
    return this.#ends(Bus.Ack);
  }

  #ends(bus: Bus): number {
    // Who has lost the bus may not end the winner's transaction.
    if (bus === Bus.Lost) return I801Status.BusError;
    this.#bus.stop();
    return bus === Bus.Ack ? I801Status.Done : I801Status.DeviceError;
  }

  #take(): number {
    const at = this.#bufferAt;
    if (this.#busy || at === undefined || at >= this.#buffer.length) {
      this.breaches.push("the buffer was read where nothing is");
      return NOTHING;
    }
    this.#bufferAt = at + 1;
    return this.#buffer[at] ?? NOTHING;
  }
}
