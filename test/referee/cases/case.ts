import type { Promises, TransportKind } from "../../../src/trace/head.ts";
import type { Faces, Script } from "../script.ts";

/** One trace, and whether it breaks the rule. */
export interface Case {
  readonly name: string;
  readonly script: Script;
  readonly faces?: Faces;
  /** The match's interface; KCS when left out. */
  readonly interface?: TransportKind;
  /** Who the host is; our own stack when left out. */
  readonly host?: string;
  /** The rule is reported as a note. */
  readonly note?: true;
  /** It is found, and is the wire's doing. */
  readonly wire?: true;
  readonly promises?: Partial<Promises>;
}

/** For each rule, traces that break it and traces that come near but do not. */
export type RuleCases = Readonly<
  Record<string, { readonly fires: readonly Case[]; readonly silent: readonly Case[] }>
>;
