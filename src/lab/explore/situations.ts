import { isBmcAccess, isHostAccess } from "../../trace/event-names.ts";
import type { AccessBy, FaultEvent, TraceEvent } from "../../trace/events.ts";
import { isMap, type TreeMap, treeOf } from "./tree.ts";

/** Accesses are told apart one by one up to here, then in ever wider steps. */
const ACCESSES_MAX = 100;
/** So many requests that wait are many. */
const WAITING_MAX = 2;

/**
 * Tells what host, wire and BMC are at when an event happens, as far as the trace shows it: what the
 * event is, how far into which transfer it falls, how many wait, what came before, what acts.
 * Events of one situation are alike, not the same: the numbers, the times and the data of messages
 * differ, who waits for what, and how much of the workload is still to come.
 */
export class Situations {
  private readonly _numbers = new Map<string, number>();
  private readonly _waiting = new Set<number>();
  /** The faults that act, by name: what each acts on, and how. */
  private readonly _acting = new Map<string, string>();
  private _setting = "";
  private _request = "";
  private _last = "";
  private _host = "";
  private _bmc = "";
  private _accesses = 0;
  /** How often in a row a register was read and showed the same. */
  private _looks = 0;
  private _seen = "";

  /** A run of this scenario begins. Runs with other BMCs or other wires have other situations. */
  begin(scenario: string): void {
    this._setting = settingOf(treeOf(scenario));
    this._waiting.clear();
    this._acting.clear();
    this._last = "";
    this._host = "";
    this._bmc = "";
    this._seen = "";
    this.#begin("");
  }

  /** The number of the situation in which the event happens. */
  of(event: TraceEvent): number {
    this.#take(event);
    const key = [
      this._setting,
      kindOf(event),
      this._request,
      stepOf(this._accesses),
      this._looks === 0 ? 0 : 1 + Math.floor(Math.log2(this._looks) / 2),
      Math.min(this._waiting.size, WAITING_MAX),
      this._host,
      this._bmc,
      [...new Set(this._acting.values())].sort().join(),
      this._last,
    ].join("|");
    const known = this._numbers.get(key);
    if (known !== undefined) return known;
    this._numbers.set(key, this._numbers.size);
    return this._numbers.size - 1;
  }

  #take(event: TraceEvent): void {
    if (isHostAccess(event)) return this.#access(event);
    if (isBmcAccess(event)) this._looks = 0;
    switch (event.e) {
      case "send":
        this.#begin(`${event.message[0]} ${event.message[1]}`);
        return;
      case "received":
        this._last = `bmc ${event.message[2]}`;
        this.#begin("");
        return;
      case "request":
        this._waiting.add(event.id);
        return;
      case "answer":
        if (event.maker !== "bmc") this._last = `${event.maker} ${event.cc}`;
        this._waiting.delete(event.id);
        return;
      case "refused":
        this._waiting.delete(event.id);
        return;
      case "host":
        this._host = event.what;
        return;
      case "bmc":
        this._bmc = `${event.what} ${event.flags}`;
        return;
      case "fault":
        return this.#fault(event);
      default:
        return;
    }
  }

  #fault(event: FaultEvent): void {
    if (event.what === "fires") this._acting.set(event.name, sortOf(event));
    else this._acting.delete(event.name);
  }

  #begin(request: string): void {
    this._request = request;
    this._accesses = 0;
    this._looks = 0;
  }

  /** A look that shows what the look before it showed is no step of the transfer. */
  #access(event: AccessBy<"host">): void {
    const looked = event.e === "host.read" ? `${event.reg} ${event.value}` : "";
    this._looks = looked !== "" && looked === this._seen ? this._looks + 1 : 0;
    this._seen = looked;
    if (this._looks === 0) this._accesses++;
  }
}

/** Of a BMC, what the trace shows by itself as soon as it matters. */
const SHOWN_BY_THE_TRACE: ReadonlySet<string> = new Set([
  ...["input-latency", "command-latency", "boot", "boot-look"],
  ...["firmware", "manufacturer", "product"],
]);

/** What a host and a BMC are like before anything happens. */
function settingOf(scenario: TreeMap): string {
  const { bmc } = scenario;
  const odd = isMap(bmc) ? Object.entries(bmc).filter(([key]) => !SHOWN_BY_THE_TRACE.has(key)) : [];
  const { interface: kind = "kcs", spacing = "1", host = {} } = scenario;
  return JSON.stringify([kind, spacing, host, odd]);
}

/** What the event is, without what differs from one transfer of its sort to the next. */
function kindOf(event: TraceEvent): string {
  switch (event.e) {
    case "host.read":
      return event.reg === "data" ? "host.read" : `host.read ${event.reg} ${event.value}`;
    case "host.write":
      return `host.write ${event.reg}`;
    case "host.bus":
    case "bmc.bus":
      return `${event.e} ${event.op} ${event.outcome}`;
    case "bmc.status":
      return `bmc.status ${event.status}`;
    case "irq":
      return `irq ${event.level}`;
    case "run":
      return `run ${event.on} ${event.cause}`;
    case "answer":
      return `answer ${event.maker} ${event.cc}`;
    case "fault":
      return `fault ${sortOf(event)} ${event.what}`;
    case "delivered":
      return `delivered ${event.what}`;
    default:
      return event.e;
  }
}

/** `wire corrupt`, `bmc reset`: the same action with other figures is a fault of the same sort. */
function sortOf({ on, text }: FaultEvent): string {
  return `${on} ${text.split(" ", 1)[0]}`;
}

function stepOf(accesses: number): number {
  if (accesses <= ACCESSES_MAX) return accesses;
  return ACCESSES_MAX + Math.floor(2 * Math.log2(accesses / ACCESSES_MAX));
}
