import { Control, Phase, Status } from "../../../wire/kcs/protocol.ts";
import type { HostWrite } from "../../automaton.ts";
import { bytesText, hex, seconds } from "../../text.ts";
import { HOST_WAIT_US } from "../../transfer.ts";
import { HostPhase } from "../host-view.ts";
import type { KcsAutomaton, KcsContext, KcsRule } from "../observer.ts";

/** What a host's transfer consists of, and how the host gets out of one that failed. */
export const hostTransfers: readonly KcsRule[] = [
  {
    id: "KCS-06",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.2, §9.16",
    sentence:
      "A request is WRITE_START, all bytes but the last, WRITE_END, the last; two bytes at least.",
    observable: true,
    automaton: ({ host, report }) => ({
      hostWriteCommand: ({ value }) => {
        if (value === Control.WriteEnd && host.phase === HostPhase.Start) {
          report("WRITE_END came after no byte: the request would have one byte only");
        }
      },
      hostWriteData: ({ value }) => {
        if (host.phase === HostPhase.Idle || host.phase === HostPhase.AbortEnd) {
          report(`${hex(value)} was written to Data_In without WRITE_START`);
        }
      },
    }),
  },
  {
    id: "KCS-07",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.10, §9.15",
    sentence: "WRITE_END comes once in a transfer, after its WRITE_START.",
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
    observable: true,
    automaton: readsToTheEnd,
  },
  {
    id: "KCS-11",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §9.15",
    sentence: "The host waits 5 s or longer for the BMC before it gives up.",
    observable: true,
    automaton: waitsLongEnough,
  },
  {
    id: "KCS-12",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.11, §9.18",
    sentence:
      "From a failed transfer the host gets out by GET_STATUS/ABORT or by a new WRITE_START.",
    observable: true,
    automaton: ({ host, report }) => {
      const check = ({ value, reg }: HostWrite): void => {
        const open = host.phase >= HostPhase.Start && host.phase <= HostPhase.Read;
        if (!open || !host.fresh || host.status === -1 || host.bits !== Phase.Error) return;
        const restarts = value === Control.GetStatusAbort || value === Control.WriteStart;
        if (reg === "command" && restarts) return;
        report(`the host wrote ${hex(value)} ${host.place} though it saw ERROR`);
      };
      return { hostWriteCommand: check, hostWriteData: check };
    },
  },
  {
    id: "KCS-13",
    party: "host",
    severity: "note",
    section: "IPMI 2.0 §9.15, figure 9-8",
    sentence: "The host recovers a bounded number of times in a row, then reports the failure.",
    observable: true,
    automaton: boundedRecovery,
  },
];

function readsToTheEnd({ host, report }: KcsContext): KcsAutomaton {
  /** A response came to its end and its dummy byte was not taken yet. */
  let dummyDue = false;
  const beforeWrite = (event: HostWrite): void => {
    const left = dummyDue && host.status !== -1 && (host.status & Status.Obf) !== 0;
    if (left && !host.dataTaken && host.bits === Phase.Idle) {
      report(`the host wrote ${hex(event.value)} and left the dummy byte where it was`);
    }
    dummyDue = false;
  };
  return {
    hostWriteCommand: beforeWrite,
    hostWriteData: beforeWrite,
    hostData: () => {
      dummyDue = false;
    },
    transfer: (transfer) => {
      dummyDue = transfer.complete;
    },
    received: (event) => {
      const { transfer } = host;
      if (host.phase !== HostPhase.Read || transfer.response.length === 0) return;
      const read = bytesText(transfer.response.copy());
      report(`the response to request ${event.id} was taken as whole before IDLE: ${read}`);
    },
  };
}

function waitsLongEnough({ host, report }: KcsContext): KcsAutomaton {
  let panics = false;
  return {
    hostLife: ({ what }) => {
      // A host that crashes cannot wait for what it was at, and has a bound to keep.
      panics = what === "panic" || (panics && what !== "start" && what !== "inserted");
    },
    hostWriteCommand: ({ value, t }) => {
      if (value !== Control.GetStatusAbort && value !== Control.WriteStart) return;
      if (panics || !host.fresh || host.status === -1) return;
      const waits = waitsFor(host.phase, host.status);
      const us = t - host.lastWriteUs;
      if (waits === "" || us >= HOST_WAIT_US) return;
      report(`the host gave up after ${seconds(us)} ${host.place}, with ${waits}`);
    },
  };
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

function boundedRecovery({ host, report }: KcsContext): KcsAutomaton {
  let recoveries = 0;
  const calm = (): void => {
    recoveries = 0;
  };
  return {
    hostWriteCommand: ({ value, t }) => {
      if (t - host.lastWriteUs >= CALM_US) recoveries = 0;
      if (value !== Control.GetStatusAbort) return;
      recoveries++;
      if (recoveries === RECOVERIES_MAX + 1) {
        report(`more than ${RECOVERIES_MAX} GET_STATUS/ABORT in a row, without a pause`);
      }
    },
    transfer: (transfer) => {
      if (transfer.complete) calm();
    },
    answer: calm,
  };
}
