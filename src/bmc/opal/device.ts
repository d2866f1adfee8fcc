import type { Scheduler } from "../../time/scheduler.ts";
import type { OpalFirmware } from "../../wire/opal/firmware.ts";
import { MessageDevice, type MessageDeviceOptions } from "../message-device.ts";
import { OpalBmc } from "./opal.ts";

/**
 * What is behind a firmware's calls as the device that the BMC's daemon opens. While it is closed:
 * `refuse` and `storm` answer each request with CEh; `hold` answers none.
 */
export class OpalDevice extends MessageDevice {
  constructor(firmware: OpalFirmware, scheduler: Scheduler, options: MessageDeviceOptions) {
    super(new OpalBmc(firmware), scheduler, options);
  }
}
