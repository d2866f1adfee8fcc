import { BtControl } from "../../../wire/bt/protocol.ts";
import type { HostRead, HostWrite, On } from "../../automaton.ts";
import { MessageFlag } from "../../common/attention.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew, hex, seconds } from "../../text.ts";
import type { BtAutomaton, BtContext, BtRule } from "../observer.ts";

/** How the BMC deals with BT_CTRL. */
export const bmcHandshake: readonly BtRule[] = [
  {
    id: "BT-20",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §11.9",
    sentence:
      "After power-on or a hard reset of the BMC B_BUSY is 1, until it is up, and all else in BT_CTRL is 0.",
    instead:
      "The BMC comes up with B_BUSY at 1 and all other bits at 0, and clears B_BUSY when it can " +
      "take a request.",
    observable: true,
    automaton: (context) => new BusyAfterReset(context),
  },
  {
    id: "BT-21",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §11.6.4, §11.7",
    sentence: "At H2B_ATN the BMC sets B_BUSY, then clears H2B_ATN, then reads the FIFO.",
    instead: "The BMC sets B_BUSY, clears H2B_ATN, and then reads the request.",
    trusts: "the state",
    observable: true,
    automaton: takesInOrder,
  },
  {
    id: "BT-22",
    party: "bmc",
    severity: "note",
    section: "IPMI 2.0 §11.7, §11.8",
    sentence: "B_BUSY falls when the FIFO was read, at the latest when no request is under way.",
    instead: "The BMC clears B_BUSY once it has read the request.",
    observable: true,
    automaton: (context) => new StaysBusy(context),
  },
  {
    id: "BT-23",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §11.6.4, §11.7",
    sentence: "A response is written only with H_BUSY=0, and never over one that was not taken.",
    instead: "The BMC waits for H_BUSY=0 and B2H_ATN=0, and then writes the response.",
    trusts: "the state",
    needs: ["host-interface", "the beginning"],
    observable: true,
    automaton: waitsForHost,
  },
  {
    id: "BT-29",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §11.6.5",
    sentence: "The BMC interrupts only while the host has enabled it in INTMASK.",
    instead: "The BMC leaves B2H_IRQ at 0 while B2H_IRQ_EN is 0.",
    observable: true,
    automaton: (context) => (context.head.taps.host ? new InterruptsWhenEnabled(context) : {}),
  },
  {
    id: "BT-30",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §11.6.4, §22.4",
    sentence:
      "SMS_ATN is set when the BMC has something new for the system's software, and only then.",
    instead:
      "The BMC sets SMS_ATN when a message or an event has come for the system's software, and " +
      "leaves it alone otherwise.",
    trusts: "the state",
    observable: true,
    automaton: (context) => (context.head.taps.bmc ? new AnnouncesNews(context) : {}),
  },
];

const RESET = BtControl.BBusy;
const SHOWN_AT_RESET =
  BtControl.BBusy | BtControl.HBusy | BtControl.H2bAtn | BtControl.B2hAtn | BtControl.SmsAtn;

/** A warm reset may leave the interface alone, and a BMC whose face is not tapped comes up unseen. */
class BusyAfterReset extends RuleAutomaton<BtContext> {
  since = "";
  /** What it shows at that very time is the reset's doing, too. */
  sinceUs = 0;
  shown = false;

  bmcLife({ what, text, t }: On<"bmcLife">): void {
    if (what === "up" || what === "away" || what === "daemon-opened") this.since = "";
    if (what !== "power-on" && (what !== "reset" || text === "warm")) return;
    this.since = what;
    this.sinceUs = t;
    this.shown = false;
  }

  bmcStatus({ status, t }: On<"bmcStatus">): void {
    if (this.since === "" || (this.shown && t > this.sinceUs)) return;
    if ((status & SHOWN_AT_RESET) !== RESET) {
      this.report(`after the ${this.since} BT_CTRL was ${hex(status)}`);
      this.since = "";
    }
    this.shown = true;
  }
}

/** The request sent last is more than the BMC takes at a time, by those that the host still awaits. */
function isOneMore({ transfers }: BtContext["host"]): boolean {
  const last = transfers.open.at(-1);
  if (last === undefined || transfers.capabilities === undefined) return false;
  const awaited = transfers.open.filter((each) => {
    return each !== last && last.sentUs - each.sentUs < each.patienceUs;
  });
  return awaited.length >= Math.max(transfers.capabilities.outstanding, 1);
}

function takesInOrder({ host, bmc, report }: BtContext): BtAutomaton {
  return {
    bmcRead: () => {
      const begins = bmc.input.bytes.length === 0 || bmc.input.whole;
      if (!begins || bmc.control === -1) return;
      if ((bmc.control & BtControl.BBusy) === 0) report("the FIFO was read with B_BUSY=0");
      else if ((bmc.control & BtControl.H2bAtn) !== 0) report("the FIFO was read with H2B_ATN=1");
    },
    bmcStatus: ({ status }) => {
      const fell = bmc.control !== -1 && (bmc.control & ~status & BtControl.H2bAtn) !== 0;
      if (fell && (status & BtControl.BBusy) === 0) report("H2B_ATN was cleared with B_BUSY=0");
    },
    inputStuck: (us) => {
      // One more than it said that it takes it may leave where it is, and while its response lies there.
      const lies = (host.control & (BtControl.B2hAtn | BtControl.HBusy)) !== 0;
      if (!bmc.away && !lies && !isOneMore(host))
        report(`H2B_ATN was 1 for ${seconds(us)}, and the request was not taken`);
    },
  };
}

