import type { InterfaceKind } from "../wire/interface.ts";
import type { Allowance, Case } from "./case.ts";
import { type Grade, worse } from "./grade.ts";
import type { Claim, Remark } from "./look.ts";

/** What came of one case. */
export interface CaseOutcome {
  readonly id: string;
  readonly section: string;
  readonly title: string;
  readonly grade: Grade;
  readonly remarks: readonly Remark[];
  /** How long it took, all rounds together, in µs. */
  readonly lengthUs: number;
  /** The numbers of its first and its last event in the trace. */
  readonly events: { readonly from: number; readonly to: number };
}

/** A case that was not done, and why. */
export interface CaseLeft {
  readonly id: string;
  readonly title: string;
  readonly why: string;
}

/** What a check comes to. */
export interface CheckResult {
  readonly outcomes: readonly CaseOutcome[];
  readonly left: readonly CaseLeft[];
  readonly claims: readonly Claim[];
  /** No answer of a BMC's came, to anything. */
  readonly unreachable: boolean;
  /** How long it took in its own time, in µs. */
  readonly lengthUs: number;
  readonly transactions: number;
  readonly events: number;
  /** Rules of a BMC that nobody can judge by what is seen there; none in the lab, which sees all. */
  readonly unseenRules: number;
  /** Rules that our own end of the wire broke; none unless the check itself is broken. */
  readonly ownFaults: readonly string[];
  /** It was stopped before all cases were done. */
  readonly interrupted: boolean;
  /** A program that played in it died: why. */
  readonly brokeOff: string | undefined;
}

/** An event of the trace, and its time in µs. */
export interface Moment {
  readonly n: number;
  readonly t: number;
}

/** What a case comes to while it is done, once or in several rounds. */
export class CaseRecord {
  readonly of: Case;
  readonly #remarks = new Map<string, Remark>();
  #from: number | undefined;
  #to = 0;
  #begunUs = 0;
  #lengthUs = 0;

  constructor(of: Case) {
    this.of = of;
  }

  begins({ n, t }: Moment): void {
    this.#from ??= n;
    this.#begunUs = t;
  }

  ends({ n, t }: Moment, remarks: readonly Remark[]): void {
    this.#to = n;
    this.#lengthUs += t - this.#begunUs;
    this.#begunUs = t;
    for (const each of remarks) this.#add(each);
  }

  /** It was begun, at least once. */
  get done(): boolean {
    return this.#from !== undefined;
  }

  get outcome(): CaseOutcome {
    const { id, section, title } = this.of;
    const remarks = [...this.#remarks.values()];
    const grade = remarks.map((each) => each.grade).reduce(worse, "conforms");
    const events = { from: this.#from ?? 0, to: this.#to };
    return { id, section, title, grade, remarks, lengthUs: this.#lengthUs, events };
  }

  /** The same thing said again is counted. */
  #add(remark: Remark): void {
    const key = remark.rule ?? `${remark.grade} ${remark.text}`;
    const known = this.#remarks.get(key);
    if (known === undefined) this.#remarks.set(key, remark);
    else {
      const times = (known.times ?? 1) + (remark.times ?? 1);
      this.#remarks.set(key, { ...known, times });
    }
  }
}

/** What decides which cases are done. */
export interface Ground {
  readonly allow: readonly Allowance[];
  /** Undefined where nobody sees it, nor the wire. */
  readonly kind: InterfaceKind | undefined;
  /** The BMC is of the machine that asks. */
  readonly ofOwnMachine: boolean;
}

/** Why a case is not done; undefined when it is. */
export function whyLeft(
  { needs, interfaces, atTheWire, maySpread }: Case,
  { allow, kind, ofOwnMachine }: Ground,
): string | undefined {
  if (kind === undefined && atTheWire === true) return "the wire is not seen: the kernel has it";
  if (interfaces !== undefined && !interfaces.some((each) => each === kind)) {
    const unseen = kind === undefined ? ", and the kernel has the interface" : "";
    return `only on ${interfaces.join(", ")}${unseen}`;
  }
  if (needs !== undefined && !allow.includes(needs)) return `needs --allow ${needs}`;
  if (maySpread !== true || !ofOwnMachine) return undefined;
  return "what it does to the system is up to its maker, and this is the system";
}
