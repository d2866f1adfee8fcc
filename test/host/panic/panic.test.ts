import { describe, expect, test } from "vitest";
import {
  HOST_OPTIONS,
  type HostOptions,
  HostStack,
  panicBoundUs,
} from "../../../src/host/index.ts";
import { readScenario, runStackMatch } from "../../../src/lab/index.ts";
import { VirtualTime } from "../../../src/time/virtual.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { Recorder, Tracer } from "../../../src/trace/tracer.ts";
import type { RegisterPort } from "../../../src/wire/registers/port.ts";
import { Bench } from "../../bmc/bench.ts";
import { reply } from "../fake-bmc.ts";
import { hex, Rig } from "../rig.ts";

const TEXT = "sysrq triggered crash";
const EVENT = "10 02 41 03 20 73 6f a1 79 73";
const DEVICE_ID = "18 01";
const RECEIVER = "10 01";
const FIRST = "28 44 00 00 f0 20 00 73 79 73 72 71 20 74 72 69 67 67";
const SECOND = "28 44 00 00 f0 20 01 65 72 65 64 20 63 72 61 73 68 00";
const ALL = [EVENT, DEVICE_ID, RECEIVER, FIRST, SECOND];

/** What the BMC saw of a panic. */
function messagesOf(rig: Rig, text: string): readonly string[] {
  rig.bmc.requests.length = 0;
  rig.stack.panic(text, (us) => rig.time.elapse(us));
  return rig.seen();
}

function up(options: Partial<HostOptions> = {}): Rig {
  return new Rig({ options }).up();
}

describe("the messages", () => {
  test("are the event and the text, to the byte", () => {
    expect(messagesOf(up(), TEXT)).toEqual(ALL);
  });

  test("are as many as the configuration says", () => {
    expect(messagesOf(up({ panicOperation: "event" }), TEXT)).toEqual([EVENT]);
    const rig = up({ panicOperation: "none" });
    const { accesses } = rig;
    expect(messagesOf(rig, TEXT)).toEqual([]);
    expect(rig.accesses).toBe(accesses);
  });

  test("begin with the one that was handed in, and it goes whatever else does", () => {
    const watchdog = Uint8Array.of(0x18, 0x24, 0x44, 0x00, 0x00, 0x10, 0xf6, 0x09);
    const rig = up();
    rig.stack.setPanicFrame(() => watchdog);
    expect(messagesOf(rig, TEXT)).toEqual([hex(watchdog), ...ALL]);
    const mute = up({ panicOperation: "none" });
    mute.stack.setPanicFrame(() => watchdog);
    expect(messagesOf(mute, TEXT)).toEqual([hex(watchdog)]);
  });

  test("are no records where there is neither a log nor another controller that has one", () => {
    const rig = up();
    rig.bmc.deviceId[5] = 0x00;
    expect(messagesOf(rig, TEXT)).toEqual([EVENT, DEVICE_ID]);
    const refusing = up();
    refusing.bmc.behaviour = (request) => (request[1] === 1 ? reply(request, 0xc3) : "default");
    expect(messagesOf(refusing, TEXT)).toEqual([EVENT, DEVICE_ID]);
  });

  test("ask for no receiver where no event is generated", () => {
    const rig = up();
    rig.bmc.deviceId[5] = 0x04;
    expect(messagesOf(rig, TEXT)).toEqual([EVENT, DEVICE_ID, FIRST, SECOND]);
  });

  test.each([
    ["another controller", 0x52, true],
    ["the BMC itself", 0x20, false],
    ["nobody", 0xff, false],
    ["no address", 0x00, false],
  ])("go to the event receiver: %s", (_name, address, bridged) => {
    const rig = up();
    rig.bmc.behaviour = (request) => {
      return hex(request) === RECEIVER ? reply(request, 0, [address, 0x02]) : "default";
    };
    const [, , , first, second] = messagesOf(rig, TEXT);
    if (!bridged) return expect([first, second]).toEqual([FIRST, SECOND]);
    const record = (sequence: string, text: string) => `00 00 f0 20 ${sequence} ${text}`;
    const text1 = "73 79 73 72 71 20 74 72 69 67 67";
    const text2 = "65 72 65 64 20 63 72 61 73 68 00";
    expect(first).toBe(`18 34 00 52 2a 84 20 02 44 ${record("00", text1)} ${sum(first)}`);
    expect(second).toBe(`18 34 00 52 2a 84 20 06 44 ${record("01", text2)} ${sum(second)}`);
  });

  test("carry a text of any length and any characters", () => {
    expect(messagesOf(up(), "")).toEqual(["10 02 41 03 20 00 6f a1 00 00"]);
    expect(messagesOf(up(), "é")[0]).toBe("10 02 41 03 20 3f 6f a1 00 00");
    expect(messagesOf(up(), "eleven char")).toHaveLength(4);
    expect(messagesOf(up(), "twelve chars")).toHaveLength(5);
    const long = messagesOf(up(), "x".repeat(5_000)).slice(3);
    expect(long).toHaveLength(94);
    expect(long[93]).toBe("28 44 00 00 f0 20 5d 78 00 00 00 00 00 00 00 00 00 00");
  });

  // Goal: what arrives is what a reader of the log finds. Method: our own controller gets it all.
  test("stand in the log", () => {
    const bench = new Bench();
    for (const message of messagesOf(up(), TEXT)) {
      expect(bench.tell(message).startsWith("00")).toBe(true);
    }
    expect(bench.tell("28 43 00 00 01 00 00 ff")).toMatch(
      /^00 02 00 01 00 02 (.. ){4}41 00 0[34] 20 73 6f a1 79 73$/,
    );
    expect(bench.tell("28 43 00 00 02 00 00 ff")).toBe(`00 03 00 02 00 ${FIRST.slice(12)}`);
    expect(bench.tell("28 43 00 00 03 00 00 ff")).toBe(`00 ff ff 03 00 ${SECOND.slice(12)}`);
  });
});

