import type { TraceEvent } from "../../trace/events.ts";
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

  event(event: TraceEvent): void {
    switch (event.e) {
      case "host.read":
        if (event.reg === "status") this.host.readStatus(event.value, event.t);
        else this.host.readData(event.value, event.t);
        return;
      case "host.write":
        this.host.write(event.reg === "command", event.value, event.tag, event.t);
        return;
      case "bmc.read":
        this.bmc.input(event.command, event.value, this.bmc.status, event.t, 0);
        return;
      case "bmc.write":
        this.bmc.give(event.value, false);
        return;
      case "bmc.status":
        if ((event.status & Status.Ibf) === 0) this.bmc.seen(event.status, event.t);
        else this.bmc.status = event.status;
        return;
      default:
        return;
    }
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
