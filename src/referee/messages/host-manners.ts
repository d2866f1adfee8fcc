import { NetFn } from "../../ipmi/command-table.ts";
import {
  clearMessageFlags,
  getBmcGlobalEnables,
  getMessage,
  MessageFlag,
  setBmcGlobalEnables,
} from "../../ipmi/commands/app/messaging.ts";
import { setWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import { chassisControl } from "../../ipmi/commands/chassis/chassis.ts";
import { Cc } from "../../ipmi/completion.ts";
import { RESPONSE_BYTES_MIN } from "../../ipmi/message.ts";
import type { On } from "../automaton.ts";
import { comesBack } from "../common/comes-back.ts";
import { UsersOwn } from "../common/users-own.ts";
import { isFetch } from "../common/waiting.ts";
import type { Command } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { clearsEnables, hex, seconds, transferText } from "../text.ts";
import type { Transfer } from "../transfer.ts";

/** What the host owes to the settings that it shares with others. */
export const hostManners: readonly CommonRule[] = [
  {
    id: "MF-02",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §22.1",
    sentence:
      "Generic software leaves in the global enables what is not its own as it is: bits 7:5, and the " +
      "logging of events.",
    instead: "The host reads the global enables, and writes back those bits as they were.",
    // Whoever asked it may have done so before.
    needs: ["users", "the beginning"],
    observable: true,
    automaton: (context) => new KeepsOemBits(context),
  },
  {
    id: "MF-12",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §22.3, §22.6",
    sentence:
      "The host fetches what lies in the receive queue and the event buffer, all of it, and does not " +
      "clear away unread what others may be in want of.",
    instead:
      "The host reads on until the BMC answers 80h, and clears no flag whose content it has not " +
      "read.",
    needs: ["users", "the beginning"],
    observable: true,
    automaton: (context) => new EmptiesQueue(context),
  },
  {
    id: "GEN-05",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §5, §9.5",
    sentence: "Reserved bits are written as 0.",
    instead: "The host writes 0 in each reserved bit.",
    observable: true,
    automaton: ({ report }) => ({
      transfer: (transfer) => {
        if (!transfer.sent) return;
        for (const { command, at, mask } of reservedBits) {
          if (transfer.cmd !== command.cmd || transfer.netFn !== command.netFn) continue;
          const value = transfer.request.at(at + 2);
          if (value === -1 || (value & mask) === 0) continue;
          report(`${transferText(transfer)}: data byte ${at + 1} is ${hex(value)}`);
        }
      },
    }),
  },
  {
    id: "GEN-07",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §6.11",
    sentence: "The host does not change between system interfaces of one BMC at run time.",
    instead: "The host stays with the interface that it began with.",
    observable: false,
    why: "a trace holds one interface only",
  },
  {
    id: "GEN-10",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9",
    sentence: "Polled operation is always possible: neither party needs an interrupt to go on.",
    instead: "The host looks at the status after a time, and goes on without an interrupt.",
    observable: true,
    automaton: (context) => comesBack(context, false),
  },
];

/** The manufacturer's, and the one that has events logged. @see IPMI 2.0 §22.1 */
const OEM_BITS = 0xe0;
const LOGGING = 0x08;
const ENABLES_RESPONSE_BYTES = RESPONSE_BYTES_MIN + 1;

class KeepsOemBits extends RuleAutomaton {
  known = -1;
  /** What users set is theirs to say. */
  readonly own = new UsersOwn(setBmcGlobalEnables);

  request(event: On<"request">): void {
    this.own.request(event);
  }

  answer(event: On<"answer">): void {
    this.own.answer(event);
  }

  transfer(transfer: Transfer): void {
    if (transfer.passesFor(NetFn.App, getBmcGlobalEnables.cmd) && transfer.cc === Cc.Ok) {
      // In an answer of another length nobody knows which byte they are; nor whether one from another
      // LUN was believed.
      const whole = transfer.answered && transfer.response.length === ENABLES_RESPONSE_BYTES;
      this.known = whole ? transfer.data(0) : -1;
    }
    if (transfer.netFn !== NetFn.App || transfer.cmd !== setBmcGlobalEnables.cmd) return;
    const set = transfer.request.at(2);
    const others = this.#othersBits(transfer);
    this.own.transferred(transfer);
    if (this.known !== -1 && set !== -1 && ((this.known ^ set) & others) !== 0) {
      this.report(`the enables were ${hex(this.known)} and were set to ${hex(set)}`);
    }
    if (transfer.succeeds(NetFn.App, setBmcGlobalEnables.cmd)) this.known = set;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (clearsEnables(what)) this.known = -1;
  }

  /** What this transfer leaves as it is. While a user's may be under way nobody else's tells of the logging. */
  #othersBits({ tag }: Transfer): number {
    if (this.requests.isUsers || this.own.orphans.has(tag)) return 0;
    return this.own.any ? OEM_BITS : OEM_BITS | LOGGING;
  }
}

