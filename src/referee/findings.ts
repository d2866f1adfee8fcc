import type { Party, Severity } from "./party.ts";
import { isPromise, type Rule } from "./rule.ts";
import type { Finding } from "./verdict.ts";

interface Entry {
  readonly rule: Rule;
  readonly finding: Omit<Finding, "count" | "follows">;
  readonly place: Place;
  /** The breach that was known by then and explains this one. */
  readonly cause: Entry | undefined;
  count: number;
}

/** Where in the trace the referee is. */
export interface Place {
  readonly n: number;
  readonly t: number;
  readonly sinceUs: number;
  /** The number of the transfer on the wire. */
  readonly transfer: number;
  /** When the time began that the report is about. */
  readonly startUs: number;
}

interface Report {
  readonly rule: Rule;
  readonly severity: Severity;
  /** As the verdict shows it. */
  readonly section: string;
  readonly seat: string;
  readonly detail: string;
  readonly place: Place;
  readonly orders: () => string[];
  readonly wire: readonly string[];
  readonly unless: readonly string[];
}

/** A rule's breach of late. */
interface Latest {
  readonly entry: Entry;
  readonly place: Place;
}

/**
 * Gathers what the automata report, in the order in which things began to go wrong. Each rule is
 * listed at its first breach; as a note, as the wire's doing, and as a mere consequence, it is listed
 * apart. A breach follows from another one
 *
 * - on the wire, by the *other* party, that began earlier in the same transfer: who is handed a broken
 *   protocol cannot be held to its next step;
 * - by the *same* party, in the time that it is about, if its own rule `shows` an effect only, and the
 *   other's names a deed: one misdeed is one accusation;
 * - by the BMC, in that time, if it is a promise of the host's that `presumes` a right BMC. All other
 *   promises follow from nothing of the BMC's, since they hold whatever it does.
 */
export class Findings {
  private readonly _violations: Entry[] = [];
  private readonly _notes: Entry[] = [];
  private readonly _byRule = new Map<string, Entry>();
  /** By the rule's id, its last breach that is a party's. */
  private readonly _latest = new Map<string, Latest>();
  /** Each party's last breach on the wire. */
  private readonly _last: Record<Party, Latest | undefined> = { host: undefined, bmc: undefined };

  add(report: Report): void {
    const { rule, severity, place, wire } = report;
    const counts = severity === "violation" && wire.length === 0;
    const cause = counts ? this.#cause(rule, place) : undefined;
    const key = `${rule.id} ${severity} ${cause === undefined} ${wire.length === 0}`;
    const known = this._byRule.get(key);
    if (known !== undefined) known.count++;
    const entry = known ?? entryOf(report, cause);
    if (known === undefined) {
      (severity === "violation" ? this._violations : this._notes).push(entry);
      this._byRule.set(key, entry);
    }
    if (!counts) return;
    this._latest.set(rule.id, { entry, place });
    if (!isPromise(rule)) this._last[rule.party] = { entry, place };
  }

  /** How many there are, violations and notes. */
  get count(): number {
    return this._violations.length + this._notes.length;
  }

  get violations(): Finding[] {
    const entries = inOrder(this._violations);
    const causes = new Map(entries.map((each) => [each, this.#laterCause(each) ?? each.cause]));
    for (const entry of entries) unwind(entry, causes);
    const listed = causesFirst(entries, causes);
    return listed.map((entry) => {
      const cause = causes.get(entry);
      const follows = cause === undefined ? null : listed.indexOf(cause);
      return { ...entry.finding, count: entry.count, follows };
    });
  }

  get notes(): Finding[] {
    return inOrder(this._notes).map(({ finding, count }) => ({ ...finding, count, follows: null }));
  }

  #cause(rule: Rule, place: Place): Entry | undefined {
    return this.#byOther(rule, place) ?? this.#explained(rule, place);
  }

  #byOther(rule: Rule, place: Place): Entry | undefined {
    if (isPromise(rule)) return undefined;
    const last = this._last[rule.party === "host" ? "bmc" : "host"];
    if (last?.place.transfer !== place.transfer) return undefined;
    // What began before the other's breach does not follow from it.
    return last.entry.place.sinceUs <= place.sinceUs ? last.entry : undefined;
  }

  #explained(rule: Rule, place: Place): Entry | undefined {
    let first: Latest | undefined;
    for (const latest of this._latest.values()) {
      if (!explains(latest.entry.rule, rule)) continue;
      if (!happensIn(latest.place, place)) continue;
      if (first === undefined || latest.place.sinceUs < first.place.sinceUs) first = latest;
    }
    return first?.entry;
  }

  /** A breach that was reported after this one, and explains it. */
  #laterCause({ rule, finding, place }: Entry): Entry | undefined {
    if (finding.wire.length > 0) return undefined;
    return this._violations.find((other) => {
      if (other.finding.wire.length > 0 || other.place.transfer !== place.transfer) return false;
      if (explains(other.rule, rule)) return other.place.sinceUs <= place.t;
      if (other.rule.party === rule.party || isPromise(other.rule) || isPromise(rule)) return false;
      return other.place.sinceUs < place.sinceUs;
    });
  }
}

function entryOf(
  { rule, section, seat, detail, place, orders, wire, unless }: Report,
  cause: Entry | undefined,
) {
  const finding = {
    rule: rule.id,
    party: rule.party,
    seat,
    section,
    sentence: rule.sentence,
    instead: rule.instead,
    n: place.n,
    t: place.t,
    since: place.sinceUs,
    detail,
    orders: orders(),
    wire,
    ...(unless.length === 0 ? {} : { unless }),
  };
  return { rule, finding, place, cause, count: 1 };
}

/** Whether a breach of the one, in the same time, explains one of the other. */
function explains(deed: Rule, other: Rule): boolean {
  if (deed.id === other.id || deed.shows === "an effect") return false;
  if (other.shows === "an effect" && deed.party === other.party) return true;
  return other.presumes === "a right BMC" && deed.party === "bmc";
}

function happensIn(earlier: Place, place: Place): boolean {
  return earlier.transfer === place.transfer || earlier.t >= place.startUs;
}

/** Takes a cause away where an entry would follow from itself: what began first follows from nothing. */
function unwind(entry: Entry, causes: Map<Entry, Entry | undefined>): void {
  const seen = new Set<Entry>();
  let at: Entry | undefined = entry;
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    at = causes.get(at);
  }
  if (at !== entry) return;
  const [first] = inOrder([...seen]);
  if (first !== undefined) causes.set(first, undefined);
}

/** In the same order, but each after what it follows from. */
function causesFirst(entries: readonly Entry[], causes: Map<Entry, Entry | undefined>): Entry[] {
  const listed: Entry[] = [];
  let left = [...entries];
  while (left.length > 0) {
    const due = left.filter((each) => {
      const cause = causes.get(each);
      return cause === undefined || listed.includes(cause);
    });
    const next = due[0];
    if (next === undefined) return [...listed, ...left];
    listed.push(next);
    left = left.filter((each) => each !== next);
  }
  return listed;
}

function inOrder(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => a.place.sinceUs - b.place.sinceUs || a.place.n - b.place.n);
}
