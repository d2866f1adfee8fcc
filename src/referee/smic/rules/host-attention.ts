import { SmicFlag } from "../../../wire/smic/protocol.ts";
import type { HostRead } from "../../automaton.ts";
import { HeedsAttention } from "../../common/heeds-attention.ts";
import { TakesWhatIsThere } from "../../common/takes-what-is-there.ts";
import type { Transfer } from "../../transfer.ts";
import { HOST_WAIT_US } from "../../transfer.ts";
import { HostPhase } from "../host-view.ts";
import type { SmicContext, SmicRule } from "../observer.ts";

/** How the host heeds what the BMC shows in the flags. */
export const hostAttention: readonly SmicRule[] = [
  {
    id: "SMIC-09",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §10.3.1",
    sentence: "A host that sees SMS_ATN fetches the message flags.",
    instead: "The host sends Get Message Flags, and fetches what the flags name.",
    presumes: "a right BMC",
    observable: true,
    automaton: (context) => new FetchesFlags(context),
  },
  {
    id: "SMIC-11",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §10.4, §10.5",
    sentence:
      "A response that the host sees is read to its end, or given up, within the 5 s that it would wait for the BMC.",
    instead:
      "The host goes on with the response, or begins anew by WR_START, before the 5 s are over.",
    observable: true,
    automaton: (context) => new ReadsWhatIsThere(context),
  },
];

/** All ones: nobody drives the bus. */
const NOBODY = 0xff;

class FetchesFlags extends HeedsAttention<SmicContext> {
  hostFlags({ value, t }: HostRead): void {
    if (value === NOBODY || this.host.phase !== HostPhase.Idle) return;
    if ((value & SmicFlag.Busy) === 0) this.looksAt((value & SmicFlag.SmsAtn) !== 0, t);
  }

  transfer(transfer: Transfer): void {
    this.passes(transfer, (transfer.endStatus & SmicFlag.SmsAtn) !== 0);
  }
}

class ReadsWhatIsThere extends TakesWhatIsThere<SmicContext> {
  protected override get waitUs(): number {
    return HOST_WAIT_US;
  }

  hostFlags({ value, t }: HostRead): void {
    const { phase } = this.host;
    if (value === NOBODY || phase < HostPhase.Sent) return;
    if ((value & SmicFlag.Busy) !== 0 || phase === HostPhase.Ending) return;
    if (phase === HostPhase.Last || (value & SmicFlag.RxDataRdy) !== 0) this.isThere(t);
  }

  hostWriteFlags(): void {
    this.taken();
  }

  transfer(): void {
    this.taken();
  }
}
