import { Control, Phase, Status } from "../../../wire/kcs/protocol.ts";
import type { HostWrite, On } from "../../automaton.ts";
import { HAS_NO_TIME } from "../../common/new-host.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { hex, messageText, seconds } from "../../text.ts";
import { HOST_WAIT_US, type Transfer } from "../../transfer.ts";
import { HostPhase } from "../host-view.ts";
import type { KcsContext, KcsRule } from "../observer.ts";
import { writtenText } from "../text.ts";

/** What a host's transfer consists of, and how the host gets out of one that failed. */
export const hostTransfers: readonly KcsRule[] = [
  {
    id: "KCS-06",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.2, §9.16",
    sentence:
      "A request is WRITE_START, all bytes but the last, WRITE_END, the last; two bytes at least.",
    instead:
      "The host writes WRITE_START to Command, all bytes but the last to Data_In, WRITE_END to " +
      "Command, and the last byte to Data_In.",
    observable: true,
    automaton: (context) => new WholeRequests(context),
  },
  {
    id: "KCS-07",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.10, §9.15",
    sentence: "WRITE_END comes once in a transfer, after its WRITE_START.",
    instead:
      "The host writes WRITE_END once, before the last byte of the request that WRITE_START " +
      "began.",
    observable: true,
    automaton: ({ host, report }) => ({
      hostWriteCommand: ({ value }) => {
        const writes = host.phase === HostPhase.Start || host.phase === HostPhase.Data;
        if (value !== Control.WriteEnd || writes) return;
        report(`WRITE_END was written ${host.place}`);
      },
    }),
  },
  {
    id: "KCS-10",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.15, §9.17",
    sentence: "The host reads the response until IDLE, then takes the dummy byte.",
    instead:
      "The host reads a byte and writes READ while the state is READ; at IDLE it waits for OBF " +
      "and reads the dummy byte.",
    observable: true,
    automaton: (context) => new ReadsToTheEnd(context),
  },
  {
    id: "KCS-11",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §9.15",
    sentence: "The host waits 5 s or longer for the BMC before it gives up.",
    instead: "The host goes on to read Status until 5 s have gone by.",
    observable: true,
    automaton: (context) => new WaitsLongEnough(context),
  },
  {
    id: "KCS-12",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.11, §9.18",
    sentence:
      "From a failed transfer the host gets out by GET_STATUS/ABORT, which it goes through with 00h and READ, or by a new WRITE_START.",
    instead:
      "The host writes GET_STATUS/ABORT, then 00h, reads the status code and writes READ; or it " +
      "begins anew by WRITE_START.",
    observable: true,
    automaton: (context) => new GetsOut(context),
  },
  {
    id: "KCS-13",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §9.15, figure 9-8",
    sentence: "The host recovers a bounded number of times in a row, then reports the failure.",
    instead:
      "After a few tries in a row the host gives the transfer up, and says so to who waits for " +
      "it.",
    observable: true,
    automaton: (context) => new BoundedRecovery(context),
  },
];

/** Only our own stack says how long the request is to be. */
class WholeRequests extends RuleAutomaton<KcsContext> {
  bytes = -1;

  send({ message }: On<"send">): void {
    this.bytes = message.length;
  }

  hostWriteCommand({ value }: HostWrite): void {
    if (value !== Control.WriteEnd || this.host.phase !== HostPhase.Start) return;
    this.report("WRITE_END came after no byte: the request would have one byte only");
  }

  hostWriteData({ value }: HostWrite): void {
    const { phase, transfer } = this.host;
    if (phase === HostPhase.Idle || phase === HostPhase.AbortEnd) {
      this.report(`${hex(value)} was written to Data_In without WRITE_START`);
    }
    const writes = phase === HostPhase.Start || phase === HostPhase.Data;
    if (!writes || transfer.request.length + 1 !== this.bytes) return;
    this.report(`${hex(value)}, the last byte, was written without WRITE_END before it`);
  }
}

class ReadsToTheEnd extends RuleAutomaton<KcsContext> {
  /** A response came to its end and its dummy byte was not taken yet. */
  dummyDue = false;

  hostWriteCommand(event: HostWrite): void {
    this.#beforeWrite(event);
  }

  hostWriteData(event: HostWrite): void {
    this.#beforeWrite(event);
  }

  hostData(): void {
    this.dummyDue = false;
  }

  transfer(transfer: Transfer): void {
    this.dummyDue = transfer.complete;
  }

  received(event: On<"received">): void {
    const { transfer, phase, status, bits } = this.host;
    const over = status !== -1 && bits === Phase.Idle;
    if (phase !== HostPhase.Read || over) return;
    const read = messageText(transfer.response.copy()) || "no byte";
    this.report(`the response to request ${event.id} was taken as whole before IDLE: ${read}`);
  }

