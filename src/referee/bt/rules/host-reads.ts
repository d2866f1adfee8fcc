import { NetFn } from "../../../ipmi/command-table.ts";
import { getMessageFlags } from "../../../ipmi/commands/app/messaging.ts";
import { BtControl, BtInterruptMask } from "../../../wire/bt/protocol.ts";
import type { HostRead, HostWrite, On } from "../../automaton.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { seconds } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import type { Frame } from "../frame.ts";
import { Taking } from "../host-view.ts";
import type { BtContext, BtRule } from "../observer.ts";
import { frameText } from "../text.ts";

/** How the host takes what the BMC gives, and heeds what it shows. */
export const hostReads: readonly BtRule[] = [
  {
    id: "BT-05",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.7",
    sentence:
      "A response is taken in order: H_BUSY, B2H_ATN cleared, CLR_RD_PTR, Length bytes, H_BUSY off.",
    instead:
      "The host sets H_BUSY, clears B2H_ATN, clears the read pointer, reads Length and as many " +
      "bytes, and clears H_BUSY.",
    observable: true,
    automaton: (context) => new TakesInOrder(context),
  },
  {
    id: "BT-10",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.3",
    sentence: "A response to no request under way is ignored, and not delivered.",
    instead: "The host reads the response off the FIFO, and gives it to nobody.",
    observable: true,
    automaton: (context) => new IgnoresForeign(context),
  },
  {
    id: "BT-11",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.6.4",
    sentence: "The host clears SMS_ATN itself, since the BMC cannot.",
    instead: "The host writes 1 to SMS_ATN, which clears it.",
    observable: true,
    automaton: (context) => new ClearsAttention(context),
  },
  {
    id: "BT-12",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §11.7",
    sentence: "With several requests under way the host keeps looking at B2H_ATN and SMS_ATN.",
    instead: "The host reads BT_CTRL again and again while requests are under way.",
    observable: true,
    automaton: ({ host, report }) => ({
      pause: (us) => {
        const { length } = host.transfers.open;
        if (length > 1) report(`no look at BT_CTRL for ${seconds(us)} with ${length} under way`);
      },
    }),
  },
  {
    id: "BT-13",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §11.8",
    sentence: "A B_BUSY that lasts is no failure: the BMC may be busy for seconds, or minutes.",
    instead: "The host waits on, looks again from time to time, and counts nothing as failed.",
    observable: true,
    automaton: (context) => new BearsBusy(context),
  },
];

class TakesInOrder extends RuleAutomaton<BtContext> {
  // What was under way as the host crashed is not taken to its end.
  crashed = false;

  hostLife({ what }: On<"hostLife">): void {
    if (what === "panic") this.crashed = this.host.taking !== Taking.Not;
  }

  hostWriteControl({ value }: HostWrite): void {
    if (this.host.hBusy === -1 || this.faults.wireActive) return;
    const toggles = (value & BtControl.HBusy) !== 0;
    const clears = (value & this.host.control & BtControl.B2hAtn) !== 0;
    if (clears && this.host.hBusy === 0 && !toggles)
      this.report("B2H_ATN was cleared with H_BUSY=0");
    if (!toggles || this.host.taking !== Taking.Reading || this.host.read.whole) return;
    if (this.crashed) {
      this.crashed = false;
      return;
    }
    const { length } = this.host.read.bytes;
    const of = length === 0 ? "none" : `${length} of ${this.host.read.length + 1}`;
    this.report(`H_BUSY was cleared with ${of} of the response's bytes read`);
  }

  offered(): void {
    const whole = this.host.taking === Taking.Reading && this.host.read.whole;
    if (this.host.hBusy !== 1 || !whole || this.faults.wireActive) return;
    this.report("the next request was given to the BMC with H_BUSY left at 1");
  }

  hostData(): void {
    if (this.host.hBusy === -1 || this.faults.wireActive) return;
    if (this.host.taking !== Taking.Reading)
      this.report(`the FIFO was read ${MISSING[this.host.taking]}`);
    else if (this.host.read.whole)
      this.report(`more than the ${this.host.read.length + 1} bytes were read`);
  }
}

/** What should have come before, by how far the host was. */
const MISSING: Record<Taking, string> = {
  [Taking.Not]: "without H_BUSY set",
  [Taking.Busy]: "before B2H_ATN was cleared",
  [Taking.Cleared]: "without CLR_RD_PTR before it",
  [Taking.Reading]: "in its time",
};

/** Only a stack that tells what it received shows it. */
class IgnoresForeign extends RuleAutomaton<BtContext> {
  foreign = "";

  fetched(frame: Frame): void {
    const owner = this.host.transfers.answeredBy(frame);
    this.foreign = owner === undefined ? frameText(frame) : "";
  }

  received({ id }: On<"received">): void {
    if (this.foreign === "") return;
    this.report(`request ${id} was given the response ${this.foreign}, which answers nothing`);
    this.foreign = "";
  }
}

/** A driver that asks for the flags for other reasons than attention does not clear it each time. */
const UNCLEARED_MAX = 3;

class ClearsAttention extends RuleAutomaton<BtContext> {
  asked = 0;
  up = false;

  hostControl({ value }: HostRead): void {
    if (value === 0xff) return;
    this.up = (value & BtControl.SmsAtn) !== 0;
    if (!this.up) this.asked = 0;
  }

  hostWriteControl({ value }: HostWrite): void {
    if ((value & BtControl.SmsAtn) !== 0) this.asked = 0;
  }

  transfer(transfer: Transfer): void {
    if (!transfer.succeeds(NetFn.App, getMessageFlags.cmd) || !this.up) return;
    this.asked++;
    if (this.asked !== UNCLEARED_MAX) return;
    this.report(`the flags were read ${this.asked} times in a row, and SMS_ATN was never cleared`);
  }

  hostLife(): void {
    this.asked = 0;
  }
}

/** A B_BUSY that lasts so long is a long one. */
const LONG_BUSY_US = 1_000_000;

class BearsBusy extends RuleAutomaton<BtContext> {
  sinceUs = -1;

  hostControl({ value, t }: HostRead): void {
    const busy = (value & BtControl.BBusy) !== 0 && value !== 0xff;
    if (!busy) this.sinceUs = -1;
    else if (this.sinceUs === -1) this.sinceUs = t;
  }

  hostWriteMask({ value, t }: HostWrite): void {
    if (this.sinceUs === -1 || t - this.sinceUs < LONG_BUSY_US) return;
    if ((value & BtInterruptMask.HardwareReset) === 0) return;
    this.report(`the BMC was reset after ${seconds(t - this.sinceUs)} of B_BUSY`);
  }
}
