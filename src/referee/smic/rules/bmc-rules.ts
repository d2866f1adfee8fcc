import { REQUEST_BYTES_SUPPORTED } from "../../../ipmi/message.ts";
import {
  operationOf,
  SmicError,
  SmicFlag,
  SmicOperation,
  statusCode,
} from "../../../wire/smic/protocol.ts";
import type { HostRead, On } from "../../automaton.ts";
import { ownResponse } from "../../common/own-response.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew, hex, seconds } from "../../text.ts";
import { BmcState, type Handshake } from "../bmc-view.ts";
import type { SmicAutomaton, SmicContext, SmicRule } from "../observer.ts";
import { codeText, stateText, statusText } from "../text.ts";

/** How the BMC answers control codes. */
export const bmcRules: readonly SmicRule[] = [
  {
    id: "SMIC-20",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.4",
    sentence: "The BMC writes the status code, and the data, before it clears BUSY.",
    instead: "The BMC writes the status code and the data first, and clears BUSY as the last.",
    observable: true,
    automaton: (context) => (context.head.taps.bmc ? new AnswersBeforeBusyFalls(context) : {}),
  },
  {
    id: "SMIC-21",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.3.1",
    sentence: "The BMC never sets BUSY.",
    instead: "The BMC leaves it to the host to set BUSY, and only clears it.",
    trusts: "the state",
    observable: true,
    automaton: (context) => (context.head.taps.bmc ? setsBusy(context) : new BusySeen(context)),
  },
  {
    id: "SMIC-22",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.5",
    sentence: "WR_START is taken at any time: the BMC drops what runs, and its response with it.",
    instead:
      "The BMC drops the transfer and its response, and takes the byte for the first of a new " +
      "request.",
    observable: true,
    automaton: startsOver,
  },
  {
    id: "SMIC-23",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.8",
    sentence: "READY always comes with RX_DATA_RDY.",
    instead: "The BMC sets RX_DATA_RDY along with READY, so that the host can go on.",
    observable: true,
    automaton: ({ report }) => ({
      handshake: (handshake) => {
        if (!handshake.ready || (handshake.flags & SmicFlag.RxDataRdy) !== 0) return;
        report(`${codeText(handshake.code)} was met with READY, and RX_DATA_RDY was 0`);
      },
    }),
  },
  {
    id: "SMIC-24",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.8",
    sentence: "RX_DATA_RDY and TX_DATA_RDY fall only while BUSY is 1.",
    instead: "The BMC leaves the flag at 1 until the host has set BUSY.",
    observable: true,
    automaton: (context) =>
      context.head.taps.bmc ? readyFalls(context) : new ReadySeenFallen(context),
  },
  {
    id: "SMIC-26",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.7",
    sentence: "A stream that another one interrupted gets READY and 01h for its next code.",
    instead: "The BMC meets the next code of the stream that was interrupted with READY and 01h.",
    observable: true,
    automaton: ({ report }) => ({
      handshake: (handshake) => {
        const { stream, before, operation } = handshake;
        if (!handshake.known || before === undefined || stream === before) return;
        if (starts(operation) || handshake.status === -1) return;
        const told = handshake.ready && isOr(handshake.out, SmicError.Aborted);
        if (!told) report(metText(handshake));
      },
    }),
  },
  {
    id: "SMIC-27",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.11, Tables 10-2 and 10-3, §6.13",
    sentence:
      "Error codes: 02h for a code that is unknown or out of place, 05h for too many bytes, 03h for no response.",
    instead: "The BMC gives the error code that Table 10-3 has for the error that there was.",
    trusts: "the transfer",
    observable: true,
    automaton: ({ bmc, head, report }) => ({
      handshake: (handshake) => {
        const wrong =
          wrongError(handshake, bmc.exchange.request.length) || illegal(handshake, head.taps.bmc);
        if (wrong !== "") report(`${metText(handshake)}: ${wrong}`);
      },
    }),
  },
  {
    id: "SMIC-28",
    party: "bmc",
    severity: "note",
    section: "IPMI 2.0 §10.3.1",
    sentence: "The BMC may interrupt as BUSY falls, and as SMS_ATN rises.",
    instead: "The host finds by the flags which of the two it was.",
    observable: false,
    why: "it allows something, and so cannot be broken",
  },
  {
    id: "SMIC-29",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §10.3.1, §10.4",
    sentence: "The BMC takes each control code and clears BUSY, within the 5 s that a host waits.",
    instead:
      "The BMC reads the control code, writes the status code and clears BUSY before the 5 s are " +
      "over.",
    observable: true,
    automaton: clearsBusy,
  },
];

