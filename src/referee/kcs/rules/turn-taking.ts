import { Control, Phase, Status } from "../../../wire/kcs/protocol.ts";
import type { HostRead, HostWrite, On } from "../../automaton.ts";
import { KnowsBusy } from "../../messages/busy.ts";
import { RuleAutomaton } from "../../rule-automaton.ts";
import { beginsAnew, hex } from "../../text.ts";
import { HOST_WAIT_US } from "../../transfer.ts";
import { HostPhase, type HostView } from "../host-view.ts";
import type { KcsContext, KcsRule } from "../observer.ts";
import { bitsText, writtenText } from "../text.ts";

/** How the host takes turns with the BMC at the registers. */
export const turnTaking: readonly KcsRule[] = [
  {
    id: "KCS-01",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.8",
    sentence: "The host writes to Command only while IBF is 0.",
    instead: "The host reads Status until IBF is 0, and only then writes to Command.",
    observable: true,
    automaton: (context) => new OnlyWhileEmpty(context, "command"),
  },
  {
    id: "KCS-02",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.9",
    sentence: "The host writes to Data_In only while IBF is 0.",
    instead: "The host reads Status until IBF is 0, and only then writes to Data_In.",
    observable: true,
    automaton: (context) => new OnlyWhileEmpty(context, "data"),
  },
  {
    id: "KCS-03",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.9",
    sentence: "The host takes a byte from Data_Out only while OBF is 1.",
    instead: "The host reads Status until OBF is 1, and only then reads Data_Out.",
    observable: true,
    automaton: (context) => new TakesFromFull(context),
  },
  {
    id: "KCS-04",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.8, §9.10",
    sentence: "Only GET_STATUS/ABORT, WRITE_START and WRITE_END go to Command.",
    instead: "The host writes 60h, 61h or 62h to Command, and every other byte to Data_In.",
    observable: true,
    automaton: (context) => new OnlyControlCodes(context),
  },
  {
    id: "KCS-05",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.10, §9.15",
    sentence: "In the read phase nothing but READ goes to Data_In.",
    instead:
      "The host writes READ (68h) for the next byte, or GET_STATUS/ABORT to Command if it wants " +
      "no more.",
    observable: true,
    automaton: ({ host, report }) => ({
      hostWriteData: (event) => {
        if (host.phase === HostPhase.Read && event.value !== Control.Read) {
          report(`${hex(event.value)} was written to Data_In in the read phase`);
        }
        if (host.phase === HostPhase.Abort && event.value !== 0) {
          report(`${hex(event.value)} was written where 00h follows GET_STATUS/ABORT`, "note");
        }
        if (host.phase === HostPhase.AbortRead && event.value !== Control.Read) {
          report(`${hex(event.value)} was written where READ ends GET_STATUS/ABORT`, "note");
        }
      },
    }),
  },
  {
    id: "KCS-08",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.7, §9.15",
    sentence:
      "After each write the host waits for IBF=0 and looks at the state bits before it goes on.",
    instead:
      "The host reads Status until IBF is 0, sees that the state is the one that is due, and " +
      "goes on.",
    observable: true,
    automaton: (context) => new LooksFirst(context),
  },
  {
    id: "KCS-09",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §9.15",
    sentence: "The host clears OBF before WRITE_START and after each byte of the write phase.",
    instead: "The host reads Data_Out, which clears OBF, and then writes.",
    observable: true,
    automaton: ({ host, report }) => {
      const check = (event: HostWrite): void => {
        if (host.status === -1 || !host.fresh || host.dataTaken) return;
        if ((host.status & Status.Obf) === 0) return;
        const starts = event.reg === "command" && event.value === Control.WriteStart;
        const writes = host.phase >= HostPhase.Start && host.phase <= HostPhase.End;
        const aborts = event.reg === "command" && event.value === Control.GetStatusAbort;
        if (!starts && (!writes || aborts)) return;
        report(`OBF was 1 as the host wrote ${writtenText(event)} ${host.place}`);
      };
      return { hostWriteCommand: check, hostWriteData: check };
    },
  },
];

/**
 * What the host saw decides; where it did not look, the BMC's own face tells. Out of an IBF that
 * never falls the specification names no way: to try the abort after the wait is a note.
 */
class OnlyWhileEmpty extends RuleAutomaton<KcsContext> {
  readonly register: HostWrite["reg"];
  taken = true;

  constructor(context: KcsContext, register: "command" | "data") {
    super(context);
    this.register = register;
  }

  hostWriteCommand(event: HostWrite): void {
    if (this.register === "command") this.#check(event);
    this.taken = false;
  }

  hostWriteData(event: HostWrite): void {
    if (this.register === "data") this.#check(event);
    this.taken = false;
  }

  bmcRead(): void {
    this.taken = true;
  }

