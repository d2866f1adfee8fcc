import { expect } from "vitest";
import { HOST_OPTIONS } from "../../src/host/index.ts";
import { Again, Failure, MESSAGE_MAX, Pace, Refusal } from "../../src/host/interfaces/machine.ts";
import { transactionUs } from "../../src/host/interfaces/machine-for.ts";
import type { InterfaceKind } from "../../src/wire/interface.ts";
import { CLOCK_LOW_TIMEOUT_US } from "../../src/wire/smbus/bus.ts";
import { Bus } from "../../src/wire/smbus/port.ts";
import { holdTo, type Implementation } from "./contract.ts";
import { always, DeadWire, generator, random, type Voice } from "./dead-wires.ts";
import { echo, echoOf, silent, World } from "./world.ts";

/** What the contract has to know of a machine, beside that it is one. */
interface Machine {
  readonly name: InterfaceKind;
  /** What its registers, or the bytes on its bus, often read as. */
  readonly likely: readonly number[];
  /** The longest request before the BMC has said what it takes. */
  readonly requestMax: number;
  /** The longest response that the other side can give. */
  readonly responseMax: number;
  /** The most accesses, or steps of the bus, in one step. */
  readonly stepAccessesMax: number;
}

const MACHINES: readonly (Machine & Implementation<keyof typeof CASES>)[] = [
  {
    name: "kcs",
    likely: [0x00, 0x01, 0x40, 0x41, 0x80, 0x81, 0x89, 0xc0, 0xc1, 0x02, 0x42, 0x1c],
    requestMax: MESSAGE_MAX,
    responseMax: 2 * MESSAGE_MAX,
    stepAccessesMax: 3,
    skips: {
      "what its BMC says of itself is taken at any length": "KCS asks its BMC for nothing",
    },
  },
  {
    name: "smic",
    likely: [0x00, 0x40, 0x80, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xe0, 0x81],
    requestMax: MESSAGE_MAX,
    responseMax: 2 * MESSAGE_MAX,
    stepAccessesMax: 6,
    skips: {
      "what its BMC says of itself is taken at any length": "SMIC asks its BMC for nothing",
    },
  },
  {
    name: "bt",
    likely: [0x00, 0x03, 0x04, 0x08, 0x40, 0x48, 0x80, 0x84, 0x88, 0xc0, 0xff, 0x1c, 0x01],
    requestMax: 62,
    responseMax: 254,
    stepAccessesMax: 9,
    skips: {
      "of a response longer than MESSAGE_MAX the end is lost, and that is told":
        "Length is one byte, so that no frame is longer",
    },
  },
  {
    name: "ssif",
    likely: [0x00, 0x01, 0x02, 0x03, 0x20, 0x1c, 0xff],
    requestMax: 32,
    responseMax: 255,
    stepAccessesMax: 4,
    skips: {
      "of a response longer than MESSAGE_MAX the end is lost, and that is told":
        "our device gives no more than the 255 bytes that the capabilities can say",
      "without anybody there it says so":
        "a BMC that is busy, or boots, does not acknowledge its address either",
    },
  },
];

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
/** What a transaction may be late by: the poll or the bus's step at which its time ran out. */
const SLACK_US = 3 * CLOCK_LOW_TIMEOUT_US;

