import { Status } from "../../wire/kcs/protocol.ts";
import { SmicFlag } from "../../wire/smic/protocol.ts";
import type { On } from "../automaton.ts";
import { OUR_OWN } from "../common/our-own.ts";
import { givesUp } from "../common/waiting.ts";
import { Few } from "../few.ts";
import type { CheckedRule, Context } from "../rule.ts";
import { RuleAutomaton } from "../rule-automaton.ts";
import { transferText } from "../text.ts";
import type { Transfer } from "../transfer.ts";

/** How a request that went wrong is begun again, whatever was wrong, and that it is said. */
export const beginsAgain: readonly CheckedRule[] = [
  {
    id: "STACK-41",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "A transfer that is begun again without a word from above is a recovery, is told of as one, and " +
      "so is counted.",
    instead: "The stack tells of the recovery, and counts it, before it begins again.",
    observable: true,
    automaton: (context) => (context.head.host === OUR_OWN ? new TellsRecoveries(context) : {}),
  },
  {
    id: "STACK-42",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "On registers a request that goes wrong is begun again at once, and then with pauses that " +
      "double up to 200 ms: a BMC in disorder is not stormed.",
    instead: "The stack begins again at once the first time, and then after pauses that double.",
    observable: true,
    automaton: (context) => {
      const { host, interface: on } = context.head;
      return host === OUR_OWN && (on === "kcs" || on === "smic") ? new Pauses(context) : {};
    },
  },
  {
    id: "STACK-48",
    party: "host",
    severity: "violation",
    section: "promise of the stack",
    sentence:
      "On registers what the BMC can take is tried: no recovery follows upon another, and no request fails, " +
      "with nothing written to a BMC that could take it each time that the host looked.",
    instead: "The stack writes the next byte that the BMC can take before it calls the try failed.",
    observable: true,
    automaton: (context) => {
      const { host, interface: on } = context.head;
      const busy = host === OUR_OWN ? BUSY[on] : undefined;
      return busy === undefined ? {} : new Recovers(context, busy);
    },
  },
];

/** Where a BMC says that it can take nothing. On BT and SSIF one recovery may overtake another. */
const BUSY: Readonly<Record<string, Busy>> = {
  kcs: { reg: "status", bit: Status.Ibf },
  smic: { reg: "flags", bit: SmicFlag.Busy },
};

interface Busy {
  readonly reg: string;
  readonly bit: number;
}

/** What ends all that the interface was at: whoever comes next begins anew. */
const ENDS: ReadonlySet<string> = new Set([
  ...["start", "inserted", "removed", "shutdown", "down", "panic"],
]);

/** By the host's own face, and by the stack's word of what it sends: no fault of the wire is in either. */
class TellsRecoveries extends RuleAutomaton {
  /** The requests that are open: when each was sent last, and when its last transfer began. */
  readonly sent = new Few<{ readonly us: number; beganUs: number }>();
  recoveredUs = -1;
  panicked = false;

  send({ id, t }: On<"send">): void {
    this.sent.delete(id);
    if (!this.panicked) this.sent.set(id, { us: t, beganUs: -1 });
  }

  received({ id }: On<"received">): void {
    this.sent.delete(id);
  }

  answer({ id }: On<"answer">): void {
    this.sent.delete(id);
  }

  transfer(transfer: Transfer): void {
    const { tag, startUs, again } = transfer;
    const sent = this.sent.get(tag);
    // What is sent once more from above may end the transfer before.
    if (sent === undefined || again || startUs < sent.us) return;
    const { beganUs } = sent;
    sent.beganUs = startUs;
    if (beganUs === -1 || this.recoveredUs >= beganUs) return;
    this.report(`${transferText(transfer)} was begun again, and no recovery was told of`);
  }

  hostLife({ what, t }: On<"hostLife">): void {
    if (what === "recovery") this.recoveredUs = t;
    if (!ENDS.has(what)) return;
    this.sent.clear();
    this.panicked = what === "panic";
  }
}

/** By the host's own face: what it reads there is what it goes by, whatever the wire did to it. */
class Recovers extends RuleAutomaton {
  readonly busy: Busy;
  /** A recovery was told of, and nothing was written since, nor sent from above. */
  told = false;
  /** So often the BMC could have taken something since, and whether it could not once. */
  looks = 0;
  full = false;
  /** The request that was sent last, while nothing was written for it; -1 something was. */
  sent = -1;
  sentLooks = 0;

  constructor(context: Context, busy: Busy) {
    super(context);
    this.busy = busy;
  }

  hostRead({ reg, value }: On<"hostRead">): void {
    if (reg !== this.busy.reg) return;
    if ((value & this.busy.bit) === 0) {
      this.looks++;
      this.sentLooks++;
      return;
    }
    this.full = true;
    this.sent = -1;
  }

  hostWrite(): void {
    this.told = false;
    this.sent = -1;
  }

  send({ id }: On<"send">): void {
    this.told = false;
    this.sent = id;
    this.sentLooks = 0;
  }

  answer(answer: On<"answer">): void {
    this.told = false;
    if (answer.id !== this.sent) return;
    this.sent = -1;
    if (!givesUp(answer) || this.sentLooks === 0) return;
    this.report("a request failed, and nothing was written to a BMC that could take it");
  }

  hostLife({ what }: On<"hostLife">): void {
    const idle = this.told && this.looks > 0 && !this.full;
    if (what === "recovery" && idle) {
      this.report("a recovery was told of, and nothing was written to a BMC that could take it");
    }
    this.told = what === "recovery";
    this.looks = 0;
    this.full = false;
    if (ENDS.has(what)) this.sent = -1;
  }
}

/** With the stack's pauses ten tries go in a second. */
const TRIES_MAX = 16;
const WITHIN_US = 1_000_000;

class Pauses extends RuleAutomaton {
  tag = 0;
  /** When the request's last tries began. */
  starts: number[] = [];

  transfer({ tag, startUs, serial }: Transfer): void {
    if (tag === 0) return;
    if (tag !== this.tag) this.#next(tag);
    this.starts.push(startUs);
    const [first] = this.starts;
    if (this.starts.length <= TRIES_MAX || first === undefined) return;
    this.starts.shift();
    if (startUs - first >= WITHIN_US) return;
    this.report(`a request was begun ${TRIES_MAX} times within a second, up to transfer ${serial}`);
    this.starts = [];
  }

  send(): void {
    this.starts = [];
  }

  hostLife({ what }: On<"hostLife">): void {
    if (ENDS.has(what)) this.#next(0);
  }

  #next(tag: number): void {
    this.tag = tag;
    this.starts = [];
  }
}
