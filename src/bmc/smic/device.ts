import type { Scheduler } from "../../time/scheduler.ts";
import type { SmicController } from "../../wire/smic/registers.ts";
import { MessageDevice, type MessageDeviceOptions } from "../message-device.ts";
import { SmicBmc } from "./smic.ts";

/**
 * The SMIC block as the device that the BMC's daemon opens. While it is closed: `refuse` meets
 * WR_END with 03h, no response; `storm` meets every control code, WR_START included, with READY and
 * 01h, aborted; `hold` leaves BUSY set.
 */
export class SmicDevice extends MessageDevice {
  constructor(controller: SmicController, scheduler: Scheduler, options: MessageDeviceOptions) {
    super(new SmicBmc(controller), scheduler, options);
  }
}
