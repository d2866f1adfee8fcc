import { Channel, ChannelInterrupt } from "../../ipmi/commands/app/channel.ts";
import { PretimeoutInterrupt, WatchdogAction } from "../../ipmi/commands/app/watchdog.ts";
import { BMC_ADDRESS } from "../../ipmi/ipmb.ts";
import { hex } from "../../ipmi/message.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import type { WatchdogSupport } from "../commands/app/watchdog.ts";
import { IpmbController, type IpmbControllerOptions } from "../ipmb/controller.ts";
import { AcpiState } from "../stores/acpi-state.ts";
import { BootOptions } from "../stores/boot-options.ts";
import { Channels, SYSTEM_INTERFACE_DEFAULT, type SystemInterface } from "../stores/channels.ts";
import { Chassis } from "../stores/chassis.ts";
import { Clock } from "../stores/clock.ts";
import { EventLog } from "../stores/event-log.ts";
import { Events } from "../stores/events.ts";
import { FRU_DEFAULT, fruImage } from "../stores/fru-image.ts";
import { FruInventory } from "../stores/fru-inventory.ts";
import { MESSAGE_OVERHEAD_BYTES, Messaging } from "../stores/messaging.ts";
import { SdrRepository } from "../stores/sdr-repository.ts";
import { sensorRecords } from "../stores/sensor-records.ts";
import { Watchdog } from "../stores/watchdog.ts";
import { AfterResponse } from "./after-response.ts";
import { HostPower } from "./host-power.ts";
import { identityOf } from "./identity.ts";
import { IpmbBus } from "./ipmb-bus.ts";
import type { ControllerOptions, ControllerOutputs } from "./options.ts";
import type { Parts } from "./parts.ts";
import { watchdogOutputs } from "./watchdog-outputs.ts";

/** Builds the parts of a controller and joins them. `execute` answers what comes over IPMB. */
export function assemble(
  scheduler: Scheduler,
  outputs: ControllerOutputs,
  options: ControllerOptions,
  execute: IpmbControllerOptions["execute"],
): Parts {
  const identity = identityOf(options);
  const systemInterface = { ...SYSTEM_INTERFACE_DEFAULT, ...options.systemInterface };
  const channels = new Channels(systemInterface, options.channels ?? []);
  const messaging = messagingOf(systemInterface, channels, outputs, options);
  const clock = new Clock(scheduler);
  const log = new EventLog(clock, options.log?.capacity);
  const events = new Events(log, messaging, (text) => outputs.life("sel", text));
  const chassis = new Chassis(scheduler, options.poweredOn ?? true);
  const boot = new BootOptions(scheduler);
  const acpi = new AcpiState();
  const watchdog = new Watchdog(
    scheduler,
    watchdogOutputs({ messaging, events, power: () => power }, outputs),
  );
  const power: HostPower = new HostPower(
    { scheduler, chassis, watchdog, messaging, boot, acpi },
    (action, cause) => outputs.power(action, cause),
  );
  const ipmb = ipmbOf(scheduler, outputs, options, messaging);
  return {
    identity,
    systemInterface,
    channels,
    clock,
    messaging,
    ipmb,
    onIpmb: onIpmbOf(ipmb, scheduler, options, execute),
    watchdog,
    watchdogSupport: { ...WATCHDOG_CAN, ...options.watchdog },
    log,
    events,
    sdr: new SdrRepository(clock, options.sdr ?? sensorRecords(identity.device)),
    fru: inventoryOf(options.fru ?? {}),
    chassis,
    boot,
    acpi,
    power,
    relay: (response, to) => outputs.bridged?.(response, to),
    after: new AfterResponse((kind) => outputs.resetRequested(kind)),
  };
}

const WATCHDOG_CAN: WatchdogSupport = {
  actions: Object.values(WatchdogAction),
  interrupts: Object.values(PretimeoutInterrupt),
};

/** Only messages from the primary IPMB are received before somebody asks. @see IPMI 2.0 §22.5 */
function messagingOf(
  { eventBufferInterrupt, outputBytesMax }: SystemInterface,
  channels: Channels,
  outputs: ControllerOutputs,
  options: ControllerOptions,
): Messaging {
  return new Messaging({
    channels: channels.queued,
    receiving: [Channel.PrimaryIpmb],
    messageBytesMax: outputBytesMax - MESSAGE_OVERHEAD_BYTES,
    eventBuffer: options.eventBuffer ?? true,
    eventBufferForSms: eventBufferInterrupt !== ChannelInterrupt.Smi,
    stuckEnables: options.stuckEnables ?? 0,
    queued: (message) => outputs.life("message", hex(message)),
    changed: () => outputs.attentionChanged(),
  });
}

/** What does not fit into the queue, or may not, is lost. @see IPMI 2.0 §6.12 */
function ipmbOf(
  scheduler: Scheduler,
  outputs: ControllerOutputs,
  options: ControllerOptions,
  messaging: Messaging,
): IpmbBus {
  return new IpmbBus({
    scheduler,
    devices: options.ipmb ?? [],
    beyond: options.ipmbPort,
    queue: (message) => {
      messaging.queueMessage(Uint8Array.of(Channel.PrimaryIpmb, ...message));
    },
    told: (text) => outputs.life("ipmb", text),
  });
}

function onIpmbOf(
  port: IpmbBus,
  scheduler: Scheduler,
  { ipmbTiming = {} }: ControllerOptions,
  execute: IpmbControllerOptions["execute"],
): IpmbController {
  return new IpmbController({ address: BMC_ADDRESS, port, scheduler, timing: ipmbTiming, execute });
}

/** The controller provides FRU device 0 itself. @see IPMI 2.0 §34 */
function inventoryOf(fru: NonNullable<ControllerOptions["fru"]>): FruInventory {
  const { image, writeProtected, ...content } = fru;
  const device = image ?? fruImage({ ...FRU_DEFAULT, ...content });
  return new FruInventory(new Map([[0, device]]), writeProtected ?? false);
}
