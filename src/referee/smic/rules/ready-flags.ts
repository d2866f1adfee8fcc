import { SmicError, SmicFlag, SmicOperation, statusCode } from "../../../wire/smic/protocol.ts";
import type { HostRead, On } from "../../automaton.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew, seconds } from "../../text.ts";
import { HOST_WAIT_US } from "../../transfer.ts";
import { BmcState, type Handshake } from "../bmc-view.ts";
import type { SmicContext, SmicRule } from "../observer.ts";
import { codeText, statusText } from "../text.ts";

/** When the BMC says that it is ready, and that a transfer is at its end. */
export const readyFlags: readonly SmicRule[] = [
  {
    id: "SMIC-30",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.8, §10.10",
    sentence: "In a request TX_DATA_RDY comes up for its next byte, within the 5 s of a host.",
    instead: "The BMC sets TX_DATA_RDY, to take the next byte, before the 5 s are over.",
    trusts: "the transfer",
    observable: true,
    automaton: (context) => new ReadyForTheNext(context, BmcState.Writing, "TX_DATA_RDY"),
  },
  {
    id: "SMIC-34",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.8, §10.10",
    sentence: "In a response RX_DATA_RDY comes up for its next byte, within the 5 s of a host.",
    instead: "The BMC sets RX_DATA_RDY, to give the next byte, before the 5 s are over.",
    trusts: "the transfer",
    observable: true,
    automaton: (context) => new ReadyForTheNext(context, BmcState.Reading, "RX_DATA_RDY"),
  },
  {
    id: "SMIC-31",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.8",
    sentence:
      "After a request RX_DATA_RDY comes up over its response, or for READY and 03h where none can be given.",
    instead:
      "The BMC sets RX_DATA_RDY when it has the response, or when it knows that there will be " +
      "none.",
    observable: true,
    automaton: (context) => (context.head.taps.bmc ? new ReadyOverData(context) : {}),
  },
  {
    id: "SMIC-32",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.5",
    sentence: "The status code RD_END comes with the last byte of a response, and with no other.",
    instead:
      "The BMC gives RD_END with the last byte, and RD_START or RD_NEXT with each one before it.",
    observable: true,
    automaton: (context) => (context.head.taps.bmc ? new EndsWithLastByte(context) : {}),
  },
  {
    id: "SMIC-33",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.5, §10.11, Table 10-3",
    sentence:
      "WR_END is met with 00h, or with an error code that says why the request is not taken; 02h is for a code out of place.",
    instead:
      "The BMC gives 00h with WR_END if it takes the request, and else the error code that says " +
      "why not.",
    observable: true,
    automaton: ({ report }) => ({
      handshake: ({ operation, from, stream, status, out }) => {
        if (operation !== SmicOperation.WriteEnd || from !== BmcState.Writing) return;
        if (stream === undefined || status !== statusCode(stream, operation)) return;
        const says = out !== SmicError.IllegalControl && out <= SmicError.BufferFull;
        if (!says) report(`WR_END was in its place, and was met with ${statusText(status, out)}`);
      },
    }),
  },
];

const FLAGS = { TX_DATA_RDY: SmicFlag.TxDataRdy, RX_DATA_RDY: SmicFlag.RxDataRdy } as const;

/** What the host saw tells; the BMC's own face, when it is tapped, may tell better. */
class ReadyForTheNext extends RuleAutomaton<SmicContext> {
  changes = 0;
  /** When the host handed over the code of which it was told already. */
  toldUs = -1;
  private readonly _while: BmcState;
  private readonly _flag: keyof typeof FLAGS;

  constructor(context: SmicContext, state: BmcState, flag: keyof typeof FLAGS) {
    super(context);
    this._while = state;
    this._flag = flag;
  }

  handshake(): void {
    this.changes = this.faults.wireChanges;
  }

  hostFlags({ value, t }: HostRead): void {
    const { host, bmc, faults } = this;
    if (bmc.state !== this._while || bmc.away) return;
    const us = t - host.lastWriteUs;
    if (us < HOST_WAIT_US || host.lastWriteUs === this.toldUs) return;
    const flag = FLAGS[this._flag];
    if ((value & (SmicFlag.Busy | flag)) !== 0 || host.handed === -1) return;
    const there = this.head.taps.bmc && (bmc.flags & flag) !== 0;
    if (there || faults.wireActive || faults.wireChanges !== this.changes) return;
    this.toldUs = host.lastWriteUs;
    const said = `${this._flag} was still 0 ${seconds(us)} after ${codeText(host.handed)}`;
    this.report(said, undefined, host.lastWriteUs);
  }

  bmcLife({ what }: On<"bmcLife">): void {
    // What a BMC that begins anew owed the host's last code nobody can ask.
    if (beginsAnew(what)) this.changes = -1;
  }
}

/** Whoever ends what runs raises the flag, too, and says why when the host comes. */
class ReadyOverData extends RuleAutomaton<SmicContext> {
  /** The application tells in this trace what it reads and answers. */
  tells = false;
  answered = true;
  raised = false;

  bmcRequest(): void {
    this.tells = true;
    this.answered = false;
  }

  bmcResponse(): void {
    this.answered = true;
  }

  bmcStatus({ status }: On<"bmcStatus">): void {
    const ready = (status & SmicFlag.RxDataRdy) !== 0 && !this.bmc.busy;
    if (ready && this.bmc.state === BmcState.Executing) this.raised = true;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what) || what === "daemon-closed") this.answered = true;
  }

  handshake(handshake: Handshake): void {
    const { operation, from, to, flags, out } = handshake;
    if (operation === SmicOperation.WriteEnd && to === BmcState.Executing) {
      this.answered = !this.tells;
      this.raised = false;
      if ((flags & SmicFlag.RxDataRdy) === 0) return;
      this.report("RX_DATA_RDY was 1 as the request was taken");
      this.answered = true;
      return;
    }
    if (from !== BmcState.Executing || operation !== SmicOperation.ReadStart) return;
    const refused = handshake.ready && out === SmicError.NoResponse;
    if (!this.raised || this.answered || refused) return;
    const met = statusText(handshake.status, out);
    this.report(`RX_DATA_RDY came up with no response there, and RD_START was met with ${met}`);
  }
}

/** By what the application handed in. */
class EndsWithLastByte extends RuleAutomaton<SmicContext> {
  /** The length of the response at hand; -1 not known. */
  length = -1;

  bmcRequest(): void {
    this.length = -1;
  }

  bmcResponse({ tag, message }: On<"bmcResponse">): void {
    this.length = tag === this.bmc.exchange.tag ? message.length : -1;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.length = -1;
  }

  handshake({ operation, from, to, ready }: Handshake): void {
    const reads = operation === SmicOperation.ReadStart || operation === SmicOperation.ReadNext;
    const gives = to === BmcState.Reading || to === BmcState.Last;
    if (operation === SmicOperation.WriteStart) this.length = -1;
    if (this.length === -1 || ready || !reads || !gives || from === BmcState.Last) return;
    const given = this.bmc.exchange.response.length;
    const ends = to === BmcState.Last;
    if (ends === given >= this.length) return;
    const of = `byte ${given} of ${this.length}`;
    this.report(ends ? `RD_END came with ${of}` : `${of} came without RD_END`);
    this.length = -1;
  }
}
