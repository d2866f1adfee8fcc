import { BLOCK_BYTES_MAX, beginsRequest, SsifCommand } from "../../../wire/ssif/protocol.ts";
import type { On } from "../../automaton.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { hex } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import type { BusBlock } from "../bus-block.ts";
import { Capabilities } from "../capabilities.ts";
import { isLastPart } from "../host-view.ts";
import type { SsifContext, SsifRule } from "../observer.ts";

/** How the host writes its requests, and reads the blocks of a response. */
export const hostRequests: readonly SsifRule[] = [
  {
    id: "SSIF-02",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.2, §12.3",
    sentence:
      "A request of 2 to 32 bytes goes in one part, a longer one begins with a part of exactly 32.",
    instead:
      "The host writes up to 32 bytes in one part, and begins a longer request with a first part " +
      "of 32.",
    observable: true,
    automaton: ({ report }) => ({
      hostBlock: ({ command, count }) => {
        if (count <= 0) return;
        if (command === SsifCommand.SinglePartWrite && (count < 2 || count > BLOCK_BYTES_MAX)) {
          report(`a request of ${count} bytes in one part`);
        }
        if (command === SsifCommand.WriteStart && count !== BLOCK_BYTES_MAX) {
          report(`the first part has ${count} bytes`);
        }
      },
    }),
  },
  {
    id: "SSIF-03",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.3",
    sentence:
      "A middle part of a request has exactly 32 bytes; that a shorter one ends it is a note.",
    instead: "The host fills the middle part with 32 bytes.",
    observable: true,
    automaton: ({ report }) => ({
      hostBlock: ({ command, count }) => {
        if (command !== SsifCommand.WriteMiddle || count <= 0 || count === BLOCK_BYTES_MAX) return;
        const short = count < BLOCK_BYTES_MAX;
        report(`a middle part has ${count} bytes`, short ? "note" : undefined);
      },
    }),
  },
  {
    id: "SSIF-04",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.3; SMBus 2.0 §5.5.7",
    sentence: "No block is empty: a message does not end with an empty part.",
    instead: "The host ends the message with the part that has its last byte.",
    observable: true,
    automaton: ({ report }) => ({
      hostBlock: ({ command, count, reads }) => {
        if (!reads && count === 0) report(`a block of 0 bytes was written with ${hex(command)}`);
      },
    }),
  },
  {
    id: "SSIF-05",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §22.9",
    sentence:
      "The host sends no more, and in no other kinds of parts, than the BMC said it takes; before it says so, 32 bytes in one part.",
    instead:
      "The host asks for the capabilities first, and keeps to them; until it has them it writes " +
      "one part of up to 32 bytes.",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => new KeepsToCapabilities(context),
  },
  {
    id: "SSIF-06",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.3",
    sentence:
      "After an error in a multi-part write the host begins again with the first part; that it repeats one which lost the bus is a note.",
    instead: "The host writes the request again from its first part.",
    observable: true,
    automaton: (context) => new RestartsFromFirst(context),
  },
  {
    id: "SSIF-08",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12, §22.9",
    sentence: "Packet error codes are used only with a BMC that said it supports them.",
    instead: "The host leaves the code out until the BMC has said that it supports it.",
    needs: ["the beginning"],
    observable: true,
    automaton: (context) => new CodesOnlyIfTold(context),
  },
  {
    id: "SSIF-09",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.6",
    sentence: "0Ah asks again for a block that was offered before, of a multi-part response only.",
    instead: "The host asks by 0Ah only for a block of the response under way that it was offered.",
    observable: true,
    automaton: (context) => new AsksForOffered(context),
  },
  {
    id: "SSIF-10",
    party: "host",
    severity: "violation",
    section: "SMBus 2.0 §5.4, §5.5.7",
    sentence: "What the host writes is as many bytes as it says, and at most a right code behind.",
    instead:
      "The host writes the count, as many bytes as it says, and behind them a right code or " +
      "nothing.",
    observable: true,
    automaton: (context) => new WritesWhatItSays(context),
  },
];

class CodesOnlyIfTold extends RuleAutomaton<SsifContext> {
  readonly capabilities = new Capabilities();

  transfer(transfer: Transfer): void {
    this.capabilities.take(transfer);
  }

  hostBlock(block: BusBlock): void {
    // A BMC without such codes may refuse the byte.
    const came = block.end === "whole" || block.refused === "data";
    if (this.capabilities.pec || !came || block.extra !== 1) return;
    const what = this.capabilities.told ? "said that it has none" : "never said that it has any";
    this.report(`a byte behind the block of ${hex(block.command)}; the BMC ${what}`);
  }
}

