import { NetFn } from "../../../ipmi/command-table.ts";
import { getMessageFlags, setBmcGlobalEnables } from "../../../ipmi/commands/app/messaging.ts";
import { Control, Status } from "../../../wire/kcs/protocol.ts";
import type { HostWrite, On } from "../../automaton.ts";
import { Settles } from "../../common/attention.ts";
import { KnowsInterrupts } from "../../common/knows-interrupts.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { hex, seconds } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import { BmcState } from "../bmc-view.ts";
import type { KcsAutomaton, KcsContext, KcsRule } from "../observer.ts";

/** How the BMC asks for attention. */
export const bmcAttention: readonly KcsRule[] = [
  {
    id: "KCS-40",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14",
    sentence: "SMS_ATN is 1 while a standard message flag is set, whatever interrupts are enabled.",
    instead: "The BMC sets SMS_ATN as the message flag becomes 1.",
    observable: true,
    automaton: (context) =>
      knowsFlags(context) ? new AttentionRises(context) : flagsWithout(context),
  },
  {
    id: "KCS-41",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.7, §9.14",
    sentence: "SMS_ATN stays 1 until every standard cause is cleared.",
    instead: "The BMC leaves SMS_ATN at 1 until the last of its standard causes is cleared.",
    observable: true,
    automaton: (context) => (knowsFlags(context) ? new AttentionStays(context) : {}),
  },
  {
    id: "KCS-42",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14",
    sentence: "Without a standard cause, or an OEM cause that was enabled, SMS_ATN is 0.",
    instead: "The BMC clears SMS_ATN once no cause for it is left.",
    observable: true,
    automaton: (context) =>
      knowsFlags(context) ? new AttentionFalls(context) : new StuckAttention(context),
  },
  {
    id: "KCS-43",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14",
    sentence: "On a shared interrupt line SMS_ATN is set for every interrupt.",
    instead: "The BMC sets SMS_ATN with each interrupt, so that the host can tell whose it is.",
    observable: false,
    why: "a trace does not tell whether the line is shared with other devices",
  },
  {
    id: "KCS-44",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.13",
    sentence:
      "The interrupt line falls as a transfer begins, even if attention is still asked for.",
    instead: "The interface takes the interrupt line down at the first byte of the transfer.",
    observable: true,
    automaton: (context) => new LineFalls(context),
  },
  {
    id: "KCS-45",
    party: "bmc",
    severity: "note",
    section: "IPMI 2.0 §9.14",
    sentence: "One OBF may signal both the end of a response and an attention.",
    instead: "The host takes the response, and looks at SMS_ATN as well.",
    observable: false,
    why: "it allows something, and so cannot be broken",
  },
  {
    id: "KCS-49",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14, §22.1",
    sentence: "With bit 0 of the global enables set, the BMC interrupts for its output bytes.",
    instead: "The BMC raises the interrupt each time that it sets OBF.",
    observable: true,
    automaton: (context) => new InterruptsWhenEnabled(context),
  },
];

/** Receive message available, event message buffer full, watchdog pre-timeout. */
const STANDARD_FLAGS = 0x0b;
const OEM_FLAGS = 0xe0;

/** The BMC's own model tells its flags, and its face shows SMS_ATN. */
function knowsFlags({ head }: KcsContext): boolean {
  return head.taps.bmc;
}

abstract class AttentionSettles extends Settles<KcsContext> {
  protected override get smsAtn(): number {
    return Status.SmsAtn;
  }
}

class AttentionRises extends AttentionSettles {
  wasUp = false;

  protected override wrong(flags: number, attention: boolean): boolean {
    if (attention) this.wasUp = true;
    if ((flags & STANDARD_FLAGS) === 0) this.wasUp = false;
    return !attention && !this.wasUp && (flags & STANDARD_FLAGS) !== 0;
  }

  protected override tell(flags: number, us: number): void {
    const said = `the flags were ${hex(flags)} for ${seconds(us)} with SMS_ATN at 0`;
    this.report(said, undefined, this.sinceUs);
  }
}

