import {
  operationOf,
  SmicControl,
  SmicError,
  SmicFlag,
  SmicStatus,
  SmicStream,
  statusCode,
} from "../../../wire/smic/protocol.ts";
import type { HostRead, HostWrite, On } from "../../automaton.ts";
import { COMES_NEW } from "../../common/new-host.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { hex, messageText, seconds } from "../../text.ts";
import { HostPhase } from "../host-view.ts";
import type { SmicAutomaton, SmicContext, SmicRule } from "../observer.ts";
import { codeText, statusText } from "../text.ts";

/** How the host hands the registers over, and goes through a transfer. */
export const hostRules: readonly SmicRule[] = [
  {
    id: "SMIC-01",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §10.4",
    sentence: "The host touches the control/status and data registers only while BUSY is 0.",
    instead: "The host reads the flags until BUSY is 0, and only then touches the registers.",
    observable: true,
    automaton: onlyWhileIdle,
  },
  {
    id: "SMIC-02",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §10.3.1, §10.4",
    sentence: "The host sets BUSY and never clears it, with control code and data written before.",
    instead:
      "The host writes the data and the control code, then sets BUSY, and leaves it to the BMC " +
      "to clear it.",
    observable: true,
    automaton: setsBusyLast,
  },
  {
    id: "SMIC-03",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §10.10",
    sentence: "The host hands WR_NEXT and WR_END over while TX_DATA_RDY is 1.",
    instead:
      "The host waits for TX_DATA_RDY=1, then writes the byte and the control code, and sets " +
      "BUSY.",
    observable: true,
    automaton: (context) => {
      const codes = [SmicControl.WriteNext, SmicControl.WriteEnd];
      return onlyWhenReady(context, codes, SmicFlag.TxDataRdy, "TX_DATA_RDY");
    },
  },
  {
    id: "SMIC-04",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §10.10",
    sentence: "The host hands RD_START and RD_NEXT over while RX_DATA_RDY is 1.",
    instead: "The host waits for RX_DATA_RDY=1, then writes the control code, and sets BUSY.",
    observable: true,
    automaton: (context) => {
      const codes = [SmicControl.ReadStart, SmicControl.ReadNext];
      return onlyWhenReady(context, codes, SmicFlag.RxDataRdy, "RX_DATA_RDY");
    },
  },
  {
    id: "SMIC-05",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §10.5",
    sentence:
      "The host checks the status code of each handshake; READY in a transfer means to start over.",
    instead:
      "The host compares the status code with the one that is due, and at READY begins the " +
      "transfer anew by WR_START.",
    observable: true,
    automaton: (context) => ({ ...checksStatus(context), ...looksAtTheEnd(context) }),
  },
  {
    id: "SMIC-06",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §10.5",
    sentence: "The host reads the response to its last byte, and concludes it with RD_END.",
    instead:
      "The host goes on by RD_NEXT until the status code is RD_END, takes that byte too, and " +
      "writes RD_END.",
    observable: true,
    automaton: (context) => new Concludes(context),
  },
  {
    id: "SMIC-07",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §10.6",
    sentence:
      "Who interrupts another stream saves the registers, and puts them back with BUSY at 0.",
    instead:
      "The stream that interrupts waits for BUSY=0, and puts the registers back as it found " +
      "them.",
    observable: false,
    why: "the SMI handler's accesses are not the driver's, and its writes reach the BMC unseen",
  },
  {
    id: "SMIC-08",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §10.9",
    sentence: "System software uses the control codes 40h to 46h only.",
    instead:
      "The host writes none but GET_STATUS, WR_START, WR_NEXT, WR_END, RD_START, RD_NEXT and " +
      "RD_END.",
    observable: true,
    automaton: ({ host, report }) => ({
      hostWriteFlags: (event) => {
        if (!handsOver(event) || host.control === -1) return;
        const known = host.control >= SmicControl.GetStatus && host.control <= SmicControl.ReadEnd;
        if (!known) report(`${codeText(host.control)} was handed over ${host.place}`);
      },
    }),
  },
  {
    id: "SMIC-10",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §10.5, §10.11, Table 10-3",
    sentence:
      "The host reads the error code that comes with WR_END before it asks for a response, and waits for none if there is one.",
    instead:
      "The host reads Data after WR_END, and goes on to the response only if it finds 00h there.",
    observable: true,
    automaton: (context) => new LooksAtError(context),
  },
];

/** No host pauses for so long between two tries; one that waits for RX_DATA_RDY waits longer. */
const WAITS_US = 1_950_000;

/** Whose request goes out only our own stack says. */
class LooksAtError extends RuleAutomaton<SmicContext> {
  /** When BUSY was seen last: it is no response that the host waits for then. */
  busyUs = 0;

  hostRead({ reg, value, t }: HostRead): void {
    if (reg === "flags" && (value & SmicFlag.Busy) !== 0) this.busyUs = t;
  }

  hostWriteFlags(event: HostWrite): void {
    const { host } = this;
    if (!handsOver(event)) return;
    if (host.control === SmicControl.WriteStart) this.#goesOn(event.tag, event.t);
    if (host.control !== SmicControl.ReadStart) return;
    const met = host.handed === SmicControl.WriteEnd && host.status === SmicStatus.WriteEnd;
    if (met && host.taken === -1)
      this.report("RD_START followed with no look at WR_END's error code");
  }

  answer({ id, t }: On<"answer">): void {
    this.#goesOn(id, t);
  }

