import { commandName } from "../../ipmi/command-table.ts";
import type { On } from "../automaton.ts";
import { COMES_NEW } from "../common/new-host.ts";
import type { CheckedRule, Context } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { hex, sameBytes, seconds } from "../text.ts";
import type { Transfer } from "../transfer.ts";
import { Barred } from "./traffic.ts";

const PROMISED = {
  party: "host",
  severity: "violation",
  section: "promise of the executor",
  needs: ["host-interface"],
  observable: true,
} as const;

/** What the executor promises that runs between a kernel that crashed and the next. @see docs/crash.md */
export const betweenKernels: readonly CheckedRule[] = [
  {
    ...PROMISED,
    id: "CRASH-01",
    sentence: "What takes the wire over between two kernels has handed it on within its time.",
    instead: "The executor ends with what it has, and hands on, before its time is over.",
    automaton: (context) => new EndsInTime(context),
  },
  {
    ...PROMISED,
    id: "CRASH-02",
    sentence:
      "It touches a register only while it has the wire, and leaves the interrupt's enable as it was.",
    instead:
      "The executor touches registers only between taking over and handing on, and leaves the " +
      "interrupt's enable alone.",
    automaton: (context) => new KeepsToItsOwn(context),
  },
  {
    ...PROMISED,
    id: "CRASH-03",
    sentence:
      "A command that must not be carried out twice it does not send again once the BMC may have it whole.",
    instead: "The executor notes that the command was sent, and goes on to the next one.",
    automaton: (context) => (context.head.taps.host ? new SendsOnce(context) : {}),
  },
  {
    ...PROMISED,
    id: "CRASH-04",
    sentence: "What it notes of a command for the next kernel is what the wire showed.",
    instead: "The executor notes the completion code that came over the wire, or that none came.",
    automaton: (context) => (context.head.taps.host ? new NotesTheTruth(context) : {}),
  },
];

/** Between two looks at the time a request and a response of 255 bytes may be moved. */
const LOOKS_APART_US = 1_000;

class EndsInTime extends RuleAutomaton {
  sinceUs = 0;
  /** How long it has the wire at the most; infinite when nobody has it, or nobody said. */
  mostUs = Number.POSITIVE_INFINITY;

  hostLife({ what, text, t }: On<"hostLife">): void {
    if (what !== "handed-on" && !COMES_NEW.has(what)) return;
    this.#judge(t);
    this.sinceUs = t;
    this.mostUs = what === "taken-over" ? timeIn(text) : Number.POSITIVE_INFINITY;
  }

  end({ t }: On<"end">): void {
    this.#judge(t);
  }

  #judge(nowUs: number): void {
    const us = nowUs - this.sinceUs;
    if (us <= this.mostUs + LOOKS_APART_US) return;
    const said = `the wire was not handed on for ${seconds(us)}, and ${seconds(this.mostUs)} were given`;
    this.report(said, undefined, this.sinceUs);
    this.mostUs = Number.POSITIVE_INFINITY;
  }
}

/** As `taken-over` says it: `2000000 us`. */
function timeIn(text: string): number {
  const [, us] = /^(\d+) us$/.exec(text) ?? [];
  return us === undefined ? Number.POSITIVE_INFINITY : Number(us);
}

class KeepsToItsOwn extends Barred {
  has = false;

  constructor(context: Context) {
    super(context, {
      from: ["handed-on"],
      until: ["taken-over", "start", "inserted"],
      where: "after the wire was handed on",
    });
  }

  override hostLife(event: On<"hostLife">): void {
    super.hostLife(event);
    const { what } = event;
    if (what === "handed-on" || COMES_NEW.has(what)) this.has = what === "taken-over";
  }

  hostWriteMask({ value }: On<"hostWriteMask">): void {
    if (this.has) this.report(`${hex(value)} was written to INTMASK between two kernels`);
  }
}

/** More commands, in all their tries, no executor has room to note. */
const TRIES_MAX = 256;

/** A request that was handed over whole, and what came of it as far as it is known. */
interface Try {
  readonly serial: number;
  readonly message: Uint8Array;
  /** The host's accesses when it was. */
  readonly accesses: number;
  /** The completion code of a response of its own; -1 none was read. */
  cc: number;
  /** All of a response was read, before so many looks that it may have been given up. */
  complete: boolean;
}

