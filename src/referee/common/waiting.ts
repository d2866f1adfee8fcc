import { commandName, NetFn } from "../../ipmi/command-table.ts";
import {
  clearMessageFlags,
  getMessage,
  getMessageFlags,
  readEventMessageBuffer,
} from "../../ipmi/commands/app/messaging.ts";
import type { RequestAccepted } from "../../trace/events.ts";
import type { On } from "../automaton.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { seconds } from "../text.ts";
import type { Transfer } from "../transfer.ts";
import { OWN_USER } from "./our-own.ts";

/** The commands by which a host fetches what the BMC has to say. @see IPMI 2.0 §22.3-22.8 */
const Fetch = {
  ClearMessageFlags: clearMessageFlags.cmd,
  GetMessageFlags: getMessageFlags.cmd,
  GetMessage: getMessage.cmd,
  ReadEventMessageBuffer: readEventMessageBuffer.cmd,
} as const;

export function isFetch(netFn: number, cmd: number): boolean {
  if (netFn !== NetFn.App) return false;
  return (
    cmd === Fetch.ClearMessageFlags ||
    cmd === Fetch.GetMessageFlags ||
    cmd === Fetch.GetMessage ||
    cmd === Fetch.ReadEventMessageBuffer
  );
}

/** A BMC that takes less for a response holds nobody up. */
const QUICK_US = 100_000;

/** What went over the wire so far, by what it was for. */
class Traffic {
  transfers = 0;
  flagReads = 0;
  messageReads = 0;
  eventReads = 0;
  recoveries = 0;

  copy(): Traffic {
    const copy = new Traffic();
    copy.transfers = this.transfers;
    copy.flagReads = this.flagReads;
    copy.messageReads = this.messageReads;
    copy.eventReads = this.eventReads;
    copy.recoveries = this.recoveries;
    return copy;
  }
}

/** A request that was accepted and not answered yet. */
export interface WaitingRequest {
  readonly request: RequestAccepted;
  readonly sinceUs: number;
  readonly before: Traffic;
  /** Its transfers so far. */
  sent: number;
  /** Transfers that fetched what the BMC had to say, since a user's transfer went last. */
  fetches: number;
  /** How long a slow BMC took for the transfers of others meanwhile. */
  slowUs: number;
}

export function isOwn({ user }: Pick<RequestAccepted, "user">): boolean {
  return user === OWN_USER;
}

/** The requests that wait, and whose transfer runs on the wire. */
export class WaitingRequests {
  readonly byId = new Map<number, WaitingRequest>();
  readonly traffic = new Traffic();
  /** Whose transfer began last; undefined until somebody says so. */
  ownerId: number | undefined;

  accept(request: RequestAccepted, nowUs: number): void {
    const before = this.traffic.copy();
    this.byId.set(request.id, { request, sinceUs: nowUs, before, sent: 0, fetches: 0, slowUs: 0 });
  }

  /** Our stack tells whose transfer begins; of a guest only the message on the wire tells. */
  sending(id: number): void {
    this.ownerId = id;
  }

  /** A transfer is over: whose was it? */
  transferred(transfer: Transfer): WaitingRequest | undefined {
    const traffic = this.traffic;
    traffic.transfers++;
    if (transfer.netFn === NetFn.App) {
      if (transfer.cmd === Fetch.GetMessageFlags) traffic.flagReads++;
      if (transfer.cmd === Fetch.GetMessage) traffic.messageReads++;
      if (transfer.cmd === Fetch.ReadEventMessageBuffer) traffic.eventReads++;
    }
    const owner = this.#owner(transfer);
    if (owner !== undefined && !transfer.again) owner.sent++;
    const slowUs = transfer.complete ? transfer.waitedUs - QUICK_US : 0;
    if (slowUs <= 0) return owner;
    for (const other of this.byId.values()) if (other !== owner) other.slowUs += slowUs;
    return owner;
  }

  recovers(): void {
    this.traffic.recoveries++;
  }

  /** What happened on the wire while the request waited. */
  meanwhile(waiting: WaitingRequest): string {
    const { before } = waiting;
    const now = this.traffic;
    const parts = [
      count(now.eventReads - before.eventReads, "event read"),
      count(now.messageReads - before.messageReads, "message read"),
      count(now.flagReads - before.flagReads, "flag read"),
      count(now.recoveries - before.recoveries, "recovery", "recoveries"),
      count(now.transfers - before.transfers, "transfer in all", "transfers in all"),
      count(waiting.sent, "of its own", "of its own"),
    ].filter((part) => part !== "");
    return parts.length === 0 ? "no transfer meanwhile" : `${parts.join(", ")} meanwhile`;
  }

  #owner(transfer: Transfer): WaitingRequest | undefined {
    // Several may be on the wire: then the tag tells.
    if (this.ownerId !== undefined) return this.byId.get(transfer.tag || this.ownerId);
    for (const waiting of this.byId.values()) {
      if (sameMessage(waiting.request, transfer)) return waiting;
    }
    return undefined;
  }
}

/** An automaton that remembers which requests wait. Which of them it accepts is its own affair. */
export abstract class WaitingAutomaton extends RuleAutomaton {
  readonly waiting = new WaitingRequests();

  refused({ id }: On<"refused">): void {
    this.waiting.byId.delete(id);
  }

  send({ id }: On<"send">): void {
    this.waiting.sending(id);
  }

  recovery(): void {
    this.waiting.recovers();
  }

  /** What a slow BMC took for others meanwhile is not the host's. */
  protected isLate(waiting: WaitingRequest, nowUs: number): boolean {
    const boundUs = this.head.promises.answerBoundUs + waiting.slowUs;
    return nowUs - waiting.sinceUs > boundUs;
  }
}

function sameMessage(request: RequestAccepted, transfer: Transfer): boolean {
  return (
    transfer.netFn === request.netFn &&
    transfer.cmd === request.cmd &&
    transfer.lun === request.lun &&
    transfer.request.length === request.data.length + 2 &&
    transfer.request.equals(request.data, 2)
  );
}

/** With this our stack answers all whose transfers end as it gives the BMC up. */
const GIVEN_UP = 0x82;

export function givesUp({ cc, maker }: On<"answer">): boolean {
  return cc === GIVEN_UP && maker === "host-interface";
}

/** "request 6 (Get Device GUID by user x)" */
export function requestText(request: RequestAccepted): string {
  return `request ${request.id} (${commandName(request.netFn, request.cmd)} by ${request.user})`;
}

export function waitText(waiting: WaitingRequest, nowUs: number): string {
  return `${requestText(waiting.request)} unanswered for ${seconds(nowUs - waiting.sinceUs)}`;
}

function count(n: number, one: string, many = `${one}s`): string {
  if (n === 0) return "";
  return `${n} ${n === 1 ? one : many}`;
}
