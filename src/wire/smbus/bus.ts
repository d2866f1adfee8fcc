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
  private readonly _clock: BusClock;
  private readonly _byteUs: number;
  private readonly _slaves: Slave[] = [];
  /** The slave that the present transaction goes to. */
  private _selected: Slave | undefined;
  private _reading = false;
  /** The slave drives the data line: it was acknowledged, and sends the next byte. */
  private _sending = false;
  /** The master asks who pulls SMBALERT#. */
  private _asking = false;
  private _heldUntilUs = 0;
  private _alert = false;
  private _alertChanged: (asserted: boolean) => void = () => {};

  /** `byteUs`: how long the master takes over a byte. */
  constructor(clock: BusClock = NO_CLOCK, byteUs = BYTE_US) {
    this._clock = clock;
    this._byteUs = byteUs;
  }

  /** Puts a device's slave controller on the bus. */
  attach(address: number): SmbusSlave {
    assert(
      this._slaves.every((slave) => slave.address !== address),
      "each address is taken once",
    );
    const slave = new Slave(address, this);
    this._slaves.push(slave);
    this._slaves.sort((a, b) => a.address - b.address);
    return slave;
  }

  start(addressByte: number): Bus {
    this._clock.elapse(CONDITION_US);
    if (!this.#clockFree()) return Bus.TimedOut;
    this.#quieten();
    this._clock.elapse(this._byteUs);
    const address = addressByte >> 1;
    const read = (addressByte & READ_BIT) !== 0;
    const slave = this._slaves.find((candidate) => candidate.address === address);
    if (this._selected !== slave) this.#deselect();
    this._reading = read;
    this._asking = read && address === ALERT_RESPONSE_ADDRESS && this._alert;
    if (this._asking) return Bus.Ack;
    const ack = slave?.target?.started(read) === true;
    if (slave?.target !== undefined) this._selected = slave;
    this._sending = ack && read;
    return this.#acknowledged(ack);
  }

  write(value: number): Bus {
    if (!this.#clockFree()) return Bus.TimedOut;
    this._clock.elapse(this._byteUs);
    const target = this._reading ? undefined : this._selected?.target;
    return this.#acknowledged(target?.received(value) === true);
  }

  read(ack: boolean): number {
    if (!this.#clockFree()) return Bus.TimedOut;
    this._clock.elapse(this._byteUs);
    if (this._asking) return this.#alertResponse();
    const target = this._sending ? this._selected?.target : undefined;
    if (target === undefined) return NOBODY;
    const value = target.requested();
    // The slave may need its time to have the byte ready.
    if (!this.#clockFree()) return Bus.TimedOut;
    this._sending = ack;
    target.taken(ack);
    return this.#clockFree() ? value : Bus.TimedOut;
  }

  stop(): Bus {
    if (this._selected === undefined && !this._asking) return Bus.Ack;
    if (!this.#clockFree()) return Bus.TimedOut;
    this.#quieten();
    this._clock.elapse(CONDITION_US);
    this._asking = false;
    this.#deselect();
    return Bus.Ack;
  }

  get alert(): boolean {
    return this._alert;
  }

  /** The host's end of SMBALERT#: called on each change; true when the line is pulled. */
  onAlert(changed: (asserted: boolean) => void): void {
    this._alertChanged = changed;
  }

  /** For the slaves: one of them pulls the alert line or lets it go. */
  alertMayChange(): void {
    const alert = this._slaves.some((slave) => slave.alerts);
    if (alert === this._alert) return;
    this._alert = alert;
    this._alertChanged(alert);
  }

  /** For the slaves: one of them holds the clock. */
  hold(us: number): void {
    this._heldUntilUs = this._clock.now() + us;
  }

  /** Of all that pull the line the lowest address wins. @see SMBus 2.0 Appendix A */
  #alertResponse(): number {
    this._asking = false;
    const slave = this._slaves.find((candidate) => candidate.alerts);
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
    const heldUs = this._heldUntilUs - this._clock.now();
    if (heldUs <= 0) return true;
    this._clock.elapse(Math.min(heldUs, CLOCK_LOW_TIMEOUT_US));
    return heldUs <= CLOCK_LOW_TIMEOUT_US;
  }

  /** A slave that sends holds the data line, so that no START or STOP can be made. */
  #quieten(): void {
    if (!this._sending) return;
    this._clock.elapse(this._byteUs);
    this._selected?.target?.requested();
    this._selected?.target?.taken(false);
    this._sending = false;
  }

  #deselect(): void {
    const slave = this._selected;
    this._selected = undefined;
    this._sending = false;
    slave?.target?.stopped();
  }
}

class Slave implements SmbusSlave {
  readonly address: number;
  private readonly _bus: Smbus;
  target: SmbusTarget | undefined;
  alerts = false;

  constructor(address: number, bus: Smbus) {
    this.address = address;
    this._bus = bus;
  }

  get tags(): TransactionTags {
    return this._bus.tags;
  }

  connect(target: SmbusTarget): void {
    this.target = target;
  }

  stretch(us: number): void {
    this._bus.hold(us);
  }

  setAlert(on: boolean): void {
    this.alerts = on;
    this._bus.alertMayChange();
  }
}
