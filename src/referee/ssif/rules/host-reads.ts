import { BLOCK_BYTES_MAX, SsifCommand } from "../../../wire/ssif/protocol.ts";
import type { On } from "../../automaton.ts";
import { TakesWhatIsThere } from "../../common/takes-what-is-there.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { HOST_WAIT_US } from "../../transfer.ts";
import type { BusBlock } from "../bus-block.ts";
import { HostPhase, isMultiPartStart } from "../host-view.ts";
import type { SsifContext, SsifRule } from "../observer.ts";

/** How the host reads a response of several blocks. */
export const hostReads: readonly SsifRule[] = [
  {
    id: "SSIF-13",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.5",
    sentence:
      "A response of several blocks is read to its last, or given up for another request, within the 5 s of a host.",
    instead:
      "The host reads the blocks up to the last one, or begins another request, before the 5 s " +
      "are over.",
    observable: true,
    automaton: (context) => new ReadsToTheLast(context),
  },
  {
    id: "SSIF-14",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.5",
    sentence:
      "A response of several blocks is begun again only when one of them was refused, broken or out of order.",
    instead: "The host goes on with the next block by 09h.",
    observable: true,
    automaton: (context) => new GoesOnFromRight(context),
  },
];

class ReadsToTheLast extends TakesWhatIsThere<SsifContext> {
  protected override get waitUs(): number {
    return HOST_WAIT_US;
  }

  /** Who holds the clock lets nobody read anything. */
  hostBus({ outcome }: On<"hostBus">): void {
    if (outcome === "timeout") this.taken();
  }

  hostBlock(block: BusBlock): void {
    this.judge(block.startUs);
    this.taken();
    const { host } = this;
    if (host.phase === HostPhase.Reading && host.transfer.response.length > 0) {
      this.isThere(block.endUs);
    }
  }
}

/** By the blocks as the host saw them. */
class GoesOnFromRight extends RuleAutomaton<SsifContext> {
  /** The number of the block that is due, after blocks that were right; -1 when that is not so. */
  due = -1;

  hostBlock(block: BusBlock): void {
    const { command, count, bytes } = block;
    const again = command === SsifCommand.ReadStart && this.due !== -1;
    if (again && !block.disturbed) {
      const last = this.due === 0 ? "the first block" : `block ${this.due - 1}`;
      this.report(`the response was asked for from its start again, though ${last} was right`);
    }
    const full = block.reads && block.usable && count === BLOCK_BYTES_MAX;
    const goesOn = command === SsifCommand.ReadMiddle && bytes.at(0) === this.due;
    if (full && command === SsifCommand.ReadStart && isMultiPartStart(block)) this.due = 0;
    else this.due = full && goesOn && this.due !== -1 ? this.due + 1 : -1;
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what !== "recovery") this.due = -1;
  }
}