/** A BMC that has nothing to do, and is busy for so long. */
const IDLE_BUSY_US = 5_000_000;

class StaysBusy extends RuleAutomaton<BtContext> {
  sinceUs = -1;

  hostControl({ value, t }: HostRead): void {
    if (value === 0xff) return;
    const idle = this.bmc.exchanges.open.length === 0 && !this.bmc.away && !this.faults.wireActive;
    const busy = (value & BtControl.BBusy) !== 0;
    if (!busy || !idle) this.sinceUs = -1;
    else if (this.sinceUs === -1) this.sinceUs = t;
    else if (t - this.sinceUs >= IDLE_BUSY_US && this.sinceUs !== Number.POSITIVE_INFINITY) {
      this.report(`B_BUSY was 1 for ${seconds(t - this.sinceUs)} with no request under way`);
      this.sinceUs = Number.POSITIVE_INFINITY;
    }
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.sinceUs = -1;
  }
}

function waitsForHost({ bmc, report }: BtContext): BtAutomaton {
  return {
    bmcWrite: () => {
      if (bmc.output.bytes.length > 0 || bmc.control === -1) return;
      if ((bmc.control & BtControl.HBusy) !== 0) report("a response was written with H_BUSY=1");
      else if ((bmc.control & BtControl.B2hAtn) !== 0) {
        report("a response was written over one that the host had not taken");
      }
    },
    bmcStatus: ({ status }) => {
      if (bmc.control === -1) return;
      const rose = status & ~bmc.control & BtControl.B2hAtn;
      if (rose === 0 || (status & BtControl.HBusy) === 0) return;
      report("B2H_ATN was set with H_BUSY=1");
    },
    hostControl: ({ value }) => {
      // Seen by the host alone: B2H_ATN came up while it was busy with the response before.
      if (bmc.control === -1 || value === 0xff) return;
      const rose = value & ~bmc.control & BtControl.B2hAtn;
      if (rose !== 0 && (value & bmc.control & BtControl.HBusy) !== 0) {
        report("B2H_ATN came up with H_BUSY=1");
      }
    },
  };
}

class InterruptsWhenEnabled extends RuleAutomaton<BtContext> {
  enabled = true;

  hostWriteMask({ value }: HostWrite): void {
    this.enabled = (value & 1) !== 0;
  }

  // Whoever had the interface before may have enabled it.
  hostLife({ what }: On<"hostLife">): void {
    if (what === "start" || what === "inserted") this.enabled = true;
  }

  irq({ level }: On<"irq">): void {
    if (level === 0 || this.enabled || this.faults.wireActive) return;
    this.report("the interrupt line rose with B2H_IRQ_EN=0");
  }
}

/** Receive message available, event message buffer full, watchdog pre-timeout. */
const STANDARD_FLAGS = 0x0b;
/** The BMC may take so long to bring SMS_ATN in line with its flags. */
const SETTLE_US = 10_000;

/** Judged by the BMC's own flags and its own face. */
class AnnouncesNews extends RuleAutomaton<BtContext> {
  /** As they were told last. */
  flags = 0;
  /** They are still so: a reset, or a daemon that goes, may leave each of them or clear it. */
  certain = true;
  sinceUs = -1;
  served = false;

  bmcLife(event: On<"bmcLife">): void {
    this.#look(event.t);
    if (event.what === "daemon-opened") this.served = true;
    if (beginsAnew(event.what) || event.what === "daemon-closed") {
      this.served = false;
      this.certain = event.what === "power-on";
      if (this.certain) this.flags = 0;
      this.sinceUs = -1;
    }
    const tells = event.what === "up" && event.flags !== 0;
    if (tells && !this.certain) this.#are(event.flags);
    // What lies in the queue has its flag, and whether that is told, too, is another matter.
    if (event.what !== "flags" && event.what !== "message") return;
    const now = event.what === "flags" ? event.flags : this.flags | MessageFlag.ReceiveMessage;
    const news = now & ~this.flags & STANDARD_FLAGS;
    this.#are(now);
    const { control } = this.bmc;
    // Behind a fault of the wire nobody knows what became of a host's write, until the BMC shows itself again.
    const hidden = control === -1 && this.faults.wireChanges > 0;
    const shown = hidden || (control !== -1 && (control & BtControl.SmsAtn) !== 0);
    if ((this.flags & STANDARD_FLAGS) === 0 || shown) this.sinceUs = -1;
    else if (news !== 0 && this.served) this.sinceUs = event.t;
  }

  bmcStatus({ status, t }: On<"bmcStatus">): void {
    this.#look(t);
    if ((status & BtControl.SmsAtn) === 0) return;
    this.sinceUs = -1;
    const rose = this.bmc.control !== -1 && (this.bmc.control & BtControl.SmsAtn) === 0;
    if (rose && this.served && this.certain && this.flags === 0)
      this.report("SMS_ATN was set with the flags at 00h");
  }

  bmcRead({ t }: On<"bmcRead">): void {
    this.#look(t);
  }

  bmcResponse({ t }: On<"bmcResponse">): void {
    this.#look(t);
  }

  end({ t }: On<"end">): void {
    this.#look(t);
  }

  #are(flags: number): void {
    this.flags = flags;
    this.certain = true;
  }

  #look(nowUs: number): void {
    if (this.sinceUs === -1 || nowUs - this.sinceUs <= SETTLE_US) return;
    this.report(
      `the flags were ${hex(this.flags)} for ${seconds(nowUs - this.sinceUs)}, and SMS_ATN was not set`,
    );
    this.sinceUs = -1;
  }
}
