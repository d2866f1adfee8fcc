import { NetFn } from "../../../ipmi/command-table.ts";
import { getBmcGlobalEnables, setBmcGlobalEnables } from "../../../ipmi/commands/app/messaging.ts";
import { getSystemInterfaceCapabilities } from "../../../ipmi/commands/app/system-interface.ts";
import { BLOCK_BYTES_MAX, LAST_BLOCK, SsifCommand } from "../../../wire/ssif/protocol.ts";
import type { On } from "../../automaton.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew, clearsEnables, hex } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import type { BusBlock } from "../bus-block.ts";
import { Capabilities } from "../capabilities.ts";
import { isMultiPartStart } from "../host-view.ts";
import type { SsifContext, SsifRule } from "../observer.ts";

/** Whether the BMC does what it says of its interface, and is told of it. */
export const bmcSays: readonly SsifRule[] = [
  {
    id: "SSIF-31",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12.4, §12.5",
    sentence: "A response that fits one block, of 32 bytes or less, comes in one.",
    instead: "The BMC puts the whole response into one block.",
    observable: true,
    automaton: (context) => new OneBlockIfItFits(context),
  },
  {
    id: "SSIF-32",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.9",
    sentence:
      "The BMC gives no longer responses, and in no other kinds of blocks, than it said that it can.",
    instead: "The BMC keeps to the length and the kinds of blocks that it stated.",
    observable: true,
    automaton: (context) => new KeepsToItsWord(context),
  },
  {
    id: "SSIF-33",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §12, §22.1",
    sentence:
      "With alerts disabled SMBALERT# is not pulled for a response; for attention it may be.",
    instead: "The BMC leaves SMBALERT# alone, and waits for the host to read.",
    needs: ["bmc-application"],
    observable: true,
    automaton: (context) => (context.head.taps.bmc ? new LeavesLineAlone(context) : {}),
  },
];

class OneBlockIfItFits extends RuleAutomaton<SsifContext> {
  several = false;

  bmcBlock(block: BusBlock): void {
    if (!block.reads || block.command !== SsifCommand.ReadStart || block.end !== "whole") return;
    this.several = isMultiPartStart(block);
  }

  exchange({ complete, response }: Transfer): void {
    const { length } = response;
    if (!complete || !this.several || length > BLOCK_BYTES_MAX) return;
    this.report(`a response of ${length} bytes came in several blocks`);
  }
}

class KeepsToItsWord extends RuleAutomaton<SsifContext> {
  readonly capabilities = new Capabilities();
  outputBytesMax = -1;
  /** Further blocks than the first of the response at hand. */
  further = 0;

  exchange(exchange: Transfer): void {
    const { told } = this.capabilities;
    const { length } = exchange.response;
    if (exchange.complete && told && this.outputBytesMax !== -1 && length > this.outputBytesMax) {
      this.report(`a response of ${length} bytes; it said ${this.outputBytesMax} at most`);
    }
    this.capabilities.take(exchange);
    const asks = exchange.succeeds(NetFn.App, getSystemInterfaceCapabilities.cmd);
    if (asks && exchange.request.at(2) === 0) this.outputBytesMax = exchange.data(3);
  }

  bmcBlock(block: BusBlock): void {
    this.#endless(block);
    const { told, transactions } = this.capabilities;
    if (!told || !block.reads || block.end !== "whole") return;
    if (block.command === SsifCommand.ReadStart) {
      this.further = 0;
      if (transactions === SINGLE && isMultiPartStart(block)) {
        this.report("a response in several blocks; it said that it gives one only");
      }
    }
    if (block.command !== SsifCommand.ReadMiddle || block.bytes.at(0) === LAST_BLOCK) return;
    this.further++;
    if (transactions === START_AND_END && this.further === 1) {
      this.report("a response with a middle block; it said that it gives a start and an end");
    }
  }

  /** The host may give it up long before its end, if it has one. */
  #endless({ command, reads, end, dataLength }: BusBlock): void {
    if (!reads || end !== "whole" || command !== SsifCommand.ReadMiddle) return;
    const before = this.bmc.exchange.response.length;
    const now = before + dataLength - 1;
    if (before > RESPONSE_BYTES_MAX || now <= RESPONSE_BYTES_MAX) return;
    this.report(
      `a response of ${now} bytes, and it goes on; it can say ${RESPONSE_BYTES_MAX} at most`,
    );
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.outputBytesMax = -1;
  }
}

/** What one byte can say of a response's length. @see IPMI 2.0 §22.9 */
const RESPONSE_BYTES_MAX = 255;
/** What it says of its transactions. @see IPMI 2.0 §22.9 */
const SINGLE = 0;
const START_AND_END = 1;

/** Interrupts for the receive queue and what depends on it, and for the event message buffer. */
const ALERTS = 0x03;

/** Judged only while the BMC itself says that they are off, and no message flag is set. */
class LeavesLineAlone extends RuleAutomaton<SsifContext> {
  disabled = false;
  flags = 0;

  exchange(exchange: Transfer): void {
    if (!exchange.succeeds(NetFn.App, getBmcGlobalEnables.cmd)) return;
    const enables = exchange.data(0);
    this.disabled = enables !== -1 && (enables & ALERTS) === 0;
  }

  bmcRequest({ message }: On<"bmcRequest">): void {
    if (message[1] === setBmcGlobalEnables.cmd) this.disabled = false;
  }

  bmcAlert({ level }: On<"bmcAlert">): void {
    if (level === 0 || !this.disabled || this.flags !== 0) return;
    this.report(`the line was pulled with alerts disabled and the flags at ${hex(this.flags)}`);
  }

  bmcLife({ what, flags }: On<"bmcLife">): void {
    if (what === "flags") this.flags = flags;
    if (clearsEnables(what)) this.disabled = false;
  }
}
