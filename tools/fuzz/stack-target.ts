import {
  answerBoundUs,
  HOST_OPTIONS,
  type HostOptions,
  HostStack,
  ipmbAnswerBoundUs,
  Refused,
  type RequestSpec,
  type User,
} from "../../src/host/index.ts";
import { tapped } from "../../src/match/tapped.ts";
import { Referee } from "../../src/referee/index.ts";
import { breachesBy } from "../../src/referee/verdict.ts";
import { traceHead } from "../../src/trace/head.ts";
import { Tracer } from "../../src/trace/index.ts";
import type { InterfaceKind } from "../../src/wire/index.ts";
import { drawGuise, drawHostileSetting, type Guise, HONEST, HostileWorld } from "./hostile-bmc.ts";
import { eventOf, messageOf } from "./hostile-host.ts";
import type { Random } from "./random.ts";
import { Broken, type Target, target } from "./target.ts";
import type { Setting } from "./world.ts";

type StackSetting = Setting & { readonly interrupt: boolean };

/** One thing that a user does, or that happens to him, and how long it is until the next. */
type StackStep = { readonly us: number } & (
  | { readonly do: "guise"; readonly guise: Guise }
  | { readonly do: "request"; readonly user: number; readonly spec: RequestSpec }
  | { readonly do: "events"; readonly user: number; readonly on: boolean }
  | { readonly do: "user" | "message" | "interrupt"; readonly value: number }
);

const OPTIONS = { quietUs: 3_000_000, absentRetryUs: 1_000_000, queueLimitUs: 12_000_000 } as const;
/** As the stack has it, that is to say as its promises do. */
const IPMB = { retries: 4, retryTimeMs: 3_000 } as const;
const TASKS_MAX = 5_000_000;
const TRIES = 4;
/** The guise that is a wire's fault, and no BMC's. */
const LOSSY = "lossy";

/** A hostile BMC at the whole stack, judged by the referee from the host's tap. */
export function hostStack(kind: InterfaceKind): Target {
  return target<StackSetting, StackStep>({
    name: `stack:${kind}`,
    about: `a hostile BMC on ${kind}: each request answered once and in time; no verdict on the host`,
    unit: "accesses",
    draw: (random) => ({
      setting: { ...drawHostileSetting(random, kind), interrupt: random.chance(0.5) },
      steps: Array.from({ length: 3 + random.below(25) }, () => drawStep(random)),
    }),
    play: (setting, steps) => new StackPlay(setting).play(steps),
  });
}

function drawStep(random: Random): StackStep {
  const us = random.pick([0, 10, 1_000, 100_000, random.below(6_000_000)]);
  switch (random.below(9)) {
    case 0:
    case 1:
      return { us, do: "guise", guise: drawGuise(random) };
    case 2:
      return { us, do: "events", user: random.below(2), on: random.chance(0.7) };
    case 3:
      return { us, do: "user", value: random.below(3) };
    case 4:
      return { us, do: "message", value: random.below(60) };
    case 5:
      return { us, do: "interrupt", value: 0 };
    default:
      return { us, do: "request", user: random.below(2), spec: drawRequest(random) };
  }
}

function drawRequest(random: Random): RequestSpec {
  return random.pick<RequestSpec>([
    { netFn: 0x06, cmd: 0x01 },
    { netFn: 0x06, cmd: 0x04 },
    { netFn: 0x06, cmd: 0x08 },
    { netFn: 0x0a, cmd: 0x12, data: random.bytes(random.below(60)) },
    { netFn: 0x06, cmd: random.pick([0x02, 0x03]) },
    { netFn: 0x04, cmd: 0x2d, address: { kind: "ipmb", channel: 0, address: 0x52 } },
    { netFn: 0x04, cmd: 0x2d, address: { kind: "ipmb", channel: 0, address: 0x54 } },
  ]);
}

/** A request that is owed its answer. */
interface Owed {
  readonly sinceUs: number;
  readonly boundUs: number;
  answers: number;
}

class StackPlay {
  readonly #hostile: HostileWorld;
  readonly #tracer: Tracer;
  readonly #referee: Referee;
  readonly #stack: HostStack;
  readonly #options: HostOptions = { ...HOST_OPTIONS, ...OPTIONS };
  readonly #kind: InterfaceKind;
  readonly #owed = new Set<Owed>();
  #users: User[] = [];
  #guise = HONEST;