/** Makes the sum of an IPMB message, behind its header's own checksum, 0. */
function sum(message = ""): string {
  const bytes = message.split(" ").map((each) => Number.parseInt(each, 16));
  const total = bytes.slice(6, -1).reduce((all, each) => all + each, 0);
  return (-total & 0xff).toString(16).padStart(2, "0");
}

describe("after it", () => {
  test("no register is touched, nobody is answered, and everything is refused", () => {
    const rig = up();
    const answers: number[] = [];
    const user = rig.stack.createUser("user", { events: true });
    const request = { netFn: 0x06, cmd: 0x04 };
    for (let n = 0; n < 5; n++) user.submit(request, (answer) => answers.push(answer.id));
    rig.run(150);
    const before = answers.length;
    rig.stack.panic(TEXT, (us) => rig.time.elapse(us));
    expect(rig.seen().slice(-5)).toEqual(ALL);
    const { accesses } = rig;
    const events = rig.recorder.events.length;
    const refused = expect.objectContaining({ code: "PANICKED" });
    expect(() => user.submit(request, () => {})).toThrow(refused);
    expect(() => rig.stack.createUser("other")).toThrow(refused);
    user.setEvents(true);
    user.destroy();
    rig.stack.interrupt(true);
    rig.stack.start();
    rig.stack.shutdown();
    rig.stack.panic("another", () => {});
    expect(rig.stack.flush(rig.time.nowUs + 1_000, (us) => rig.time.elapse(us))).toBe(false);
    rig.run(120_000_000);
    expect(rig.stack.state).toBe("down");
    expect(rig.accesses).toBe(accesses);
    expect(answers).toHaveLength(before);
    expect(rig.recorder.events).toHaveLength(events);
  });

  test("a stack that was not started, or is down, stays silent", () => {
    const off = new Rig();
    off.stack.panic(TEXT, () => {});
    off.stack.start();
    off.run(1_000_000);
    const down = up();
    down.stack.shutdown();
    const { accesses } = down;
    down.stack.panic(TEXT, () => {});
    expect([off.accesses, down.accesses - accesses]).toEqual([0, 0]);
  });
});

// Goal: what was interrupted never goes on, though it gets the processor back. Method: panic at
// each register access of a transfer, on a port that lets the interrupted code continue.
test("at any register access the panic takes over, and what it interrupted is over", () => {
  const counted = up();
  const from = counted.accesses;
  counted.ask(counted.stack.createUser("user"), { netFn: 0x06, cmd: 0x04 });
  for (let n = from + 1; n <= counted.accesses; n++) {
    const rig = up();
    let answered = 0;
    let last = 0;
    rig.onAccessed = (access) => {
      if (access !== n) return;
      rig.onAccessed = () => {};
      rig.stack.panic(TEXT, (us) => rig.time.elapse(us));
      last = rig.accesses;
    };
    rig.stack.createUser("user").submit({ netFn: 0x06, cmd: 0x04 }, () => answered++);
    rig.run(60_000_000);
    expect(rig.seen().slice(-5), `access ${n}`).toEqual(ALL);
    expect([answered, rig.accesses], `access ${n}`).toEqual([0, last]);
  }
});

const BUSY = `
name: busy
title: A small match with something of everything
source: test
story: none
until: 10s
settle: 5ms
bmc: { command-latency: 10us, ipmi: "1.0" }
workload:
  - user: listener
    steps:
      - events: on
  - user: tool
    steps:
      - { request: Get Self Test Results, parallel: true, times: 2 }
faults:
  - when: { at: 100us }
    bmc: { event: 00 00 02 00 00 00 00 20 00 04 01 30 01 57 00 00 }
expect: { bmc: [], host: [] }
`;

