import { Bmc } from "../bmc/model.ts";
import { Referee } from "../referee/referee.ts";
import type { Verdict } from "../referee/verdict.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { VirtualTime } from "../time/virtual.ts";
import type { TraceHead } from "../trace/head.ts";
import { Tracer, type TraceSink } from "../trace/tracer.ts";
import type { HostWire, InterfaceOn } from "../wire/interface.ts";
import { bmcOptions } from "./bmc-options.ts";
import { Course } from "./course.ts";
import { type LabWire, type LabWireParts, layOut } from "./wires/index.ts";

/** What the second interface shares with the first. */
export interface Shared extends Pick<LabWireParts, "labLane" | "halt"> {
  readonly time: VirtualTime;
  readonly head: TraceHead;
  /** Of the first interface's sinks those that take the second's events, too. */
  readonly sinks: readonly TraceSink[];
  /** False: nobody judges. */
  readonly referee: boolean;
}

/**
 * Another interface of the same host, with a right BMC of its own behind it. A trace is of one wire,
 * and that is the first's: what happens here is judged while it happens, by the same rules, but it is
 * not written down.
 */
export class SecondInterface {
  readonly kind: InterfaceOn<"registers">;
  readonly tracer: Tracer;
  private readonly _wire: LabWire;
  private readonly _bmc: Bmc;
  private readonly _referee: Referee | undefined;

  constructor(scenario: Scenario, kind: InterfaceOn<"registers">, shared: Shared) {
    const { time, labLane, halt, head, sinks, referee } = shared;
    // It is told nothing of what the first's BMC and wire are like.
    const { bmc: _bmc, faults: _faults, spacing: _spacing, ...rest } = scenario;
    const own: Scenario = { ...rest, interface: kind };
    this.kind = kind;
    const course = new Course(0, own);
    const bmcLane = time.lane("second bmc", { mayLag: true });
    this.tracer = new Tracer(() => time.nowUs);
    const parts = { scenario: own, course, time, bmcLane, labLane, halt, numbersTransfers: true };
    this._wire = layOut({ ...parts, tracer: this.tracer });
    const options = bmcOptions({}, this._wire.systemInterface, course);
    this._bmc = new Bmc(this._wire.device, bmcLane, this.tracer, options);
    this._referee = referee ? new Referee({ ...head, interface: kind, bmc: "model" }) : undefined;
    if (this._referee !== undefined) this.tracer.attach(this._referee);
    for (const sink of sinks) this.tracer.attach(sink);
  }

  get wire(): HostWire {
    return this._wire.host;
  }

  powerOn(): void {
    this._bmc.powerOn();
  }

  /** What was found here, when the match is over; undefined when nobody judged. */
  get verdict(): Verdict | undefined {
    return this._referee?.verdict();
  }
}
