import { commandName, NetFn } from "../../ipmi/command-table.ts";
import {
  clearMessageFlags,
  getMessage,
  getMessageFlags,
  readEventMessageBuffer,
} from "../../ipmi/commands/app/messaging.ts";
import type { RequestAccepted } from "../../trace/events.ts";
import type { Promises } from "../../trace/head.ts";
import type { CommonTopics, On } from "../automaton.ts";
import { Few } from "../few.ts";
import { seconds } from "../text.ts";
import type { Transfer } from "../transfer.ts";
import { HAS_NO_TIME } from "./new-host.ts";
import { GIVEN_UP, OWN_USER } from "./our-own.ts";

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

/**
 * A fetch that was carried out: what the BMC did not take is the same one when it comes again, and so
 * is one whose response is read once more.
 */
export function isWholeFetch({ netFn, cmd, complete, again }: Transfer): boolean {
  return complete && !again && isFetch(netFn, cmd);
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
  /** Before the first of these, transfers that fetched what the BMC had to say, since a user's went last. */
  fetches: number;
  /** How long a slow BMC took for the transfers of others meanwhile. */
  slowUs: number;
}

export function isOwn({ user }: Pick<RequestAccepted, "user">): boolean {
  return user === OWN_USER;
}

/**
 * The requests of the host's users, and its own, that wait for an answer: one view for all rules. As
 * all views it takes a trace event in when the rules have seen it, and a transfer before. A crashed
 * host owes nobody an answer.
 */
export class WaitingRequests {
  readonly byId = new Few<WaitingRequest>();
  readonly traffic = new Traffic();
  /** Whose the last transfer was; undefined when nobody's who waits. */
  owner: WaitingRequest | undefined;
  /** Whose transfer began last; undefined until somebody says so. */
  ownerId: number | undefined;

  /** The last transfer was that of a user who waits. */
  get isUsers(): boolean {
    return this.owner !== undefined && !isOwn(this.owner.request);
  }

  /** Before the rules listen. */
  followTransfers({ transfer, recovery }: CommonTopics): void {
    transfer.listen((each) => this.#transferred(each));
    recovery.listen(() => {
      this.traffic.recoveries++;
    });
  }

  /** When the rules have begun to listen. */
  followEvents({ request, refused, send, answer, hostLife }: CommonTopics): void {
    request.listen((event) => this.#accept(event));
    refused.listen(({ id }) => this.byId.delete(id));
    answer.listen(({ id }) => this.byId.delete(id));
    // Our stack tells whose transfer begins; of a guest only the message on the wire tells.
    send.listen(({ id }) => {
      this.ownerId = id;
    });
    hostLife.listen(({ what }) => {
      if (HAS_NO_TIME.has(what)) this.byId.clear();
    });
  }

  #accept(request: On<"request">): void {
    const before = this.traffic.copy();
    const sinceUs = request.t;
    this.byId.set(request.id, { request, sinceUs, before, sent: 0, fetches: 0, slowUs: 0 });
  }

  /** A transfer is over: whose was it? */
  #transferred(transfer: Transfer): void {
    this.#count(transfer);
    const owner = this.#ownerOf(transfer);
    this.owner = owner;
    if (owner !== undefined && !transfer.again) owner.sent++;
    this.#passes(transfer);
    const slowUs = transfer.complete ? transfer.waitedUs - QUICK_US : 0;
    if (slowUs <= 0) return;
    for (const other of this.byId.values) if (other !== owner) other.slowUs += slowUs;
  }

  #count({ netFn, cmd }: Transfer): void {
    const { traffic } = this;
    traffic.transfers++;
    if (netFn !== NetFn.App) return;
    if (cmd === Fetch.GetMessageFlags) traffic.flagReads++;
    if (cmd === Fetch.GetMessage) traffic.messageReads++;
    if (cmd === Fetch.ReadEventMessageBuffer) traffic.eventReads++;
  }

  /** Whoever waits behind a user's turn stands behind users, not behind the BMC. */
  #passes(transfer: Transfer): void {
    const { isUsers } = this;
    if (!isUsers && !isWholeFetch(transfer)) return;
    for (const each of this.byId.values) {
      if (isUsers) each.fetches = 0;
      else if (each.sent === 0) each.fetches++;
    }
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

  #ownerOf(transfer: Transfer): WaitingRequest | undefined {
    // Several may be on the wire: then the tag tells.
    if (this.ownerId !== undefined) return this.byId.get(transfer.tag || this.ownerId);
    for (const waiting of this.byId.values) {
      if (sameMessage(waiting.request, transfer)) return waiting;
    }
    return undefined;
  }
}

/** Later than the stack states; what a slow BMC took for others meanwhile is not the host's. */
export function isLate(
  { sinceUs, slowUs }: WaitingRequest,
  { answerBoundUs }: Promises,
  nowUs: number,
): boolean {
  return nowUs - sinceUs > answerBoundUs + slowUs;
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

/** Whether the interface says by it that it gives the BMC up. */
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