  constructor(setting: StackSetting) {
    this.#kind = setting.kind;
    this.#hostile = new HostileWorld(setting);
    const { world, wire } = this.#hostile;
    // The BMC's own events are no part of this trace: what the host saw is all there is.
    this.#tracer = new Tracer(() => world.time.nowUs);
    this.#referee = new Referee(
      traceHead({
        scenario: "",
        host: "stack",
        bmc: "hostile",
        interface: setting.kind,
        seed: 0,
        taps: { host: true, bmc: false },
        clock: "virtual",
        promises: { answerBoundUs: answerBoundUs(setting.kind, this.#options) },
        scenarioText: "",
      }),
    );
    this.#tracer.attach(this.#referee);
    this.#stack = new HostStack({
      scheduler: world.hostLane,
      wire: tapped(wire, this.#tracer, world.tags),
      tags: world.tags,
      tracer: this.#tracer,
      interrupt: setting.interrupt,
      options: OPTIONS,
    });
    world.onLine((level) => {
      this.#tracer.emit({ e: "irq", level: level ? 1 : 0 });
      world.hostLane.at(world.time.nowUs, "interrupt", () => this.#stack.interrupt(level));
    });
  }

  play(steps: readonly StackStep[]): number {
    this.#stack.start();
    this.#users = [this.#stack.createUser("a"), this.#stack.createUser("b")];
    for (const step of steps) {
      this.#attempt(() => this.#do(step));
      this.#run(step.us);
    }
    this.#calm();
    this.#expectService();
    this.#stack.shutdown();
    this.#run(0);
    if (this.#hostile.world.hostLane.nextUs() !== Number.POSITIVE_INFINITY) {
      throw new Broken("a timer is left after shutdown");
    }
    this.#judge();
    return this.#hostile.accesses;
  }

  #do(step: StackStep): void {
    const { world } = this.#hostile;
    switch (step.do) {
      case "guise":
        return this.#become(step.guise);
      case "request":
        return this.#submit(this.#users[step.user], step.spec);
      case "events":
        return this.#users[step.user]?.setEvents(step.on);
      case "user":
        this.#users[step.value % 2]?.destroy();
        this.#users[step.value % 2] = this.#stack.createUser("c", { onDelivery: () => {} });
        return;
      case "message":
        world.bmc.controller.queueMessage(messageOf(2 + step.value));
        world.bmc.controller.raiseEvent(eventOf(step.value));
        return;
      case "interrupt":
        this.#stack.interrupt(true);
        this.#stack.interrupt(false);
    }
  }

  /** What the BMC does the referee is left to find out; of a wire that loses things it is told. */
  #become(guise: Guise): void {
    if (this.#guise.mode === LOSSY) this.#wireFault("ends");
    this.#guise = guise;
    this.#hostile.become(guise);
    if (guise.mode === LOSSY) this.#wireFault("fires");
  }

  #wireFault(what: "fires" | "ends"): void {
    this.#tracer.emit({ e: "fault", what, on: "wire", name: LOSSY, text: "" });
  }

  /** What the stack refuses at once is answered by that. */
  #attempt(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }

  #submit(user: User | undefined, spec: RequestSpec): void {
    const { time } = this.#hostile.world;
    const boundUs =
      spec.address === undefined
        ? answerBoundUs(this.#kind, this.#options)
        : ipmbAnswerBoundUs(this.#kind, this.#options, IPMB.retries, IPMB.retryTimeMs);
    const owed: Owed = { sinceUs: time.nowUs, boundUs, answers: 0 };
    user?.submit(spec, () => {
      owed.answers++;
      if (owed.answers > 1) throw new Broken("answered twice");
      this.#expectInTime(owed);
      this.#owed.delete(owed);
    });
    this.#owed.add(owed);
  }

  #expectInTime({ sinceUs, boundUs }: Owed): void {
    const tookUs = this.#hostile.world.time.nowUs - sinceUs;
    if (tookUs > boundUs)
      throw new Broken(`no answer within its bound: ${tookUs} us of ${boundUs}`);
  }

  #run(us: number): void {
    const { time } = this.#hostile.world;
    const untilUs = time.nowUs + us;
    let tasks = 0;
    while (time.runNext(untilUs)) {
      tasks++;
      if (tasks > TASKS_MAX) throw new Broken(`endless: ${tasks} tasks in ${us} us`);
    }
    time.nowUs = Math.max(time.nowUs, untilUs);
    for (const owed of this.#owed) this.#expectInTime(owed);
  }

  #calm(): void {
    for (const user of this.#users) this.#attempt(() => user.setEvents(false));
    this.#run(100);
    this.#become(HONEST);
    for (let wait = 0; wait < 6; wait++) this.#run(15_000_000);
    const ipmb = ipmbAnswerBoundUs(this.#kind, this.#options, IPMB.retries, IPMB.retryTimeMs);
    if (this.#owed.size > 0) this.#run(ipmb);
  }

  /** When all hostility is over, one of a few requests gets the device ID. */
  #expectService(): void {
    const seen: string[] = [];
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const outcome = this.#askOnce(attempt);
      if (outcome === "served") return;
      seen.push(outcome);
    }
    throw new Broken(`not recovered: ${seen.join("; ")}`);
  }

  #askOnce(attempt: number): string {
    let outcome = "never answered";
    let user: User | undefined;
    this.#attempt(() => {
      user = this.#stack.createUser(`last ${attempt}`);
      user.submit({ netFn: 0x06, cmd: 0x01 }, ({ cc, maker, data }) => {
        const right = cc === 0 && maker === "bmc" && data.length === 11;
        outcome = right ? "served" : `${cc.toString(16)} by ${maker}, ${data.length} bytes`;
      });
    });
    this.#run(60_000_000);
    user?.destroy();
    return outcome;
  }

  /** The BMC may have done anything; the host is to be named for nothing. */
  #judge(): void {
    this.#tracer.emit({ e: "end", why: "done" });
    const [mine] = breachesBy("host", this.#referee.verdict());
    if (mine === undefined) return;
    const { rule, n, detail } = mine;
    throw new Broken(`${rule} at event ${n}: ${detail.slice(0, 200)}`, rule);
  }
}
