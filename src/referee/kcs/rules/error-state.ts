import { Control, Phase } from "../../../wire/kcs/protocol.ts";
import type { On } from "../../automaton.ts";
import { KnowsInterrupts } from "../../common/knows-interrupts.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew, hex } from "../../text.ts";
import type { Transfer } from "../../transfer.ts";
import { BmcState, type Output, type StateChange, type Step } from "../bmc-view.ts";
import type { KcsContext, KcsRule } from "../observer.ts";
import { bitsText, bmcStateText } from "../text.ts";

/** What the BMC shows and gives when something is wrong, and the bytes that mean nothing. */
export const errorState: readonly KcsRule[] = [
  {
    id: "KCS-36",
    party: "bmc",
    severity: "note",
    section: "IPMI 2.0 §9.15, figures 9-6 and 9-7",
    sentence:
      "ERROR is shown before the byte is taken that is met with it; as the registers tell a byte only to who takes it, less is a note.",
    instead: "The BMC sets ERROR first, and then reads the byte.",
    observable: true,
    automaton: (context) => new ErrorInTime(context),
  },
  {
    id: "KCS-37",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14, §9.15, figure 9-7",
    sentence:
      "In ERROR the BMC goes on with nothing: it stays there until GET_STATUS/ABORT or WRITE_START.",
    instead: "The BMC stays in ERROR, and drops each byte but GET_STATUS/ABORT and WRITE_START.",
    observable: true,
    automaton: (context) => new RestsInError(context),
  },
  {
    id: "KCS-38",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.12, Table 9-4",
    sentence: "GET_STATUS/ABORT tells each error once: with nothing to abort it gives 00h or 01h.",
    instead:
      "The BMC gives the code of an error with the first GET_STATUS/ABORT, and 00h or 01h with " +
      "the next.",
    observable: true,
    automaton: (context) => new TellsErrorsOnce(context),
  },
  {
    id: "KCS-39",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14, figures 9-7 and 9-8",
    sentence:
      "A transfer, or GET_STATUS/ABORT, that ends in IDLE has ended: its dummy byte comes in IDLE, not in ERROR.",
    instead: "The BMC sets IDLE, gives the dummy byte, and stays in IDLE.",
    observable: true,
    automaton: (context) => new StaysIdle(context),
  },
  {
    id: "KCS-50",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.13, §9.15, figure 9-6",
    sentence:
      "With interrupts enabled a byte in Data_Out follows each byte of a request, to interrupt by; without, it is an option.",
    instead:
      "The BMC writes a byte to Data_Out after each byte of the request that it has read, so " +
      "that OBF interrupts.",
    observable: true,
    automaton: (context) => (context.head.taps.bmc ? new GivesDummies(context) : {}),
  },
];

/** Only what comes right after the byte has to do with it. */
const AT_ONCE_US = 1_000;

class ErrorInTime extends RuleAutomaton<KcsContext> {
  /** The byte taken last is one that the BMC may object to. */
  objectionable = false;
  what = "";

  step({ command, value, from, bits }: Step): void {
    const writes = from === BmcState.Start || from === BmcState.Data;
    if (command) this.objectionable = !isLegal(value, writes);
    else this.objectionable = from === BmcState.Reading && value !== Control.Read;
    if (bits === Phase.Error || bits === -1 || from === BmcState.Unknown)
      this.objectionable = false;
    if (this.objectionable) this.what = `${hex(value)} ${bmcStateText(from)}`;
  }

  change({ from, to, outputs, sinceInputUs }: StateChange): void {
    if (!this.objectionable || to !== Phase.Error || outputs > 1) return;
    this.objectionable = false;
    if (sinceInputUs > AT_ONCE_US) return;
    this.report(`${this.what} was taken with ${bitsText(from)} shown, and ERROR came up after it`);
  }
}

function isLegal(code: number, writes: boolean): boolean {
  if (code === Control.WriteStart || code === Control.GetStatusAbort) return true;
  return code === Control.WriteEnd && writes;
}

/** Seen from the host's side, a BMC that comes out of a reset may do so: a note. */
class RestsInError extends RuleAutomaton<KcsContext> {
  /** The host has written data to a BMC in ERROR. */
  asked = false;

  step({ command, value, from, bits }: Step): void {
    this.asked = !command && from === BmcState.Error;
    if (!this.asked || bits === Phase.Error || bits === -1) return;
    this.report(`${hex(value)} was taken in ERROR with ${bitsText(bits)} shown`);
  }

  change({ state, from, to }: StateChange): void {
    if (state !== BmcState.Error || from !== Phase.Error) return;
    const left = `ERROR became ${bitsText(to)} with no control code from the host`;
    this.report(left, this.head.taps.bmc ? undefined : "note");
  }

  output({ value, from, outputs }: Output): void {
    // The byte that comes with ERROR itself has no meaning.
    if (from !== BmcState.Error || !this.asked || value === 0 || outputs > 1) return;
    this.report(`${hex(value)} was given in ERROR`);
  }
}

/** What was told is settled, and so is what a whole transfer has left behind. */
class TellsErrorsOnce extends RuleAutomaton<KcsContext> {
  settled = false;

  step({ command, value, from, to }: Step): void {
    const ends = to === BmcState.Idle && (from === BmcState.Reading || from === BmcState.AbortRead);
    const asks = command && value === Control.GetStatusAbort && from === BmcState.Idle;
    if (ends) this.settled = true;
    else if (!asks && (command || from !== BmcState.Abort)) this.settled = false;
  }

  change({ to }: StateChange): void {
    if (to === Phase.Error) this.settled = false;
  }

  statusCode({ value }: Output): void {
    if (!this.settled || value <= 1) return;
    this.report(`the status code was ${hex(value)}, though there was nothing to abort`);
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.settled = false;
  }
}

/** Whoever loses its daemon, or is told to give up, right then has a reason of its own. */
class StaysIdle extends RuleAutomaton<KcsContext> {
  ended = false;

  step({ from, to, value }: Step): void {
    const reads = from === BmcState.Reading || from === BmcState.AbortRead;
    // Any other byte than READ may be met with ERROR, which then comes late: that is for KCS-36.
    this.ended = reads && to === BmcState.Idle && value === Control.Read;
  }

  output(): void {
    this.ended = false;
  }

  change({ to, sinceInputUs }: StateChange): void {
    if (this.ended && to === Phase.Error && sinceInputUs <= AT_ONCE_US) {
      this.report("IDLE became ERROR before the dummy byte was given");
    }
    this.ended = false;
  }

  bmcLife(): void {
    this.ended = false;
  }
}

/** Judged only where there is a line. */
class GivesDummies extends KnowsInterrupts<KcsContext> {
  exchange(exchange: Transfer): void {
    this.setsEnables(exchange);
  }

  step({ from, outputs }: Step): void {
    if (!this.line || !this.enabled || outputs > 0) return;
    if (from < BmcState.Start || from > BmcState.End) return;
    this.report(`no byte was given after the one taken ${bmcStateText(from)}`);
  }
}
