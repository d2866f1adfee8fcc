import type { IpmbFrame } from "../../ipmi/ipmb.ts";
import type { WatchdogSupport } from "../commands/app/watchdog.ts";
import type { Origin } from "../front/origin.ts";
import type { IpmbController } from "../ipmb/controller.ts";
import type { AcpiState } from "../stores/acpi-state.ts";
import type { BootOptions } from "../stores/boot-options.ts";
import type { Channels, SystemInterface } from "../stores/channels.ts";
import type { Chassis } from "../stores/chassis.ts";
import type { Clock } from "../stores/clock.ts";
import type { EventLog } from "../stores/event-log.ts";
import type { Events } from "../stores/events.ts";
import type { FruInventory } from "../stores/fru-inventory.ts";
import type { Messaging } from "../stores/messaging.ts";
import type { SdrRepository } from "../stores/sdr-repository.ts";
import type { Watchdog } from "../stores/watchdog.ts";
import type { AfterResponse } from "./after-response.ts";
import type { HostPower } from "./host-power.ts";
import type { Identity } from "./identity.ts";
import type { IpmbBus } from "./ipmb-bus.ts";

/** What a controller is made of. A command handler names those parts that it works on. */
export interface Parts {
  readonly identity: Identity;
  readonly systemInterface: SystemInterface;
  readonly channels: Channels;
  readonly clock: Clock;
  readonly messaging: Messaging;
  readonly ipmb: IpmbBus;
  /** The BMC itself on the IPMB: what it asks there for others, and is asked. */
  readonly onIpmb: IpmbController;
  /** A response that came for somebody whose request was tracked. */
  readonly relay: (response: IpmbFrame, to: Origin) => void;
  readonly watchdog: Watchdog;
  readonly watchdogSupport: WatchdogSupport;
  readonly log: EventLog;
  readonly events: Events;
  readonly sdr: SdrRepository;
  readonly fru: FruInventory;
  readonly chassis: Chassis;
  readonly boot: BootOptions;
  readonly acpi: AcpiState;
  readonly power: HostPower;
  readonly after: AfterResponse;
}
