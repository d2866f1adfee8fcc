import type { Taps } from "../../trace/head.ts";
import type { Automaton, CommonTopics, On } from "../automaton.ts";
import type { EventsOf, Handlers } from "../dispatch.ts";
import type { InjectedFaults } from "../injected-faults.ts";
import type { Observer } from "../observer.ts";
import type { ContextOf, RuleOf } from "../protocol.ts";
import { BmcView } from "./bmc-view.ts";
import { HostView } from "./host-view.ts";
import type { SsifTopics } from "./topics.ts";

/** Follows SSIF by both faces, or the BMC by what the host saw where its own face is not tapped. */
export class SsifObserver implements Observer {
  readonly host: HostView;
  readonly bmc: BmcView;
  private readonly _mirrors: boolean;
  private readonly _faults: InjectedFaults;

  constructor(topics: CommonTopics & SsifTopics, taps: Taps, faults: InjectedFaults) {
    this.bmc = new BmcView(topics);
    this.host = new HostView(topics, faults);
    this._mirrors = !taps.bmc;
    this._faults = faults;
  }

  follow(topics: CommonTopics): void {
    topics.hostBus.listen((event) => this.#hostSteps(event));
    topics.bmcBus.listen(({ op, value, outcome, t }) => this.bmc.step(op, value, outcome, t, 0));
  }

  requestRead(tag: number): void {
    this.bmc.exchange.tag = tag;
  }

  hostRestarts(): void {
    this.host.restart();
  }

  bmcForgets(): void {
    this.bmc.forget();
  }

  blur(): void {
    if (this._mirrors) this.bmc.forget();
  }

  #hostSteps({ op, value, outcome, t, tag }: On<"hostBus">): void {
    if (this._mirrors && this._faults.wireActive) this.bmc.forget();
    // What the BMC owed comes before what the host then did.
    else if (this._mirrors) this.bmc.step(op, value, outcome, t, tag);
    this.host.step(op, value, outcome, t, tag);
  }
}

/** What an automaton of an SSIF rule gets to know. */
export type SsifContext = ContextOf<SsifObserver>;
type SsifEvents = EventsOf<SsifTopics>;
export type SsifAutomaton = Automaton & Handlers<SsifEvents>;
export type SsifRule = RuleOf<SsifObserver, SsifEvents>;
