import type { TraceEvent } from "../../trace/events.ts";
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
  readonly #taps: Taps;
  readonly #faults: InjectedFaults;

  constructor(topics: CommonTopics & SmicTopics, taps: Taps, faults: InjectedFaults) {
    this.#taps = taps;
    this.#faults = faults;
    this.bmc = new BmcView(topics);
    this.host = new HostView(topics, taps.bmc ? undefined : this.bmc, faults);
  }

  event(event: TraceEvent): void {
    switch (event.e) {
      case "host.read":
        if (event.reg === "flags") this.host.readFlags(event.value, event.t);
        else if (event.reg === "control") this.host.readStatus(event.value, event.t);
        else this.host.readData(event.value, event.t);
        return;
      case "host.write":
        if (event.reg === "flags") this.#writeFlags(event.value, event.t);
        else if (event.reg === "control") {
          this.host.writeControl(event.value, event.tag, event.t);
        } else this.host.writeData(event.value, event.t);
        return;
      case "bmc.read":
        if (event.command) this.bmc.take(event.value, 0);
        else this.bmc.takeData(event.value);
        return;
      case "bmc.write":
        this.bmc.giveData(event.value);
        return;
      case "bmc.code":
        this.bmc.giveCode(event.value);
        return;
      case "bmc.status":
        this.bmc.show(event.status, event.t);
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

  /** What a fault of the wire does not keep from the BMC, sets BUSY there. */
  #writeFlags(value: number, nowUs: number): void {
    this.host.writeFlags(value, nowUs);
    const sets = (value & SmicFlag.Busy) !== 0 && !this.#faults.wireActive;
    if (sets && this.#taps.bmc) this.bmc.busy = true;
  }
}

/** What an automaton of a SMIC rule gets to know. */
export type SmicContext = ContextOf<SmicObserver>;
type SmicEvents = EventsOf<SmicTopics>;
export type SmicAutomaton = Automaton & Handlers<SmicEvents>;
export type SmicRule = RuleOf<SmicObserver, SmicEvents>;
