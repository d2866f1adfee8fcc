/**
 * The driver stack: from the host's side of the registers up to its users. `HostStack` is the
 * whole of it; an interface machine stands alone, too.
 */
export {
  type Attributes,
  attributes,
  type BmcAttributes,
  type Place,
  sameBmc,
} from "./attributes.ts";
export type { StackState } from "./bring-up.ts";
export type { ChannelSummary } from "./channels.ts";
export { LocalCc, type RefusalCode, Refused } from "./codes.ts";
export { KCS_MESSAGE_MAX, KCS_TIMING, Kcs, type KcsTiming } from "./interfaces/kcs.ts";
export { Failure, failureText, type InterfaceMachine, Pace, Refusal } from "./machine.ts";
export type { MaintenanceMode } from "./maintenance.ts";
export {
  answerBoundUs,
  HOST_OPTIONS,
  type HostOptions,
  ipmbAnswerBoundUs,
  panicBoundUs,
} from "./options.ts";
export type { PanicFrame, PanicOperation } from "./panic.ts";
export { type PowerControl, PowerOff, type PowerOutcome } from "./power-off.ts";
export type { CommandSpec } from "./receivers.ts";
export type { Address, Answer, IpmbAddress, RequestSpec } from "./request.ts";
export { HostStack, type HostStackParts, type StackSummary } from "./stack.ts";
export { Statistics } from "./statistics.ts";
export type { User } from "./user.ts";
export type { Delivery, IncomingCommand } from "./users.ts";
export { Watchdog, type WatchdogParts } from "./watchdog.ts";
export type { WatchdogFile } from "./watchdog-file.ts";
export {
  type PolicyCall,
  WATCHDOG_OPTIONS,
  type WatchdogOptions,
  type WatchdogOutcome,
  type WatchdogPolicy,
  type WatchdogState,
} from "./watchdog-options.ts";
export type { PretimeoutAction, TimeoutAction, WatchdogSetting } from "./watchdog-setting.ts";
