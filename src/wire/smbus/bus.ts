import { assert } from "../../assert.ts";
import type { TransactionTags } from "../registers/port.ts";
import { Bus, type SmbusPort, type SmbusSlave, type SmbusTarget } from "./port.ts";
import { ALERT_RESPONSE_ADDRESS, READ_BIT } from "./protocol.ts";

/** Eight bits and the acknowledgement at 100 kHz. */
export const BYTE_US = 90;
/** A START or a STOP. */
export const CONDITION_US = 10;
/** After so long a clock low the master gives up. It may be 25 to 35 ms. @see SMBus 2.0 §3.1.1.3 */
export const CLOCK_LOW_TIMEOUT_US = 25_000;
/** Nobody pulls a line low: it reads ones. */
const NOBODY = 0xff;

/** What passes the time that the bus takes; whoever else has work due by then does it. */
export interface BusClock {
  now(): number;
  elapse(us: number): void;
}

/** For whom the bus's time does not count. */
export const NO_CLOCK: BusClock = { now: () => 0, elapse: () => {} };

/**
 * An SMBus as hardware: what a master's bytes do to the slaves on it, and nothing of their
 * protocol. The clock that a slave holds low delays, and in the end defeats, whatever the master
 * does next. @see SMBus 2.0 §3.1.1, §4.3
 */
export class Smbus implements SmbusPort {
  readonly tags: TransactionTags = { request: 0, response: 0 };
  readonly #clock: BusClock;
  readonly #byteUs: number;
  readonly #slaves: Slave[] = [];
  /** The slave that the present transaction goes to. */
  #selected: Slave | undefined;
  #reading = false;
  /** The slave drives the data line: it was acknowledged, and sends the next byte. */
  #sending = false;
  /** The master asks who pulls SMBALERT#. */
  #asking = false;
  #heldUntilUs = 0;
  #alert = false;
  #alertChanged: (asserted: boolean) => void = () => {};

  /** `byteUs`: how long the master takes over a byte. */
  constructor(clock: BusClock = NO_CLOCK, byteUs = BYTE_US) {
    this.#clock = clock;
    this.#byteUs = byteUs;
  }

  /** Puts a device's slave controller on the bus. */
  attach(address: number): SmbusSlave {
    assert(
      this.#slaves.every((slave) => slave.address !== address),
      "each address is taken once",
    );
    const slave = new Slave(address, this);
    this.#slaves.push(slave);
    this.#slaves.sort((a, b) => a.address - b.address);
    return slave;
  }

  start(addressByte: number): Bus {
    this.#clock.elapse(CONDITION_US);
    if (!this.#clockFree()) return Bus.TimedOut;
    this.#quieten();
    this.#clock.elapse(this.#byteUs);
    const address = addressByte >> 1;
    const read = (addressByte & READ_BIT) !== 0;
    const slave = this.#slaves.find((candidate) => candidate.address === address);
    if (this.#selected !== slave) this.#deselect();
    this.#reading = read;
    this.#asking = read && address === ALERT_RESPONSE_ADDRESS && this.#alert;
    if (this.#asking) return Bus.Ack;
    const ack = slave?.target?.started(read) === true;
    if (slave?.target !== undefined) this.#selected = slave;
    this.#sending = ack && read;
    return this.#acknowledged(ack);
  }

  write(value: number): Bus {
    if (!this.#clockFree()) return Bus.TimedOut;
    this.#clock.elapse(this.#byteUs);
    const target = this.#reading ? undefined : this.#selected?.target;
    return this.#acknowledged(target?.received(value) === true);
  }

  read(ack: boolean): number {
    if (!this.#clockFree()) return Bus.TimedOut;
    this.#clock.elapse(this.#byteUs);
    if (this.#asking) return this.#alertResponse();
    const target = this.#sending ? this.#selected?.target : undefined;
    if (target === undefined) return NOBODY;
    const value = target.requested();
    // The slave may need its time to have the byte ready.
    if (!this.#clockFree()) return Bus.TimedOut;
    this.#sending = ack;
    target.taken(ack);
    return this.#clockFree() ? value : Bus.TimedOut;
  }

  stop(): Bus {
    if (this.#selected === undefined && !this.#asking) return Bus.Ack;
    if (!this.#clockFree()) return Bus.TimedOut;
    this.#quieten();
    this.#clock.elapse(CONDITION_US);
    this.#asking = false;
    this.#deselect();
    return Bus.Ack;
  }

  get alert(): boolean {
    return this.#alert;
  }

  /** The host's end of SMBALERT#: called on each change; true when the line is pulled. */
  onAlert(changed: (asserted: boolean) => void): void {
    this.#alertChanged = changed;
  }

  /** For the slaves: one of them pulls the alert line or lets it go. */
  alertMayChange(): void {
    const alert = this.#slaves.some((slave) => slave.alerts);
    if (alert === this.#alert) return;
    this.#alert = alert;
    this.#alertChanged(alert);
  }

  /** For the slaves: one of them holds the clock. */
  hold(us: number): void {
    this.#heldUntilUs = this.#clock.now() + us;
  }

  /** Of all that pull the line the lowest address wins. @see SMBus 2.0 Appendix A */
  #alertResponse(): number {
    this.#asking = false;
    const slave = this.#slaves.find((candidate) => candidate.alerts);
    if (slave === undefined) return NOBODY;
    slave.setAlert(false);
    slave.target?.alertTaken();
    return slave.address << 1;
  }

  #acknowledged(ack: boolean): Bus {
    if (!this.#clockFree()) return Bus.TimedOut;
    return ack ? Bus.Ack : Bus.Nack;
  }

  /** Waits while the clock is held low; false when that takes too long. */
  #clockFree(): boolean {
    const heldUs = this.#heldUntilUs - this.#clock.now();
    if (heldUs <= 0) return true;
    this.#clock.elapse(Math.min(heldUs, CLOCK_LOW_TIMEOUT_US));
    return heldUs <= CLOCK_LOW_TIMEOUT_US;
  }

  /** A slave that sends holds the data line, so that no START or STOP can be made. */
  #quieten(): void {
    if (!this.#sending) return;
    this.#clock.elapse(this.#byteUs);
    this.#selected?.target?.requested();
    this.#selected?.target?.taken(false);
    this.#sending = false;
  }

  #deselect(): void {
    const slave = this.#selected;
    this.#selected = undefined;
    this.#sending = false;
    slave?.target?.stopped();
  }
}

class Slave implements SmbusSlave {
  readonly address: number;
  readonly #bus: Smbus;
  target: SmbusTarget | undefined;
  alerts = false;

  constructor(address: number, bus: Smbus) {
    this.address = address;
    this.#bus = bus;
  }

  get tags(): TransactionTags {
    return this.#bus.tags;
  }

  connect(target: SmbusTarget): void {
    this.target = target;
  }

  stretch(us: number): void {
    this.#bus.hold(us);
  }

  setAlert(on: boolean): void {
    this.alerts = on;
    this.#bus.alertMayChange();
  }
}