  #beforeWrite(event: HostWrite): void {
    const left = this.dummyDue && this.host.status !== -1 && (this.host.status & Status.Obf) !== 0;
    if (left && !this.host.dataTaken && this.host.bits === Phase.Idle) {
      this.report(`the host wrote ${writtenText(event)} and left the dummy byte where it was`);
    }
    this.dummyDue = false;
  }
}

class WaitsLongEnough extends RuleAutomaton<KcsContext> {
  panics = false;

  hostLife({ what }: On<"hostLife">): void {
    // A host that crashes cannot wait for what it was at, and has a bound to keep.
    if (what === "start" || what === "inserted") this.panics = false;
    if (HAS_NO_TIME.has(what)) this.panics = true;
  }

  hostWriteCommand({ value, t }: HostWrite): void {
    if (value !== Control.GetStatusAbort && value !== Control.WriteStart) return;
    if (this.panics || !this.host.fresh || this.host.status === -1) return;
    const waits = waitsFor(this.host.phase, this.host.status);
    const us = t - this.host.lastWriteUs;
    if (waits === "" || us >= HOST_WAIT_US) return;
    this.report(`the host gave up after ${seconds(us)} ${this.host.place}, with ${waits}`);
  }
}

/** What the host waits for by the status that it saw; empty when it need not wait. */
function waitsFor(phase: HostPhase, status: number): string {
  if ((status & Status.Ibf) !== 0) return "IBF at 1";
  const bits = status >> 6;
  const awaitsByte = phase === HostPhase.Read || phase === HostPhase.AbortRead;
  if (awaitsByte && bits === Phase.Read && (status & Status.Obf) === 0) return "OBF at 0";
  return "";
}

/** More than a host that tries ten times, three steps each, would ever need. */
const RECOVERIES_MAX = 33;
/** A host that pauses so long is not in a storm. */
const CALM_US = 100_000;

/** Once it may be that a host had no time left to go through with it, or to go on from it. */
const BEGUN_AGAIN_MAX = 1;

class GetsOut extends RuleAutomaton<KcsContext> {
  /** How often since the last WRITE_START it was begun again where the host might have gone on. */
  again = 0;
  /** It was gone through since then. */
  gone = false;

  hostWriteCommand(event: HostWrite): void {
    if (event.value === Control.GetStatusAbort) this.#beginsAgain();
    if (event.value === Control.WriteStart) {
      if (this.#left !== "") this.report(`${this.#left}, but WRITE_START`);
      this.#forget();
    }
    this.#goesOn(event);
  }

  hostWriteData(event: HostWrite): void {
    if (this.host.phase === HostPhase.AbortRead) this.gone = true;
    this.#goesOn(event);
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what !== "recovery") this.#forget();
  }

  #goesOn({ reg, value }: HostWrite): void {
    const { host } = this;
    const restarts = value === Control.GetStatusAbort || value === Control.WriteStart;
    const open = host.phase >= HostPhase.Start && host.phase <= HostPhase.Read;
    if (!open || !host.fresh || host.status === -1 || host.bits !== Phase.Error) return;
    if (reg === "command" && restarts) return;
    this.report(`the host wrote ${writtenText({ reg, value })} ${host.place} though it saw ERROR`);
  }

  #beginsAgain(): void {
    const { host } = this;
    const free = host.fresh && (host.status & Status.Ibf) === 0 && !host.strayed;
    const zeroDue = free && host.phase === HostPhase.Abort && host.bits === Phase.Write;
    const over = free && host.phase === HostPhase.Idle && this.gone && host.bits === Phase.Idle;
    const where = zeroDue ? "saw WRITE, and wrote no 00h" : over ? "saw IDLE" : "";
    const left = this.#left || (where === "" ? "" : `after GET_STATUS/ABORT the host ${where}`);
    if (left === "" || this.again++ < BEGUN_AGAIN_MAX) return;
    this.report(`${left}, but GET_STATUS/ABORT again`);
  }

  /** The status code was taken, and READ is due; empty when that is not so. */
  get #left(): string {
    const { phase, byteTaken, bits, strayed } = this.host;
    const taken = phase === HostPhase.AbortRead && byteTaken && !strayed;
    const left = taken && bits === Phase.Read;
    return left ? "the host took the status code, and wrote no READ" : "";
  }

  #forget(): void {
    this.again = 0;
    this.gone = false;
  }
}

class BoundedRecovery extends RuleAutomaton<KcsContext> {
  recoveries = 0;

  hostWriteCommand({ value, t }: HostWrite): void {
    if (t - this.host.lastWriteUs >= CALM_US) this.recoveries = 0;
    if (value !== Control.GetStatusAbort) return;
    this.recoveries++;
    if (this.recoveries === RECOVERIES_MAX + 1) {
      this.report(`more than ${RECOVERIES_MAX} GET_STATUS/ABORT in a row, without a pause`);
    }
  }

  transfer(transfer: Transfer): void {
    if (transfer.complete) this.#calm();
  }

  answer(): void {
    this.#calm();
  }

  #calm(): void {
    this.recoveries = 0;
  }
}
