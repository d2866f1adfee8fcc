import { ALERT_RESPONSE_ADDRESS } from "../../../wire/smbus/protocol.ts";
import { BLOCK_BYTES_MAX, LAST_BLOCK, SsifCommand } from "../../../wire/ssif/protocol.ts";
import type { On } from "../../automaton.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { hex } from "../../text.ts";
import type { BusBlock } from "../bus-block.ts";
import { isLastPart, isMultiPartStart, isRequest } from "../host-view.ts";
import type { SsifContext, SsifRule } from "../observer.ts";

/** In which order the host moves its blocks, and how it ends each. */
export const hostBus: readonly SsifRule[] = [
  {
    id: "SSIF-15",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.4, §12.5",
    sentence:
      "A response is asked for by 03h; 09h only reads on in one of several blocks that 03h began.",
    instead:
      "The host begins by 03h, and reads on by 09h only where the first block says that more " +
      "follow.",
    observable: true,
    automaton: (context) => new BeginsWithTheStart(context),
  },
  {
    id: "SSIF-16",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.3",
    sentence: "A request in several parts is written to its last before its response is asked for.",
    instead: "The host writes all parts, and then reads.",
    observable: true,
    automaton: (context) => new EndsWhatItBegan(context),
  },
  {
    id: "SSIF-17",
    party: "host",
    severity: "violation",
    section: "SMBus 2.0 §5.4, §5.5.7",
    sentence:
      "The host goes from the command of a block that it reads to its bytes by a repeated START, acknowledges all but the last, and ends each block by a STOP.",
    instead:
      "The host goes on by a repeated START, acknowledges each byte but the last, and ends by " +
      "STOP.",
    observable: true,
    automaton: (context) => new EndsBlocks(context),
  },
  {
    id: "SSIF-18",
    party: "host",
    severity: "violation",
    section: "SMBus 2.0 §4.3.2",
    sentence: "Who loses the bus to another master leaves it to that one: no STOP follows.",
    instead: "The host lets go of the bus at once, and begins by a START when it is free.",
    observable: true,
    automaton: (context) => new LeavesLostBus(context),
  },
  {
    id: "SSIF-19",
    party: "host",
    severity: "violation",
    section: "SMBus 2.0 Appendix A",
    sentence:
      "Whose an alert is is asked by reading from the Alert Response Address, never by writing.",
    instead: "The host sends START and 19h, and reads one byte.",
    observable: true,
    automaton: ({ report }) => ({
      hostBus: ({ op, value }) => {
        if (op === "start" && value === ALERT_RESPONSE_ADDRESS << 1)
          report(`START and ${hex(value)}: it writes to the Alert Response Address`);
      },
    }),
  },
];

/** Who comes new, or crashes, knows nothing of the blocks before; he may end one that was left. */
abstract class FollowsBlocks extends RuleAutomaton<SsifContext> {
  comesUs = Number.NEGATIVE_INFINITY;

  hostBlock(block: BusBlock): void {
    if (block.startUs > this.comesUs) this.follow(block);
  }

  hostLife({ what, t }: On<"hostLife">): void {
    if (what === "recovery") return;
    this.comesUs = t;
    this.anew();
  }

  protected abstract follow(block: BusBlock): void;
  protected abstract anew(): void;
}

class BeginsWithTheStart extends FollowsBlocks {
  /** More blocks follow those that were read; undefined: not known. */
  more: boolean | undefined;

  protected override anew(): void {
    this.more = undefined;
  }

  protected override follow(block: BusBlock): void {
    const { command, bytes } = block;
    if (command === SsifCommand.ReadMiddle && this.more === false) {
      this.report(`${hex(command)} came with no response begun, or with all of it read`);
    }
    if (isRequest(block)) this.more = false;
    if (!block.reads || block.end !== "whole") return;
    if (command === SsifCommand.ReadStart) this.more = isMultiPartStart(block);
    else if (bytes.at(0) === LAST_BLOCK && this.more !== undefined) this.more = false;
  }
}

class EndsWhatItBegan extends FollowsBlocks {
  /** The command of a part that was written whole, and that is not the last one; -1 none. */
  open = -1;

  protected override anew(): void {
    this.open = -1;
  }

  protected override follow(block: BusBlock): void {
    if (isRequest(block)) {
      const open = block.end === "whole" && !isLastPart(block);
      this.open = open ? block.command : -1;
    } else if (block.command === SsifCommand.ReadStart && this.open !== -1) {
      this.report(`the response was asked for after ${hex(this.open)}, with no last part written`);
      this.open = -1;
    }
  }
}

class EndsBlocks extends FollowsBlocks {
  strayRead(): void {
    if (!this.faults.wireActive) this.report("bytes were asked for with no command before them");
  }

  received({ id }: On<"received">): void {
    if (!this.host.moves || this.faults.wireActive) return;
    this.report(`request ${id} has its response, and the block was not ended by a STOP`);
  }

  protected override anew(): void {}

  protected override follow(block: BusBlock): void {
    const { command, count } = block;
    if (block.disturbed || block.end !== "whole" || count < 1 || count > BLOCK_BYTES_MAX) return;
    if (!block.stopped) this.report(`${textOf(command)} was followed by the next, with no STOP`);
    if (!block.reads) return;
    if (block.extra > 1) {
      const read = block.bytes.length;
      this.report(`${read} bytes of ${textOf(command)} were read: it has ${count}`);
    } else if (block.lastAcknowledged) {
      this.report(`the last byte of ${textOf(command)} was acknowledged`);
    }
  }
}

/** Whoever won the bus is done by then, and a STOP does no harm. */
const ANOTHERS_US = 10_000;

class LeavesLostBus extends RuleAutomaton<SsifContext> {
  /** When the bus was lost; -1 it is not another's. */
  lostUs = -1;

  hostBus({ op, outcome, t }: On<"hostBus">): void {
    const { lostUs } = this;
    this.lostUs = outcome === "lost" ? t : -1;
    if (op !== "stop" || lostUs === -1 || t - lostUs > ANOTHERS_US) return;
    this.report("the bus was lost to another master, and a STOP followed");
  }

  /** Who comes new lets the bus go first, whoever had it. */
  hostLife({ what }: On<"hostLife">): void {
    if (what !== "recovery") this.lostUs = -1;
  }
}

function textOf(command: number): string {
  return `the block of ${hex(command)}`;
}