class KeepsToCapabilities extends RuleAutomaton<SsifContext> {
  readonly capabilities = new Capabilities();
  length = 0;

  transfer(transfer: Transfer): void {
    this.capabilities.take(transfer);
  }

  hostBlock(block: BusBlock): void {
    const { command, count } = block;
    if (!isWrite(command) || count < 0) return;
    if (command === SsifCommand.WriteStart) this.length = 0;
    if (command === SsifCommand.SinglePartWrite) return;
    this.length += count;
    const { transactions, inputBytesMax } = this.capabilities;
    const middle = command === SsifCommand.WriteMiddle && !isLastPart(block);
    if (transactions === 0 && command === SsifCommand.WriteStart) {
      this.report("a request in several parts, which the BMC never said that it takes");
    } else if (transactions === 1 && middle) {
      this.report("a middle part; the BMC said that it takes a start and an end");
    } else if (
      transactions > 0 &&
      this.length > inputBytesMax &&
      this.length - count <= inputBytesMax
    ) {
      this.report(
        `the request has ${this.length} bytes by now; the BMC said that it takes ${inputBytesMax}`,
      );
    }
  }
}

class RestartsFromFirst extends RuleAutomaton<SsifContext> {
  /** Parts of a request came to the BMC without an error, and more must. */
  open = false;
  failed = false;
  /** The part that was lost to another master; a bus driver of its own accord tries it again. */
  lost = -1;
  /** When a new driver, or a panic, came to the bus last. */
  comesUs = -1;

  hostBlock(block: BusBlock): void {
    const { command } = block;
    const leftBehind = block.startUs <= this.comesUs;
    if (!isWrite(command) || leftBehind) return;
    const starts = beginsRequest(command);
    if (!starts && !this.open) {
      const why = this.failed ? "after a part that had failed" : "though no request was begun";
      this.report(`${hex(command)} was written ${why}`, command === this.lost ? "note" : undefined);
    }
    this.lost = block.end === "lost" ? command : -1;
    if (starts || block.end === "whole") this.failed = block.end !== "whole";
    else this.failed = true;
    this.open = block.end === "whole" && !isLastPart(block);
  }

  // Who comes new may find a block that was left in the middle, and ends it.
  hostLife({ what, t }: On<"hostLife">): void {
    if (what === "recovery") return;
    this.open = false;
    this.failed = false;
    this.comesUs = t;
  }
}

class AsksForOffered extends RuleAutomaton<SsifContext> {
  /** The number of further blocks that the host has read of this response. */
  offered = -1;

  hostBlock(block: BusBlock): void {
    const { command, count, bytes } = block;
    if (isWrite(command)) this.offered = -1;
    if (block.reads && block.end === "whole") {
      if (command === SsifCommand.ReadStart && this.host.transfer.complete) this.offered = -1;
      else if (command === SsifCommand.ReadStart) this.offered = 0;
      else if (command === SsifCommand.ReadMiddle && this.offered >= 0) this.offered++;
    }
    if (command !== SsifCommand.ReadRetry || count !== 1 || bytes.length === 0) return;
    const wanted = bytes.at(0);
    if (this.offered === -1) this.report("no multi-part response was being read");
    else if (wanted > this.offered) {
      this.report(`block ${wanted} was asked for again, and ${this.offered} were read`);
    }
  }
}

/**
 * Whether the BMC refused it, or threw it away, changes nothing: a right BMC does that. It shows only
 * at the end of a block that nobody and nothing cut short.
 */
class WritesWhatItSays extends RuleAutomaton<SsifContext> {
  /** When a new driver, or a panic, came to the bus last: it ends what was left in the middle. */
  comesUs = Number.NEGATIVE_INFINITY;

  hostBlock(block: BusBlock): void {
    const excused = block.startUs <= this.comesUs || block.disturbed;
    const { command, count, bytes } = block;
    if (block.reads || count < 0 || excused) return;
    const whole = block.end === "whole" || block.refused === "data";
    if (block.end === "cut" || (whole && block.extra > 1)) {
      this.report(`${hex(command)} announced ${count} bytes, and ${bytes.length} came`);
    } else if (whole && block.badPec) {
      const code = `${hex(bytes.at(count))}, not ${hex(block.pec)}`;
      this.report(`${hex(command)}: the packet error code is ${code}`);
    }
  }

  hostLife({ t }: On<"hostLife">): void {
    this.comesUs = t;
  }
}

function isWrite(command: number): boolean {
  return (
    beginsRequest(command) ||
    command === SsifCommand.WriteMiddle ||
    command === SsifCommand.WriteEnd
  );
}
