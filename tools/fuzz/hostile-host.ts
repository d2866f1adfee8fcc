import type { InterfaceDevice } from "../../src/bmc/index.ts";
import { HOST_OPTIONS } from "../../src/host/index.ts";
import { machineFor } from "../../src/host/interfaces/machine-for.ts";
import { Referee } from "../../src/referee/index.ts";
import { breachesBy } from "../../src/referee/verdict.ts";
import { traceHead } from "../../src/trace/head.ts";
import type { TraceHead } from "../../src/trace/index.ts";
import { BT_FRAME_BYTES_MAX } from "../../src/wire/bt/protocol.ts";
import type { InterfaceKind, MachineWire } from "../../src/wire/index.ts";
import { expectRecovery } from "./asking.ts";
import { fetchResponse, type Hands, sendRequest } from "./host-moves.ts";
import { drawStep, type HostStep, type Life, type ResponseKind } from "./host-steps.ts";
import type { Random } from "./random.ts";
import { Broken, type Target, target } from "./target.ts";
import { drawSetting, type Setting, World } from "./world.ts";

/** Work that one access may cause, and that may be begun in one µs on the whole. */
const TASKS_PER_ACCESS_MAX = 5_000;
const TASKS_SPARE = 100_000;
/**
 * Resets that were commanded come to their end, what was late has come, and what is lost has run out
 * of the time that BT states for it.
 */
const CALM_US = 32_000_000;

/** Nothing happens to the BMC that may make it break a rule: the referee is to name it for none. */
interface HostSetting extends Setting {
  readonly judged: boolean;
}

/** A hostile host at a BMC's face of an interface. */
export function hostileHost(kind: InterfaceKind): Target {
  return target<HostSetting, HostStep>({
    name: `bmc:${kind}`,
    about:
      `a hostile host on ${kind}: the BMC does bounded work, carries out what was sent, recovers; ` +
      "no verdict on it where nothing happens to it",
    unit: "accesses",
    draw: (random: Random) => {
      const drawn = drawSetting(random, kind);
      const judged = random.chance(0.3);
      const setting = { ...drawn, ...(judged ? rightly(drawn) : {}), judged };
      const count = random.pick([5, 20, 60, 200]);
      const steps = Array.from({ length: count }, () => drawStep(random, kind, setting.spacing));
      return { setting, steps: judged ? steps.filter(isRightful) : steps };
    },
    play: (setting, steps) => new HostileHost(setting).play(steps),
  });
}

/** A BMC of which no rule speaks against anything: on BT, what it says that it takes fits into its FIFOs. */
function rightly({ inputBytesMax, outputBytesMax, fifoBytes }: Setting) {
  const fits = Math.max(inputBytesMax, outputBytesMax) < fifoBytes;
  return {
    trusting: false,
    whenClosed: "refuse",
    bootAbsence: "error",
    fifoBytes: fits ? fifoBytes : BT_FRAME_BYTES_MAX,
  } as const;
}

/** As much as fits into any response. */
const MESSAGE_BYTES_MAX = 30;

/** What may happen to any BMC, and is in the trace. */
function isRightful(step: HostStep): boolean {
  if (step.do !== "life") return true;
  const { what } = step;
  if (what.life === "message") return what.value <= MESSAGE_BYTES_MAX;
  return what.life === "event";
}

class HostileHost {
  readonly #world: World;
  readonly #referee: Referee | undefined;
  readonly #hands: Hands;
  #accesses = 0;
  #responses: ResponseKind = "right";
  #delayUs = 0;
  #copies = 1;

