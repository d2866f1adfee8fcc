import { Cc } from "../../../ipmi/completion.ts";
import { RESPONSE_BYTES_MIN } from "../../../ipmi/message.ts";
import {
  BLOCK_BYTES_MAX,
  beginsRequest,
  LAST_BLOCK,
  MULTI_PART_MARK,
  SsifCommand,
} from "../../../wire/ssif/protocol.ts";
import type { On } from "../../automaton.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew, bytesText, hex } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import { BmcState } from "../bmc-view.ts";
import type { BusBlock } from "../bus-block.ts";
import { Capabilities } from "../capabilities.ts";
import { isMultiPartStart } from "../host-view.ts";
import type { SsifContext, SsifRule } from "../observer.ts";

/** The blocks that the BMC gives. */
export const bmcResponses: readonly SsifRule[] = [
  {
    id: "SSIF-20",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12.4, §12.5",
    sentence:
      "While the BMC is busy, or has no response, it acknowledges no read; an empty block is a note.",
    instead:
      "The BMC does not acknowledge the read until the response is there, and then gives it.",
    observable: true,
    automaton: (context) => new GivesNothingBefore(context),
  },
  {
    id: "SSIF-21",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12.4, §12.5",
    sentence:
      "A response of 3 to 32 bytes comes in one block, a longer one begins with a block of 00h, 01h and 30 bytes.",
    instead:
      "The BMC gives up to 32 bytes in one block, and begins a longer response with 00h, 01h and " +
      "its first 30 bytes.",
    observable: true,
    automaton: (context) => new GivesWholeBlocks(context),
  },
  {
    id: "SSIF-22",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12.5",
    sentence:
      "Further blocks are numbered 0, 1, 2 and have 31 bytes of data; the last has number FFh and 1 to 31.",
    instead:
      "The BMC numbers the blocks from 0, puts 31 bytes of data into each, and numbers the last " +
      "one FFh.",
    observable: true,
    automaton: (context) => new NumbersBlocks(context),
  },
  {
    id: "SSIF-25",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12.5, §12.6",
    sentence: "A response stays until it was read whole or a new request begins.",
    instead:
      "The BMC keeps the response, and each of its blocks, until it was read whole or a new " +
      "request begins.",
    trusts: "the state",
    observable: true,
    automaton: (context) => new KeepsResponse(context),
  },
  {
    id: "SSIF-27",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.9",
    sentence:
      "A BMC with multi-part transfers or packet error codes says so by Get System Interface Capabilities.",
    instead: "The BMC states the support in Get System Interface Capabilities, or does without.",
    observable: true,
    automaton: (context) => new SaysItsParts(context),
  },
  {
    id: "SSIF-28",
    party: "bmc",
    severity: "violation",
    section: "SMBus 2.0 §5.4",
    sentence:
      "The packet error code behind a block covers both address bytes, the command and the count.",
    instead:
      "The BMC computes the code over address and write bit, command, address and read bit, " +
      "count and data.",
    observable: true,
    automaton: (context) => new RightCodes(context),
  },
];

class GivesWholeBlocks extends RuleAutomaton<SsifContext> {
  /** The length of the response to the request at hand that the application handed in; 0 none. */
  handed = 0;

  bmcRequest(): void {
    this.handed = 0;
  }

  /** What it hands in besides is refused. */
  bmcResponse({ tag, message }: On<"bmcResponse">): void {
    if (tag === this.bmc.exchange.tag && this.handed === 0) this.handed = message.length;
  }

  bmcLife(): void {
    this.handed = 0;
  }

  bmcBlock(block: BusBlock): void {
    const { command, count } = block;
    if (!block.reads) {
      if (beginsRequest(command)) this.handed = 0;
      return;
    }
    if (command !== SsifCommand.ReadStart || block.end !== "whole" || count > BLOCK_BYTES_MAX)
      return;
    if (isMultiPartStart(block)) {
      if (count < BLOCK_BYTES_MAX) this.report(`the first block of several has ${count} bytes`);
    } else if (count === 0) {
      if (this.handed > 0) this.report("an empty block came, and the response was there");
    } else if (count < RESPONSE_BYTES_MIN) {
      this.report(`a response of ${count} bytes`);
    } else if (count === BLOCK_BYTES_MAX && this.handed > count) {
      const mark = bytesText(block.bytes.copy().subarray(0, MULTI_PART_MARK.length));
      this.report(`the first block of a response of ${this.handed} bytes begins with ${mark}`);
    }
  }
}

