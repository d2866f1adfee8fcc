import { NetFn } from "../../../ipmi/command-table.ts";
import { BtInterruptMask } from "../../../wire/bt/protocol.ts";
import type { HostWrite, On } from "../../automaton.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import type { BtContext, BtRule } from "../observer.ts";

/** Whether the BMC's interrupts come. */
export const bmcInterrupts: readonly BtRule[] = [
  {
    id: "BT-31",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §11.6.5",
    sentence: "With B2H_IRQ_EN=1 the BMC interrupts as B2H_ATN rises.",
    observable: true,
    automaton: (context) => (context.head.taps.host ? new Interrupts(context) : {}),
  },
];

const SET_GLOBAL_ENABLES = 0x2e;
/** Responses without an interrupt that show that none will come. */
const SILENT_RESPONSES = 4;

/** Judged only where there is a line, and where the BMC's own enables are on, too. */
class Interrupts extends RuleAutomaton<BtContext> {
  line = false;
  level = 0;
  masked = true;
  enabled = false;
  silent = 0;
  /** The wire's faults when the host knew last that the line was down, or saw it change. */
  changes = 0;

  irq({ level }: On<"irq">): void {
    this.line = true;
    this.level = level;
    this.#known();
  }

  hostWrite({ reg, value }: HostWrite): void {
    if (reg !== "intmask") return;
    this.masked = (value & BtInterruptMask.Enable) === 0;
    if ((value & BtInterruptMask.Interrupt) !== 0) this.#known();
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what === "start" || what === "inserted") this.masked = true;
  }

  exchange(exchange: Transfer): void {
    if (exchange.succeeds(NetFn.App, SET_GLOBAL_ENABLES)) {
      this.enabled = (exchange.request.at(2) & 1) !== 0;
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

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.enabled = false;
  }

  #known(): void {
    this.silent = 0;
    this.changes = this.faults.wireChanges;
  }
}
