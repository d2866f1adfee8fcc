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
  private readonly _faults: InjectedFaults;

  constructor(topics: CommonTopics & BtTopics, taps: Taps, faults: InjectedFaults) {
    this._faults = faults;
    this.bmc = new BmcView(topics);
    this.host = new HostView(topics, taps.bmc ? undefined : this.bmc, faults);
  }

  follow(topics: CommonTopics): void {
    const { host, bmc } = this;
    topics.hostControl.listen(({ value, t }) => host.readControl(value, t));
    topics.hostData.listen(({ value, t }) => host.readFifo(value, t));
    topics.hostMask.listen(({ t }) => host.writeMask(t));
    topics.hostWriteControl.listen(({ value, tag, t }) => this.#writeControl(value, tag, t));
    topics.hostWriteData.listen(({ value, t }) => host.writeFifo(value, t));
    topics.hostWriteMask.listen(({ t }) => host.writeMask(t));
    topics.bmcRead.listen(({ value, t }) => bmc.readFifo(value, t));
    topics.bmcWrite.listen(({ value }) => bmc.writeFifo(value));
    topics.bmcStatus.listen(({ status, t }) => bmc.changed(status, t));
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
    if (!this._faults.wireActive) this.bmc.hostWrote(bits, nowUs);
  }
}

/** What an automaton of a BT rule gets to know. */
export type BtContext = ContextOf<BtObserver>;
type BtEvents = EventsOf<BtTopics>;
export type BtAutomaton = Automaton & Handlers<BtEvents>;
export type BtRule = RuleOf<BtObserver, BtEvents>;
