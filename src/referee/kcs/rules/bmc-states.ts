import { Control, Phase, Status } from "../../../wire/kcs/protocol.ts";
import type { HostRead, On } from "../../automaton.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew, hex, seconds } from "../../text.ts";
import { BmcState, type StateChange, type Step } from "../bmc-view.ts";
import type { KcsContext, KcsRule } from "../observer.ts";
import { bitsText, bmcStateText } from "../text.ts";

/** The BMC's states and when it shows them. */
export const bmcStates: readonly KcsRule[] = [
  {
    id: "KCS-20",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.7",
    sentence: "After power-on or a hard reset of the BMC the state bits read ERROR.",
    instead: "The BMC comes up with 11b, ERROR, in bits 7:6 of Status.",
    observable: true,
    automaton: (context) => new ErrorAfterReset(context),
  },
  {
    id: "KCS-21",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.15, figure 9-6",
    sentence: "The BMC shows WRITE before it takes a control code, unless it signals an error.",
    instead:
      "The BMC sets WRITE, or ERROR, in the state bits first, and then reads the control code.",
    observable: true,
    automaton: ({ report }) => ({
      commandStep: (step) => {
        if (step.bits === -1 || step.bits === Phase.Write) return;
        const shown = `${hex(step.value)} was taken with ${bitsText(step.bits)} shown`;
        if (step.bits !== Phase.Error) report(shown);
        else if (step.value === Control.GetStatusAbort) report(shown, "note");
      },
    }),
  },
  {
    id: "KCS-22",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.19",
    sentence: "WRITE_START is legal in every state: the BMC drops what runs and starts over.",
    instead:
      "The BMC drops the transfer and its response, sets WRITE, and takes the bytes that follow " +
      "for a new request.",
    observable: true,
    automaton: ({ report }) => ({
      commandStep: (step) => {
        if (step.value !== Control.WriteStart) return;
        if (step.bits !== Phase.Error) return;
        report(`WRITE_START ${bmcStateText(step.from)} was met with ERROR`);
      },
    }),
  },
  {
    id: "KCS-23",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14, §9.19",
    sentence: "GET_STATUS/ABORT is legal in every state and ends in IDLE, never in ERROR.",
    instead: "The BMC goes on by way of WRITE and READ to IDLE, and gives the status code in READ.",
    observable: true,
    automaton: (context) => new AbortEndsInIdle(context),
  },
  {
    id: "KCS-24",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.15, figure 9-6",
    sentence:
      "The BMC shows READ, or ERROR, before it takes the last byte of a request, and READ at none before it.",
    instead:
      "The BMC keeps WRITE up to WRITE_END, and sets READ, or ERROR, before it reads the one " +
      "byte that follows.",
    observable: true,
    automaton: ({ report }) => ({
      step: (step) => {
        if (step.command || step.bits === -1) return;
        const before = step.from === BmcState.Start || step.from === BmcState.Data;
        if (before && step.bits === Phase.Read) {
          report(`${hex(step.value)}, which is not the last byte, was taken with READ shown`);
        }
        if (step.from !== BmcState.End) return;
        if (step.bits === Phase.Read || step.bits === Phase.Error) return;
        report(`the last byte was taken with ${bitsText(step.bits)} shown`);
      },
    }),
  },
  {
    id: "KCS-25",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14, §9.15, figure 9-7",
    sentence:
      "At the response's end the BMC shows IDLE before it takes READ, then gives a dummy byte.",
    instead:
      "With no byte left the BMC sets IDLE, reads the host's READ, and writes a dummy byte to " +
      "Data_Out.",
    observable: true,
    automaton: (context) => new IdleThenDummy(context),
  },
  {
    id: "KCS-26",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14",
    sentence: "Every change to ERROR comes with a byte in Data_Out.",
    instead: "The BMC writes a byte to Data_Out with the change to ERROR, so that OBF becomes 1.",
    observable: true,
    automaton: (context) =>
      context.head.taps.bmc ? new ErrorWithByte(context) : new ErrorSeenBare(context),
  },
  {
    id: "KCS-27",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.14",
    sentence: "A BMC that aborts a transfer in progress goes to ERROR, not to IDLE.",
    instead: "The BMC sets ERROR, and stays there until the host has asked why, or begins anew.",
    observable: true,
    automaton: ({ report }) => ({
      step: (step) => {
        const writing = step.from === BmcState.Start || step.from === BmcState.Data;
        if (step.command || !writing || step.bits !== Phase.Idle) return;
        report(`the BMC went to IDLE as it took ${hex(step.value)} ${bmcStateText(step.from)}`);
      },
      change: (change) => {
        if (change.to !== Phase.Idle || !inTransfer(change.state)) return;
        if (change.state === BmcState.Reading && change.outputs === 0) return;
        report(`the BMC went to IDLE ${bmcStateText(change.state)}`);
      },
    }),
  },
  {
    id: "KCS-31",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §9.11, §9.15",
    sentence: "The BMC sets the state bits first, then Data_Out.",
    instead:
      "The BMC sets the state that goes with the byte, and then writes the byte to Data_Out.",
    observable: true,
    automaton: ({ report }) => ({
      change: (change) => {
        if (change.outputs === 0 || !continues(change)) return;
        const went = `${bitsText(change.from)} became ${bitsText(change.to)}`;
        report(`${went} after the byte was given, ${bmcStateText(change.state)}`);
      },
    }),
  },
];

