import type { RegisterPort } from "../../wire/registers/port.ts";
import {
  I801Control as Control,
  I801Auxiliary,
  I801Register as Register,
  I801Status as Status,
} from "../../wire/smbus/i801.ts";
import { pec } from "../../wire/smbus/pec.ts";
import { Bus, type SmbusPort } from "../../wire/smbus/port.ts";
import { READ_BIT } from "../../wire/smbus/protocol.ts";

const Protocol = { Quick: 0, Byte: 1, Block: 5 } as const;
/** Auxiliary status: the received code was wrong. */
const CODE_ERROR = 0x01;
const BUFFER_BYTES = 32;
/** A processor that only looks, and lets no time pass, is not kept waiting for ever. */
const LOOKS_MAX = 2_000;

/** How far the guest's own time is behind that of the bus. */
export interface GuestTime {
  /** The bus has taken so long that the guest's time must come after it. */
  behind(): boolean;
}

/**
 * The SMBus controller of an Intel ICH9 as far as Linux's i2c-i801 uses it without interrupts: each
 * transaction is carried out on our bus, byte by byte, when the driver starts it, and shows as done when
 * the guest's time has caught up with the bus's. @see Intel ICH9 datasheet, SMBus controller
 */
export class I801 implements RegisterPort {
  readonly #bus: SmbusPort;
  readonly #time: GuestTime;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #bufferAt = 0;
  #status = 0;
  #control = 0;
  #command = 0;
  #address = 0;
  #data0 = 0;
  #data1 = 0;
  #auxiliaryStatus = 0;
  #auxiliaryControl = 0;
  /** What the status will be when the transaction shows as done; 0: none runs. */
  #outcome = 0;
  #looks = 0;
  #pec = 0;

  constructor(bus: SmbusPort, time: GuestTime) {
    this.#bus = bus;
    this.#time = time;
  }

  read(offset: number): number {
    switch (offset) {
      case Register.HostStatus:
        return this.#hostStatus();
      case Register.HostControl:
        // Reading it sets the block buffer's pointer back.
        this.#bufferAt = 0;
        return this.#control & ~Control.Start;
      case Register.HostCommand:
        return this.#command;
      case Register.SlaveAddress:
        return this.#address;
      case Register.Data0:
        return this.#data0;
      case Register.Data1:
        return this.#data1;
      case Register.BlockData:
        return this.#buffer[this.#bufferAt++ % BUFFER_BYTES] ?? 0;
      case Register.AuxiliaryStatus:
        return this.#auxiliaryStatus;
      case Register.AuxiliaryControl:
        return this.#auxiliaryControl;
      default:
        return 0;
    }
  }

  write(offset: number, value: number): void {
    switch (offset) {
      case Register.HostStatus:
        this.#status &= ~value;
        return;
      case Register.HostControl:
        return this.#writeControl(value);
      case Register.HostCommand:
        this.#command = value;
        return;
      case Register.SlaveAddress:
        this.#address = value;
        return;
      case Register.Data0:
        this.#data0 = value;
        return;
      case Register.Data1:
        this.#data1 = value;
        return;
      case Register.BlockData:
        this.#buffer[this.#bufferAt++ % BUFFER_BYTES] = value;
        return;
      case Register.AuxiliaryStatus:
        this.#auxiliaryStatus &= ~value;
        return;
      case Register.AuxiliaryControl:
        this.#auxiliaryControl = value;
        return;
      default:
        return;
    }
  }

  #hostStatus(): number {
    if (this.#outcome === 0) return this.#status;
    this.#looks++;
    if (this.#time.behind() && this.#looks < LOOKS_MAX) return this.#status | Status.Busy;
    this.#finish(this.#outcome);
    return this.#status;
  }

  #writeControl(value: number): void {
    this.#control = value;
    if ((value & Control.Kill) !== 0 && this.#outcome !== 0) this.#finish(Status.Failed);
    if ((value & Control.Start) === 0 || this.#outcome !== 0) return;
    this.#bufferAt = 0;
    this.#looks = 0;
    const appends = (this.#auxiliaryControl & I801Auxiliary.AppendsCode) !== 0;
    this.#outcome = this.#run((value >> 2) & 0x07, appends || (value & Control.Pec) !== 0);
  }

  #finish(outcome: number): void {
    this.#status |= outcome;
    this.#outcome = 0;
  }

  /** Carries the transaction out; the status that it ends with. */
  #run(protocol: number, usesPec: boolean): number {
    this.#pec = 0;
    const bus = this.#transaction(protocol, usesPec);
    // Who has lost the bus may not end the winner's transaction.
    if (bus !== Bus.Lost) this.#bus.stop();
    if (bus === Bus.Lost) return Status.BusError;
    return bus === Bus.Ack ? Status.Done : Status.DeviceError;
  }

  #transaction(protocol: number, usesPec: boolean): Bus {
    const reads = (this.#address & READ_BIT) !== 0;
    switch (protocol) {
      case Protocol.Quick:
        return this.#bus.start(this.#address);
      case Protocol.Byte:
        return reads ? this.#readByte() : this.#send([this.#command]);
      case Protocol.Block:
        return reads ? this.#readBlock(usesPec) : this.#writeBlock(usesPec);
      default:
        return Bus.Nack;
    }
  }

  #readByte(): Bus {
    const bus = this.#bus.start(this.#address);
    if (bus !== Bus.Ack) return bus;
    const byte = this.#bus.read(false);
    if (byte === Bus.Lost || byte === Bus.TimedOut) return byte;
    this.#data0 = byte;
    return Bus.Ack;
  }

  #writeBlock(usesPec: boolean): Bus {
    const count = Math.min(this.#data0, BUFFER_BYTES);
    const bus = this.#send([this.#command, this.#data0, ...this.#buffer.subarray(0, count)]);
    return bus === Bus.Ack && usesPec ? this.#bus.write(this.#pec) : bus;
  }

  #readBlock(usesPec: boolean): Bus {
    const commanded = this.#send([this.#command]);
    if (commanded !== Bus.Ack) return commanded;
    const addressed = this.#start(this.#address);
    if (addressed !== Bus.Ack) return addressed;
    const count = this.#take(true);
    if (count === Bus.Lost || count === Bus.TimedOut) return count;
    this.#data0 = count;
    const bytes = Math.min(count, BUFFER_BYTES);
    for (let at = 0; at < bytes; at++) {
      const byte = this.#take(at < bytes - 1 || usesPec);
      if (byte === Bus.Lost || byte === Bus.TimedOut) return byte;
      this.#buffer[at] = byte;
    }
    return usesPec ? this.#checkCode() : Bus.Ack;
  }

  #checkCode(): Bus {
    const expected = this.#pec;
    const code = this.#take(false);
    if (code === Bus.Lost || code === Bus.TimedOut) return code;
    if (code === expected) return Bus.Ack;
    this.#auxiliaryStatus |= CODE_ERROR;
    return Bus.Nack;
  }

  /** Address for writing and bytes. */
  #send(bytes: readonly number[]): Bus {
    let bus = this.#start(this.#address & ~READ_BIT);
    for (const byte of bytes) {
      if (bus !== Bus.Ack) return bus;
      this.#pec = pec(this.#pec, byte);
      bus = this.#bus.write(byte);
    }
    return bus;
  }

  #start(addressByte: number): Bus {
    this.#pec = pec(this.#pec, addressByte);
    return this.#bus.start(addressByte);
  }

  #take(ack: boolean): number {
    const byte = this.#bus.read(ack);
    this.#pec = pec(this.#pec, byte);
    return byte;
  }
}
