import { SSIF_ADDRESS } from "../../../wire/ssif/protocol.ts";
import { HeedsAttention } from "../../common/heeds-attention.ts";
import { isFetch } from "../../common/waiting.ts";
import type { Transfer } from "../../transfer.ts";
import { HostPhase } from "../host-view.ts";
import type { SsifContext, SsifRule } from "../observer.ts";

/** How the host heeds an alert. */
export const hostAttention: readonly SsifRule[] = [
  {
    id: "SSIF-12",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12, §22.4",
    sentence: "An alert of the BMC's with no response awaited is attention: the flags are fetched.",
    presumes: "a right BMC",
    observable: true,
    automaton: (context) => new HeedsAlert(context),
  },
];

class HeedsAlert extends HeedsAttention<SsifContext> {
  owed = false;

  alertResponse(value: number): void {
    if (value >> 1 !== SSIF_ADDRESS || this.host.phase !== HostPhase.Idle) return;
    this.owed = true;
  }

  transfer(transfer: Transfer): void {
    if (isFetch(transfer.netFn, transfer.cmd)) this.owed = false;
    this.passes(transfer, this.owed);
  }
}
