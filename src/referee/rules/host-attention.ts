import { NetFn } from "../../ipmi/command-table.ts";
import { Status } from "../../wire/kcs/protocol.ts";
import type { Automaton, Context, Rule } from "../rule.ts";
import { beginsAnew, hex, hostPhaseText, seconds, transferText } from "./text.ts";
import { isFetch } from "./waiting.ts";

/** How the host heeds the BMC's attention, and what it owes to the settings that it shares. */
export const hostAttention: readonly Rule[] = [
  {
    id: "KCS-46",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.20",
    sentence: "At IDLE the host looks at SMS_ATN and, if it is 1, fetches the message flags.",
    observable: true,
    automaton: heedsAttention,
  },
  {
    id: "KCS-47",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §9.20, §22.1",
    sentence: "The host reads the BMC's global enables before it writes them.",
    observable: true,
    automaton: ({ report }) => {
      let known = false;
      return {
        transfer: (transfer) => {
          if (transfer.succeeds(NetFn.App, GET_GLOBAL_ENABLES)) known = true;
          if (transfer.netFn !== NetFn.App || transfer.cmd !== SET_GLOBAL_ENABLES) return;
          if (!known) report(`set to ${hex(transfer.request.at(2))} and never read before`);
          known = true;
        },
        bmcLife: ({ what }) => {
          if (beginsAnew(what)) known = false;
        },
      };
    },
  },
  {
    id: "KCS-48",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §9.20",
    sentence: "The host goes on after a time even if the interrupt that it awaits is lost.",
    observable: true,
    automaton: (context) => comesBack(context, true),
  },
  {
    id: "MF-02",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §22.1",
    sentence: "Generic software leaves bits 7:5 of the global enables as they are.",
    observable: true,
    automaton: keepsOemBits,
  },
  {
    id: "GEN-05",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §5, §9.5",
    sentence: "Reserved bits are written as 0.",
    observable: true,
    automaton: ({ report }) => ({
      transfer: (transfer) => {
        if (!transfer.sent) return;
        for (const { netFn, cmd, at, mask } of reservedBits) {
          if (transfer.netFn !== netFn || transfer.cmd !== cmd) continue;
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
    observable: false,
    why: "a trace holds one interface only",
  },
  {
    id: "GEN-10",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9",
    sentence: "Polled operation is always possible: neither party needs an interrupt to go on.",
    observable: true,
    automaton: (context) => comesBack(context, false),
  },
];

const SET_GLOBAL_ENABLES = 0x2e;
const GET_GLOBAL_ENABLES = 0x2f;

/** Transfers for others that may pass while SMS_ATN is up; a bring-up needs some ten. */
const HEED_TRANSFERS_MAX = 16;
/** A host may leave an attention that is of no use alone for so long. */
const HEED_WAIT_US = 1_000_000;

function heedsAttention({ report }: Context): Automaton {
  let unheeded = 0;
  let sinceUs = 0;
  const heeded = (): void => {
    unheeded = 0;
  };
  return {
    transfer: (transfer) => {
      const up = transfer.complete && (transfer.endStatus & Status.SmsAtn) !== 0;
      if (!up || isFetch(transfer.netFn, transfer.cmd)) return heeded();
      if (unheeded === 0) sinceUs = transfer.endUs;
      unheeded++;
      const us = transfer.endUs - sinceUs;
      if (unheeded <= HEED_TRANSFERS_MAX || us < HEED_WAIT_US) return;
      const last = transferText(transfer);
      report(`SMS_ATN was 1 after each of ${unheeded} transfers in ${seconds(us)}, last ${last}`);
      heeded();
    },
    hostStatus: ({ value }) => {
      if (unheeded > 0 && (value & Status.SmsAtn) === 0) unheeded = 0;
    },
    hostLife: heeded,
  };
}

function keepsOemBits({ report }: Context): Automaton {
  let known = -1;
  return {
    transfer: (transfer) => {
      if (transfer.succeeds(NetFn.App, GET_GLOBAL_ENABLES)) known = transfer.data(0);
      if (transfer.netFn !== NetFn.App || transfer.cmd !== SET_GLOBAL_ENABLES) return;
      const set = transfer.request.at(2);
      if (known !== -1 && set !== -1 && ((known ^ set) & 0xe0) !== 0) {
        report(`the enables were ${hex(known)} and were set to ${hex(set)}`);
      }
      if (transfer.succeeds(NetFn.App, SET_GLOBAL_ENABLES)) known = set;
    },
    bmcLife: ({ what }) => {
      if (beginsAnew(what)) known = -1;
    },
  };
}

/** A host without any interrupt comes back in this time at the latest. */
const POLL_WAIT_US = 60_000_000;
/** A BMC that acts later than this may find that the host has given up. */
const PROMPT_US = 1_000_000;

/**
 * A host that left a transfer alone although the BMC had acted promptly. Only the BMC's own face
 * shows that: from the host's side a transfer left alone may be one that was given up.
 */
function comesBack({ head, host, report }: Context, interrupts: boolean): Automaton {
  if (!head.taps.bmc) return {};
  let line = false;
  let absent = false;
  /** The host's accesses when the BMC acted last. */
  let actedAt = -1;
  const acts = ({ t }: { readonly t: number }): void => {
    if (t - host.lastAccessUs <= PROMPT_US) actedAt = host.accesses;
  };
  return {
    irq: () => {
      line = true;
    },
    bmcRead: acts,
    bmcWrite: acts,
    answer: () => {
      actedAt = -1;
    },
    hostLife: ({ what }) => {
      actedAt = -1;
      if (what === "start" || what === "inserted" || what === "quiet-end") absent = false;
      if (what === "removed" || what === "down" || what === "quiet") absent = true;
    },
    guest: ({ what }) => {
      if (what === "panic") absent = true;
    },
    pause: (us) => {
      if (line !== interrupts || absent || host.accesses - 1 !== actedAt) return;
      if (!interrupts && us < POLL_WAIT_US) return;
      const why = interrupts
        ? "as if its interrupt could not be lost"
        : "with no interrupt to come";
      report(`a transfer was left alone for ${seconds(us)} ${hostPhaseText(host.phase)}, ${why}`);
    },
  };
}

interface ReservedBits {
  readonly netFn: number;
  readonly cmd: number;
  /** The data byte, from 0. */
  readonly at: number;
  readonly mask: number;
}

/** @see IPMI 2.0 §22.1, §22.3, §27.6, §28.3 */
const reservedBits: readonly ReservedBits[] = [
  { netFn: NetFn.App, cmd: SET_GLOBAL_ENABLES, at: 0, mask: 0x10 },
  { netFn: NetFn.App, cmd: 0x30, at: 0, mask: 0x14 },
  { netFn: NetFn.App, cmd: 0x24, at: 0, mask: 0x38 },
  { netFn: NetFn.App, cmd: 0x24, at: 1, mask: 0x88 },
  { netFn: NetFn.App, cmd: 0x24, at: 3, mask: 0xc1 },
  { netFn: NetFn.Chassis, cmd: 0x02, at: 0, mask: 0xf0 },
];
