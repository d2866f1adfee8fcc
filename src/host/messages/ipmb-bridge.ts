import { NetFn } from "../../ipmi/command-table.ts";
import { ChannelMedium } from "../../ipmi/commands/app/channel.ts";
import { sendMessage } from "../../ipmi/commands/app/messaging.ts";
import { Cc, SpecificCc } from "../../ipmi/completion.ts";
import { BMC_ADDRESS, encodeIpmb, type IpmbFrame, SMS_LUN } from "../../ipmi/ipmb.ts";
import { encodeRequest } from "../../ipmi/message.ts";
import type { Scheduler, Task } from "../../time/scheduler.ts";
import type { Channels } from "../bring-up/channels.ts";
import type { HostOptions } from "../options.ts";
import type { Statistics } from "../statistics.ts";
import type { Outcome } from "../system-interface/transfer.ts";
import { LocalCc, type RefusalCode } from "./codes.ts";
import type { Bridge, MessageHandler } from "./message-handler.ts";
import { localReply, replyOf } from "./reply.ts";
import type { IpmbAddress, Request, RequestSpec } from "./request.ts";
import { sendMessageOn } from "./send-message.ts";
import { SequenceTable } from "./sequence-table.ts";

/** Codes of Send Message after which the same message may still get through. @see IPMI 2.0 §22.7 */
const WORTH_ANOTHER_TRY: readonly number[] = [
  Cc.NodeBusy,
  SpecificCc.LostArbitration,
  SpecificCc.BusError,
  SpecificCc.NakOnWrite,
];

/** A request on its way over IPMB. */
interface Bridged {
  readonly request: Request;
  readonly address: IpmbAddress;
  readonly sequence: number;
  readonly retryUs: number;
  readonly frame: Uint8Array;
  triesLeft: number;
  /** One try at least is over. */
  tried: boolean;
  timer: Task | undefined;
}

export interface IpmbBridgeOptions {
  readonly scheduler: Scheduler;
  readonly handler: MessageHandler;
  readonly options: HostOptions;
  readonly statistics: Statistics;
  readonly channels: Channels;
  /** Something began or ceased to be awaited. */
  readonly onChange: () => void;
}

/**
 * Requests to other controllers: Send Message takes them there, and their responses come back
 * through the Receive Message Queue, to be told apart by sequence number. @see IPMI 2.0 §7.3
 */
export class IpmbBridge implements Bridge {
  private readonly _options: IpmbBridgeOptions;
  private readonly _table = new SequenceTable<Bridged>();
  private _maintenanceUntilUs = 0;

  constructor(options: IpmbBridgeOptions) {
    this._options = options;
  }

  /** How many requests wait for another controller. */
  get outstanding(): number {
    return this._table.count;
  }

  refusal(spec: RequestSpec): RefusalCode | undefined {
    if (spec.address?.kind !== "ipmb" || !this.#maySend(spec.address)) return "CHANNEL_NOT_IPMB";
    return this._table.full ? "SEQUENCE_TABLE_FULL" : undefined;
  }

  send(request: Request, spec: RequestSpec): void {
    const { address } = spec;
    if (address?.kind !== "ipmb") return;
    const { options, statistics } = this._options;
    const nowUs = this._options.scheduler.now();
    if (isMaintenance(request)) this._maintenanceUntilUs = nowUs + options.maintenanceUs;
    const maintenance = nowUs < this._maintenanceUntilUs;
    const usualMs = maintenance ? options.ipmbMaintenanceRetryTimeMs : options.ipmbRetryTimeMs;
    const retryMs = spec.retryTimeMs ?? usualMs;
    const bridged = this._table.add((sequence) => ({
      request,
      address,
      sequence,
      retryUs: retryMs * 1_000,
      frame: bridgedFrame(address, request, sequence),
      // A broadcast is not repeated: who heard it may have acted on it.
      triesLeft: address.broadcast === true ? 0 : (spec.retries ?? options.ipmbRetries),
      tried: false,
      timer: undefined,
    }));
    if (bridged === undefined) {
      // The table filled up between the check and now; it cannot, in one thread of control.
      request.answer(localReply(LocalCc.Busy, "host-handler"));
      return;
    }
    statistics.sent_ipmb_commands++;
    this.#transmit(bridged);
    this._options.onChange();
  }

  sweep(): void {
    for (const bridged of this._table.entries()) {
      if (bridged.request.answered) this.#forget(bridged);
    }
  }

  /** What was accepted before it was known where it would go may have nowhere to go. */
  onChannels(): void {
    for (const bridged of this._table.entries()) {
      if (this.#maySend(bridged.address)) continue;
      this.#forget(bridged);
      bridged.request.answer(localReply(Cc.DestinationUnavailable, "host-handler"));
      this._options.handler.withdraw(bridged.request);
    }
  }

  /** A response came through the queue. */
  take(channel: number, frame: IpmbFrame): void {
    const { statistics } = this._options;
    const bridged = this._table.at(frame.sequence);
    const cc = frame.data[0];
    const known = bridged !== undefined && this.#wentOut(bridged);
    if (!known || cc === undefined || !answers(bridged, channel, frame)) {
      statistics.unhandled_ipmb_responses++;
      return;
    }
    statistics.handled_ipmb_responses++;
    this.#forget(bridged);
    const data = frame.data.slice(1);
    bridged.request.answer({ cc, maker: "remote", data, tag: 0 });
  }

  /** A driver before this one used the same numbers, and its responses may lie in the queue yet. */
  #wentOut({ request, tried }: Bridged): boolean {
    return tried || !this._options.handler.waits(request);
  }

  /** Also while it is not known yet what channels there are. */
  #maySend(address: IpmbAddress): boolean {
    const { channels } = this._options;
    return !channels.known || channels.mediumOf(address.channel) === ChannelMedium.Ipmb;
  }