const CASES = {
  "takes a request of two bytes at least": ({ name }: Machine) => {
    const { machine } = new World(name);
    expect(machine.begin(new Uint8Array(0), 0)).toBe(Refusal.TooShort);
    expect(machine.begin(Uint8Array.of(0x18), 0)).toBe(Refusal.TooShort);
    expect(machine.begin(GET_DEVICE_ID, 0)).toBeUndefined();
  },

  "takes a request up to its greatest length": ({ name, requestMax }: Machine) => {
    const { machine } = new World(name);
    expect(machine.begin(new Uint8Array(requestMax + 1), 0)).toBe(Refusal.TooLong);
    expect(machine.begin(new Uint8Array(requestMax), 0)).toBeUndefined();
  },

  "takes no second request, until the first is over or dropped": ({ name }: Machine) => {
    const world = new World(name);
    world.serve(echo);
    const { machine } = world;
    expect(machine.begin(GET_DEVICE_ID, 0)).toBeUndefined();
    expect(machine.begin(GET_DEVICE_ID, 0)).toBe(Refusal.Busy);
    machine.reset();
    expect(world.transact(GET_DEVICE_ID).pace).toBe(Pace.Done);
    expect(machine.begin(GET_DEVICE_ID, world.time.nowUs)).toBeUndefined();
  },

  "waits for nothing while idle, and no longer than a transaction may take": ({
    name,
  }: Machine) => {
    const { machine, boundUs } = new World(name);
    expect(machine.wakeAtUs()).toBe(Number.POSITIVE_INFINITY);
    machine.begin(GET_DEVICE_ID, 7);
    expect(machine.wakeAtUs()).toBeLessThanOrEqual(7 + boundUs);
    machine.reset();
    expect(machine.wakeAtUs()).toBe(Number.POSITIVE_INFINITY);
  },

  "brings each response whole, whatever its length": ({
    name,
    responseMax,
    stepAccessesMax: stepMax,
  }: Machine) => {
    const world = new World(name);
    let bytes = 3;
    // The first transaction may find what a reset of the BMC left.
    world.serve(({ ticket }, handle) => handle.write(ticket, ramp(bytes)));
    world.transact(GET_DEVICE_ID);
    const recoveries = world.machine.recoveries();
    for (; bytes <= Math.min(responseMax, MESSAGE_MAX); bytes++) {
      const { pace, us, stepAccessesMax } = world.transact(GET_DEVICE_ID);
      expect(pace, `${bytes} bytes`).toBe(Pace.Done);
      expect(world.machine.response()).toEqual(ramp(bytes));
      expect(world.machine.truncated()).toBe(false);
      expect(us).toBeLessThanOrEqual(world.boundUs);
      expect(stepAccessesMax).toBeLessThanOrEqual(stepMax);
    }
    expect(world.machine.failure()).toBe(Failure.None);
    expect(world.machine.recoveries()).toBe(recoveries);
  },

  "of a response longer than MESSAGE_MAX the end is lost, and that is told": ({
    name,
  }: Machine) => {
    for (const bytes of [MESSAGE_MAX + 1, 2 * MESSAGE_MAX]) {
      const world = new World(name);
      world.serve(({ ticket }, handle) => handle.write(ticket, ramp(bytes)));
      expect(world.transact(GET_DEVICE_ID).pace).toBe(Pace.Done);
      expect(world.machine.response()).toEqual(ramp(MESSAGE_MAX));
      expect(world.machine.truncated()).toBe(true);
    }
  },

  "carries each request whole, whatever its length": ({ name, requestMax }: Machine) => {
    const world = new World(name);
    world.serve(({ ticket }, handle) => handle.write(ticket, Uint8Array.of(0x1c, 0x01, 0x00)));
    for (let bytes = 2; bytes <= requestMax; bytes++) {
      const request = requestOf(bytes);
      expect(world.transact(request).pace, `${bytes} bytes`).toBe(Pace.Done);
      expect(world.requests.at(-1)).toEqual([...request]);
    }
    expect(world.requests.length).toBe(requestMax - 1);
  },

  "may be dropped at any step, and the next request has its own answer": ({ name }: Machine) => {
    const probe = new World(name);
    probe.serve(echo);
    const { steps } = probe.transact(Uint8Array.of(0x18, 0x01, 0));
    for (let made = 0; made <= steps; made++) {
      const world = new World(name);
      world.serve(echo);
      world.beginOnly(Uint8Array.of(0x18, 0x01, 0xaa, 0xbb), made);
      world.machine.reset();
      expect(world.machine.wakeAtUs()).toBe(Number.POSITIVE_INFINITY);
      const request = Uint8Array.of(0x18, 0x01, 0x55);
      const { pace, us } = world.transact(request);
      expect(pace, `dropped after ${made} steps`).toBe(Pace.Done);
      expect(world.machine.response()).toEqual(echoOf(request));
      expect(us).toBeLessThanOrEqual(world.boundUs + SLACK_US);
    }
  },

  "ends once, and is idle then": ({ name }: Machine) => {
    const world = new World(name);
    world.serve(echo);
    world.transact(GET_DEVICE_ID);
    const paces = world.run(() => [1, 2, 3].map(() => world.machine.step(world.time.nowUs)));
    for (const pace of paces) expect([Pace.Idle, Pace.Attention, Pace.Later]).toContain(pace);
    expect(world.machine.response()).toEqual(echoOf(GET_DEVICE_ID));
  },

  "a BMC that never answers fails the request in its time, and serves the next": ({
    name,
  }: Machine) => {
    const world = new World(name);
    let answers = false;
    world.serve((request, handle, served) => {
      (answers ? echo : silent)(request, handle, served);
    });
    const { pace, us } = world.transact(GET_DEVICE_ID);
    expect(pace).toBe(Pace.Failed);
    expect(world.machine.failure()).not.toBe(Failure.None);
    expect(us).toBeLessThanOrEqual(world.boundUs + SLACK_US);
    answers = true;
    const request = Uint8Array.of(0x18, 0x01, 0x55);
    expect(world.transact(request).pace).toBe(Pace.Done);
    expect(world.machine.response()).toEqual(echoOf(request));
  },

  "what is to be sent once reaches a silent BMC once": ({ name }: Machine) => {
    const world = new World(name);
    world.serve(silent);
    expect(world.transact(GET_DEVICE_ID, Again.Reset).pace).toBe(Pace.Failed);
    expect(world.requests).toEqual([[...GET_DEVICE_ID]]);
  },

  "what must not go twice reaches a silent BMC once, and the next one is served": ({
    name,
  }: Machine) => {
    const world = new World(name);
    world.serve((incoming, handle, served) => {
      (incoming.message[1] === 0xf0 ? silent : echo)(incoming, handle, served);
    });
    const command = Uint8Array.of(0xe8, 0xf0, 0x03);
    for (let n = 1; n <= 3; n++) {
      const { pace, us } = world.transact(command, Again.Never);
      expect([pace, world.machine.failure()]).toEqual([Pace.Failed, Failure.Unanswered]);
      expect(us).toBeLessThan(6_000_000);
      const request = Uint8Array.of(0x18, 0x01, n);
      expect(world.transact(request).pace).toBe(Pace.Done);
      expect(world.machine.response()).toEqual(echoOf(request));
      expect(world.requests.filter(([, cmd]) => cmd === 0xf0).length).toBe(n);
    }
  },

  "what may go twice goes to a silent BMC twice, and no more": ({ name }: Machine) => {
    const world = new World(name);
    world.serve(silent);
    const { pace } = world.transact(GET_DEVICE_ID);
    expect([pace, world.machine.failure()]).toEqual([Pace.Failed, Failure.Unanswered]);
    const sent = world.requests.filter(([, cmd]) => cmd === GET_DEVICE_ID[1]);
    expect(sent.length).toBe(name === "bt" ? 3 : 2);
  },

  "a late answer is not the next request's": ({ name }: Machine) => {
    for (const waitUs of [0, 1, 500, 5_000, 50_000]) {
      const world = new World(name);
      const late: (() => void)[] = [];
      world.serve((incoming, handle, { bmc, time }) => {
        const answer = () => void handle.write(incoming.ticket, echoOf(incoming.message));
        if (incoming.message[2] === 0xaa) late.push(answer);
        else {
          for (const each of late) bmc.at(time.nowUs + waitUs, "late answer", each);
          bmc.at(time.nowUs + 1_000, "answer", answer);
        }
      });
      world.transact(Uint8Array.of(0x18, 0x01, 0xaa), Again.Reset);
      expect(late.length).toBe(1);
      const request = Uint8Array.of(0x18, 0x01, 0x55);
      expect(world.transact(request).pace).toBe(Pace.Done);
      expect(world.machine.response()).toEqual(echoOf(request));
    }
  },

  "without anybody there it says so": ({ name }: Machine) => {
    expect(new DeadWire(name, always(0xff, Bus.Nack)).machine.detect()).toBe(false);
    const world = new World(name);
    world.serve(echo);
    expect(world.run(() => world.machine.detect())).toBe(true);
  },

  "a wire that always says the same ends each request once, in its time": (machine: Machine) => {
    for (let value = 0; value < 256; value++) {
      const answer = [Bus.Ack, Bus.Nack, Bus.Lost, Bus.TimedOut][value % 4] ?? Bus.Ack;
      for (const again of Object.values(Again)) {
        endsOnce(machine, always(value, answer), again, `${value}, ${answer}`);
      }
    }
  },

  "a silent bus, all ones and all zeros end each request as failed": ({ name }: Machine) => {
    for (const voice of [
      always(0xff, Bus.Nack),
      always(0x00, Bus.Nack),
      always(0xff, Bus.TimedOut),
      always(0xff, Bus.Ack),
      always(0x00, Bus.Ack),
    ]) {
      const dead = new DeadWire(name, voice);
      expect(dead.transact(GET_DEVICE_ID)).toBe(Pace.Failed);
      expect(dead.machine.failure()).not.toBe(Failure.None);
    }
  },

  // Registers and bytes are drawn from a few of the protocol's own values and from all, anew at each
  // access; the BMC may have said anything of itself, and interrupts may be on.
  "a random wire ends each request once, in its time": (machine: Machine) => {
    for (let seed = 1; seed <= 400; seed++) {
      endsOnce(
        machine,
        random(seed, machine.likely),
        ([Again.Freely, Again.Never, Again.Reset] as const)[seed % 3] ?? Again.Freely,
        `seed ${seed}`,
        seed,
      );
    }
  },

  "what its BMC says of itself is taken at any length": ({ name }: Machine) => {
    const draw = generator(7);
    for (let bytes = 0; bytes < 12; bytes++) {
      for (let again = 0; again < 50; again++) {
        const { machine } = new World(name);
        expect(machine.greeting()).toBeDefined();
        machine.greeted(Uint8Array.from({ length: bytes }, () => draw(256)));
        expect(machine.begin(new Uint8Array(MESSAGE_MAX + 1), 0)).toBe(Refusal.TooLong);
        expect(machine.begin(GET_DEVICE_ID, 0)).toBeUndefined();
      }
    }
    const { machine } = new World(name);
    machine.greeted(undefined);
    expect(machine.begin(GET_DEVICE_ID, 0)).toBeUndefined();
  },
};

