/**
 * The driver stack: from the host's side of the registers up to its users. `HostStack` is the
 * whole of it; an interface machine stands alone, too.
 */
export type { StackState } from "./bring-up.ts";
export type { ChannelSummary } from "./channels.ts";
export { LocalCc, type RefusalCode, Refused } from "./codes.ts";
export { KCS_MESSAGE_MAX, KCS_TIMING, Kcs, type KcsTiming } from "./interfaces/kcs.ts";
export { Failure, failureText, type InterfaceMachine, Pace, Refusal } from "./machine.ts";
export type { MaintenanceMode } from "./maintenance.ts";
export { answerBoundUs, HOST_OPTIONS, type HostOptions, ipmbAnswerBoundUs } from "./options.ts";
export type { CommandSpec } from "./receivers.ts";
export type { Address, Answer, IpmbAddress, RequestSpec } from "./request.ts";
export { HostStack, type HostStackParts } from "./stack.ts";
export { Statistics } from "./statistics.ts";
export type { User } from "./user.ts";
export type { Delivery, IncomingCommand } from "./users.ts";
