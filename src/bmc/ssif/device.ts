import type { Scheduler } from "../../time/scheduler.ts";
import type { SmbusSlave } from "../../wire/smbus/port.ts";
import type { WhenClosed } from "../device.ts";
import { MessageDevice, type MessageDeviceOptions } from "../message-device.ts";
import type { SsifManners } from "./manners.ts";
import { SSIF_LIMITS, SsifBmc, type SsifLimits } from "./ssif.ts";

/**
 * SSIF as the device that the BMC's daemon opens. While it is closed: `refuse` acknowledges the
 * address and no command; `storm` acknowledges everything, and gives FFh for every byte that is read;
 * `hold` acknowledges nothing.
 */
export class SsifDevice extends MessageDevice {
  private readonly _ssif: SsifBmc;

  constructor(
    slave: SmbusSlave,
    scheduler: Scheduler,
    options: MessageDeviceOptions,
    limits: SsifLimits = SSIF_LIMITS,
  ) {
    const machine = new SsifBmc(slave, limits);
    super(machine, scheduler, options);
    this._ssif = machine;
    machine.whenClosed = options.whenClosed;
  }

  get manners(): SsifManners {
    return this._ssif.manners;
  }

  override set whenClosed(behaviour: WhenClosed) {
    this._ssif.whenClosed = behaviour;
    super.whenClosed = behaviour;
  }

  override set powered(on: boolean) {
    this._ssif.powered = on;
    super.powered = on;
  }
}