holdTo(MACHINES, CASES);

/** Whatever the wire says: one outcome, within the bound, by steps that are bounded, too. */
function endsOnce(machine: Machine, voice: Voice, again: Again, what: string, seed = 0): void {
  const dead = new DeadWire(machine.name, voice);
  const draw = generator(seed);
  if (draw(2) === 0) dead.machine.signals?.setInterrupts(true);
  if (draw(2) === 0 && dead.machine.greeting() !== undefined) {
    dead.machine.greeted(Uint8Array.of(0, draw(2) === 0 ? 0x88 : 0x80, draw(256), 255, 5));
  }
  const boundUs = transactionUs(machine.name, HOST_OPTIONS.timing);
  for (let request = 0; request < 2; request++) {
    const fromUs = dead.nowUs;
    const fits = dead.machine.begin(new Uint8Array(40), fromUs, again) === undefined;
    const pace = fits ? dead.finish() : dead.transact(GET_DEVICE_ID, again);
    expect([Pace.Done, Pace.Failed], what).toContain(pace);
    expect(dead.nowUs - fromUs, what).toBeLessThanOrEqual(boundUs + SLACK_US);
    if (pace === Pace.Done) {
      expect(dead.machine.response().length, what).toBeLessThanOrEqual(MESSAGE_MAX);
    }
    expect([Pace.Done, Pace.Failed], what).not.toContain(dead.step());
  }
  expect(dead.stepAccessesMax, what).toBeLessThanOrEqual(machine.stepAccessesMax);
}

function ramp(bytes: number): Uint8Array {
  const response = Uint8Array.from({ length: bytes }, (_, at) => at & 0xff);
  response.set([0x1c, 0x01, 0x00]);
  return response;
}

function requestOf(bytes: number): Uint8Array {
  const request = Uint8Array.from({ length: bytes }, (_, at) => (at * 7) & 0xff);
  request.set([0x18, 0x01]);
  return request;
}