  constructor(setting: HostSetting) {
    if (setting.judged) this.#referee = new Referee(headOf(setting.kind));
    const world = new World(setting, this.#referee === undefined ? [] : [this.#referee]);
    this.#world = world;
    world.onLine((level) => world.tracer.emit({ e: "irq", level: level ? 1 : 0 }));
    this.#hands = {
      wire: this.#watched(world.wire),
      wait: (us) => this.#wait(us),
      pauseUs: Math.max(setting.inputLatencyUs, 1),
    };
    world.bmc.daemon.interposer = (request, response) => {
      if (!world.spelt.has(request)) {
        const bytes = Buffer.from(request).toString("hex");
        throw new Broken(`carried out a request that nobody sent: ${bytes}`);
      }
      return {
        response: bent(response, this.#responses),
        delayUs: this.#delayUs,
        copies: this.#copies,
      };
    };
  }

  play(steps: readonly HostStep[]): number {
    for (const step of steps) this.#do(step);
    this.#calm();
    const machine = machineFor(this.#hands.wire, HOST_OPTIONS.timing);
    expectRecovery(this.#world, machine);
    this.#judge();
    return this.#accesses;
  }

  /** Whatever the host did, the BMC was right. */
  #judge(): void {
    if (this.#referee === undefined) return;
    this.#world.tracer.emit({ e: "end", why: "done" });
    const [first] = breachesBy("bmc", this.#referee.verdict());
    if (first === undefined) return;
    const { rule, n, detail } = first;
    throw new Broken(`${rule} at event ${n}: ${detail.slice(0, 200)}`, rule);
  }

  #do(step: HostStep): void {
    const { wire } = this.#hands;
    switch (step.do) {
      case "read":
        if (wire.kind !== "ssif") wire.port.read(step.offset);
        return;
      case "write":
        if (wire.kind !== "ssif") wire.port.write(step.offset, step.value);
        return;
      case "start":
        if (wire.kind === "ssif") wire.bus.start(step.value);
        return;
      case "send-byte":
        if (wire.kind === "ssif") wire.bus.write(step.value);
        return;
      case "take-byte":
        if (wire.kind === "ssif") wire.bus.read(step.value === 1);
        return;
      case "stop":
        if (wire.kind === "ssif") wire.bus.stop();
        return;
      case "send":
        return sendRequest(this.#hands, step);
      case "fetch":
        return fetchResponse(this.#hands, step.count, step.value);
      case "wait":
        return this.#wait(step.us);
      case "life": {
        const { what, afterUs } = step;
        if (afterUs === 0) return this.#live(what);
        const { labLane, time } = this.#world;
        labLane.at(time.nowUs + afterUs, "life", () => this.#live(what));
      }
    }
  }

  #live(what: Life): void {
    const { bmc, device } = this.#world;
    switch (what.life) {
      case "daemon-gone":
        return bmc.daemonGone(what.whenClosed);
      case "daemon-back":
        return bmc.daemonBack();
      case "open-again":
        return openAndClose(device);
      case "abort":
        return void device.abort();
      case "daemon-hung":
        bmc.daemon.hung = what.on;
        return;
      case "hang":
        return bmc.hang(what.on);
      case "interrupt-line":
        return this.#world.enableInterrupt(what.on);
      case "slow":
        bmc.daemon.slowUs = what.us;
        return;
      case "delay":
        this.#delayUs = what.us;
        return;
      case "copies":
        this.#copies = what.count;
        return;
      case "reset":
        return bmc.reset(what.kind, what.us, what.absence);
      default:
        return this.#tellController(what);
    }
  }

  #tellController(what: Life): void {
    const { bmc } = this.#world;
    if (what.life === "stick") bmc.controller.stick(what.flag);
    else if (what.life === "attention") bmc.daemon.forceAttention(what.level);
    else if (what.life === "message") bmc.controller.queueMessage(messageOf(what.value));
    else if (what.life === "event") bmc.controller.raiseEvent(eventOf(what.value));
    else if (what.life === "power") bmc.systemPower(what.change);
    else if (what.life === "responses") this.#responses = what.are;
  }

  #calm(): void {
    const { bmc } = this.#world;
    this.#wait(100_000);
    if (this.#referee !== undefined) return this.#wait(CALM_US);
    this.#responses = "right";
    this.#delayUs = 0;
    this.#copies = 1;
    bmc.daemon.forceAttention(undefined);
    bmc.controller.stick(undefined);
    bmc.daemon.slowUs = 0;
    bmc.hang(false);
    bmc.daemon.hung = false;
    this.#wait(CALM_US);
    bmc.daemonBack();
    this.#wait(CALM_US);
  }

  #wait(us: number): void {
    const { time } = this.#world;
    const before = time.begun;
    this.#world.wait(us);
    if (time.begun - before > TASKS_SPARE + us) {
      throw new Broken(`endless: ${time.begun - before} tasks in ${us} us`);
    }
  }

  /** Counts accesses, and the work that each causes. */
  #watched(wire: MachineWire): MachineWire {
    const watch = <T>(access: () => T): T => {
      const { time } = this.#world;
      const before = time.begun;
      this.#accesses++;
      const value = access();
      const tasks = time.begun - before;
      if (tasks > TASKS_PER_ACCESS_MAX) throw new Broken(`one access causes ${tasks} tasks`);
      return value;
    };
    if (wire.kind === "ssif") {
      const { bus } = wire;
      return {
        ...wire,
        bus: {
          start: (address) => watch(() => bus.start(address)),
          write: (value) => watch(() => bus.write(value)),
          read: (ack) => watch(() => bus.read(ack)),
          stop: () => watch(() => bus.stop()),
          get alert() {
            return bus.alert;
          },
        },
      };
    }
    const { port } = wire;
    return {
      ...wire,
      port: {
        read: (offset) => watch(() => port.read(offset)),
        write: (offset, value) => watch(() => port.write(offset, value)),
      },
    };
  }
}

function headOf(kind: InterfaceKind): TraceHead {
  return traceHead({
    scenario: "",
    host: "hostile",
    bmc: "model",
    interface: kind,
    seed: 0,
    taps: { host: true, bmc: true },
    clock: "virtual",
    scenarioText: "",
  });
}

/** A second program tries to have the device, and where it gets it, uses it wrongly and goes. */
function openAndClose(device: InterfaceDevice): void {
  const opened = device.open(() => {});
  if (!opened.ok) return;
  opened.value.poll();
  opened.value.read(3);
  opened.value.write(1, Uint8Array.of(1, 2, 3));
  opened.value.close();
}

function bent(response: Uint8Array | undefined, kind: ResponseKind): Uint8Array | undefined {
  switch (kind) {
    case "right":
      return response;
    case "too-long":
      return new Uint8Array(1_200);
    case "short":
      return Uint8Array.of(1);
    case "empty":
      return new Uint8Array(0);
    case "longest":
      return Uint8Array.of(0x1c, 0x01, 0x00, ...new Uint8Array(251));
    case "other":
      return Uint8Array.of(0x2c, 0x07, 0x00, 1, 2, 3);
    case "none":
      return undefined;
  }
}

/** A message for the receive queue of so many bytes more than its channel. */
export function messageOf(bytes: number): Uint8Array {
  return Uint8Array.from({ length: 1 + bytes }, (_, at) => at & 0xff);
}

/** An event of 16 bytes, as the event buffer has it. */
export function eventOf(value: number): Uint8Array {
  return Uint8Array.of(0, 0, 2, 0, 0, 0, 0, 0x20, 0, 4, 1, value, 1, 0x57, 0, 0);
}
