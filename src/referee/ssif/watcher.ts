import type { TraceEvent } from "../../trace/events.ts";
import type { Taps } from "../../trace/head.ts";
import type { FaultBook } from "../injected-faults.ts";
import type { Watcher } from "../observer.ts";
import { type BmcBusListener, BmcView } from "./bmc-view.ts";
import { type HostBusListener, HostView } from "./host-view.ts";

/** Follows SSIF by both faces, or the BMC by what the host saw where its own face is not tapped. */
export class SsifWatcher implements Watcher {
  readonly host: HostView;
  readonly bmc: BmcView;
  readonly #mirrors: boolean;
  readonly #faults: FaultBook;

  constructor(listener: HostBusListener & BmcBusListener, taps: Taps, faults: FaultBook) {
    this.bmc = new BmcView(listener);
    this.host = new HostView(listener, faults);
    this.#mirrors = !taps.bmc;
    this.#faults = faults;
  }

  event(event: TraceEvent): void {
    if (event.e === "bmc.bus") {
      this.bmc.step(event.op, event.value, event.outcome, event.t, 0);
      return;
    }
    if (event.e !== "host.bus") return;
    const { op, value, outcome, t, tag } = event;
    if (this.#mirrors && this.#faults.wireActive) this.bmc.forget();
    // What the BMC owed comes before what the host then did.
    else if (this.#mirrors) this.bmc.step(op, value, outcome, t, tag);
    this.host.step(op, value, outcome, t, tag);
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
    if (this.#mirrors) this.bmc.forget();
  }
}