/**
 * Who looks so often for a response gives it up somewhere: what is read of it then is cleared away, as the
 * next command takes the wire over.
 */
const LOOKS_MAX = 200;

/** Follows what is sent from the taking over on, and hears what is noted of it in the end. */
abstract class FollowsTries extends RuleAutomaton {
  readonly tries: Try[] = [];
  readonly notes: On<"noted">[] = [];
  /** Requests whose last byte the BMC did not acknowledge: it may have them. */
  readonly unsure: Uint8Array[] = [];
  has = false;

  hostLife({ what }: On<"hostLife">): void {
    if (what === "handed-on" && this.has) this.judge();
    if (what !== "handed-on" && !COMES_NEW.has(what)) return;
    this.has = what === "taken-over";
    this.tries.length = 0;
    this.notes.length = 0;
    this.unsure.length = 0;
  }

  sentWhole(transfer: Transfer): void {
    if (!this.has || this.tries.length === TRIES_MAX) return;
    const { serial, request } = transfer;
    const { accesses } = this.host;
    this.tries.push({ serial, message: request.copy(), accesses, cc: -1, complete: false });
  }

  transfer(transfer: Transfer): void {
    if (this.has) this.#came(transfer);
  }

  noted(event: On<"noted">): void {
    if (!this.has) return;
    // Whose end is not waited for is not told of either.
    this.#came(this.host.transfer);
    this.notes.push(event);
  }

  protected abstract judge(): void;

  protected triesOf({ message }: On<"noted">): readonly Try[] {
    return this.tries.filter((each) => sameBytes(each.message, message));
  }

  protected notesOf({ message }: On<"noted">): number {
    return this.notes.filter((each) => sameBytes(each.message, message)).length;
  }

  #came(transfer: Transfer): void {
    const one = this.tries.find(({ serial }) => serial === transfer.serial);
    if (one === undefined) {
      const bus = this.head.interface === "ssif" && !transfer.sent;
      if (bus && this.unsure.length < TRIES_MAX) this.unsure.push(transfer.request.copy());
      return;
    }
    if (transfer.responded) one.cc = transfer.cc;
    const looks = this.host.accesses - one.accesses;
    one.complete = transfer.complete && (one.complete || looks <= LOOKS_MAX);
  }
}

class SendsOnce extends FollowsTries {
  protected judge(): void {
    for (const [index, note] of this.notes.entries()) {
      const times = this.triesOf(note).length;
      const first = this.notes.findIndex((each) => sameBytes(each.message, note.message));
      if (!note.once || index !== first || times <= this.notesOf(note)) continue;
      this.report(`${nameOf(note)} was sent ${times} times`);
    }
  }
}

class NotesTheTruth extends FollowsTries {
  protected judge(): void {
    if (this.tries.length === TRIES_MAX) return;
    for (const note of this.notes) {
      const why = this.#lie(note);
      if (why !== "") this.report(`${nameOf(note)} was noted as ${note.outcome}, and ${why}`);
    }
  }

  #lie(note: On<"noted">): string {
    const tries = this.triesOf(note);
    if (note.outcome === "answered") {
      return tries.some(({ cc }) => cc === note.cc) ? "" : `no response said ${hex(note.cc)}`;
    }
    // Of two that are alike nobody can tell which is meant.
    if (this.notesOf(note) > 1) return "";
    const last = tries.at(-1);
    if (last === undefined) {
      const unsure = this.unsure.some((each) => sameBytes(each, note.message));
      return note.outcome === "not-answered" && !unsure ? "it was never sent whole" : "";
    }
    if (note.outcome === "not-taken" || note.outcome === "not-mapped") return "it was sent whole";
    // On BT an answer may be read away that comes when the command was given up.
    if (this.head.interface === "bt") return "";
    return last.complete && last.cc !== -1 ? `a response said ${hex(last.cc)}` : "";
  }
}

function nameOf({ message }: On<"noted">): string {
  return commandName((message[0] ?? 0) >> 2, message[1] ?? 0);
}
