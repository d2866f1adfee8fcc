import type { Taps } from "../../trace/head.ts";
import { SmicFlag } from "../../wire/smic/protocol.ts";
import type { Automaton, CommonTopics } from "../automaton.ts";
import type { EventsOf, Handlers } from "../dispatch.ts";
import type { InjectedFaults } from "../injected-faults.ts";
import type { Observer } from "../observer.ts";
import type { ContextOf, RuleOf } from "../protocol.ts";
import { BmcView, type SmicTopics } from "./bmc-view.ts";
import { HostView } from "./host-view.ts";

/** Follows SMIC by both faces, or the BMC by what the host saw where its own face is not tapped. */
export class SmicObserver implements Observer {
  readonly host: HostView;
  readonly bmc: BmcView;
  private readonly _taps: Taps;
  private readonly _faults: InjectedFaults;

  constructor(topics: CommonTopics & SmicTopics, taps: Taps, faults: InjectedFaults) {
    this._taps = taps;
    this._faults = faults;
    this.bmc = new BmcView(topics);
    this.host = new HostView(topics, taps.bmc ? undefined : this.bmc, faults);
  }

  follow(topics: CommonTopics): void {
    const { host, bmc } = this;
    topics.hostFlags.listen(({ value, t }) => host.readFlags(value, t));
    topics.hostControl.listen(({ value, t }) => host.readStatus(value, t));
    topics.hostData.listen(({ value, t }) => host.readData(value, t));
    topics.hostWriteFlags.listen(({ value, t }) => this.#writeFlags(value, t));
    topics.hostWriteControl.listen(({ value, tag, t }) => host.writeControl(value, tag, t));
    topics.hostWriteData.listen(({ value, t }) => host.writeData(value, t));
    topics.bmcRead.listen(({ command, value }) => {
      if (command) bmc.take(value, 0);
      else bmc.takeData(value);
    });
    topics.bmcWrite.listen(({ value }) => bmc.giveData(value));
    topics.bmcCode.listen(({ value }) => bmc.giveCode(value));
    topics.bmcStatus.listen(({ status, t }) => bmc.show(status, t));
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
    this.host.blur();
  }

  /** What a fault of the wire does not keep from the BMC, sets BUSY there. */
  #writeFlags(value: number, nowUs: number): void {
    this.host.writeFlags(value, nowUs);
    const sets = (value & SmicFlag.Busy) !== 0 && !this._faults.wireActive;
    if (sets && this._taps.bmc) this.bmc.busy = true;
  }
}

/** What an automaton of a SMIC rule gets to know. */
export type SmicContext = ContextOf<SmicObserver>;
type SmicEvents = EventsOf<SmicTopics>;
export type SmicAutomaton = Automaton & Handlers<SmicEvents>;
export type SmicRule = RuleOf<SmicObserver, SmicEvents>;
