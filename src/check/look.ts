import type { InterfaceKind } from "../wire/interface.ts";
import type { Grade } from "./grade.ts";

/** What is said of a BMC in a case. */
export interface Remark {
  readonly grade: Grade;
  readonly text: string;
  /** The referee's rule, where it is the referee who says so. */
  readonly rule?: string;
  /** The sections of the specification that the remark is about. */
  readonly section?: string;
  /** The number of the trace's event at which the referee saw it first, be it in another case. */
  readonly event?: number;
  /** How often, when more than once. */
  readonly times?: number;
}

/** What the BMC claims of itself somewhere, and what it answers when it is asked for that. */
export interface Claim {
  readonly what: string;
  /** Where it is claimed. */
  readonly by: string;
  readonly claimed: string;
  readonly answered: string;
  readonly agrees: boolean;
}

/** What a case sees with its own eyes. The referee says the rest. */
export class Look {
  readonly interface: InterfaceKind | undefined;
  readonly remarks: Remark[] = [];
  readonly claims: Claim[] = [];

  /** Undefined where the interface is not ours to see, as behind a kernel's device file. */
  constructor(kind: InterfaceKind | undefined) {
    this.interface = kind;
  }

  violates(section: string, text: string): void {
    this.remarks.push({ grade: "violates", text, section });
  }

  tolerable(section: string, text: string): void {
    this.remarks.push({ grade: "tolerable", text, section });
  }

  notClaimed(text: string): void {
    this.remarks.push({ grade: "not claimed", text });
  }

  inconclusive(text: string): void {
    this.remarks.push({ grade: "inconclusive", text });
  }

  claim(claim: Claim): void {
    this.claims.push(claim);
  }
}
