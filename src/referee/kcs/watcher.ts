import type { TraceEvent } from "../../trace/events.ts";
import type { Taps } from "../../trace/head.ts";
import { Status } from "../../wire/kcs/protocol.ts";
import type { FaultBook } from "../injected-faults.ts";
import type { Watcher, WireListener } from "../observer.ts";
import { type BmcListener, BmcView } from "./bmc-view.ts";
import { HostView } from "./host-view.ts";

/** Follows KCS by both faces, or the BMC by what the host saw where its own face is not tapped. */
export class KcsWatcher implements Watcher {
  readonly host: HostView;
  readonly bmc: BmcView;

  constructor(listener: WireListener & BmcListener, taps: Taps, faults: FaultBook) {
    this.bmc = new BmcView(listener);
    this.host = new HostView(listener, taps.bmc ? undefined : this.bmc, faults);
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