function inTransfer(state: BmcState): boolean {
  return state >= BmcState.Start && state <= BmcState.Reading;
}

/** The change is one that belongs here, if only it had come in time. */
function continues({ to, state }: StateChange): boolean {
  const aborts = state === BmcState.Abort || state === BmcState.AbortRead;
  switch (to) {
    case Phase.Write:
      return aborts || inTransfer(state);
    case Phase.Read:
      return aborts || state === BmcState.Executing;
    case Phase.Idle:
      return aborts || state === BmcState.Reading;
    default:
      return false;
  }
}

/** All ones: nobody drives the bus. */
const NOBODY = 0xff;

class ErrorAfterReset extends RuleAutomaton<KcsContext> {
  since = "";
  shown = false;
  /** As its status was told last: what does not change is not told again. */
  bits = -1;

  bmcLife({ what, text }: On<"bmcLife">): void {
    if (what === "power-on" || (what === "reset" && text !== "warm")) {
      this.since = what;
      this.shown = this.bits === Phase.Error;
    }
  }

  bmcStatus({ status }: On<"bmcStatus">): void {
    this.bits = status >> 6;
    if (this.bits === Phase.Error) this.shown = true;
  }

  hostStatus({ value }: HostRead): void {
    if (this.since === "") return;
    if (value >> 6 === Phase.Error) this.shown = true;
    // One that is not back yet, or that the wire hides, may look like anything.
    const hidden = this.bmc.away || this.faults.wireActive || value === NOBODY;
    if (this.head.taps.bmc && (this.shown || hidden)) return;
    this.#judge();
  }

  bmcRead(): void {
    this.#judge();
  }

  #judge(): void {
    // A virtual BMC that was never off has no such moment; what it shows at first is a note.
    if (this.since !== "" && !this.shown) {
      const what = `after the ${this.since} ERROR was not shown`;
      this.report(what, this.head.taps.bmc ? undefined : "note");
    }
    this.since = "";
  }
}

class AbortEndsInIdle extends RuleAutomaton<KcsContext> {
  /** The host broke its abort off, by a code that is none, or is out of place. */
  spoilt = false;

  step({ command, value, from, bits }: Step): void {
    const aborts = from === BmcState.Abort || from === BmcState.AbortRead;
    if (command) {
      const legal = value === Control.GetStatusAbort || value === Control.WriteStart;
      this.spoilt = aborts && !legal;
    }
    if (command || bits === -1) return;
    if (from === BmcState.Abort && bits !== Phase.Read && !this.spoilt) {
      this.report(`${bitsText(bits)} was shown, not READ, as the status code was due`);
    }
    if (from !== BmcState.AbortRead || bits === Phase.Idle || this.spoilt) return;
    // Whether a byte other than READ is an error here the specification does not say.
    if (value !== Control.Read && bits === Phase.Error) return;
    this.report(`${bitsText(bits)} was shown, not IDLE, after the status code was taken`);
  }

  change({ state, to }: StateChange): void {
    const aborts = state === BmcState.Abort || state === BmcState.AbortRead;
    if (!aborts || this.spoilt || to !== Phase.Error) return;
    this.report(`ERROR came up ${bmcStateText(state)}`);
  }
}

