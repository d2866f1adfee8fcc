import { BtControl, BtInterruptMask } from "../../../wire/bt/protocol.ts";
import type { HostRead, HostWrite, On } from "../../automaton.ts";
import { KnowsInterrupts } from "../../common/knows-interrupts.ts";
import { COMES_NEW } from "../../common/new-host.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew, seconds } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import type { BtContext, BtRule } from "../observer.ts";

/** Whether the BMC comes to the host again: its interrupts, and the fall of B_BUSY. */
export const bmcReturns: readonly BtRule[] = [
  {
    id: "BT-31",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §11.6.5",
    sentence: "With B2H_IRQ_EN=1 the BMC interrupts as B2H_ATN rises.",
    instead: "The BMC sets B2H_IRQ along with B2H_ATN.",
    trusts: "the state",
    observable: true,
    automaton: (context) => (context.head.taps.host ? new Interrupts(context) : {}),
  },
  {
    id: "BT-32",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §11.7, §11.8",
    sentence:
      "B_BUSY falls when the BMC can take a request: it may last for any time, and never for ever.",
    instead: "The BMC clears B_BUSY as soon as it can take a request again.",
    trusts: "the state",
    observable: true,
    automaton: (context) => (context.head.taps.host ? new BusyForGood(context) : {}),
  },
];

/** Responses without an interrupt that show that none will come. */
const SILENT_RESPONSES = 4;

/** Judged only where there is a line, and where the BMC's own enables are on, too. */
class Interrupts extends KnowsInterrupts<BtContext> {
  level = 0;
  masked = true;
  silent = 0;
  /** The wire's faults when the host knew last that the line was down, or saw it change. */
  changes = 0;

  override irq(event: On<"irq">): void {
    super.irq(event);
    this.level = event.level;
    this.#known();
  }

  hostWriteMask({ value }: HostWrite): void {
    this.masked = (value & BtInterruptMask.Enable) === 0;
    if ((value & BtInterruptMask.Interrupt) !== 0) this.#known();
  }

  hostLife({ what }: On<"hostLife">): void {
    if (COMES_NEW.has(what)) this.masked = true;
  }

  // The reset takes INTMASK along, and the host may not know of it.
  override bmcLife(event: On<"bmcLife">): void {
    super.bmcLife(event);
    if (beginsAnew(event.what)) this.masked = true;
  }

  exchange(exchange: Transfer): void {
    if (this.setsEnables(exchange)) {
      this.silent = 0;
      return;
    }
    if (!this.line || this.masked || !this.enabled || this.level === 1) return;
    // An interrupt that the wire kept from the host stands, and is none again.
    const hidden = this.faults.wireActive || this.faults.wireChanges !== this.changes;
    this.silent = hidden || !exchange.complete ? 0 : this.silent + 1;
    if (this.silent !== SILENT_RESPONSES) return;
    this.report(`no interrupt came with ${this.silent} responses`);
  }

  #known(): void {
    this.silent = 0;
    this.changes = this.faults.wireChanges;
  }
}

/** A host that waits for so long to the end has found no other BMC. */
const FOR_GOOD_US = 5_000_000;

/** Judged at the end, of a BMC that is there, has its application, and has done so of its own accord. */
class BusyForGood extends RuleAutomaton<BtContext> {
  sinceUs = -1;
  served = true;

  hostControl({ value, t }: HostRead): void {
    if (value === 0xff) return;
    const idle = this.bmc.exchanges.open.length === 0 && !this.bmc.away && this.served;
    if ((value & BtControl.BBusy) === 0 || !idle) this.sinceUs = -1;
    else if (this.sinceUs === -1) this.sinceUs = t;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (what === "daemon-opened") this.served = true;
    if (what === "daemon-closed" || what === "hang") this.served = false;
    if (beginsAnew(what) || !this.served) this.sinceUs = -1;
  }

  end({ why }: On<"end">): void {
    const us = this.host.lastAccessUs - this.sinceUs;
    const ordered = this.faults.orders("bmc").length > 0;
    if (this.sinceUs === -1 || us < FOR_GOOD_US || ordered || why === "interrupted") return;
    const said = `B_BUSY was 1 for ${seconds(us)}, to the end, with no request under way`;
    this.report(said, undefined, this.sinceUs);
  }
}
