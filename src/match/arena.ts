import { Bmc, type BmcOptions } from "../bmc/model.ts";
import { Referee, type RefereeHead } from "../referee/index.ts";
import { interfaceOf } from "../scenario/on-interface.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { Choose, Lane } from "../time/virtual.ts";
import { VirtualTime } from "../time/virtual.ts";
import { type Promises, TRACE_FORMAT, TRACE_VERSION, type TraceHead } from "../trace/head.ts";
import { Tracer, type TraceSink } from "../trace/tracer.ts";
import type { HostWire } from "../wire/interface.ts";
import type { TransactionTags } from "../wire/registers/port.ts";
import { bmcOptions } from "./bmc-options.ts";
import { Course } from "./course.ts";
import { goAway } from "./faults/bmc-actions.ts";
import { Director } from "./faults/director.ts";
import { Halt } from "./faults/halt.ts";
import type { HostLifeline } from "./faults/host-actions.ts";
import { MessageFaults } from "./faults/message-faults.ts";
import { SecondInterface } from "./second-interface.ts";
import { type LabWire, type LabWireParts, layOut } from "./wires/index.ts";

/** What makes one match differ from another of the same scenario. */
export interface ArenaOptions {
  readonly head: TraceHead;
  /** Take what happens at the second interface, too, if there is one. */
  readonly secondSinks?: readonly TraceSink[];
  /** Take the trace, in this order, after the referee. */
  readonly sinks: readonly TraceSink[];
  /** False: nobody judges; for measurements. */
  readonly referee: boolean;
  /** The host tells whose request it sends; without, each transfer is numbered on the wire. */
  readonly hostTags: boolean;
  /** The host's timers come on ticks. */
  readonly hostTicks?: boolean;
  /** Asked whose turn it is where either may go first, in place of the seed. */
  readonly choose?: Choose | undefined;
  /** Takes the order to panic, where the host's processor is not ours to stop. */
  readonly onPanicOrdered?: ((text: string) => void) | undefined;
  /** Lays out the wire, in place of the model's. */
  readonly layOut?: ((parts: LabWireParts) => LabWire) | undefined;
}

/**
 * Everything of a match but the host: the clock, the wire with its taps and faults, the BMC, the
 * faults' director and the referee. A host plugs into `wire`, `onLine` and `hostLane`.
 */
export class Arena {
  /** The legal course that the match takes. */
  readonly course: Course;
  readonly time: VirtualTime;
  readonly hostLane: Lane;
  readonly labLane: Lane;
  readonly tracer = new Tracer(() => this.time.nowUs);
  readonly bmc: Bmc;
  readonly director: Director;
  /** Stops the host's processor, if what sits there can be stopped. */
  readonly halt: Halt;
  /** The second interface, if the scenario has one. */
  readonly second: SecondInterface | undefined;
  /** The host's life, if it is in the lab's hands. */
  host: HostLifeline | undefined;
  private readonly _bmcLane: Lane;
  private readonly _wire: LabWire;
  private readonly _referee: Referee | undefined;
  private readonly _scenario: Scenario;

