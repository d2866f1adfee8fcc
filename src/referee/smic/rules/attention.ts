import { NetFn } from "../../../ipmi/command-table.ts";
import { getMessageFlags } from "../../../ipmi/commands/app/messaging.ts";
import { SmicFlag } from "../../../wire/smic/protocol.ts";
import { MessageFlag, Settles } from "../../common/attention.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { hex, seconds } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import type { SmicContext, SmicRule } from "../observer.ts";

/** How the BMC asks for attention. */
export const attentionRules: readonly SmicRule[] = [
  {
    id: "SMIC-25",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.3.1",
    sentence: "SMS_ATN is 1 while the receive message queue is not empty, and 0 without a cause.",
    instead:
      "The BMC sets SMS_ATN while a message waits in the queue, and clears it once no cause is " +
      "left.",
    observable: true,
    automaton: (context) =>
      context.head.taps.bmc ? new FollowsFlags(context) : new SeenWrong(context),
  },
];

/**
 * The text ties SMS_ATN to the receive queue, and has EVT_ATN for the SMI handler's sake. Of the
 * other flags it is silent: a BMC may show them by SMS_ATN, and a host does not hear of them if it
 * does not.
 */
class FollowsFlags extends Settles<SmicContext> {
  protected override get smsAtn(): number {
    return SmicFlag.SmsAtn;
  }

  protected override wrong(flags: number, attention: boolean): boolean {
    if (attention) return flags === 0;
    const { ReceiveMessage, EventBuffer, Pretimeout } = MessageFlag;
    return (flags & (ReceiveMessage | EventBuffer | Pretimeout)) !== 0;
  }

  protected override tell(flags: number, us: number): void {
    const level = flags === 0 ? 1 : 0;
    const silent = flags !== 0 && (flags & MessageFlag.ReceiveMessage) === 0;
    const said = `the flags were ${hex(flags)} for ${seconds(us)} with SMS_ATN at ${level}`;
    this.report(said, silent ? "note" : undefined, this.sinceUs);
  }
}

/** So often in a row it is no race with a cause that comes up after the flags were taken. */
const STUCK_READS = 10;

/** From the host's side: the flags that the BMC gave, and SMS_ATN as that response ended. */
class SeenWrong extends RuleAutomaton<SmicContext> {
  stuck = 0;

  exchange(exchange: Transfer): void {
    if (!exchange.succeeds(NetFn.App, getMessageFlags.cmd)) return;
    const flags = exchange.data(0);
    const attention = (exchange.endStatus & SmicFlag.SmsAtn) !== 0;
    this.stuck = attention && flags === 0 ? this.stuck + 1 : 0;
    if (this.stuck === STUCK_READS) {
      this.report(`${this.stuck} times in a row Get Message Flags gave 00h and SMS_ATN stayed 1`);
    }
    if (attention || flags === -1 || (flags & MessageFlag.ReceiveMessage) === 0) return;
    this.report(`Get Message Flags gave ${hex(flags)} and SMS_ATN was 0 at its end`);
  }
}
