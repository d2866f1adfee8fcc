import { GlobalEnable } from "../../ipmi/commands/app/messaging.ts";
import { BMC_ADDRESS } from "../../ipmi/ipmb.ts";
import { hex } from "../../ipmi/message.ts";
import type { EventLog } from "./event-log.ts";
import type { Messaging } from "./messaging.ts";

const GENERATOR_AT = 7;
/** The record id in the event message buffer of an event that was not logged. */
const NOT_LOGGED = 0xffff;

/**
 * What becomes of events: the log, and the event message buffer.
 * @see IPMI 2.0 §6.12.2, §22.1, §29
 */
export class Events {
  private readonly _log: EventLog;
  private readonly _messaging: Messaging;
  private readonly _told: (text: string) => void;
  private _receiver = { address: BMC_ADDRESS, lun: 0 };

  constructor(log: EventLog, messaging: Messaging, told: (text: string) => void) {
    this._log = log;
    this._messaging = messaging;
    this._told = told;
  }

  /** Where the BMC, as an event generator, sends its own events. */
  get receiver(): { readonly address: number; readonly lun: number } {
    return this._receiver;
  }

  set receiver(receiver: { readonly address: number; readonly lun: number }) {
    this._receiver = receiver;
  }

  /** The BMC itself starts afresh. */
  restart(): void {
    this._receiver = { address: BMC_ADDRESS, lun: 0 };
  }

  /**
   * An event of the BMC's own sensors, or one that came over IPMB or another channel: it is logged
   * if that is enabled, and offered to the system software.
   */
  raise(record: Uint8Array): void {
    // The BMC's own events go where it was told to send them, and elsewhere they are not ours.
    const own = record[GENERATOR_AT] === BMC_ADDRESS;
    if (own && this._receiver.address !== BMC_ADDRESS) return;
    const logging = (this._messaging.enables & GlobalEnable.SystemEventLogging) !== 0;
    const id = logging ? this.log(record) : undefined;
    this._messaging.offerEvent(this._log.stamped(record, id ?? NOT_LOGGED));
  }

  /** Logs an event, as those of the system software always are; undefined when that fails. */
  log(record: Uint8Array): number | undefined {
    const id = this._log.add(record);
    const logged = typeof id === "number";
    this._told(logged ? `record ${id}: ${hex(record)}` : `record refused: ${id}`);
    return logged ? id : undefined;
  }
}