  #transmit(bridged: Bridged): void {
    const { request, frame } = bridged;
    this._options.handler.enqueue(request, frame, (outcome) => this.#sent(bridged, outcome));
  }

  /** The BMC said whether it took the message. Only from now on does the answer's time run. */
  #sent(bridged: Bridged, outcome: Outcome): void {
    // It may be answered, given up, or its user gone: then its number may have a new owner.
    if (this._table.at(bridged.sequence) !== bridged) return;
    bridged.tried = true;
    const question = { netFn: NetFn.App, cmd: sendMessage.cmd };
    const reply = replyOf(question, outcome);
    if (reply.maker === "bmc" && (reply.cc === Cc.Ok || WORTH_ANOTHER_TRY.includes(reply.cc))) {
      const { scheduler } = this._options;
      const us = scheduler.now() + bridged.retryUs;
      bridged.timer = scheduler.at(us, "IPMB response", () => this.#timeOut(bridged));
      return;
    }
    this._options.statistics.sent_ipmb_command_errs++;
    this.#forget(bridged);
    bridged.request.answer(reply);
  }

  #timeOut(bridged: Bridged): void {
    const { statistics } = this._options;
    bridged.timer = undefined;
    if (bridged.triesLeft > 0) {
      bridged.triesLeft--;
      statistics.retransmitted_ipmb_commands++;
      this.#transmit(bridged);
      return;
    }
    if (bridged.address.broadcast === true) statistics.timed_out_ipmb_broadcasts++;
    else statistics.timed_out_ipmb_commands++;
    this.#forget(bridged);
    bridged.request.answer(localReply(LocalCc.Timeout, "timer"));
  }

  #forget(bridged: Bridged): void {
    bridged.timer?.cancel();
    if (this._table.remove(bridged.sequence, bridged)) this._options.onChange();
  }
}

/** Whether `frame` answers the request that has its sequence number. @see IPMI 2.0 §7.3 */
function answers(bridged: Bridged, channel: number, frame: IpmbFrame): boolean {
  const { request, address } = bridged;
  return (
    channel === address.channel &&
    frame.from === address.address &&
    frame.fromLun === (address.lun ?? request.lun) &&
    frame.netFn === (request.netFn | 1) &&
    frame.cmd === request.cmd
  );
}

/** The whole frame that takes the request to its responder. @see IPMI 2.0 §6.13.2, §22.7 */
function bridgedFrame(address: IpmbAddress, request: Request, sequence: number): Uint8Array {
  const ipmb = encodeIpmb({
    to: address.address,
    toLun: address.lun ?? request.lun,
    netFn: request.netFn,
    from: BMC_ADDRESS,
    fromLun: SMS_LUN,
    sequence,
    cmd: request.cmd,
    data: request.data,
  });
  const message = address.broadcast === true ? Uint8Array.of(0, ...ipmb) : ipmb;
  return encodeRequest({ ...sendMessageOn(address.channel, message), lun: 0 });
}

/** The other controller will be away for a while. */
function isMaintenance(request: Request): boolean {
  const reset = request.netFn === NetFn.App && (request.cmd === 0x02 || request.cmd === 0x03);
  return reset || request.netFn === NetFn.Firmware;
}
