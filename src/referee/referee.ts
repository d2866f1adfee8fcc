import { assert } from "../assert.ts";
import type { TraceEvent } from "../trace/events.ts";
import type { InterfaceKind } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { type BtListener, BtWatcher } from "./bt/watcher.ts";
import { call, Dispatch } from "./dispatch.ts";
import { FaultBook } from "./injected-faults.ts";
import type { BmcListener } from "./kcs/bmc-view.ts";
import { KcsWatcher } from "./kcs/watcher.ts";
import type { Watcher, WireListener } from "./observer.ts";
import type { Severity } from "./party.ts";
import type { Context, RefereeHead, Rule, Views } from "./rule.ts";
import { rules } from "./rulebook.ts";
import type { SmicBmcListener } from "./smic/bmc-view.ts";
import { SmicWatcher } from "./smic/watcher.ts";
import type { BmcBusListener } from "./ssif/bmc-view.ts";
import type { HostBusListener } from "./ssif/host-view.ts";
import { SsifWatcher } from "./ssif/watcher.ts";
import { Findings, fault, type Verdict } from "./verdict.ts";

/** Judges a match while it happens, or afterwards: it takes the events in order. */
export class Referee implements TraceSink {
  readonly #head: RefereeHead;
  readonly #findings = new Findings();
  readonly #faults = new FaultBook();
  readonly #views: Views;
  readonly #watcher: Watcher;
  readonly #on: Dispatch;
  #n = 0;
  #t = 0;
  #events = 0;
  #transactions = 0;
  #ended = false;

  constructor(head: RefereeHead, book: readonly Rule[] = rules) {
    this.#head = head;
    const kcs = new KcsWatcher(this.#listener(), head.taps, this.#faults);
    const smic = new SmicWatcher(this.#listener(), head.taps, this.#faults);
    const bt = new BtWatcher(this.#listener(), head.taps, this.#faults);
    const ssif = new SsifWatcher(this.#listener(), head.taps, this.#faults);
    this.#views = { kcs, smic, bt, ssif };
    const watchers: Readonly<Partial<Record<InterfaceKind, Watcher>>> = { kcs, smic, bt, ssif };
    const watcher = watchers[head.interface];
    assert(watcher !== undefined, "the interface is one that the referee can follow");
    this.#watcher = watcher;
    this.#on = new Dispatch(book, head, (rule) => this.#context(rule));
  }

  event(event: TraceEvent): void {
    this.#n = event.n;
    this.#t = event.t;
    this.#events++;
    switch (event.e) {
      case "host.read":
        call(this.#on.hostRead, event);
        call(event.reg === "data" ? this.#on.hostData : this.#on.hostStatus, event);
        break;
      case "host.write":
        call(this.#on.hostWrite, event);
        call(event.reg === "data" ? this.#on.hostWriteData : this.#on.hostWriteCommand, event);
        break;
      case "bmc.read":
        call(this.#on.bmcRead, event);
        break;
      case "bmc.write":
        call(this.#on.bmcWrite, event);
        break;
      case "bmc.status":
        call(this.#on.bmcStatus, event);
        break;
      case "bmc.code":
        call(this.#on.bmcCode, event);
        break;
      case "host.bus":
        call(this.#on.hostBus, event);
        break;
      case "bmc.bus":
        call(this.#on.bmcBus, event);
        break;
      default:
        this.#rare(event);
        return;
    }
    this.#watcher.event(event);
  }

  /** What can be said of the trace so far; final after its `end` event. */
  verdict(): Verdict {
    const violations = this.#findings.violations;
    return {
      fault: fault(violations),
      violations,
      notes: this.#findings.notes,
      rulesChecked: this.#on.active,
      transactions: this.#transactions,
      events: this.#events,
      ended: this.#ended,
    };
  }

  #rare(event: TraceEvent): void {
    switch (event.e) {
      case "irq":
        call(this.#on.irq, event);
        return;
      case "bmc.alert":
        call(this.#on.bmcAlert, event);
        return;
      case "request":
        call(this.#on.request, event);
        return;
      case "refused":
        call(this.#on.refused, event);
        return;
      case "send":
        call(this.#on.send, event);
        return;
      case "received":
        call(this.#on.received, event);
        return;
      case "answer":
        call(this.#on.answer, event);
        return;
      case "host":
        if (event.what === "start" || event.what === "inserted") this.#watcher.hostRestarts();
        call(this.#on.hostLife, event);
        return;
      case "run":
        call(this.#on.run, event);
        return;
      case "bmc.request":
        this.#watcher.requestRead(event.tag, event.message);
        call(this.#on.bmcRequest, event);
        return;
      case "bmc.response":
        call(this.#on.bmcResponse, event);
        return;
      case "bmc.refused":
        call(this.#on.bmcRefused, event);
        return;
      case "bmc":
        this.#bmcLife(event.what);
        call(this.#on.bmcLife, event);
        return;
      case "fault":
        this.#faults.event(event);
        if (event.on === "wire") this.#watcher.blur();
        return;
      case "guest":
        call(this.#on.guest, event);
        return;
      case "end":
        this.#ended = true;
        call(this.#on.end, event);
        return;
      default:
        return;
    }
  }

  /** What the views tell, for those rules that asked. */
  #listener(): WireListener &
    BmcListener &
    SmicBmcListener &
    BtListener &
    HostBusListener &
    BmcBusListener {
    const { taps } = this.#head;
    return {
      transfer: (transfer) => {
        if (transfer.complete && !transfer.again) this.#transactions++;
        call(this.#on.transfer, transfer);
      },
      exchange: (exchange) => {
        if (!taps.host && exchange.complete) this.#transactions++;
        call(this.#on.exchange, exchange);
      },
      step: (step) => call(this.#on.step, step),
      change: (change) => call(this.#on.change, change),
      output: (output) => call(this.#on.output, output),
      handshake: (handshake) => call(this.#on.handshake, handshake),
      offered: (frame) => call(this.#on.offered, frame),
      fetched: (frame) => call(this.#on.fetched, frame),
      given: (frame) => call(this.#on.given, frame),
      hostBlock: (block) => call(this.#on.hostBlock, block),
      bmcBlock: (block) => call(this.#on.bmcBlock, block),
      alertResponse: (value) => call(this.#on.alertResponse, value),
      inputStuck: (us) => call(this.#on.inputStuck, us),
      pause: (us) => call(this.#on.pause, us),
      trespass: () => call(this.#on.trespass, undefined),
      recovery: () => call(this.#on.recovery, undefined),
    };
  }

  /** A BMC that resets owes nothing to the transfer that it was in. */
  #bmcLife(what: Extract<TraceEvent, { e: "bmc" }>["what"]): void {
    if (what === "power-on" || what === "reset" || what === "away") {
      this.#watcher.bmcForgets();
      this.#watcher.bmc.away = true;
    } else if (what === "up") {
      this.#watcher.bmc.away = false;
    }
  }

  #context(rule: Rule): Context {
    return {
      head: this.#head,
      host: this.#watcher.host,
      bmc: this.#watcher.bmc,
      views: this.#views,
      faults: this.#faults,
      report: (detail: string, severity: Severity = rule.severity, sinceUs = this.#t) => {
        const transfer = this.#head.taps.host
          ? this.#watcher.host.transfer.serial
          : this.#watcher.bmc.exchange.serial;
        this.#findings.add({
          rule,
          severity,
          seat: this.#head[rule.party],
          detail,
          place: { n: this.#n, t: this.#t, sinceUs, transfer },
          orders: () => this.#faults.orders(rule.party),
        });
      },
    };
  }
}
