/**
 * The driver stack: from the host's side of the registers up to its users. `HostStack` is the whole of
 * it, for a driver in user space or a test; an interface machine stands alone, too. Every request that
 * is accepted is answered exactly once, whatever the BMC does.
 *
 * ```ts
 * import { HostStack } from "baseboard/host";
 * import { VirtualTime } from "baseboard/time";
 * import { Tracer } from "baseboard/trace";
 *
 * const time = new VirtualTime();
 * const stack = new HostStack({
 *   scheduler: time.lane("host"),
 *   // Nobody is there: all that is read is ones.
 *   wire: { kind: "kcs", spacing: 1, port: { read: () => 0xff, write: () => {} } },
 *   tags: { request: 0, response: 0 },
 *   tracer: new Tracer(() => time.nowUs),
 * });
 * stack.start();
 * stack.createUser("monitor").submit({ netFn: 0x06, cmd: 0x01 }, ({ cc, maker }) => {
 *   console.log(`${cc.toString(16)}h, made by ${maker}`);
 * });
 * time.runUntil(60_000_000);
 * ```
 */
export {
  type Attributes,
  attributes,
  type BmcAttributes,
  type Place,
  sameBmc,
} from "./attributes.ts";
export type { StackState } from "./bring-up/bring-up.ts";
export type { ChannelSummary } from "./bring-up/channels.ts";
export type { MaintenanceMode } from "./bring-up/maintenance.ts";
export { Bt } from "./interfaces/bt/bt.ts";
export { BT_TIMING, type BtTiming } from "./interfaces/bt/limits.ts";
export { KCS_TIMING, Kcs, type KcsTiming } from "./interfaces/kcs/kcs.ts";
export {
  Again,
  Failure,
  failureText,
  type InterfaceMachine,
  MESSAGE_MAX,
  Pace,
  Refusal,
} from "./interfaces/machine.ts";
export { SMIC_TIMING, Smic, type SmicTiming } from "./interfaces/smic/smic.ts";
export { Ssif } from "./interfaces/ssif/ssif.ts";
export { SSIF_TIMING, type SsifTiming } from "./interfaces/ssif/timing.ts";
export { LocalCc, type RefusalCode, Refused } from "./messages/codes.ts";
export type { CommandSpec } from "./messages/receivers.ts";
export type { Address, Answer, IpmbAddress, RequestSpec } from "./messages/request.ts";
export type { User } from "./messages/user.ts";
export type { Delivery, IncomingCommand } from "./messages/users.ts";
export {
  answerBoundUs,
  HOST_OPTIONS,
  type HostOptions,
  ipmbAnswerBoundUs,
  panicBoundUs,
} from "./options.ts";
export type { PanicFrame, PanicOperation } from "./panic/panic.ts";
export { type PowerControl, PowerOff, type PowerOutcome } from "./power-off.ts";
export { SerialHost, type SerialHostOptions } from "./serial/serial-host.ts";
export { HostStack, type HostStackParts, type StackSummary } from "./stack.ts";
export { Statistics } from "./statistics.ts";
export { Watchdog, type WatchdogParts } from "./watchdog/watchdog.ts";
export type { WatchdogFile } from "./watchdog/watchdog-file.ts";
export {
  type PolicyCall,
  WATCHDOG_OPTIONS,
  type WatchdogOptions,
  type WatchdogOutcome,
  type WatchdogPolicy,
  type WatchdogState,
} from "./watchdog/watchdog-options.ts";
export type {
  PretimeoutAction,
  TimeoutAction,
  WatchdogSetting,
} from "./watchdog/watchdog-setting.ts";
