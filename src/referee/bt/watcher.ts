import type { TraceEvent } from "../../trace/events.ts";
import type { Taps } from "../../trace/head.ts";
import type { FaultBook } from "../injected-faults.ts";
import type { Watcher, WireListener } from "../observer.ts";
import { type BmcListener, BmcView } from "./bmc-view.ts";
import { type HostListener, HostView } from "./host-view.ts";

/** What BT's views tell. */
export type BtListener = WireListener & HostListener & BmcListener;

/** Follows BT by both faces, or the BMC by what the host saw where its own face is not tapped. */
export class BtWatcher implements Watcher {
  readonly host: HostView;
  readonly bmc: BmcView;
  readonly #faults: FaultBook;

  constructor(listener: BtListener, taps: Taps, faults: FaultBook) {
    this.#faults = faults;
    this.bmc = new BmcView(listener);
    this.host = new HostView(listener, taps.bmc ? undefined : this.bmc, faults);
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
    this.host.writeControl(bits, tag, nowUs);
    if (!this.#faults.wireActive) this.bmc.hostWrote(bits);
  }
}
