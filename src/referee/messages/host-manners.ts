import { NetFn } from "../../ipmi/command-table.ts";
import { setBmcGlobalEnables } from "../../ipmi/commands/app/messaging.ts";
import { RESPONSE_BYTES_MIN } from "../../ipmi/message.ts";
import type { On } from "../automaton.ts";
import { comesBack } from "../common/comes-back.ts";
import type { CommonRule } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { beginsAnew, hex, transferText } from "../text.ts";
import type { Transfer } from "../transfer.ts";

/** What the host owes to the settings that it shares with others. */
export const hostManners: readonly CommonRule[] = [
  {
    id: "MF-02",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §22.1",
    sentence: "Generic software leaves bits 7:5 of the global enables as they are.",
    observable: true,
    automaton: (context) => new KeepsOemBits(context),
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

const GET_GLOBAL_ENABLES = 0x2f;
const ENABLES_RESPONSE_BYTES = RESPONSE_BYTES_MIN + 1;

class KeepsOemBits extends RuleAutomaton {
  known = -1;

  transfer(transfer: Transfer): void {
    if (transfer.succeeds(NetFn.App, GET_GLOBAL_ENABLES)) {
      // In an answer of another length nobody knows which byte they are.
      this.known = transfer.response.length === ENABLES_RESPONSE_BYTES ? transfer.data(0) : -1;
    }
    if (transfer.netFn !== NetFn.App || transfer.cmd !== setBmcGlobalEnables.cmd) return;
    const set = transfer.request.at(2);
    if (this.known !== -1 && set !== -1 && ((this.known ^ set) & 0xe0) !== 0) {
      this.report(`the enables were ${hex(this.known)} and were set to ${hex(set)}`);
    }
    if (transfer.succeeds(NetFn.App, setBmcGlobalEnables.cmd)) this.known = set;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.known = -1;
  }
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
  { netFn: NetFn.App, cmd: setBmcGlobalEnables.cmd, at: 0, mask: 0x10 },
  { netFn: NetFn.App, cmd: 0x30, at: 0, mask: 0x14 },
  { netFn: NetFn.App, cmd: 0x24, at: 0, mask: 0x38 },
  { netFn: NetFn.App, cmd: 0x24, at: 1, mask: 0x88 },
  { netFn: NetFn.App, cmd: 0x24, at: 3, mask: 0xc1 },
  { netFn: NetFn.Chassis, cmd: 0x02, at: 0, mask: 0xf0 },
];
