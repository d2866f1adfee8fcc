import { Phase, Status } from "../../../wire/kcs/protocol.ts";
import type { HostRead, On } from "../../automaton.ts";
import { TakesWhatIsThere } from "../../common/takes-what-is-there.ts";
import { HOST_WAIT_US } from "../../transfer.ts";
import { BmcState } from "../bmc-view.ts";
import { HostPhase } from "../host-view.ts";
import type { KcsContext, KcsRule } from "../observer.ts";

/** Whether the host comes to the end of what it began. */
export const hostReads: readonly KcsRule[] = [
  {
    id: "KCS-14",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.15, §9.17",
    sentence:
      "A response that is there is read to its end, or aborted, within the 5 s that the host would wait for the BMC.",
    instead:
      "The host goes on with the response, or writes GET_STATUS/ABORT, before the 5 s are over.",
    observable: true,
    automaton: (context) => new ReadsWhatIsThere(context),
  },
];

/** All ones: nobody drives the bus. */
const NOBODY = 0xff;

class ReadsWhatIsThere extends TakesWhatIsThere<KcsContext> {
  protected override get waitUs(): number {
    return HOST_WAIT_US;
  }

  hostStatus({ value, t }: HostRead): void {
    if (this.host.phase !== HostPhase.Read || value === NOBODY) return;
    const there = value >> 6 === Phase.Read && (value & (Status.Obf | Status.Ibf)) === Status.Obf;
    if (there) this.isThere(t);
  }

  hostData(): void {
    this.taken();
  }

  hostWriteCommand(): void {
    this.taken();
  }

  hostWriteData(): void {
    this.taken();
  }

  transfer(): void {
    this.taken();
  }

  // What the host has not looked for the BMC's own face shows.
  override end(event: On<"end">): void {
    const { host, bmc, head, faults } = this;
    const given = head.taps.bmc && bmc.state === BmcState.Reading && bmc.outputs > 0;
    const left = host.phase === HostPhase.Read && this.sinceUs === -1 && !faults.wireActive;
    if (given && left) this.isThere(host.lastAccessUs);
    super.end(event);
  }
}
