import { BtControl, BtInterruptMask } from "../../../wire/bt/protocol.ts";
import type { HostRead, HostWrite, On } from "../../automaton.ts";
import { HeedsAttention } from "../../common/heeds-attention.ts";
import { HAS_NO_TIME } from "../../common/new-host.ts";
import { OUR_OWN } from "../../common/our-own.ts";
import { TakesWhatIsThere } from "../../common/takes-what-is-there.ts";
import { isFetch } from "../../common/waiting.ts";
import { PROMISE } from "../../rule.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import type { Transfer } from "../../transfer.ts";
import type { Frame } from "../frame.ts";
import { Taking } from "../host-view.ts";
import type { BtContext, BtRule } from "../observer.ts";
import { awaited, endsAll } from "./awaited.ts";

/** How the host heeds what the BMC shows in BT_CTRL. */
export const hostAttention: readonly BtRule[] = [
  {
    id: "BT-14",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.6.4",
    sentence: "A host that sees SMS_ATN fetches the message flags, before or after it clears it.",
    instead: "The host sends Get Message Flags, before or after it clears SMS_ATN.",
    presumes: "a right BMC",
    observable: true,
    automaton: (context) => new FetchesFlags(context),
  },
  {
    id: "BT-16",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.6.5",
    sentence: "The host takes B2H_IRQ back by writing 1 to it, since the BMC cannot.",
    instead: "The host writes 1 to B2H_IRQ when it has seen it, which clears it.",
    trusts: "the state",
    observable: true,
    automaton: (context) => new TakesInterruptBack(context),
  },
  {
    id: "STACK-43",
    party: "host",
    severity: "violation",
    section: PROMISE,
    sentence:
      "A stack that is down has taken the interrupt's enable in INTMASK back, if it gave it.",
    instead: "The stack clears B2H_IRQ_EN before it says that it is down.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new LeavesNoInterrupt(context) : {}),
  },
  {
    id: "BT-15",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.7",
    sentence: "A response that the host sees lying there is taken, be it to throw it away.",
    instead: "The host takes the response, and throws it away if nobody waits for it.",
    observable: true,
    automaton: (context) => new TakesWhatLiesThere(context),
  },
];

/** All ones: nobody drives the bus. */
const NOBODY = 0xff;

/** A BMC that takes so long for a request keeps the host from its next. */
const SLOW_US = 500_000;

/** SMS_ATN is the host's to clear: that it is 0 again settles nothing, unless the host left it alone. */
class FetchesFlags extends HeedsAttention<BtContext> {
  owed = false;
  /** The host wrote 1 to SMS_ATN since it saw it. */
  cleared = false;
  /** The host is up: whoever only begins may leave alone what was announced to another. */
  begun = false;

  hostControl({ value, t }: HostRead): void {
    if (value === NOBODY) return;
    // A BMC that takes no request cannot be asked what it wants.
    const free = (value & (BtControl.BBusy | BtControl.H2bAtn)) === 0;
    const attention = (value & BtControl.SmsAtn) !== 0;
    if (attention) this.cleared = false;
    this.owed = (free && attention) || (this.owed && (attention || this.cleared));
    const [oldest] = this.host.transfers.open;
    // What it asked before may have to come first, and the BMC is slow to answer it.
    if (oldest !== undefined && t - oldest.sentUs >= SLOW_US) this.heeded();
    if (this.host.transfers.open.length === 0) this.looksAt(this.owed && free, t);
  }

  hostWriteControl({ value }: HostWrite): void {
    if ((value & BtControl.SmsAtn) === 0) return;
    this.cleared = true;
    // Not seen, and yet taken back: the BMC does not say it again.
    const { control } = this.bmc;
    const stood = this.head.taps.bmc && control !== -1 && (control & BtControl.SmsAtn) !== 0;
    if (stood && this.begun) this.owed = true;
  }