function starts(operation: number): boolean {
  return operation === SmicOperation.GetStatus || operation === SmicOperation.WriteStart;
}

/** The value, or none that anybody saw. */
function isOr(seen: number, ...expected: readonly number[]): boolean {
  return seen === -1 || expected.includes(seen);
}

function metText({ code, from, status, out }: Handshake): string {
  return `${codeText(code)} ${stateText(from)} was met with ${statusText(status, out)}`;
}

/** These status codes come with a byte, or with an error code. */
const WITH_DATA: readonly number[] = [
  SmicOperation.GetStatus,
  SmicOperation.WriteEnd,
  SmicOperation.ReadStart,
  SmicOperation.ReadNext,
  SmicOperation.ReadEnd,
];

/** Only the BMC's own face shows in which order it writes. */
class AnswersBeforeBusyFalls extends RuleAutomaton<SmicContext> {
  taken = -1;
  /** A BMC that comes up sets its registers as it likes. */
  comesUp = true;

  bmcRead({ command, value }: On<"bmcRead">): void {
    if (!command) return;
    this.taken = value;
    this.comesUp = false;
  }

  bmcCode({ value }: On<"bmcCode">): void {
    this.#written(codeText(value));
  }

  bmcWrite({ value }: On<"bmcWrite">): void {
    this.#written(`data ${hex(value)}`);
  }

  bmcStatus({ status }: On<"bmcStatus">): void {
    if ((status & SmicFlag.Busy) !== 0 || this.taken === -1) return;
    if (!this.bmc.coded) this.report(`BUSY fell with no status code for ${codeText(this.taken)}`);
    else if (!this.bmc.given && WITH_DATA.includes(operationOf(this.bmc.status))) {
      this.report(`BUSY fell with no data for ${codeText(this.bmc.status)}`);
    }
    this.taken = -1;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (!beginsAnew(what)) return;
    this.taken = -1;
    this.comesUp = true;
  }

  #written(what: string): void {
    if (this.taken === -1 && !this.comesUp) this.report(`${what} was written with BUSY at 0`);
  }
}

/** By both faces: the flags that the BMC left have BUSY, which the host had not set. */
function setsBusy({ bmc, head, faults, report }: SmicContext): SmicAutomaton {
  if (!head.taps.host) return {};
  return {
    bmcStatus: ({ status }) => {
      // A reset that comes while the host has it set leaves it so.
      const rises = bmc.flags !== -1 && (status & ~bmc.flags & SmicFlag.Busy) !== 0;
      if (rises && !bmc.busy && !faults.wireActive)
        report(`the BMC left ${hex(status)} in the flags`);
    },
  };
}

/** All ones: nobody drives the bus. */
const NOBODY = 0xff;

/** From the host's side: two looks at the flags, with nothing of the host's between. */
abstract class BetweenLooks extends RuleAutomaton<SmicContext> {
  changes = 0;

  protected abstract look(before: number, now: number): void;

  hostFlags({ value }: HostRead): void {
    const { host, bmc, faults } = this;
    const trusted = !faults.wireActive && faults.wireChanges === this.changes && !bmc.away;
    this.changes = faults.wireChanges;
    if (!trusted || !host.fresh || host.flags === -1) return;
    if (value !== NOBODY && host.flags !== NOBODY) this.look(host.flags, value);
  }
}

class BusySeen extends BetweenLooks {
  protected override look(before: number, now: number): void {
    if ((now & ~before & SmicFlag.Busy) === 0) return;
    this.report(`BUSY became 1 though the host had not set it: the flags are ${hex(now)}`);
  }
}

const READY_FLAGS = SmicFlag.RxDataRdy | SmicFlag.TxDataRdy;