  bmcLife({ what }: On<"bmcLife">): void {
    if (beginsAnew(what)) this.taken = true;
  }

  #check({ reg, value, t }: HostWrite): void {
    const { host, head, faults } = this;
    const saw = host.fresh && host.status !== -1 && (host.status & Status.Ibf) !== 0;
    const blind = !host.fresh && head.taps.bmc && !this.taken && !faults.wireActive;
    if (!saw && !blind) return;
    const why = saw ? "it had read a status with IBF=1" : "the BMC had not taken the byte before";
    const waited = saw && t - host.lastWriteUs >= HOST_WAIT_US;
    const wayOut = waited && reg === "command" && restarts(value);
    this.report(
      `the host wrote ${writtenText({ reg, value })} though ${why}`,
      wayOut ? "note" : undefined,
    );
  }
}

/** The control codes that are legal in every state. */
function restarts(value: number): boolean {
  return value === Control.WriteStart || value === Control.GetStatusAbort;
}

/** A kernel that looks for the register spacing writes to what may be Command, once, at first. */
class OnlyControlCodes extends RuleAutomaton<KcsContext> {
  probing = true;
  /** What it looked with, until the next write to Command: who writes data after it did not look. */
  probe = -1;
  probedUs = 0;

  hostWriteCommand({ value, t }: HostWrite): void {
    this.probe = -1;
    if (value === Control.WriteStart) this.probing = false;
    if (restarts(value) || value === Control.WriteEnd) return;
    const where = this.probing ? "before the first transfer" : this.host.place;
    this.report(`${hex(value)} was written to Command ${where}`, this.probing ? "note" : undefined);
    if (!this.probing) return;
    this.probe = value;
    this.probedUs = t;
  }

  hostWriteData(): void {
    if (this.probe === -1) return;
    const said = `${hex(this.probe)} was written to Command where a transfer was begun`;
    this.report(said, undefined, this.probedUs);
    this.probe = -1;
  }

  hostLife({ what }: On<"hostLife">): void {
    if (what === "start" || what === "inserted") this.probing = true;
  }
}

/**
 * Who goes on when a host's patience is over has no response to go on with, and whose silence that was
 * GEN-02 says. When a BMC still carries out what was given up before, it is nobody's.
 */
abstract class PatienceOver extends KnowsBusy<KcsContext> {
  protected severityAt(nowUs: number): "note" | undefined {
    const { host, bmc } = this;
    const waited = host.waitsUs(nowUs) >= HOST_WAIT_US;
    return waited && this.busyUs(bmc.exchange) > 0 ? "note" : undefined;
  }
}

class TakesFromFull extends PatienceOver {
  hostData({ t }: HostRead): void {
    const { host } = this;
    if (host.status === -1) return;
    const full = (host.status & Status.Obf) !== 0;
    if (full && !host.dataTaken) return;
    const seen = host.dataTaken ? "it had read the byte already" : "OBF was 0";
    // Harmless, and a driver in wide use does it at this place.
    const harmless = host.phase === HostPhase.Start && !host.dataTaken;
    const severity = harmless ? "note" : this.severityAt(t);
    this.report(`Data_Out was read ${host.place} though ${seen}`, severity);
  }
}

class LooksFirst extends PatienceOver {
  hostWriteCommand(event: HostWrite): void {
    this.#look(event);
  }

  hostWriteData(event: HostWrite): void {
    this.#look(event);
  }

  #look(event: HostWrite): void {
    const { host } = this;
    if (host.status === -1 && host.fresh) return;
    if (!host.fresh) {
      this.report(`${this.#wrote(event)} without a look at the status after its last write`);
      return;
    }
    if (event.reg === "command" && restarts(event.value)) return;
    const needed = neededBits(host);
    // ERROR is for KCS-12: there the host knows that the transfer failed.
    if (needed === -1 || host.bits === Phase.Error) return;
    if (host.bits !== needed) {
      this.report(`${this.#wrote(event)} though the state was ${bitsText(host.bits)}`);
    } else if (needed === Phase.Read && !host.byteTaken) {
      const severity = this.severityAt(event.t);
      this.report(`${this.#wrote(event)} without having taken a byte from Data_Out`, severity);
    }
  }

  #wrote(event: HostWrite): string {
    return `the host wrote ${writtenText(event)} ${this.host.place}`;
  }
}

/** The state bits without which the host may not go on; -1 where any will do. */
function neededBits(host: HostView): number {
  switch (host.phase) {
    case HostPhase.Start:
    case HostPhase.Data:
    case HostPhase.End:
      return Phase.Write;
    case HostPhase.Read:
    case HostPhase.AbortRead:
      return Phase.Read;
    case HostPhase.Idle:
    case HostPhase.Abort:
    case HostPhase.AbortEnd:
      return -1;
  }
}