  override hostLife(event: On<"hostLife">): void {
    super.hostLife(event);
    this.begun = event.what === "up" || (this.begun && event.what === "recovery");
  }

  offered({ netFnLun, cmd, named }: Frame): void {
    if (!named || !isFetch(netFnLun >> 2, cmd)) return;
    this.owed = false;
    this.heeded();
  }

  transfer(transfer: Transfer): void {
    if (transfer.complete && this.owed) this.passes(transfer, true);
  }
}

/** Whole transfers over a line that stays up show that nobody will take it back. */
const STANDING_MAX = 4;

class TakesInterruptBack extends RuleAutomaton<BtContext> {
  level = 0;
  standing = 0;
  /** It was taken back since the line went up: that the line stays up is not the host's doing. */
  takenBack = false;
  /** The host disabled the interrupt: a line that is up is not the BMC's B2H_IRQ. */
  disabled = false;
  /** A crashed host polls, and its processor hears no interrupt. */
  crashed = false;

  irq({ level }: On<"irq">): void {
    this.level = level;
    this.standing = 0;
    this.takenBack = false;
  }

  hostWrite({ reg, value }: HostWrite): void {
    if (reg !== "intmask") return;
    this.disabled = (value & BtInterruptMask.Enable) === 0;
    if ((value & BtInterruptMask.Interrupt) !== 0) this.takenBack = true;
  }

  transfer({ complete }: Transfer): void {
    if (!complete || this.level === 0 || this.faults.wireActive) return;
    if (this.takenBack || this.disabled || this.crashed) return;
    if (++this.standing !== STANDING_MAX) return;
    this.report(
      `the interrupt line was up for ${this.standing} transfers, and B2H_IRQ was left at 1`,
    );
  }

  hostLife({ what }: On<"hostLife">): void {
    this.standing = 0;
    if (what === "start") this.crashed = false;
    if (HAS_NO_TIME.has(what)) this.crashed = true;
  }
}

/** By what the host itself wrote: what the BMC made of it is not the host's. */
class LeavesNoInterrupt extends RuleAutomaton<BtContext> {
  enabled = false;

  hostWrite({ reg, value }: HostWrite): void {
    if (reg === "intmask") this.enabled = (value & BtInterruptMask.Enable) !== 0;
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what === "down" && this.enabled) this.report("the stack is down, and B2H_IRQ_EN is 1");
    if (what === "down" || what === "start") this.enabled = false;
  }
}

/** Longer than any pause after a response that is nobody's. */
const TAKE_WAIT_US = 30_000_000;

class TakesWhatLiesThere extends TakesWhatIsThere<BtContext> {
  /** At the last look nothing was under way. */
  idle = false;
  lookedUs = 0;
  gaveUpUs = Number.NEGATIVE_INFINITY;

  protected override get waitUs(): number {
    return TAKE_WAIT_US;
  }

  hostControl({ value, t }: HostRead): void {
    if (value === NOBODY) return;
    // Who waits for nothing has no need to look.
    if (this.idle && this.sinceUs !== -1) this.sinceUs += t - this.lookedUs;
    this.idle = awaited(this.host.transfers, this.gaveUpUs, t) === 0;
    this.lookedUs = t;
    const there = (value & BtControl.B2hAtn) !== 0 && this.host.taking === Taking.Not;
    if (there) this.isThere(t);
    else this.taken();
  }

  override hostLife(event: On<"hostLife">): void {
    if (endsAll(event)) this.gaveUpUs = event.t;
    super.hostLife(event);
  }

  /** What lies there need not be that one's. */
  override answer(event: On<"answer">): void {
    if (endsAll(event)) this.gaveUpUs = event.t;
  }

  override end(event: On<"end">): void {
    if (this.idle) this.taken();
    super.end(event);
  }

  hostWriteControl({ value }: HostWrite): void {
    if ((value & (BtControl.B2hAtn | BtControl.HBusy)) !== 0) this.taken();
  }
}
