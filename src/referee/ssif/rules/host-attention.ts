import { getMessageFlags } from "../../../ipmi/commands/app/messaging.ts";
import { ALERT_RESPONSE_ADDRESS, READ_BIT } from "../../../wire/smbus/protocol.ts";
import { SSIF_ADDRESS } from "../../../wire/ssif/protocol.ts";
import type { On } from "../../automaton.ts";
import { HeedsAttention } from "../../common/heeds-attention.ts";
import { OUR_OWN, OWN_USER } from "../../common/our-own.ts";
import { isFetch } from "../../common/waiting.ts";
import { Few } from "../../few.ts";
import { PROMISE } from "../../rule.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { seconds } from "../../text.ts";
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
    instead: "The host sends Get Message Flags after the alert.",
    presumes: "a right BMC",
    observable: true,
    automaton: (context) => new HeedsAlert(context),
  },
  {
    id: "STACK-46",
    party: "host",
    severity: "violation",
    section: PROMISE,
    sentence:
      "An alert line of which the BMC does not say that it pulls it is left alone for a second: " +
      "who pulls it is not asked again and again.",
    instead: "The stack waits for a second before it asks again whose the alert is.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new LeavesLineAlone(context) : {}),
  },
  {
    id: "STACK-50",
    party: "host",
    severity: "violation",
    section: PROMISE,
    sentence:
      "A BMC on SSIF that said that it has nothing, and does not alert, is left alone with that for a " +
      "while: its flags are not asked for on and on.",
    instead: "The stack leaves the BMC in peace for a while before it asks for its flags again.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new LeavesBmcAlone(context) : {}),
  },
];

/** Our own asks ten times a second; less what a bus in disorder may take of that. */
const FLAGS_US = 50_000;

class LeavesBmcAlone extends RuleAutomaton<SsifContext> {
  /** The questions for the flags that are open, and whether the stack itself asks. */
  readonly asked = new Few<boolean>();
  /** When the BMC said last that it has nothing; -1 it did not, or something may have come since. */
  nothingUs = -1;

  request({ id, user, netFn, cmd, t }: On<"request">): void {
    if (netFn !== getMessageFlags.netFn || cmd !== getMessageFlags.cmd) return;
    const own = user === OWN_USER;
    this.asked.set(id, own);
    const us = t - this.nothingUs;
    if (own && this.nothingUs !== -1 && us < FLAGS_US) {
      this.report(`the flags are asked for again after ${seconds(us)}, and were all clear`);
    }
    this.nothingUs = -1;
  }

  answer({ id, cc, maker, data, t }: On<"answer">): void {
    const own = this.asked.get(id);
    this.asked.delete(id);
    if (own === undefined) return;
    const nothing = own && cc === 0 && maker === "bmc" && data.length > 0 && data[0] === 0;
    this.nothingUs = nothing ? t : -1;
  }

  alertResponse(): void {
    this.nothingUs = -1;
  }

  hostLife(): void {
    this.nothingUs = -1;
  }
}

/** A second, less what clocks may differ. */
const REST_US = 900_000;

class LeavesLineAlone extends RuleAutomaton<SsifContext> {
  /** When it was asked last who pulls the line; -1 never, or the BMC said that it does. */
  askedUs = -1;
  /** The answer comes next. */
  asks = false;

  hostBus({ op, value, outcome, t }: On<"hostBus">): void {
    if (op === "read" && this.asks && value >> 1 === SSIF_ADDRESS) this.askedUs = -1;
    this.asks = op === "start" && value === ((ALERT_RESPONSE_ADDRESS << 1) | READ_BIT);
    if (!this.asks) return;
    const us = t - this.askedUs;
    if (this.askedUs !== -1 && us < REST_US) {
      this.report(`the host asked again after ${seconds(us)} whose the alert is`);
    }
    this.askedUs = t;
    this.asks = outcome === "ack";
  }

  /** Who comes new, a panic among them, knows nothing of what was asked. */
  hostLife({ what }: On<"hostLife">): void {
    if (what !== "recovery") this.askedUs = -1;
  }
}

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
