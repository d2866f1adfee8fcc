import { NetFn } from "../../../ipmi/command-table.ts";
import { getBmcGlobalEnables, setBmcGlobalEnables } from "../../../ipmi/commands/app/messaging.ts";
import { Phase, Status } from "../../../wire/kcs/protocol.ts";
import type { HostRead, On } from "../../automaton.ts";
import { comesBack } from "../../common/comes-back.ts";
import { HeedsAttention } from "../../common/heeds-attention.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew, hex } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import { HostPhase } from "../host-view.ts";
import type { KcsContext, KcsRule } from "../observer.ts";

/** How the host heeds the BMC's attention. */
export const hostAttention: readonly KcsRule[] = [
  {
    id: "KCS-46",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.20",
    sentence: "At IDLE the host looks at SMS_ATN and, if it is 1, fetches the message flags.",
    instead: "The host sends Get Message Flags, and fetches what the flags name.",
    presumes: "a right BMC",
    observable: true,
    automaton: (context) => new HeedsSmsAtn(context),
  },
  {
    id: "KCS-47",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §9.20, §22.1",
    sentence: "The host reads the BMC's global enables before it writes them.",
    instead:
      "The host sends Get BMC Global Enables, changes the bits that are its own, and writes the " +
      "others back.",
    observable: true,
    automaton: (context) => new ReadsEnablesFirst(context),
  },
  {
    id: "KCS-48",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §9.20",
    sentence: "The host goes on after a time even if the interrupt that it awaits is lost.",
    instead: "The host reads Status after a time, whether the interrupt came or not.",
    observable: true,
    automaton: (context) => comesBack(context, true),
  },
];

class ReadsEnablesFirst extends RuleAutomaton<KcsContext> {
  known = false;

  transfer(transfer: Transfer): void {
    if (transfer.succeeds(NetFn.App, getBmcGlobalEnables.cmd)) this.known = true;
    if (transfer.netFn !== NetFn.App || transfer.cmd !== setBmcGlobalEnables.cmd) return;
    if (!this.known) this.report(`set to ${hex(transfer.request.at(2))} and never read before`);
    this.known = true;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.known = false;
  }
}

class HeedsSmsAtn extends HeedsAttention<KcsContext> {
  hostStatus({ value, t }: HostRead): void {
    const idle = this.host.phase === HostPhase.Idle && value >> 6 === Phase.Idle;
    const attention = (value & Status.SmsAtn) !== 0;
    if (!attention) this.heeded();
    else if (idle && (value & Status.Ibf) === 0) this.looksAt(true, t);
  }

  transfer(transfer: Transfer): void {
    this.passes(transfer, (transfer.endStatus & Status.SmsAtn) !== 0);
  }
}
