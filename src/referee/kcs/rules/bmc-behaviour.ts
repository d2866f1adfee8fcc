import { Control, Phase, Status, StatusCode } from "../../../wire/kcs/protocol.ts";
import type { HostWrite } from "../../automaton.ts";
import { beginsAnew, hex, seconds } from "../../text.ts";
import { BmcState, type Step } from "../bmc-view.ts";
import type { KcsAutomaton, KcsContext, KcsRule } from "../observer.ts";
import { bmcStateText } from "../text.ts";

/** What the BMC gives, takes and keeps at the registers. */
export const bmcBehaviour: readonly KcsRule[] = [
  {
    id: "KCS-28",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.19",
    sentence: "The response to a request that was aborted is thrown away, never given to the host.",
    observable: true,
    automaton: noLateResponse,
  },
  {
    id: "KCS-29",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.11",
    sentence: "The BMC does not time out while it waits for the host's next byte.",
    observable: true,
    automaton: ({ report }) => ({
      change: (change) => {
        if (change.to !== Phase.Error || change.sinceInputUs < BMC_PATIENCE_US) return;
        const waits =
          change.state === BmcState.Start ||
          change.state === BmcState.Data ||
          change.state === BmcState.End ||
          (change.state === BmcState.Reading && change.outputs > 0);
        if (!waits) return;
        const waited = `after ${seconds(change.sinceInputUs)} without a byte from the host`;
        report(`ERROR came up ${bmcStateText(change.state)} ${waited}`);
      },
    }),
  },
  {
    id: "KCS-30",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.12, Table 9-4",
    sentence:
      "Status codes: 02h after an illegal control code, 06h for a length error, 01h for an abort.",
    observable: true,
    automaton: statusCodes,
  },
  {
    id: "KCS-32",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.13",
    sentence: "The BMC takes requests of 40 bytes and gives responses of 38 bytes at least.",
    observable: true,
    automaton: takesLongRequests,
  },
  {
    id: "KCS-33",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14, figure 9-7",
    sentence: "The BMC does not write Data_Out for attention while OBF is still 1.",
    observable: true,
    automaton: noOverwrite,
  },
  {
    id: "KCS-34",
    party: "bmc",
    severity: "note",
    section: "IPMI 2.0 §9.7, Table 9-1",
    sentence: "C/D# tells which register the host wrote last.",
    observable: true,
    automaton: mirrorsRegister,
  },
  {
    id: "KCS-35",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.7, §9.15",
    sentence: "The BMC takes each byte that the host wrote, within the 5 s that a host waits.",
    observable: true,
    automaton: takesInput,
  },
];

/** A BMC that gives up sooner than this does so for another reason than impatience. */
const BMC_PATIENCE_US = 100_000;

function noLateResponse({ bmc, head, faults, report }: KcsContext): KcsAutomaton {
  return {
    change: (change) => {
      if (change.to !== Phase.Read) return;
      const owes =
        change.state === BmcState.Unknown ||
        change.state === BmcState.Executing ||
        change.state === BmcState.Reading ||
        // Here READ is merely late: that is for KCS-23.
        change.state === BmcState.Abort ||
        change.state === BmcState.AbortRead;
      if (!owes) report(`READ came up ${bmcStateText(change.state)}`);
    },
    bmcResponse: ({ tag }) => {
      const asked = bmc.exchange.tag;
      if (tag === 0 || tag === asked) return;
      const present = asked === 0 ? "one it has not read yet" : `request ${asked}`;
      report(`the response to request ${tag} was given as that to ${present}`);
    },
    received: ({ id, tag }) => {
      if (head.taps.bmc || faults.wireActive || tag === 0 || tag === id) return;
      report(`the response to request ${tag} was given as that to request ${id}`);
    },
  };
}

/** The specification asks for this much at least. @see IPMI 2.0 §6.13 */
const REQUEST_BYTES_MIN = 40;

function statusCodes({ report }: KcsContext): KcsAutomaton {
  /** What the next status code has to be; -1 any. */
  let expected = -1;
  let why = "";
  let strict = true;
  const expect = (code: number, reason: string, must = true): void => {
    expected = code;
    why = reason;
    strict = must;
  };
  return {
    step: (step) => {
      if (step.command) expectAfterCommand(step, expected, expect);
      else if (step.from === BmcState.Reading && step.value !== Control.Read) {
        expect(StatusCode.IllegalControl, `${hex(step.value)} in place of READ`, false);
      }
    },
    output: ({ value, from, outputs }) => {
      if (from !== BmcState.AbortRead || outputs !== 1) return;
      if (expected === -1 || value === expected) return;
      const said = `the status code was ${hex(value)}, not ${hex(expected)}, after ${why}`;
      report(said, strict ? undefined : "note");
    },
    change: ({ to, outputs }) => {
      // What the BMC aborts by itself it may call what it likes.
      if (to === Phase.Error && outputs > 0) expect(-1, "");
    },
    bmcLife: ({ what }) => {
      if (beginsAnew(what)) expect(-1, "");
    },
  };
}

