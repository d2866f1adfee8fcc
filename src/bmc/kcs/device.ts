import type { Scheduler } from "../../time/scheduler.ts";
import type { KcsController } from "../../wire/kcs/registers.ts";
import { MessageDevice, type MessageDeviceOptions } from "../message-device.ts";
import { KcsBmc } from "./kcs.ts";

/**
 * The KCS channel as the device that the BMC's daemon opens. While it is closed: `refuse` ends each
 * request in ERROR; `storm` meets every byte, GET_STATUS/ABORT included, with ERROR and a zero byte;
 * `hold` leaves IBF set.
 */
export class KcsDevice extends MessageDevice {
  constructor(controller: KcsController, scheduler: Scheduler, options: MessageDeviceOptions) {
    super(new KcsBmc(controller), scheduler, options);
  }
}
