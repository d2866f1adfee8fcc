import { assert } from "../../assert.ts";
import { GlobalEnable } from "../../ipmi/commands/app/messaging.ts";
import { RestartCause } from "../../ipmi/commands/chassis/chassis.ts";
import type { IpmbFrame } from "../../ipmi/ipmb.ts";
import { encodeRequest, REQUEST_BYTES_MIN } from "../../ipmi/message.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import { mayAsk } from "../front/access.ts";
import type { Front } from "../front/front.ts";
import { FROM_IPMB, type Origin } from "../front/origin.ts";
import type { WatchdogMisdeed } from "../stores/watchdog.ts";
import { assemble } from "./assembly.ts";
import { commands } from "./command-set.ts";
import type { ControllerOptions, ControllerOutputs } from "./options.ts";
import type { Parts } from "./parts.ts";
import { Router } from "./router.ts";

export type { ControllerOptions, ControllerOutputs } from "./options.ts";

/**
 * The BMC behind its interfaces: takes whole requests and answers them, and keeps the state that
 * they are about. Time comes from the scheduler; nothing here waits.
 */
export class Controller implements Front {
  private readonly _parts: Parts;
  private readonly _router: Router<Parts>;

  constructor(scheduler: Scheduler, outputs: ControllerOutputs, options: ControllerOptions = {}) {
    this._parts = assemble(scheduler, outputs, options, (frame) => this.#fromIpmb(frame));
    const lacks = options.unsupported ?? [];
    const supported = commands.filter(({ netFn, cmd }) => {
      return !lacks.some((lack) => lack.netFn === netFn && lack.cmd === cmd);
    });
    const { channels, systemInterface } = this._parts;
    this._router = new Router(supported, this._parts, systemInterface, (command, origin) => {
      const channel = channels.find(origin.channel);
      assert(channel !== undefined, "a request comes in by a channel that the controller has");
      return mayAsk(command, origin, channel);
    });
  }

  execute(message: Uint8Array, origin: Origin): Uint8Array | undefined {
    return this._router.execute(message, origin);
  }

  responded(): void {
    this._parts.after.responded();
  }

  /** Another controller asks: completion code and data. A reset that it commands forgets what is under way. */
  #fromIpmb({ netFn, toLun: lun, cmd, data }: IpmbFrame): Uint8Array | undefined {
    const response = this.execute(encodeRequest({ netFn, lun, cmd, data }), FROM_IPMB);
    this.responded();
    return response?.slice(REQUEST_BYTES_MIN);
  }

  /** True causes of attention, in the bits of Get Message Flags. */
  get messageFlags(): number {
    return this._parts.messaging.attention;
  }

  /** In the bits of Get BMC Global Enables. */
  get globalEnables(): number {
    return this._parts.messaging.enables;
  }

  /** A cause of attention stands whose interrupt is enabled. */
  get attentionInterrupt(): boolean {
    return this._parts.messaging.attentionInterrupt;
  }

  /** The interface interrupts for its communication, too. @see IPMI 2.0 §22.1 */
  get communicationInterrupt(): boolean {
    return (this.globalEnables & GlobalEnable.ReceiveMessageQueueInterrupt) !== 0;
  }

  get poweredOn(): boolean {
    return this._parts.chassis.poweredOn;
  }

  /**
   * The BMC starts afresh. A warm reset keeps the configuration, and with it all that is held
   * here; after a cold reset or power-on only what is non-volatile is left: the log, the records,
   * the inventory, the restore policy. The host's power does not change.
   */
  reset(kind: "cold" | "warm" | "power-on"): void {
    const parts = this._parts;
    parts.after.forget();
    if (kind === "warm") return;
    parts.clock.restart();
    parts.watchdog.restart();
    parts.log.reservation.cancel();
    parts.sdr.reservation.cancel();
    parts.events.restart();
    parts.chassis.restart();
    parts.boot.restart();
    parts.acpi.forget();
    parts.ipmb.restart();
    parts.onIpmb.restart();
    parts.messaging.restart();
  }

  /** The system was hard reset by something else than the BMC: `cause` as in Restart Cause. */
  systemReset(cause: number = RestartCause.ResetButton): void {
    this._parts.power.systemReset(cause);
  }

  /** The system was powered up by something else than the BMC. */
  powerOn(cause: number = RestartCause.PowerButton): void {
    this._parts.power.powerOn(cause);
  }

  /** The system was powered down by something else than the BMC. */
  powerOff(): void {
    this._parts.power.powerOff();
  }

  /** The platform breaks: what the host fetches from there stays. Undefined: it is whole again. */
  stick(what: "event-buffer" | "receive-queue" | undefined): void {
    this._parts.messaging.sticky = what;
  }

  /** The records of the event log, the oldest first. */
  get logRecords(): readonly Uint8Array[] {
    return this._parts.log.records;
  }

  /** The watchdog is broken, or is whole again. */
  breakWatchdog(misdeed: WatchdogMisdeed | undefined): void {
    this._parts.watchdog.misdeed = misdeed;
  }

  /** Other firmware was installed: `minorBcd` in binary coded decimal, as Get Device ID has it. */
  setFirmware(major: number, minorBcd: number): void {
    const { identity } = this._parts;
    identity.device = { ...identity.device, firmwareMajor: major, firmwareMinor: minorBcd };
  }

  /** AC power was lost and is back: the BMC starts, and the host as the restore policy says. */
  acPowerRestored(): void {
    this.reset("power-on");
    this._parts.power.acPowerRestored();
  }

  /**
   * An event of the BMC's own sensors, or one that came over IPMB or another channel: a SEL record
   * of type 02h, whose id and time are filled in.
   */
  raiseEvent(record: Uint8Array): void {
    this._parts.events.raise(record);
  }

  /** A message for the system software: a channel byte, and what Get Message returns after it. */
  queueMessage(message: Uint8Array): boolean {
    return this._parts.messaging.queueMessage(message);
  }
}
