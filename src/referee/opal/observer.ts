import type { CommonTopics } from "../automaton.ts";
import type { EventsOf } from "../dispatch.ts";
import type { InjectedFaults } from "../injected-faults.ts";
import type { Observer } from "../observer.ts";
import type { RuleOf } from "../protocol.ts";
import { OpalView } from "./view.ts";

/** Follows both parties by the host's calls of the firmware. */
export class OpalObserver implements Observer {
  readonly host: OpalView;
  readonly bmc: OpalView;

  constructor(topics: CommonTopics, faults: InjectedFaults) {
    this.host = new OpalView(topics, faults);
    this.bmc = this.host;
  }

  follow(topics: CommonTopics): void {
    topics.hostSend.listen((event) => this.host.sends(event));
    topics.hostRecv.listen((event) => this.host.receives(event));
  }

  requestRead(tag: number): void {
    this.bmc.exchange.tag = tag;
  }

  hostRestarts(): void {
    this.host.forget();
  }

  bmcForgets(): void {
    this.bmc.forget();
  }

  /** No fault of a wire lies between a call and what it returns. */
  blur(): void {}
}

/** OPAL has no events but the common ones. */
export const opalTopics = () => ({});
export type OpalRule = RuleOf<OpalObserver, EventsOf<ReturnType<typeof opalTopics>>>;
