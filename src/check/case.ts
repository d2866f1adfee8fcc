import type { Answer, RequestSpec } from "../host/index.ts";
import type { InterfaceKind } from "../wire/interface.ts";
import type { Look } from "./look.ts";

/** What a case may do beyond reading. */
export const ALLOWANCES = ["write", "erase", "reset", "power"] as const;
export type Allowance = (typeof ALLOWANCES)[number];

/** What each allowance lets a check do to the machine. */
export const ALLOWANCE_TEXT: Readonly<Record<Allowance, string>> = {
  write:
    "adds an entry to the SEL and deletes it, reserves the stores, sets an idle watchdog timer",
  erase: "erases the SEL",
  reset: "resets the BMC, warm and cold",
  power: "has the watchdog timer reset the system, and switches its power",
};

/** What a case waits for: an answer, or time. */
export type Wish =
  | { readonly kind: "ask"; readonly request: RequestSpec }
  | { readonly kind: "pause"; readonly us: number };

/** What a case does, step by step: it gets the answer to what it asked. */
export type Course<T = void> = Generator<Wish, T, Answer | undefined>;

/** One question to a BMC: data, and what is done to have it answered. */
export interface Case {
  /** Chapter and name, such as `sel/walk`. */
  readonly id: string;
  /** Of the specification. */
  readonly section: string;
  /** What a right BMC does, in one sentence. */
  readonly title: string;
  /** Reading is always allowed. */
  readonly needs?: Allowance;
  /** Where it can be asked; everywhere when left out. */
  readonly interfaces?: readonly InterfaceKind[];
  /** What it is about is seen at the wire alone. */
  readonly atTheWire?: true;
  /** It may do to the whole system what only its maker knows: it is not done from there. */
  readonly maySpread?: true;
  run(look: Look): Course;
}