  constructor(scenario: Scenario, options: ArenaOptions) {
    this._scenario = scenario;
    this.course = new Course(options.head.seed, scenario);
    this.time = new VirtualTime(options.choose ?? this.course.choose);
    this.hostLane = this.time.lane("host", { ticks: options.hostTicks ?? false });
    this.labLane = this.time.lane("lab");
    this._bmcLane = this.time.lane("bmc", { mayLag: true });
    this.halt = new Halt(this.time, this.hostLane);
    this._wire = (options.layOut ?? layOut)({
      scenario,
      course: this.course,
      time: this.time,
      bmcLane: this._bmcLane,
      labLane: this.labLane,
      tracer: this.tracer,
      halt: this.halt,
      numbersTransfers: !options.hostTags,
    });
    this.bmc = new Bmc(this._wire.device, this._bmcLane, this.tracer, this.#bmcOptions());
    const messages = new MessageFaults();
    this.bmc.daemon.interposer = messages.interposer;
    this.director = new Director(scenario.faults ?? [], {
      bmc: this.bmc,
      wire: this._wire,
      messages,
      tracer: this.tracer,
      scheduler: this.labLane,
      host: () => this.host,
      halt: haltOf(this.halt, options.onPanicOrdered),
    });
    this._referee = options.referee ? new Referee(options.head satisfies RefereeHead) : undefined;
    if (this._referee !== undefined) this.tracer.attach(this._referee);
    for (const sink of options.sinks) this.tracer.attach(sink);
    if (scenario.second !== undefined) {
      this.second = new SecondInterface(scenario, scenario.second.interface, {
        time: this.time,
        labLane: this.labLane,
        halt: this.halt,
        head: options.head,
        sinks: options.secondSinks ?? [],
        referee: options.referee,
      });
    }
    // Last, so that what it causes stands behind its cause in every book.
    if ((scenario.faults ?? []).length > 0) this.tracer.attach(this.director);
  }

  get tags(): TransactionTags {
    return this._wire.tags;
  }

  /** The host's face of the wire. */
  get wire(): HostWire {
    return this._wire.host;
  }

  get referee(): Referee | undefined {
    return this._referee;
  }

  /** The host's end of the interrupt line, behind the wire's faults. */
  onLine(changed: (level: boolean) => void): void {
    this._wire.onLine((level) => {
      this.tracer.emit({ e: "irq", level: level ? 1 : 0 });
      changed(level);
    });
  }

  /** Power comes; the faults of the very start act before the host's first access. */
  powerOn(): void {
    const look = this._scenario.bmc?.["boot-look"];
    const boot = this._scenario.bmc?.boot ?? 0;
    if (look === "all-ones" || look === "zeros") {
      goAway({ wire: this._wire, scheduler: this.labLane }, look, boot, () => {});
    }
    this.#obeyHardwareReset();
    this.bmc.powerOn();
    this.second?.powerOn();
    this.director.begin();
    this.time.runUntil(this.time.nowUs);
  }

  /** On BT the host may reset the BMC by a bit of INTMASK. @see IPMI 2.0 §11.6.5 */
  #obeyHardwareReset(): void {
    const awayUs = this._scenario.bmc?.bt?.["hardware-reset"];
    if (awayUs === undefined) return;
    this._wire.onHardwareReset?.(() => {
      this._bmcLane.at(this.time.nowUs, "BMC_HWRST", () => this.bmc.reset("cold", awayUs, "error"));
    });
  }

  #bmcOptions(): BmcOptions {
    return bmcOptions(this._scenario.bmc ?? {}, this._wire.systemInterface, this.course);
  }
}

function haltOf(halt: Halt, onPanicOrdered: ArenaOptions["onPanicOrdered"]): Pick<Halt, "order"> {
  return onPanicOrdered === undefined ? halt : { order: (text) => onPanicOrdered(text) };
}

/** The head of a match's trace. */
export function matchHead(
  scenario: Scenario,
  match: Pick<TraceHead, "host" | "clock" | "promises" | "scenarioText" | "kernel">,
): TraceHead {
  return {
    format: TRACE_FORMAT,
    version: TRACE_VERSION,
    scenario: scenario.name,
    host: match.host,
    bmc: "model",
    interface: interfaceOf(scenario),
    seed: scenario.seed ?? 0,
    taps: { host: true, bmc: true },
    clock: match.clock,
    promises: { ...match.promises, ...promisesAsked(scenario) },
    scenarioText: match.scenarioText,
    ...(match.kernel === undefined ? {} : { kernel: match.kernel }),
  };
}

/** The bounds that a scenario sets in place of the host's own. */
function promisesAsked({ promises: { answer, panic } = {} }: Scenario): Partial<Promises> {
  return {
    ...(answer === undefined ? {} : { answerBoundUs: answer }),
    ...(panic === undefined ? {} : { panicBoundUs: panic }),
  };
}