function expectAfterCommand(
  step: Step,
  before: number,
  expect: (code: number, why: string, must?: boolean) => void,
): void {
  switch (step.value) {
    case Control.WriteStart:
      expect(-1, "");
      return;
    case Control.WriteEnd: {
      const data = step.from === BmcState.Start || step.from === BmcState.Data;
      if (!data && step.from !== BmcState.Unknown) {
        expect(StatusCode.IllegalControl, "WRITE_END out of place", false);
      }
      return;
    }
    case Control.GetStatusAbort: {
      const open = step.from >= BmcState.Start && step.from <= BmcState.Reading;
      if (open && before === -1) expect(StatusCode.Aborted, "GET_STATUS/ABORT in a transfer");
      else if (step.from === BmcState.Idle) expect(-1, "");
      return;
    }
    default:
      expect(StatusCode.IllegalControl, `the control code ${hex(step.value)}`);
  }
}

function takesLongRequests({ bmc, report }: KcsContext): KcsAutomaton {
  /** The length of the request that ended in ERROR; -1 when none did. */
  let failedLength = -1;
  return {
    step: (step) => {
      if (step.command && step.value === Control.WriteStart) failedLength = -1;
      const writing = step.from >= BmcState.Start && step.from <= BmcState.End;
      if (writing && step.to === BmcState.Error) failedLength = bmc.exchange.request.length;
    },
    change: (change) => {
      const writing = change.state >= BmcState.Start && change.state <= BmcState.Executing;
      if (writing && change.to === Phase.Error) failedLength = bmc.exchange.request.length;
    },
    output: ({ value, from, outputs }) => {
      if (from !== BmcState.AbortRead || outputs !== 1) return;
      const fits = failedLength >= 2 && failedLength <= REQUEST_BYTES_MIN;
      if (fits && value === StatusCode.LengthError) {
        report(`a request was refused as too long at byte ${failedLength}`);
      }
    },
  };
}

/** Only the BMC's own face shows when Data_Out is written. */
function noOverwrite({ bmc, head, faults, report }: KcsContext): KcsAutomaton {
  if (!head.taps.bmc || !head.taps.host) return {};
  let full = false;
  return {
    bmcWrite: ({ value }) => {
      const forAttention = bmc.state === BmcState.Idle && bmc.outputs > 0;
      if (full && forAttention && !faults.wireActive) {
        report(`${hex(value)} was written to Data_Out before the host had taken the byte there`);
      }
      full = true;
    },
    hostData: () => {
      full = false;
    },
    bmcLife: ({ what }) => {
      if (beginsAnew(what)) full = false;
    },
  };
}

function mirrorsRegister({ host, faults, report }: KcsContext): KcsAutomaton {
  let command = false;
  let changes = 0;
  const written = (event: HostWrite): void => {
    command = event.reg === "command";
    changes = faults.wireActive ? -1 : faults.wireChanges;
  };
  return {
    hostWriteCommand: written,
    hostWriteData: written,
    hostStatus: ({ value }) => {
      if (host.fresh || faults.wireChanges !== changes) return;
      const shown = (value & Status.Cd) !== 0;
      if (shown === command) return;
      report(`C/D# was ${shown ? 1 : 0} after a write to ${command ? "Command" : "Data_In"}`);
    },
  };
}

/** What the host saw tells; the BMC's own face, when it is tapped, may tell better. */
function takesInput({ host, bmc, head, faults, report }: KcsContext): KcsAutomaton {
  let taken = true;
  const written = (): void => {
    taken = false;
  };
  return {
    hostWriteCommand: written,
    hostWriteData: written,
    bmcRead: () => {
      taken = true;
    },
    inputStuck: (us) => {
      if (bmc.away || faults.wireActive || (head.taps.bmc && taken)) return;
      report(`IBF was still 1 after ${seconds(us)}`, undefined, host.lastWriteUs);
    },
    bmcLife: ({ what }) => {
      if (beginsAnew(what)) taken = true;
    },
  };
}