function readyFalls({ bmc, report }: SmicContext): SmicAutomaton {
  return {
    bmcStatus: ({ status }) => {
      const falls = bmc.flags !== -1 && (bmc.flags & ~status & READY_FLAGS) !== 0;
      if (!falls || bmc.busy || (status & SmicFlag.Busy) !== 0) return;
      report(`the flags became ${hex(status)} from ${hex(bmc.flags)} with BUSY at 0`);
    },
  };
}

class ReadySeenFallen extends BetweenLooks {
  protected override look(before: number, now: number): void {
    if (((before | now) & SmicFlag.Busy) !== 0 || (before & ~now & READY_FLAGS) === 0) return;
    this.report(`the flags became ${hex(now)} from ${hex(before)} with BUSY at 0`);
  }
}

function startsOver(context: SmicContext): SmicAutomaton {
  const { bmc, report } = context;
  return {
    ...ownResponse(context),
    handshake: (handshake) => {
      const { stream, operation, status } = handshake;
      if (!handshake.known || stream === undefined || status === -1 || bmc.away) return;
      if (operation !== SmicOperation.WriteStart) return;
      if (status !== statusCode(stream, operation)) report(metText(handshake));
    },
  };
}

/** What is wrong with the error code, or with the status code itself; empty when nothing is. */
function wrongError(handshake: Handshake, requestBytes: number): string {
  const { from, operation, stream, before, status, out } = handshake;
  if (status === -1) return "";
  if (!handshake.known || stream === undefined) {
    return handshake.ready && isOr(out, SmicError.IllegalControl) ? "" : "READY and 02h are due";
  }
  if (operation === SmicOperation.GetStatus) return handshake.ready ? "" : "READY is due";
  const interrupted = before !== undefined && before !== stream;
  if (operation === SmicOperation.WriteStart || from === BmcState.Unknown || interrupted) return "";
  if (!inPlace(operation, from)) {
    return handshake.ready && out !== SmicError.None ? "" : "READY and 02h are due";
  }
  if (operation === SmicOperation.ReadEnd) return handshake.ready ? "" : "READY is due";
  if (handshake.ready) return wrongBreak(handshake, requestBytes);
  if (operation === SmicOperation.WriteEnd && out === SmicError.BufferFull) {
    return wrongBreak(handshake, requestBytes);
  }
  const reads = operation === SmicOperation.ReadStart || operation === SmicOperation.ReadNext;
  const own = statusCode(stream, operation);
  if (status === own || (reads && status === statusCode(stream, SmicOperation.ReadEnd))) return "";
  return `${codeText(own)} is due`;
}

/** Where the BMC's own life is not told it may have begun anew, and then nothing is in its place. */
function illegal({ from, operation, stream, before, ready, out }: Handshake, told: boolean) {
  const goesOn = operation > SmicOperation.WriteStart && operation <= SmicOperation.ReadEnd;
  if (!told || !ready || out !== SmicError.IllegalControl || !goesOn) return "";
  return stream === before && inPlace(operation, from) ? "the code is in its place" : "";
}

function wrongBreak({ from, out }: Handshake, requestBytes: number): string {
  if (out === SmicError.None) return "READY in a transfer says why";
  const short = from === BmcState.Writing && requestBytes <= REQUEST_BYTES_SUPPORTED;
  if (out !== SmicError.BufferFull || !short) return "";
  return `${requestBytes} bytes are not too many`;
}

function inPlace(operation: number, state: BmcState): boolean {
  switch (operation) {
    case SmicOperation.WriteNext:
    case SmicOperation.WriteEnd:
      return state === BmcState.Writing;
    case SmicOperation.ReadStart:
      return state === BmcState.Executing;
    case SmicOperation.ReadNext:
      return state === BmcState.Reading;
    default:
      return state === BmcState.Last;
  }
}

/** What the host saw tells; the BMC's own face, when it is tapped, may tell better. */
function clearsBusy({ host, bmc, head, faults, report }: SmicContext): SmicAutomaton {
  return {
    inputStuck: (us) => {
      if (bmc.away || faults.wireActive || (head.taps.bmc && !bmc.busy)) return;
      const code = codeText(host.handed);
      report(`BUSY was still 1 ${seconds(us)} after ${code}`, undefined, host.lastWriteUs);
    },
  };
}
