import type { Taps } from "../../trace/head.ts";
import { Status } from "../../wire/kcs/protocol.ts";
import type { Automaton, CommonTopics } from "../automaton.ts";
import type { EventsOf, Handlers } from "../dispatch.ts";
import type { InjectedFaults } from "../injected-faults.ts";
import type { Observer } from "../observer.ts";
import type { ContextOf, RuleOf } from "../protocol.ts";
import { BmcView, type KcsTopics } from "./bmc-view.ts";
import { HostView } from "./host-view.ts";

/** Follows KCS by both faces, or the BMC by what the host saw where its own face is not tapped. */
export class KcsObserver implements Observer {
  readonly host: HostView;
  readonly bmc: BmcView;

  constructor(topics: CommonTopics & KcsTopics, taps: Taps, faults: InjectedFaults) {
    this.bmc = new BmcView(topics);
    this.host = new HostView(topics, taps.bmc ? undefined : this.bmc, faults);
  }

  follow(topics: CommonTopics): void {
    const { host, bmc } = this;
    topics.hostStatus.listen(({ value, t }) => host.readStatus(value, t));
    topics.hostData.listen(({ value, t }) => host.readData(value, t));
    topics.hostWriteCommand.listen(({ value, tag, t }) => host.write(true, value, tag, t));
    topics.hostWriteData.listen(({ value, tag, t }) => host.write(false, value, tag, t));
    topics.bmcRead.listen(({ command, value, t }) => bmc.input(command, value, bmc.status, t, 0));
    topics.bmcWrite.listen(({ value }) => bmc.give(value, false));
    topics.bmcStatus.listen(({ status, t }) => {
      if ((status & Status.Ibf) === 0) bmc.seen(status, t);
      else bmc.status = status;
    });
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
}

/** What an automaton of a KCS rule gets to know. */
export type KcsContext = ContextOf<KcsObserver>;
type KcsEvents = EventsOf<KcsTopics>;
export type KcsAutomaton = Automaton & Handlers<KcsEvents>;
export type KcsRule = RuleOf<KcsObserver, KcsEvents>;
