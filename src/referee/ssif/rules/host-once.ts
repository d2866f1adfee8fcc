import { commandInfo, commandName } from "../../../ipmi/command-table.ts";
import { beginsRequest } from "../../../wire/ssif/protocol.ts";
import type { On } from "../../automaton.ts";
import { OUR_OWN } from "../../common/our-own.ts";
import { PROMISE } from "../../rule.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import type { BusBlock } from "../bus-block.ts";
import { isLastPart } from "../host-view.ts";
import type { SsifContext, SsifRule } from "../observer.ts";

/** What may go out only once, where it cannot be told whether the BMC has it. */
export const hostOnce: readonly SsifRule[] = [
  {
    id: "STACK-44",
    party: "host",
    severity: "violation",
    section: PROMISE,
    sentence:
      "A command of which two do more than one is not written again once all its bytes were on the " +
      "bus, though the last was not acknowledged: but for the last words of a host that panics.",
    instead: "The stack goes on to ask for the response, and does not write the command again.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new WritesOnce(context) : {}),
  },
];

const ENDS: ReadonlySet<string> = new Set(["start", "inserted", "down"]);

/** By the host's own face: which of the two the BMC has, a lost acknowledgement does not tell. */
class WritesOnce extends RuleAutomaton<SsifContext> {
  /** The command that is sent and may not go twice, as it is named; "" there is none. */
  name = "";
  /** All of it was on the bus, and the last byte was not wanted. */
  unsure = false;
  panicked = false;

  send({ message }: On<"send">): void {
    const [netFnLun = 0, cmd = 0] = message;
    const netFn = netFnLun >> 2;
    const repeatable = commandInfo(netFn, cmd)?.repeatable ?? false;
    // The last words of a host that crashes may well come twice.
    this.name = repeatable || this.panicked ? "" : commandName(netFn, cmd);
    this.unsure = false;
  }

  hostBlock(block: BusBlock): void {
    const { command, reads, refused, count, bytes } = block;
    if (this.name === "" || reads) return;
    if (this.unsure && beginsRequest(command)) {
      this.report(`${this.name} was written again, and all of it had been on the bus`);
      this.unsure = false;
    }
    const all = count >= 0 && bytes.length >= count && isLastPart(block);
    if (all && refused === "data") this.unsure = true;
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what === "panic") this.panicked = true;
    else if (ENDS.has(what)) this.panicked = false;
    else return;
    this.name = "";
  }
}
