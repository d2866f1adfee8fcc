import type { TraceEvent } from "../../trace/events.ts";
import type { Taps } from "../../trace/head.ts";
import { BtControl } from "../../wire/bt/protocol.ts";
import type { Automaton, CommonTopics } from "../automaton.ts";
import type { EventsOf, Handlers } from "../dispatch.ts";
import type { InjectedFaults } from "../injected-faults.ts";
import type { Observer } from "../observer.ts";
import type { ContextOf, RuleOf } from "../protocol.ts";
import { BmcView } from "./bmc-view.ts";
import { HostView } from "./host-view.ts";
import type { BtTopics } from "./topics.ts";

/** Follows BT by both faces, or the BMC by what the host saw where its own face is not tapped. */
export class BtObserver implements Observer {
  readonly host: HostView;
  readonly bmc: BmcView;
  readonly #faults: InjectedFaults;

  constructor(topics: CommonTopics & BtTopics, taps: Taps, faults: InjectedFaults) {
    this.#faults = faults;
    this.bmc = new BmcView(topics);
    this.host = new HostView(topics, taps.bmc ? undefined : this.bmc, faults);
  }

  event(event: TraceEvent): void {
    switch (event.e) {
      case "host.read":
        if (event.reg === "control") this.host.readControl(event.value, event.t);
        else if (event.reg === "data") this.host.readFifo(event.value, event.t);
        else this.host.writeMask(event.t);
        return;
      case "host.write":
        if (event.reg === "control") this.#writeControl(event.value, event.tag, event.t);
        else if (event.reg === "data") this.host.writeFifo(event.value, event.t);
        else this.host.writeMask(event.t);
        return;
      case "bmc.read":
        this.bmc.readFifo(event.value, event.t);
        return;
      case "bmc.write":
        this.bmc.writeFifo(event.value);
        return;
      case "bmc.status":
        this.bmc.changed(event.status, event.t);
        return;
      default:
        return;
    }
  }

  requestRead(tag: number, message: Uint8Array): void {
    this.bmc.requestRead(tag, message);
  }

  hostRestarts(): void {
    this.host.restart();
  }

  bmcForgets(): void {
    this.bmc.forget();
  }

  blur(): void {
    this.host.blur();
    this.bmc.blur();
  }

  #writeControl(bits: number, tag: number, nowUs: number): void {
    if ((bits & BtControl.ClearWritePointer) !== 0) this.bmc.writtenSinceUs = nowUs;
    this.host.writeControl(bits, tag, nowUs);
    if (!this.#faults.wireActive) this.bmc.hostWrote(bits, nowUs);
  }
}

/** What an automaton of a BT rule gets to know. */
export type BtContext = ContextOf<BtObserver>;
type BtEvents = EventsOf<BtTopics>;
export type BtAutomaton = Automaton & Handlers<BtEvents>;
export type BtRule = RuleOf<BtObserver, BtEvents>;
