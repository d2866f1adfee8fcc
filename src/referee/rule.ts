import type { TraceEvent } from "../trace/events.ts";
import type { InterfaceKind, Promises, Taps } from "../trace/head.ts";
import type { BmcView as BtBmcView } from "./bt/bmc-view.ts";
import type { Frame } from "./bt/frame.ts";
import type { HostView as BtHostView } from "./bt/host-view.ts";
import type { FaultBook } from "./injected-faults.ts";
import type { BmcView, Output, StateChange, Step } from "./kcs/bmc-view.ts";
import type { HostView } from "./kcs/host-view.ts";
import type { BmcFace, HostFace } from "./observer.ts";
import type { Party, Severity } from "./party.ts";
import type { Handshake, BmcView as SmicBmcView } from "./smic/bmc-view.ts";
import type { HostView as SmicHostView } from "./smic/host-view.ts";
import type { BmcView as SsifBmcView } from "./ssif/bmc-view.ts";
import type { BusBlock } from "./ssif/bus-block.ts";
import type { HostView as SsifHostView } from "./ssif/host-view.ts";
import type { Transfer } from "./transfer.ts";

/** One clause of the specification, or one promise of the stack, as an automaton over the trace. */
export type Rule = RuleFor<Context>;
/** The same, whose automaton is told more: of one interface's protocol. */
export type RuleFor<C extends Context> = CheckedRule<C> | UnobservableRule;

interface RuleText {
  readonly id: string;
  /** Whom the rule binds. */
  readonly party: Party;
  readonly severity: Severity;
  /** A section of the specification, or "promise of the stack". */
  readonly section: string;
  /** What holds, in one sentence. */
  readonly sentence: string;
}

export interface CheckedRule<C extends Context = Context> extends RuleText {
  readonly observable: true;
  /** The interface whose matches it watches; all when left out. */
  readonly on?: InterfaceKind;
  automaton(context: C): Automaton;
}

/** A rule that no trace of one wire can show to be kept or broken. */
interface UnobservableRule extends RuleText {
  readonly observable: false;
  readonly why: string;
}

/** What the referee has to know before the first event; a `TraceHead` will do. */
export interface RefereeHead {
  readonly host: string;
  readonly bmc: string;
  readonly interface: InterfaceKind;
  readonly taps: Taps;
  readonly promises: Promises;
}

/** What an automaton gets to know and whom it tells. */
export interface Context {
  readonly head: RefereeHead;
  /** The host's doings as its face of the wire shows them. */
  readonly host: HostFace;
  /** The BMC's doings by its own face when that is tapped, else by what the host saw. */
  readonly bmc: BmcFace;
  /** The same, as the protocols' own rules need them. */
  readonly views: Views;
  readonly faults: FaultBook;
  /**
   * Reports the rule as broken by the event at hand. `sinceUs`: when that which is wrong began, if
   * it shows only now, as with a silence.
   */
  report(detail: string, severity?: Severity, sinceUs?: number): void;
}

/** Each protocol's views of both parties; those of the match's own interface are live. */
export interface Views {
  readonly kcs: { readonly host: HostView; readonly bmc: BmcView };
  readonly smic: { readonly host: SmicHostView; readonly bmc: SmicBmcView };
  readonly bt: { readonly host: BtHostView; readonly bmc: BtBmcView };
  readonly ssif: { readonly host: SsifHostView; readonly bmc: SsifBmcView };
}

type Of<E extends TraceEvent["e"], More = unknown> = Extract<TraceEvent, { readonly e: E }> & More;
export type HostRead = Of<"host.read">;
export type HostWrite = Of<"host.write">;

/**
 * Handlers by kind of event. A handler of a trace event sees the views as they were before it;
 * the derived events (`step` and on) come after the views took the event in. Objects handed to
 * derived events are reused: copy what is to be kept.
 */
export interface Automaton {
  hostRead?(event: HostRead): void;
  hostWrite?(event: HostWrite): void;
  /** Of the data register alone, and of the others alone: KCS has two. */
  hostData?(event: HostRead): void;
  hostStatus?(event: HostRead): void;
  hostWriteData?(event: HostWrite): void;
  hostWriteCommand?(event: HostWrite): void;
  irq?(event: Of<"irq">): void;
  bmcRead?(event: Of<"bmc.read">): void;
  bmcWrite?(event: Of<"bmc.write">): void;
  bmcStatus?(event: Of<"bmc.status">): void;
  bmcCode?(event: Of<"bmc.code">): void;
  hostBus?(event: Of<"host.bus">): void;
  bmcBus?(event: Of<"bmc.bus">): void;
  bmcAlert?(event: Of<"bmc.alert">): void;
  request?(event: Of<"request">): void;
  refused?(event: Of<"refused">): void;
  send?(event: Of<"send">): void;
  received?(event: Of<"received">): void;
  answer?(event: Of<"answer">): void;
  hostLife?(event: Of<"host">): void;
  run?(event: Of<"run">): void;
  bmcRequest?(event: Of<"bmc.request">): void;
  bmcResponse?(event: Of<"bmc.response">): void;
  bmcRefused?(event: Of<"bmc.refused">): void;
  bmcLife?(event: Of<"bmc">): void;
  guest?(event: Of<"guest">): void;
  end?(event: Of<"end">): void;

  /** KCS: the BMC took an input byte. */
  step?(step: Step): void;
  /** KCS: the BMC's state bits changed with no input to take. */
  change?(change: StateChange): void;
  /** KCS: the BMC gave an output byte. */
  output?(output: Output): void;
  /** SMIC: the BMC has taken a control code and cleared BUSY. */
  handshake?(handshake: Handshake): void;
  /** BT: the host set H2B_ATN over this frame; what it asks for is not open yet. */
  offered?(frame: Frame): void;
  /** BT: the host read this frame to its end; what it answers is open still. */
  fetched?(frame: Frame): void;
  /** BT: the BMC gave this frame; what it answers is open still. */
  given?(frame: Frame): void;
  /** SSIF: a block write or read, as the host's face shows it. */
  hostBlock?(block: BusBlock): void;
  /** SSIF: the same, as the face shows it by which the BMC is judged. */
  bmcBlock?(block: BusBlock): void;
  /** SSIF: the host asked who pulls the alert line, and this address byte was the answer. */
  alertResponse?(value: number): void;
  /** A request and its response, or what became of it, as the host's face shows it. */
  transfer?(transfer: Transfer): void;
  /** The same, as the face shows it by which the BMC is judged. */
  exchange?(exchange: Transfer): void;
  /** The host has seen for 5 s that its last write was not taken. Once per write. */
  inputStuck?(us: number): void;
  /** The host left a transfer untouched for 5 s or more, and has come back now. */
  pause?(us: number): void;
  /** An access by the host while the stack is quiet or down. */
  trespass?(): void;
  /** The host began its error recovery. */
  recovery?(): void;
}

/** The rule's whole text, for `baseboard rules`. */
export function explain(rule: Rule): string {
  const lines = [
    `${rule.id} (${rule.section}), binds the ${rule.party === "bmc" ? "BMC" : "host"}` +
      (rule.severity === "note" ? "; reported as a note" : ""),
    `  ${rule.sentence}`,
  ];
  if (!rule.observable) lines.push(`  Not checked: ${rule.why}`);
  return lines.join("\n");
}
