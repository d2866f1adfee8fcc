import type { TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { Status } from "../wire/kcs/protocol.ts";
import { BmcView } from "./bmc-view.ts";
import { call, Dispatch } from "./dispatch.ts";
import { FaultBook } from "./fault-book.ts";
import { HostView } from "./host-view.ts";
import type { Context, RefereeHead, Rule, Severity } from "./rule.ts";
import { rules } from "./rules/index.ts";
import { Findings, fault, type Verdict } from "./verdict.ts";

/** Judges a match while it happens, or afterwards: it takes the events in order. */
export class Referee implements TraceSink {
  readonly #head: RefereeHead;
  readonly #findings = new Findings();
  readonly #faults = new FaultBook();
  readonly #bmc: BmcView;
  readonly #host: HostView;
  readonly #on: Dispatch;
  #n = 0;
  #t = 0;
  #events = 0;
  #transactions = 0;
  #ended = false;

  constructor(head: RefereeHead, book: readonly Rule[] = rules) {
    this.#head = head;
    this.#bmc = new BmcView({
      step: (step) => call(this.#on.step, step),
      change: (change) => call(this.#on.change, change),
      output: (output) => call(this.#on.output, output),
      exchange: (exchange) => {
        if (!head.taps.host && exchange.complete) this.#transactions++;
        call(this.#on.exchange, exchange);
      },
    });
    const mirror = head.taps.bmc ? undefined : this.#bmc;
    this.#host = new HostView(
      {
        transfer: (transfer) => {
          if (transfer.complete) this.#transactions++;
          call(this.#on.transfer, transfer);
        },
        inputStuck: (us) => call(this.#on.inputStuck, us),
        pause: (us) => call(this.#on.pause, us),
        trespass: () => call(this.#on.trespass, undefined),
      },
      mirror,
      this.#faults,
    );
    this.#on = new Dispatch(book, head.taps, (rule) => this.#context(rule));
  }

  event(event: TraceEvent): void {
    this.#n = event.n;
    this.#t = event.t;
    this.#events++;
    switch (event.e) {
      case "host.read":
        if (event.reg === "status") {
          call(this.#on.hostStatus, event);
          this.#host.readStatus(event.value, event.t);
        } else {
          call(this.#on.hostData, event);
          this.#host.readData(event.value, event.t);
        }
        return;
      case "host.write":
        call(event.reg === "data" ? this.#on.hostWriteData : this.#on.hostWriteCommand, event);
        this.#host.write(event.reg === "command", event.value, event.tag, event.t);
        return;
      case "bmc.read":
        call(this.#on.bmcRead, event);
        this.#bmc.input(event.command, event.value, this.#bmc.status, event.t, 0);
        return;
      case "bmc.write":
        call(this.#on.bmcWrite, event);
        this.#bmc.give(event.value, false);
        return;
      case "bmc.status":
        call(this.#on.bmcStatus, event);
        if ((event.status & Status.Ibf) === 0) this.#bmc.seen(event.status, event.t);
        else this.#bmc.status = event.status;
        return;
      default:
        this.#rare(event);
    }
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
        if (event.what === "start" || event.what === "inserted") this.#host.restart();
        call(this.#on.hostLife, event);
        return;
      case "run":
        call(this.#on.run, event);
        return;
      case "bmc.request":
        this.#bmc.exchange.tag = event.tag;
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
        if (event.on === "wire") this.#host.blur();
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

  /** A BMC that resets owes nothing to the transfer that it was in. */
  #bmcLife(what: Extract<TraceEvent, { e: "bmc" }>["what"]): void {
    if (what === "power-on" || what === "reset" || what === "away") {
      this.#bmc.forget();
      this.#bmc.away = true;
    } else if (what === "up") {
      this.#bmc.away = false;
    }
  }

  #context(rule: Rule): Context {
    return {
      head: this.#head,
      host: this.#host,
      bmc: this.#bmc,
      faults: this.#faults,
      report: (detail: string, severity: Severity = rule.severity, sinceUs = this.#t) => {
        const transfer = this.#head.taps.host
          ? this.#host.transfer.serial
          : this.#bmc.exchange.serial;
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
