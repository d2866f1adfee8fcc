import { REQUEST_BYTES_SUPPORTED } from "../../../ipmi/message.ts";
import { Control, Phase, Status, StatusCode } from "../../../wire/kcs/protocol.ts";
import type { HostRead, HostWrite, On } from "../../automaton.ts";
import { ownResponse } from "../../common/own-response.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew, hex, seconds } from "../../text.ts";
import { BmcState, type Output, type StateChange, type Step } from "../bmc-view.ts";
import type { KcsAutomaton, KcsContext, KcsRule } from "../observer.ts";
import { bmcStateText, controlText } from "../text.ts";

/** What the BMC gives, takes and keeps at the registers. */
export const bmcBehaviour: readonly KcsRule[] = [
  {
    id: "KCS-28",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.19",
    sentence: "The response to a request that was aborted is thrown away, never given to the host.",
    instead:
      "The BMC discards that response, and gives only the one to the request that came after.",
    observable: true,
    automaton: noLateResponse,
  },
  {
    id: "KCS-29",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.11",
    sentence: "The BMC does not time out while it waits for the host's next byte.",
    instead: "The BMC keeps its state, and takes the next byte whenever it comes.",
    observable: true,
    automaton: (context) => new WaitsForHost(context),
  },
  {
    id: "KCS-30",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.12, Table 9-4",
    sentence:
      "Status codes: 02h after an illegal control code, 06h for a length error, 01h for an abort.",
    instead: "The BMC returns the status code that Table 9-4 has for the error that there was.",
    trusts: "the transfer",
    observable: true,
    automaton: (context) => new StatusCodes(context),
  },
  {
    id: "KCS-32",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.13",
    sentence: "The BMC takes requests of 40 bytes and gives responses of 38 bytes at least.",
    instead:
      "The BMC takes a request of up to 40 bytes without a length error, and gives a response of " +
      "up to 38 whole.",
    observable: true,
    automaton: (context) => new TakesLongRequests(context),
  },
  {
    id: "KCS-33",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14, figure 9-7",
    sentence:
      "The BMC does not write Data_Out for attention while OBF is still 1, nor within a transfer.",
    instead: "The BMC waits until OBF is 0 and no transfer is under way, and then writes Data_Out.",
    observable: true,
    automaton: (context) => (seesBoth(context) ? new NoOverwrite(context) : {}),
  },
  {
    id: "KCS-34",
    party: "bmc",
    severity: "note",
    section: "IPMI 2.0 §9.7, Table 9-1",
    sentence: "C/D# tells which register the host wrote last.",
    instead:
      "The interface shows C/D# as 1 after a write to Command, and as 0 after one to Data_In.",
    observable: true,
    automaton: (context) => new MirrorsRegister(context),
  },
  {
    id: "KCS-35",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.7, §9.15",
    sentence: "The BMC takes each byte that the host wrote, within the 5 s that a host waits.",
    instead: "The BMC reads the byte, which clears IBF, before the 5 s are over.",
    observable: true,
    automaton: (context) => new TakesInput(context),
  },
];

/** A process of the BMC's that comes or goes aborts what is under way, and says so right after. */
class WaitsForHost extends RuleAutomaton<KcsContext> {
  nowUs = 0;
  /** What is held against the BMC, unless a process of its own came or went just then. */
  held = "";
  heldUs = 0;

  bmcStatus({ t }: On<"bmcStatus">): void {
    this.#passes(t);
    this.nowUs = t;
  }

  change(change: StateChange): void {
    if (change.to !== Phase.Error || change.sinceInputUs < BMC_PATIENCE_US) return;
    const waits =
      (change.state >= BmcState.Start && change.state <= BmcState.End) ||
      (change.state === BmcState.Reading && change.outputs > 0);
    if (!waits) return;
    const waited = `after ${seconds(change.sinceInputUs)} without a byte from the host`;
    const said = `ERROR came up ${bmcStateText(change.state)} ${waited}`;
    if (!this.head.taps.bmc) return this.report(said);
    this.held = said;
    this.heldUs = this.nowUs;
  }

  bmcLife({ what, t }: On<"bmcLife">): void {
    if (what === "daemon-opened" || what === "daemon-closed") this.held = "";
    this.#passes(t);
  }

  bmcRead({ t }: On<"bmcRead">): void {
    this.#passes(t);
  }

  hostRead({ t }: HostRead): void {
    this.#passes(t);
  }

  end(): void {
    this.#passes(Number.POSITIVE_INFINITY);
  }

  #passes(nowUs: number): void {
    if (this.held === "" || nowUs <= this.heldUs) return;
    this.report(this.held, undefined, this.heldUs);
    this.held = "";
  }
}

/** A BMC that gives up sooner than this does so for another reason than impatience. */
const BMC_PATIENCE_US = 100_000;

function noLateResponse(context: KcsContext): KcsAutomaton {
  const { report } = context;
  return {
    ...ownResponse(context),
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
  };
}

class StatusCodes extends RuleAutomaton<KcsContext> {
  /** What the next status code has to be; -1 any. */
  expected = -1;
  why = "";
  strict = true;

  step(step: Step): void {
    if (step.command) this.#expectAfterCommand(step);
    else if (step.from === BmcState.Reading && step.value !== Control.Read) {
      this.#expect(StatusCode.IllegalControl, `${hex(step.value)} in place of READ`, false);
    }
  }

