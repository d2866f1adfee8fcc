import { closeSync, openSync } from "node:fs";
import type { BusLocation } from "../wire/location.ts";
import { Bus, type SmbusPort } from "../wire/smbus/port.ts";
import { READ_BIT } from "../wire/smbus/protocol.ts";
import { BLOCK_BYTES_MAX } from "../wire/ssif/protocol.ts";
import { DeviceError } from "./errors.ts";
import { accessError } from "./kernel-errors.ts";
import { buffer, type Libc } from "./libc.ts";
import type { OpenWire } from "./stack-target.ts";

/** Calls of `/dev/i2c-N`: whom the next transactions are with, what the bus can do, a transaction. */
const Call = { Slave: 0x0703, Functions: 0x0705, Transaction: 0x0720 } as const;
/** 0 reads (1), command (1), 4 kind (4), 8 where the data are (8). */
const TRANSACTION = { reads: 0, command: 1, kind: 4, data: 8, bytes: 16 } as const;
/** Of a transaction: a block of bytes with its count. */
const BLOCK = 5;
/** A bus has to be able to read and to write blocks. */
const BLOCKS = { read: 0x0100_0000, write: 0x0200_0000 } as const;
/** The count, 32 bytes, and what the kernel keeps for a packet error code. */
const DATA_BYTES = BLOCK_BYTES_MAX + 2;
/** Nobody pulls a line low: it reads ones. */
const NOBODY = 0xff;

/** How the bus answers, by an error's name; of any other the device fails. */
const ANSWERS: Readonly<Record<string, Bus>> = {
  ...{ ENXIO: Bus.Nack, EREMOTEIO: Bus.Nack, EIO: Bus.Nack, EPROTO: Bus.Nack, EBADMSG: Bus.Nack },
  ...{ EAGAIN: Bus.Lost, ETIMEDOUT: Bus.TimedOut },
};

/**
 * A bus that the kernel drives, by `/dev/i2c-N`. It knows whole transactions only, so bytes are gathered
 * until they make one: a block write is made with its last byte, a block read with its repeated START. Who
 * did not acknowledge, and which byte, it does not tell: that shows as the last byte, or the START. Each
 * transaction keeps the process waiting for as long as the bus takes.
 */
class I2cBus implements SmbusPort {
  /** The alert line is the kernel's. */
  readonly alert = false;
  readonly #path: string;
  readonly #fd: number;
  readonly #libc: Libc;
  readonly #address: number;
  readonly #transaction = buffer(TRANSACTION.bytes);
  readonly #data = buffer(DATA_BYTES);
  #ours = false;
  #sent: number[] = [];
  /** What the slave gave, as it comes over the bus: the count first. */
  #given: number[] = [];

  constructor(parts: { path: string; fd: number; libc: Libc; address: number }) {
    this.#path = parts.path;
    this.#fd = parts.fd;
    this.#libc = parts.libc;
    this.#address = parts.address;
  }

  start(addressByte: number): Bus {
    const [command] = this.#sent;
    this.#sent = [];
    this.#given = [];
    this.#ours = addressByte >> 1 === this.#address;
    // Nobody else is asked through this: not who pulls the alert line.
    if (!this.#ours) return Bus.Nack;
    if ((addressByte & READ_BIT) === 0) return Bus.Ack;
    const bus = this.#make({ reads: true, command: command ?? 0 });
    if (bus === Bus.Ack) this.#given = [...this.#data.subarray(0, 1 + this.#count)];
    return bus;
  }

  write(value: number): Bus {
    if (!this.#ours) return Bus.Nack;
    this.#sent.push(value);
    const [command, count, ...bytes] = this.#sent;
    if (command === undefined || count === undefined) return Bus.Ack;
    if (count === 0 || count > BLOCK_BYTES_MAX || bytes.length > count) return Bus.Nack;
    if (bytes.length < count) return Bus.Ack;
    this.#data.set([count, ...bytes]);
    return this.#make({ reads: false, command });
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

  get #count(): number {
    return Math.min(this.#data.readUInt8(), BLOCK_BYTES_MAX);
  }

  #make({ reads, command }: { readonly reads: boolean; readonly command: number }): Bus {
    const transaction = this.#transaction;
    transaction.writeUInt8(reads ? 1 : 0, TRANSACTION.reads);
    transaction.writeUInt8(command, TRANSACTION.command);
    transaction.writeUInt32LE(BLOCK, TRANSACTION.kind);
    transaction.writeBigUInt64LE(this.#libc.addressOf(this.#data), TRANSACTION.data);
    const made = this.#libc.ioctl(this.#fd, Call.Transaction, transaction);
    if (typeof made === "number") return Bus.Ack;
    const bus = ANSWERS[made];
    if (bus === undefined) throw accessError(this.#path, made);
    return bus;
  }
}

/** A BMC on a bus that the kernel drives, unless a driver of the kernel's has it. Throws `DeviceError`. */
export function openBus(name: string, location: BusLocation, libc: Libc): OpenWire {
  const { bus: number, address, kind } = location;
  const path = `/dev/i2c-${number}`;
  const fd = opened(path);
  try {
    check(name, path, { fd, libc, address });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  const bus = new I2cBus({ path, fd, libc, address });
  return { wire: { kind, bus, address, withoutPec: true }, close: () => closeSync(fd) };
}

function check(
  name: string,
  path: string,
  { fd, libc, address }: { fd: number; libc: Libc; address: number },
): void {
  const slave = libc.ioctl(fd, Call.Slave, BigInt(address));
  if (slave === "EBUSY") {
    const remedy = "ask /dev/ipmi0 and its like, or unbind the driver first";
    throw new DeviceError("TAKEN", `${name}: a driver of the kernel's has it and uses it`, remedy);
  }
  if (typeof slave === "string") throw accessError(path, slave);
  const functions = buffer(8);
  const told = libc.ioctl(fd, Call.Functions, functions);
  if (typeof told === "string") throw accessError(path, told);
  const blocks = BLOCKS.read | BLOCKS.write;
  if ((functions.readUInt32LE() & blocks) === blocks) return;
  throw new DeviceError("NO_DEVICE", `${path}: this bus cannot read and write blocks`);
}

function opened(path: string): number {
  try {
    return openSync(path, "r+");
  } catch (error) {
    throw accessError(path, error);
  }
}