// Goal: no state of the stack exists that the panic cannot walk out of. Method: a match's host is
// stopped at each of its events, and the referee judges each run.
test("at every event of a busy match the panic's messages arrive, whole and in order", () => {
  const scenario = readScenario(BUSY, "busy");
  const whole = new Recorder();
  runStackMatch(scenario, { sinks: () => [whole] });
  const start = whole.events.findIndex(({ e }) => e === "host");
  const down = whole.events.findIndex((event) => event.e === "host" && event.what === "down");
  expect(down - start).toBeGreaterThan(600);
  for (let n = start; n < down; n++) {
    const recorder = new Recorder();
    const { verdict } = runStackMatch(scenario, {
      haltAt: { n, text: TEXT },
      sinks: () => [recorder],
    });
    expect([verdict.violations, verdict.notes, verdict.ended], `event ${n}`).toEqual([
      [],
      [],
      true,
    ]);
    expect(arrived(recorder.events).slice(-5), `event ${n}`).toEqual(ALL);
    expect(recorder.events.at(-1)).toMatchObject({ e: "end", why: "done" });
  }
});

function arrived(events: readonly TraceEvent[]): readonly string[] {
  return events.flatMap((event) => (event.e === "bmc.request" ? [hex(event.message)] : []));
}

/** Each form in which a BMC is dead, as its registers. */
const dead: Readonly<Record<string, () => RegisterPort>> = {
  "IBF stuck": () => constant(0x02),
  "OBF never in the read phase": () => afterWrite(0x00, 0x40),
  "OBF never in the write phase": () => afterWrite(0x00, 0x80),
  "nobody at the port": () => constant(0xff),
  zeros: () => constant(0x00),
  "ERROR for ever": () => constant(0xc0),
  "ERROR with a byte": () => constant(0xc1),
  "a byte for ever": () => constant(0x41),
  "a storm": () => cycling([0xc1, 0x81, 0x41, 0x01, 0xc3, 0x00]),
};

function constant(status: number): RegisterPort {
  return cycling([status]);
}

function cycling(states: readonly number[]): RegisterPort {
  let reads = 0;
  return { read: () => states[reads++ % states.length] ?? 0, write: () => {} };
}

function afterWrite(before: number, after: number): RegisterPort {
  let status = before;
  return {
    read: () => status,
    write: () => {
      status = after;
    },
  };
}

describe.each(Object.keys(dead))("a dead BMC: %s", (name) => {
  function panicOf(options: Partial<HostOptions>, spin?: (us: number) => void) {
    const time = new VirtualTime();
    const recorder = new Recorder();
    const tracer = new Tracer(() => time.nowUs);
    tracer.attach(recorder);
    const inner = dead[name]?.() ?? constant(0xff);
    const elapse = spin ?? ((us: number) => time.elapse(us));
    const stack = new HostStack({
      scheduler: time.lane("host"),
      wire: {
        kind: "kcs",
        spacing: 1,
        port: {
          read: (offset) => {
            elapse(1);
            return inner.read(offset);
          },
          write: (offset, value) => inner.write(offset, value),
        },
      },
      tags: { request: 0, response: 0 },
      tracer,
      options,
    });
    stack.start();
    stack.setPanicFrame(() => Uint8Array.of(0x18, 0x22));
    stack.panic(TEXT, elapse);
    const sent = recorder.events.filter(({ e }) => e === "send").length;
    return { us: time.nowUs, sent, end: recorder.events.at(-1) };
  }

  test("is given up within the bound, after one message", () => {
    const { us, sent, end } = panicOf({});
    expect(us).toBeLessThanOrEqual(panicBoundUs());
    expect(us).toBeLessThanOrEqual(HOST_OPTIONS.panicTiming.kcs.transactionUs + 1_000);
    expect(sent).toBeLessThanOrEqual(1);
    expect(end).toMatchObject({ e: "host", what: "panic-end" });
  });

  test("is given up, even if no time passes", () => {
    expect(panicOf({}, () => {})).toMatchObject({ us: 0, end: { what: "panic-end" } });
  });
});

// Goal: all messages together have a bound, too. Method: a BMC that is just fast enough for each.
test("a BMC that is slow with each message is given up when the time is up", () => {
  const rig = up();
  rig.bmc.behaviour = (request) => {
    rig.respondLater(reply(request, 0, rig.bmc.deviceId), 950_000);
    return "silent";
  };
  const fromUs = rig.time.nowUs;
  rig.stack.panic("x".repeat(200), (us) => rig.time.elapse(us));
  const us = rig.time.nowUs - fromUs;
  expect(us).toBeGreaterThan(HOST_OPTIONS.panicUs - 1_000);
  expect(us).toBeLessThanOrEqual(panicBoundUs());
  const { accesses } = rig;
  rig.run(60_000_000);
  expect(rig.accesses).toBe(accesses);
});