/** How long the dummy byte may be seen to be missing before it is held to be so. */
const DUMMY_WAIT_US = 1_000;

class IdleThenDummy extends RuleAutomaton<KcsContext> {
  due = false;
  missing = false;
  /** The response at hand, as the application handed it in; undefined: not known. */
  handed: Uint8Array | undefined;

  bmcRequest(): void {
    this.handed = undefined;
  }

  bmcResponse({ tag, message }: On<"bmcResponse">): void {
    this.handed = tag === this.bmc.exchange.tag ? message : undefined;
  }

  hostWriteCommand(): void {
    this.missing = this.due && this.#seenMissing();
  }

  hostWriteData(): void {
    this.missing = this.due && this.#seenMissing();
  }

  step(step: Step): void {
    if (this.due && step.outputs === 0 && (this.head.taps.bmc || this.missing)) {
      this.report("no dummy byte came after the response's end");
    }
    this.due = step.to === BmcState.Idle && step.from === BmcState.Reading;
    this.due ||= step.to === BmcState.Idle && step.from === BmcState.AbortRead;
    if (step.command || step.from !== BmcState.Reading) return;
    const stays = step.bits === Phase.Read && this.#isGiven(step);
    if (step.bits === Phase.Write || stays) {
      this.report(`READ was taken with ${bitsText(step.bits)} shown`);
    }
  }

  change(change: StateChange): void {
    if (change.state === BmcState.Idle) this.due = false;
    if (change.state !== BmcState.Reading || change.outputs > 0) return;
    if (change.to === Phase.Idle) this.report("IDLE came up only after READ had been taken");
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (!beginsAnew(what)) return;
    this.due = false;
    this.handed = undefined;
  }

  /** READ was written for more than the whole response. Where it is another, so is its end. */
  #isGiven({ value }: Step): boolean {
    if (value !== Control.Read || this.handed === undefined) return false;
    return this.bmc.exchange.response.equals(this.handed);
  }

  #seenMissing(): boolean {
    if (this.head.taps.bmc) return true;
    return (
      this.host.idleSinceUs !== -1 &&
      this.host.lastAccessUs - this.host.idleSinceUs >= DUMMY_WAIT_US
    );
  }
}

class ErrorWithByte extends RuleAutomaton<KcsContext> {
  pending = false;
  reads = 0;

  bmcStatus({ status }: On<"bmcStatus">): void {
    const bits = status >> 6;
    if (this.pending && bits !== Phase.Error) {
      this.report(`ERROR became ${bitsText(bits)} and no byte was given`);
      this.pending = false;
    } else if (bits === Phase.Error && this.bmc.bits !== Phase.Error && this.bmc.bits !== -1) {
      this.pending = true;
      this.reads = (status & Status.Ibf) !== 0 ? 1 : 0;
    }
  }

  // The byte that waited as ERROR was set may be taken before the byte is given.
  bmcRead(): void {
    if (!this.pending) return;
    if (this.reads === 0) {
      this.report("the next byte was taken and none was given");
      this.pending = false;
    }
    this.reads--;
  }

  bmcWrite(): void {
    this.pending = false;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.pending = false;
  }

  end(): void {
    if (this.pending) this.report("ERROR was shown to the end and no byte was given");
  }
}

/** How long ERROR with OBF=0 must last to be told from one that is just coming up. */
const BARE_ERROR_US = 1_000_000;

/**
 * From the host's side a BMC in reset, which may show a bare ERROR, looks the same: a note.
 */
class ErrorSeenBare extends RuleAutomaton<KcsContext> {
  sinceUs = -1;

  hostStatus(event: HostRead): void {
    const bare =
      event.value >> 6 === Phase.Error && (event.value & (Status.Obf | Status.Ibf)) === 0;
    const entered = this.host.status !== -1 && this.host.bits !== Phase.Error;
    if (!bare || this.faults.wireActive) this.sinceUs = -1;
    else if (entered) this.sinceUs = event.t;
    else if (this.sinceUs !== -1 && event.t - this.sinceUs >= BARE_ERROR_US) {
      this.report(`ERROR was shown with OBF=0 for ${seconds(event.t - this.sinceUs)}`, "note");
      this.sinceUs = -1;
    }
  }

  hostWriteCommand(): void {
    this.sinceUs = -1;
  }

  hostWriteData(): void {
    this.sinceUs = -1;
  }
}