class AttentionStays extends AttentionSettles {
  wasUp = false;

  protected override wrong(flags: number, attention: boolean): boolean {
    if (attention) this.wasUp = true;
    if ((flags & STANDARD_FLAGS) === 0) this.wasUp = false;
    return !attention && this.wasUp;
  }

  protected override tell(flags: number): void {
    this.report(`SMS_ATN fell while the flags were ${hex(flags)}`);
  }
}

class AttentionFalls extends AttentionSettles {
  enabledOem = 0;

  exchange(exchange: Transfer): void {
    if (!exchange.succeeds(NetFn.App, setBmcGlobalEnables.cmd)) return;
    this.enabledOem = exchange.request.at(2) & OEM_FLAGS;
  }

  protected override wrong(flags: number, attention: boolean): boolean {
    return attention && (flags & (STANDARD_FLAGS | this.enabledOem)) === 0;
  }

  protected override tell(flags: number, us: number): void {
    const said = `SMS_ATN was 1 for ${seconds(us)} with the flags at ${hex(flags)}`;
    this.report(said, undefined, this.sinceUs);
  }
}

/** From the host's side: the flags that the BMC gave, and SMS_ATN as that response ended. */
function flagsWithout({ report }: KcsContext): KcsAutomaton {
  return {
    exchange: (exchange) => {
      if (!exchange.succeeds(NetFn.App, getMessageFlags.cmd)) return;
      const flags = exchange.data(0);
      const attention = (exchange.endStatus & Status.SmsAtn) !== 0;
      if (attention || flags === -1 || (flags & STANDARD_FLAGS) === 0) return;
      report(`Get Message Flags gave ${hex(flags)} and SMS_ATN was 0 at its end`);
    },
  };
}

/** So often in a row it is no race with a cause that comes up after the flags were taken. */
const STUCK_READS = 10;

class StuckAttention extends RuleAutomaton<KcsContext> {
  reads = 0;
  sinceUs = 0;

  exchange(exchange: Transfer): void {
    if (!exchange.succeeds(NetFn.App, getMessageFlags.cmd)) return;
    const attention = (exchange.endStatus & Status.SmsAtn) !== 0;
    this.reads = attention && exchange.data(0) === 0 ? this.reads + 1 : 0;
    if (this.reads === 1) this.sinceUs = exchange.endUs;
    if (this.reads !== STUCK_READS) return;
    const said = `${this.reads} times in a row Get Message Flags gave 00h and SMS_ATN stayed 1`;
    this.report(said, undefined, this.sinceUs);
  }
}

/** A line that has been up since before WRITE_START although the host had cleared OBF. */
class LineFalls extends RuleAutomaton<KcsContext> {
  line = false;
  stood = false;

  irq({ level }: On<"irq">): void {
    this.line = level === 1;
    if (!this.line) this.stood = false;
  }

  hostWriteCommand({ value }: HostWrite): void {
    const empty = (this.host.status & Status.Obf) === 0 || this.host.dataTaken;
    if (value === Control.WriteStart) this.stood = this.line && empty && !this.faults.wireActive;
    if (value !== Control.WriteEnd || !this.stood) return;
    this.stood = false;
    this.report("the interrupt line was up from before WRITE_START to WRITE_END");
  }
}

/** Whole transfers without an interrupt that show that none will come. */
const SILENT_EXCHANGES = 4;

/** Judged only where there is a line: one that the trace tells of. */
class InterruptsWhenEnabled extends KnowsInterrupts<KcsContext> {
  silent = 0;

  override irq(event: On<"irq">): void {
    super.irq(event);
    this.silent = 0;
  }

  exchange(exchange: Transfer): void {
    if (this.setsEnables(exchange)) {
      this.silent = 0;
      return;
    }
    if (!exchange.complete || this.bmc.state !== BmcState.Idle) return;
    this.silent = this.faults.wireActive ? 0 : this.silent + 1;
    if (!this.line || !this.enabled || this.silent !== SILENT_EXCHANGES) return;
    this.report(`no interrupt came in ${this.silent} transfers, though bit 0 was set`);
  }
}