  statusCode({ value }: Output): void {
    if (this.expected === -1 || value === this.expected) return;
    const said = `the status code was ${hex(value)}, not ${hex(this.expected)}, after ${this.why}`;
    this.report(said, this.strict ? undefined : "note");
  }

  change({ to, outputs }: StateChange): void {
    // What the BMC aborts by itself it may call what it likes.
    if (to === Phase.Error && outputs > 0) this.#expect(-1, "");
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.#expect(-1, "");
  }

  #expectAfterCommand({ value, from }: Step): void {
    switch (value) {
      case Control.WriteStart:
        this.#expect(-1, "");
        return;
      case Control.WriteEnd: {
        const data = from === BmcState.Start || from === BmcState.Data;
        if (data || from === BmcState.Unknown) return;
        this.#expect(StatusCode.IllegalControl, "WRITE_END out of place", false);
        return;
      }
      case Control.GetStatusAbort:
        if (this.expected === -1 && from >= BmcState.Start && from <= BmcState.Reading) {
          this.#expect(StatusCode.Aborted, "GET_STATUS/ABORT in a transfer");
        } else if (from === BmcState.Idle) this.#expect(-1, "");
        return;
      default:
        this.#expect(StatusCode.IllegalControl, `the control code ${controlText(value)}`);
    }
  }

  #expect(code: number, reason: string, must = true): void {
    this.expected = code;
    this.why = reason;
    this.strict = must;
  }
}

class TakesLongRequests extends RuleAutomaton<KcsContext> {
  /** The length of the request that ended in ERROR; -1 when none did. */
  failedLength = -1;

  step(step: Step): void {
    if (step.command && step.value === Control.WriteStart) this.failedLength = -1;
    const writing = step.from >= BmcState.Start && step.from <= BmcState.End;
    if (writing && step.to === BmcState.Error) this.failedLength = this.bmc.exchange.request.length;
  }

  change(change: StateChange): void {
    const writing = change.state >= BmcState.Start && change.state <= BmcState.Executing;
    if (writing && change.to === Phase.Error) this.failedLength = this.bmc.exchange.request.length;
  }

  statusCode({ value }: Output): void {
    const fits = this.failedLength >= 2 && this.failedLength <= REQUEST_BYTES_SUPPORTED;
    if (fits && value === StatusCode.LengthError) {
      this.report(`a request was refused as too long at byte ${this.failedLength}`);
    }
  }
}

function seesBoth({ head }: KcsContext): boolean {
  return head.taps.bmc && head.taps.host;
}

/** Only the BMC's own face shows when Data_Out is written. */
class NoOverwrite extends RuleAutomaton<KcsContext> {
  full = false;
  attention = false;
  /** SMS_ATN rose since the BMC took a byte last. */
  rose = false;

  bmcStatus({ status }: On<"bmcStatus">): void {
    const attention = (status & Status.SmsAtn) !== 0;
    if (attention && !this.attention) this.rose = true;
    this.attention = attention;
  }

  step(): void {
    this.rose = false;
  }

  /** A transfer has one byte for each of the host's, and no response begins with 00h. */
  output({ from, value, outputs }: Output): void {
    if (!this.rose || this.faults.wireActive) return;
    const writing = from >= BmcState.Start && from <= BmcState.End;
    const early = from === BmcState.Executing && value === 0;
    const again = (writing || from === BmcState.Reading) && outputs > 1;
    if (early || again) {
      this.report(`${hex(value)} was written to Data_Out ${bmcStateText(from)}, as SMS_ATN rose`);
    }
  }

  bmcWrite({ value }: On<"bmcWrite">): void {
    if (this.full) this.#judge(value);
    this.full = true;
  }

  hostData(): void {
    this.full = false;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.full = false;
  }

  #judge(value: number): void {
    const { state, outputs, begins } = this.bmc;
    const forAttention = state === BmcState.Idle && outputs > 0 && !begins;
    if (!forAttention || this.faults.wireActive) return;
    this.report(`${hex(value)} was written to Data_Out before the host had taken the byte there`);
  }
}

class MirrorsRegister extends RuleAutomaton<KcsContext> {
  command = false;
  changes = 0;

  hostWriteCommand(event: HostWrite): void {
    this.#written(event);
  }

  hostWriteData(event: HostWrite): void {
    this.#written(event);
  }

  hostStatus({ value }: HostRead): void {
    if (this.host.fresh || this.faults.wireChanges !== this.changes) return;
    const shown = (value & Status.Cd) !== 0;
    if (shown === this.command) return;
    this.report(
      `C/D# was ${shown ? 1 : 0} after a write to ${this.command ? "Command" : "Data_In"}`,
    );
  }

  #written(event: HostWrite): void {
    this.command = event.reg === "command";
    const { faults } = this;
    this.changes = faults.wireActive ? -1 : faults.wireChanges;
  }
}

/** What the host saw tells; the BMC's own face, when it is tapped, may tell better. */
class TakesInput extends RuleAutomaton<KcsContext> {
  taken = true;

  hostWriteCommand(): void {
    this.#written();
  }

  hostWriteData(): void {
    this.#written();
  }

  bmcRead(): void {
    this.taken = true;
  }

  inputStuck(us: number): void {
    if (this.bmc.away || this.faults.wireActive || (this.head.taps.bmc && this.taken)) return;
    this.report(`IBF was still 1 after ${seconds(us)}`, undefined, this.host.lastWriteUs);
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.taken = true;
  }

  #written(): void {
    this.taken = false;
  }
}
