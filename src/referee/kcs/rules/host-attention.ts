import { NetFn } from "../../../ipmi/command-table.ts";
import { Status } from "../../../wire/kcs/protocol.ts";
import type { HostRead, On } from "../../automaton.ts";
import { comesBack } from "../../common/comes-back.ts";
import { isFetch } from "../../common/waiting.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew, hex, seconds, transferText } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import type { KcsContext, KcsRule } from "../observer.ts";

/** How the host heeds the BMC's attention. */
export const hostAttention: readonly KcsRule[] = [
  {
    id: "KCS-46",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.20",
    sentence: "At IDLE the host looks at SMS_ATN and, if it is 1, fetches the message flags.",
    observable: true,
    automaton: (context) => new HeedsAttention(context),
  },
  {
    id: "KCS-47",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §9.20, §22.1",
    sentence: "The host reads the BMC's global enables before it writes them.",
    observable: true,
    automaton: (context) => new ReadsEnablesFirst(context),
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
];

class ReadsEnablesFirst extends RuleAutomaton<KcsContext> {
  known = false;

  transfer(transfer: Transfer): void {
    if (transfer.succeeds(NetFn.App, GET_GLOBAL_ENABLES)) this.known = true;
    if (transfer.netFn !== NetFn.App || transfer.cmd !== SET_GLOBAL_ENABLES) return;
    if (!this.known) this.report(`set to ${hex(transfer.request.at(2))} and never read before`);
    this.known = true;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.known = false;
  }
}

const SET_GLOBAL_ENABLES = 0x2e;
const GET_GLOBAL_ENABLES = 0x2f;

/**
 * Transfers for others that may pass while SMS_ATN is up. The specification sets no limit; a driver
 * that first finds out who its BMC is and what its sixteen channels are needs some thirty.
 */
const HEED_TRANSFERS_MAX = 32;
/** A host may leave an attention that is of no use alone for so long. */
const HEED_WAIT_US = 1_000_000;

/** A host that crashes has its own last words to say, and listens to nothing any more. */
class HeedsAttention extends RuleAutomaton<KcsContext> {
  unheeded = 0;
  sinceUs = 0;
  crashes = false;

  transfer(transfer: Transfer): void {
    const up = transfer.complete && (transfer.endStatus & Status.SmsAtn) !== 0;
    if (!up || this.crashes || isFetch(transfer.netFn, transfer.cmd)) return this.#heeded();
    if (this.unheeded === 0) this.sinceUs = transfer.endUs;
    this.unheeded++;
    const us = transfer.endUs - this.sinceUs;
    if (this.unheeded <= HEED_TRANSFERS_MAX || us < HEED_WAIT_US) return;
    const last = transferText(transfer);
    this.report(
      `SMS_ATN was 1 after each of ${this.unheeded} transfers in ${seconds(us)}, last ${last}`,
    );
    this.#heeded();
  }

  hostStatus({ value }: HostRead): void {
    if (this.unheeded > 0 && (value & Status.SmsAtn) === 0) this.unheeded = 0;
  }

  hostLife({ what }: On<"hostLife">): void {
    this.#heeded();
    if (what === "panic" || what === "start") this.crashes = what === "panic";
  }

  #heeded(): void {
    this.unheeded = 0;
  }
}