  /** The request of that number is begun again, or was answered. */
  #goesOn(tag: number, nowUs: number): void {
    const { host } = this;
    const us = nowUs - Math.max(host.lastWriteUs, this.busyUs);
    if (tag === 0 || tag !== host.transfer.tag || us < WAITS_US) return;
    const met = host.handed === SmicControl.WriteEnd && host.status === SmicStatus.WriteEnd;
    if (!met || host.taken <= SmicError.None) return;
    this.report(
      `a response was waited for ${seconds(us)}, though WR_END came with ${hex(host.taken)}`,
    );
  }
}

/** By a write to the flags. */
function handsOver({ value }: HostWrite): boolean {
  return (value & SmicFlag.Busy) !== 0;
}

function onlyWhileIdle({ host, report }: SmicContext): SmicAutomaton {
  const touched = (what: string): void => {
    const seen = host.fresh ? "BUSY was 1" : "it had not looked at BUSY since it set it";
    report(`${what} ${host.place} though ${seen}`);
  };
  const read = ({ reg }: HostRead): void => {
    if (host.busy) touched(`the ${nameOf(reg)} was read`);
  };
  const written = ({ reg, value }: HostWrite): void => {
    if (host.busy) touched(`${hex(value)} was written to the ${nameOf(reg)}`);
  };
  return {
    hostData: read,
    hostControl: read,
    hostWriteData: written,
    hostWriteControl: written,
  };
}

function nameOf(reg: HostWrite["reg"]): string {
  return reg === "data" ? "data register" : "control/status register";
}

function setsBusyLast({ host, report }: SmicContext): SmicAutomaton {
  return {
    hostWriteFlags: (event) => {
      if ((event.value & SmicFlag.Busy) === 0) {
        report(`${hex(event.value)} was written to the flags: only the BMC clears BUSY`);
      } else if (host.control === -1) {
        report(`BUSY was set ${host.place} with no control code written before`);
      } else if (writes(host.control) && host.data === -1) {
        report(`BUSY was set for ${codeText(host.control)} with no data written before`);
      }
    },
  };
}

function writes(control: number): boolean {
  return control >= SmicControl.WriteStart && control <= SmicControl.WriteEnd;
}

function onlyWhenReady(
  { host, report }: SmicContext,
  codes: readonly number[],
  flag: number,
  name: string,
): SmicAutomaton {
  return {
    hostWriteFlags: (event) => {
      if (!handsOver(event) || !codes.includes(host.control) || host.flags === -1) return;
      if ((host.flags & flag) !== 0) return;
      report(`${codeText(host.control)} was handed over with ${name} at 0`);
    },
  };
}

/** What the host has to have seen of a handshake before it makes the next. */
function checksStatus({ host, report }: SmicContext): SmicAutomaton {
  return {
    hostWriteFlags: (event) => {
      if (!handsOver(event) || host.handed === -1 || host.control === -1) return;
      const next = codeText(host.control);
      // A driver that starts over may have given up on the handshake before.
      const begins =
        host.control === SmicControl.WriteStart || host.control === SmicControl.GetStatus;
      if (begins) return;
      if (host.status === -1) {
        report(`${next} followed ${codeText(host.handed)} with no look at its status code`);
      } else if (!continues(host.handed, host.status)) {
        report(`${next} followed though the status was ${statusText(host.status, host.taken)}`);
      } else if (host.status === SmicStatus.WriteEnd && host.taken > SmicError.None) {
        report(`${next} followed though WR_END came with error code ${hex(host.taken)}`);
      } else if (!inPlace(host.control, host.phase)) {
        report(`${next} was handed over ${host.place}`);
      }
    },
  };
}

/** Only our own stack says when it takes a response for whole: RD_END has been met by then. */
function looksAtTheEnd({ host, report }: SmicContext): SmicAutomaton {
  return {
    received: () => {
      if (host.handed !== SmicControl.ReadEnd || host.status !== -1) return;
      report("a response was taken for whole with no look at RD_END's status code");
    },
  };
}

/** Whether a transfer goes on from a control code that was met with this status code. */
function continues(control: number, status: number): boolean {
  if (control === SmicControl.GetStatus || control === SmicControl.ReadEnd) return true;
  const reads = control === SmicControl.ReadStart || control === SmicControl.ReadNext;
  if (reads && status === SmicStatus.ReadEnd) return true;
  return status === statusCode(SmicStream.Sms, operationOf(control));
}

/** Where in a transfer a control code has its place; RD_END out of place is for SMIC-06. */
function inPlace(control: number, phase: HostPhase): boolean {
  switch (control) {
    case SmicControl.WriteNext:
    case SmicControl.WriteEnd:
      return phase === HostPhase.Writing;
    case SmicControl.ReadStart:
      return phase === HostPhase.Sent;
    case SmicControl.ReadNext:
      return phase === HostPhase.Reading;
    default:
      return true;
  }
}

class Concludes extends RuleAutomaton<SmicContext> {
  crashes = false;

  hostWriteFlags(event: HostWrite): void {
    if (!handsOver(event) || this.crashes) return;
    const concludes = this.host.control === SmicControl.ReadEnd;
    const last = this.host.phase === HostPhase.Last;
    if (last && !concludes)
      this.report(`${codeText(this.host.control)} followed the last byte, not RD_END`);
    const early = this.host.phase === HostPhase.Sent || this.host.phase === HostPhase.Reading;
    if (early && concludes) this.report(`RD_END was handed over ${this.host.place}`);
  }

  received(event: On<"received">): void {
    if (this.host.phase !== HostPhase.Reading || this.host.transfer.response.length === 0) return;
    const read = messageText(this.host.transfer.response.copy());
    this.report(`the response to request ${event.id} was taken as whole before its end: ${read}`);
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what === "panic" || COMES_NEW.has(what)) this.crashes = what === "panic";
  }
}