class SaysItsParts extends RuleAutomaton<SsifContext> {
  readonly capabilities = new Capabilities();
  told = false;

  exchange(exchange: Transfer): void {
    this.capabilities.take(exchange);
  }

  bmcBlock(block: BusBlock): void {
    if (this.told || !this.capabilities.refused || block.end !== "whole" || !block.reads) return;
    if (block.command !== SsifCommand.ReadStart || !isMultiPartStart(block)) return;
    this.told = true;
    this.report("it gives a response in several blocks, and has no such command");
  }
}

class RightCodes extends RuleAutomaton<SsifContext> {
  readonly capabilities = new Capabilities();

  exchange(exchange: Transfer): void {
    this.capabilities.take(exchange);
  }

  bmcBlock(block: BusBlock): void {
    if (!this.capabilities.pec || !block.reads || block.end !== "whole") return;
    if (block.count > BLOCK_BYTES_MAX || !block.badPec) return;
    const code = block.bytes.at(block.count);
    this.report(`the code behind ${hex(block.command)} is ${hex(code)}, not ${hex(block.pec)}`);
  }
}

class GivesNothingBefore extends RuleAutomaton<SsifContext> {
  /** The application has read the request at hand, and has not answered it. */
  atWork = false;

  bmcRequest(): void {
    this.atWork = true;
  }

  bmcResponse(): void {
    this.atWork = false;
  }

  bmcBlock(block: BusBlock): void {
    const { command, count } = block;
    const begins = beginsRequest(command);
    if (begins) this.atWork = false;
    if (!block.reads || block.refused !== undefined || count === -1) return;
    if (count === 0) return this.report("an empty block was given", "note");
    if (count > BLOCK_BYTES_MAX) return this.report(`a block of ${count} bytes was given`);
    if (this.bmc.state === BmcState.Unknown) return;
    if (this.bmc.state < BmcState.Executing)
      this.report("a block was given, and there was no request");
    else if (this.atWork && this.bmc.state === BmcState.Executing && !givesUp(block)) {
      this.report("a block was given while the request was carried out");
    }
  }
}

/** The interface's own word, in place of an application that gives no response any more. */
function givesUp({ bytes, dataLength }: BusBlock): boolean {
  return dataLength === RESPONSE_BYTES_MIN && bytes.at(2) === Cc.ResponseUnavailable;
}

class NumbersBlocks extends RuleAutomaton<SsifContext> {
  expected = -1;

  bmcBlock(block: BusBlock): void {
    const { command, count, bytes } = block;
    if (command === SsifCommand.ReadRetry && bytes.length > 0) this.expected = bytes.at(0);
    if (!block.reads || block.end !== "whole" || count < 1 || count > BLOCK_BYTES_MAX) return;
    if (command === SsifCommand.ReadStart) this.expected = isMultiPartStart(block) ? 0 : -1;
    if (command !== SsifCommand.ReadMiddle || this.expected === -1) return;
    const number = bytes.at(0);
    if (number === LAST_BLOCK) {
      this.expected = -1;
      if (count === 1) this.report("the last block has no data");
      return;
    }
    if (number !== this.expected)
      this.report(`block ${number} came in place of block ${this.expected}`);
    else if (count !== BLOCK_BYTES_MAX)
      this.report(`block ${number} has ${count - 1} bytes of data`);
    this.expected = number + 1;
  }
}

function readsResponse({ command }: BusBlock): boolean {
  return command === SsifCommand.ReadStart || command === SsifCommand.ReadMiddle;
}

class KeepsResponse extends RuleAutomaton<SsifContext> {
  excused = false;

  bmcBlock(block: BusBlock): void {
    const { command } = block;
    const begins = beginsRequest(command);
    if (begins) this.excused = false;
    if (!block.reads) {
      // The command byte of a read that is refused is all that comes of it.
      if (block.refused !== "command" || !readsResponse(block)) return;
    } else if (block.refused === undefined || !readsResponse(block)) {
      return;
    }
    if (this.bmc.state !== BmcState.Responding || this.excused || this.bmc.away) return;
    this.report("the response was given in part, and then refused, with no new request");
  }

  exchange(): void {
    this.excused = false;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (what !== "flags" && what !== "sel" && what !== "power") this.excused = true;
    if (beginsAnew(what)) this.excused = true;
  }

  bmcRefused(): void {
    this.excused = true;
  }
}