/** What lies behind these would be lost. @see IPMI 2.0 §22.3 */
const WITH_DATA = MessageFlag.ReceiveMessageAvailable | MessageFlag.EventMessageBufferFull;
/** A host that has begun to fetch goes on in this time, ... */
const FETCHES_ON_US = 5_000_000;
/** ... and after so many transfers for others. */
const TRANSFERS_MAX = 8;

class EmptiesQueue extends RuleAutomaton {
  readonly own = new UsersOwn(clearMessageFlags);
  /** Since when a message was fetched, and nobody looked for the next; -1 none was. */
  sinceUs = -1;
  transfers = 0;
  /** By the BMC's own word more of them lie there, since then. */
  fullUs = -1;

  request(event: On<"request">): void {
    this.own.request(event);
  }

  answer(event: On<"answer">): void {
    this.own.answer(event);
  }

  transfer(transfer: Transfer): void {
    const { netFn, cmd } = transfer;
    if (netFn === NetFn.App && cmd === clearMessageFlags.cmd) {
      const cleared = Math.max(transfer.request.at(2), 0) & WITH_DATA;
      const unread = cleared !== 0 && transfer.sent && !this.own.any;
      if (unread) this.report(`${hex(cleared)} was cleared, unread`);
      this.own.transferred(transfer);
    }
    if (transfer.succeeds(NetFn.App, getMessage.cmd)) {
      this.sinceUs = transfer.endUs;
      this.transfers = 0;
    } else if (isFetch(netFn, cmd) || !transfer.complete) this.sinceUs = -1;
    else this.transfers++;
    this.#judge(transfer.endUs);
  }

  bmcLife({ what, flags, t }: On<"bmcLife">): void {
    if (what !== "flags") return this.#forget();
    const full = (flags & MessageFlag.ReceiveMessageAvailable) !== 0;
    if (!full) this.fullUs = -1;
    else if (this.fullUs === -1) this.fullUs = t;
  }

  hostLife(): void {
    this.sinceUs = -1;
  }

  #judge(nowUs: number): void {
    if (this.sinceUs === -1 || this.fullUs === -1 || this.fullUs > this.sinceUs) return;
    const us = nowUs - this.sinceUs;
    if (us < FETCHES_ON_US || this.transfers <= TRANSFERS_MAX) return;
    this.report(`a message was fetched ${seconds(us)} ago, and none of those behind it`);
    this.sinceUs = -1;
  }

  #forget(): void {
    this.sinceUs = -1;
    this.fullUs = -1;
  }
}

interface ReservedBits {
  readonly command: Command;
  /** The data byte, from 0. */
  readonly at: number;
  readonly mask: number;
}

/** @see IPMI 2.0 §22.1, §22.3, §27.6, §28.3 */
const reservedBits: readonly ReservedBits[] = [
  { command: setBmcGlobalEnables, at: 0, mask: 0x10 },
  { command: clearMessageFlags, at: 0, mask: 0x14 },
  { command: setWatchdogTimer, at: 0, mask: 0x38 },
  { command: setWatchdogTimer, at: 1, mask: 0x88 },
  { command: setWatchdogTimer, at: 3, mask: 0xc1 },
  { command: chassisControl, at: 0, mask: 0xf0 },
];
