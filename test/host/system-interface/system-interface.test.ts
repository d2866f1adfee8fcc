import { describe, expect, test } from "vitest";
import { reply } from "../fake-bmc.ts";
import { collector, hex, Rig } from "../rig.ts";

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };
/** What the field's BMC gave for ever. */
const STUCK_EVENT = [0, 0x55, 0x55, 0xc0, 0x41, 0xa7, 0, 0, 0, 0, 0, 0x3a, 0xff, 0, 0xff, 0xff];
const FLAGS = "18 31";
const EVENT = "18 35";
const MESSAGE = "18 33";

function countsSince(rig: Rig, from: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const request of rig.seen().slice(from)) {
    const key = request.slice(0, 5);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function event(n: number): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, at) => (at === 0 ? n : at));
}

describe("what the BMC has to say", () => {
  test("comes in order: pre-timeout, messages, events", () => {
    const rig = new Rig().up();
    const { deliveries, onDelivery } = collector();
    const user = rig.stack.createUser("listener", { events: true, onDelivery });
    rig.run(1_000);
    rig.bmc.requests.length = 0;
    rig.bmc.pretimeout = true;
    rig.bmc.events.push(event(1), event(2));
    rig.bmc.queueIpmb(0, ipmbCommand);
    rig.attention();
    rig.run(100_000);
    expect(rig.seen().slice(0, 6)).toEqual([FLAGS, "18 30 08", MESSAGE, MESSAGE, EVENT, EVENT]);
    expect(deliveries.map((delivery) => delivery.what)).toEqual(["pretimeout", "event", "event"]);
    expect(user.outstanding).toBe(0);
    expect(rig.stack.statistics).toMatchObject({
      attentions: 1,
      flag_fetches: 1,
      events: 2,
      incoming_messages: 1,
      watchdog_pretimeouts: 1,
    });
  });

  test("F1, F3: an event buffer that never empties is left after ten, and users get through", () => {
    const rig = new Rig().up();
    rig.stack.createUser("listener", { events: true });
    rig.bmc.stickyFlags = 0x02;
    rig.bmc.behaviour = (request) =>
      request[1] === 0x35 ? reply(request, 0, STUCK_EVENT) : "default";
    rig.attention();
    rig.run(5_000);
    const user = rig.stack.createUser("user");
    for (let n = 0; n < 20; n++) {
      const from = rig.bmc.requests.length;
      expect(rig.ask(user, GET_DEVICE_ID)).toMatchObject({ cc: 0, maker: "bmc" });
      expect(countsSince(rig, from)["18 35"] ?? 0).toBeLessThanOrEqual(11);
    }
  });

  test("F1: while nobody asks for anything else, it is not fetched without a pause", () => {
    const rig = new Rig().up();
    rig.stack.createUser("listener", { events: true });
    rig.bmc.stickyFlags = 0x02;
    rig.bmc.behaviour = (request) =>
      request[1] === 0x35 ? reply(request, 0, STUCK_EVENT) : "default";
    rig.attention();
    rig.bmc.requests.length = 0;
    rig.run(1_000_000);
    expect(countsSince(rig, 0)[FLAGS]).toBeLessThan(100);
  });

  test("I-5: between two rounds a request goes, also when each round comes to a good end", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("listener", { events: true });
    let reads = 0;
    rig.bmc.stickyFlags = 0x02;
    rig.bmc.behaviour = (request) => {
      if (request[1] !== 0x35) return "default";
      return reads++ % 2 === 0 ? reply(request, 0, STUCK_EVENT) : reply(request, 0x80);
    };
    rig.attention();
    rig.run(10_000);
    rig.bmc.requests.length = 0;
    for (let n = 0; n < 20; n++) expect(rig.ask(user, GET_DEVICE_ID, 10_000).cc).toBe(0);
    expect(countsSince(rig, 0)[FLAGS]).toBeLessThanOrEqual(21);
    expect(countsSince(rig, 0)[FLAGS]).toBeGreaterThanOrEqual(19);
  });

  test("F5: the same with messages, alternating with events", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user", { events: true });
    rig.bmc.stickyFlags = 0x03;
    rig.bmc.behaviour = (request) => {
      if (request[1] === 0x35) return reply(request, 0, STUCK_EVENT);
      return request[1] === 0x33 ? reply(request, 0, [0x00, 1, 2, 3]) : "default";
    };
    rig.attention();
    rig.bmc.requests.length = 0;
    for (let n = 0; n < 10; n++) {
      const answers: number[] = [];
      for (let burst = 0; burst < 3; burst++) {
        user.submit(GET_DEVICE_ID, (answer) => answers.push(answer.cc));
      }
      rig.runUntil(() => answers.length === 3, 1_000_000);
    }
    // One request at least between two rounds, and each round is ten and ten.
    const rounds = rig.seen().join(" ").split(FLAGS).slice(1, -1);
    for (const round of rounds) {
      expect(round.split(MESSAGE).length - 1).toBe(10);
      expect(round.split(EVENT).length - 1).toBe(10);
      expect(round).toContain("18 01");
      expect(round.lastIndexOf(MESSAGE)).toBeLessThan(round.indexOf(EVENT));
    }
    expect(rig.stack.statistics.invalid_commands).toBeGreaterThan(0);
  });

  test.each([0, 1, 2, 15, 17])("F2: an event of %i bytes is none", (bytes) => {
    const rig = new Rig().up();
    const { deliveries, onDelivery } = collector();
    rig.stack.createUser("listener", { events: true, onDelivery });
    rig.bmc.stickyFlags = 0x02;
    const data = Array.from({ length: bytes }, () => 0x55);
    rig.bmc.behaviour = (request) => (request[1] === 0x35 ? reply(request, 0, data) : "default");
    rig.attention();
    rig.bmc.requests.length = 0;
    rig.run(100_000);
    const counts = countsSince(rig, 0);
    expect(counts[EVENT]).toBe(counts[FLAGS]);
    expect(counts[EVENT]).toBeLessThanOrEqual(12);
    expect(deliveries).toEqual([]);
  });

  test("F4: attention that is stuck without a cause starves nobody, and is no storm", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user", { events: true });
    rig.kcs.setAttention(true);
    rig.attention = () => {};
    rig.bmc.requests.length = 0;
    rig.run(1_000_000);
    expect(countsSince(rig, 0)[FLAGS]).toBeLessThanOrEqual(101);
    for (let n = 0; n < 50; n++) expect(rig.ask(user, GET_DEVICE_ID, 10_000).cc).toBe(0);
  });

  test("an attention whose flags cannot be had is looked at again only after a while", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user", { events: true });
    rig.bmc.stickyFlags = 0x02;
    rig.attention();
    for (const answer of ["refused", "foreign", "short"]) {
      rig.bmc.behaviour = (request) => {
        if (request[1] !== 0x31) return "default";
        if (answer === "refused") return reply(request, 0xd5);
        return answer === "foreign" ? Uint8Array.of(0x1c, 0x01, 0, 0xff) : Uint8Array.of(0x1c);
      };
      rig.bmc.requests.length = 0;
      rig.run(1_000_000);
      expect(countsSince(rig, 0)[EVENT] ?? 0).toBe(0);
      expect(countsSince(rig, 0)[FLAGS]).toBeLessThanOrEqual(101);
      expect(rig.ask(user, GET_DEVICE_ID, 10_000).cc).toBe(0);
    }
  });

  test("a pre-timeout flag that cannot be cleared is told once, until it was clear", () => {
    const rig = new Rig().up();
    const { deliveries, onDelivery } = collector();
    rig.stack.createUser("watchdog", { events: true, onDelivery });
    rig.bmc.stickyFlags = 0x08;
    rig.attention();
    rig.run(500_000);
    expect(deliveries).toEqual([{ what: "pretimeout" }]);
    rig.bmc.stickyFlags = 0x40;
    rig.run(500_000);
    rig.bmc.stickyFlags = 0x48;
    rig.run(500_000);
    expect(deliveries.map((delivery) => delivery.what)).toEqual([
      "pretimeout",
      "oem",
      "pretimeout",
    ]);
    expect(deliveries[1]).toEqual({ what: "oem", flags: 0x40 });
  });

  test("each pre-timeout is told, one after the other", () => {
    const rig = new Rig().up();
    const { deliveries, onDelivery } = collector();
    rig.stack.createUser("watchdog", { events: true, onDelivery });
    for (let n = 1; n <= 3; n++) {
      rig.bmc.pretimeout = true;
      rig.attention();
      rig.run(1_000_000);
      expect(deliveries.length).toBe(n);
    }
  });

  test("is looked for after each transaction even if nobody listens, and then left alone", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    rig.bmc.events.push(event(1));
    rig.attention();
    rig.ask(user, GET_DEVICE_ID);
    rig.run(100_000);
    expect(rig.stack.statistics.events).toBe(1);
    const { accesses } = rig;
    rig.run(10_000_000);
    expect(rig.accesses).toBe(accesses);
  });
});

const ipmbCommand = {
  to: 0x20,
  toLun: 0,
  netFn: 0x06,
  from: 0x52,
  fromLun: 0,
  sequence: 5,
  cmd: 0x77,
  data: new Uint8Array(0),
};

describe("runs", () => {
  test("the host's code gives the processor back after a bounded number of accesses", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    rig.recorder.events.length = 0;
    const before = rig.accesses;
    rig.ask(user, { ...GET_DEVICE_ID, data: new Uint8Array(200) });
    const runs = rig.events("run").filter((run) => run.on).length;
    expect((rig.accesses - before) / runs).toBeLessThan(97);
    let on = false;
    for (const run of rig.events("run")) {
      expect(run.on).toBe(!on);
      on = run.on;
    }
  });

  test("interrupts make it faster, and lost ones only slower", () => {
    const rig = new Rig({ interrupt: true }).up();
    expect(rig.bmc.enables & 0x03).toBe(0x03);
    const user = rig.stack.createUser("user");
    const fromUs = rig.time.nowUs;
    expect(rig.ask(user, GET_DEVICE_ID).cc).toBe(0);
    const polledUs = rig.time.nowUs - fromUs;
    const observed = rig.kcs.turn.bind(rig.kcs);
    rig.kcs.turn = () => {
      observed();
      rig.stack.interrupt(true);
      rig.stack.interrupt(false);
    };
    const againUs = rig.time.nowUs;
    expect(rig.ask(user, GET_DEVICE_ID).cc).toBe(0);
    expect(rig.time.nowUs - againUs).toBeLessThan(polledUs / 10);
    expect(rig.stack.statistics.interrupts).toBeGreaterThan(20);
  });

  test("an interrupt that nobody asked for does no harm", () => {
    const rig = new Rig({ interrupt: true });
    rig.stack.interrupt(true);
    rig.run(1_000);
    expect(rig.accesses).toBe(0);
    rig.up();
    for (let n = 0; n < 100; n++) {
      rig.stack.interrupt(n % 2 === 0);
      rig.run(10);
    }
    expect(rig.ask(rig.stack.createUser("user"), GET_DEVICE_ID).cc).toBe(0);
  });

  test("polled, it goes to completion without the scheduler's timers", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    const sent: string[] = [];
    user.submit(GET_DEVICE_ID, ({ cc }) => sent.push(`${cc}`));
    user.submit({ netFn: 0x0a, cmd: 0x40 }, ({ cc }) => sent.push(`${cc}`));
    expect(flush(rig, 1_000_000)).toBe(true);
    rig.run(1);
    expect(sent).toEqual(["0", `${0xc1}`]);
    expect(rig.events("run").some((run) => run.cause === "poll")).toBe(true);
  });

  test("polled on a dead BMC, it ends at its time", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    rig.frozen = true;
    user.submit(GET_DEVICE_ID, () => {});
    const fromUs = rig.time.nowUs;
    expect(flush(rig, 2_500_000)).toBe(false);
    expect(rig.time.nowUs - fromUs).toBeLessThan(2_600_000);
  });
});

/** Polls on the host's processor. */
function flush(rig: Rig, us: number): boolean | undefined {
  let done: boolean | undefined;
  rig.host.at(rig.time.nowUs, "flush", () => {
    done = rig.stack.flush(rig.time.nowUs + us, (spinUs) => rig.time.elapse(spinUs));
  });
  rig.runUntil(() => done !== undefined, us);
  return done;
}

test("each transfer carries its request's id to the BMC and back", () => {
  const rig = new Rig().up();
  const user = rig.stack.createUser("user");
  for (let n = 0; n < 5; n++) rig.ask(user, GET_DEVICE_ID);
  for (const { id, tag } of rig.events("received")) expect(tag).toBe(id);
  for (const { id, tag } of rig.events("answer")) expect(tag).toBe(id);
  const sent = rig.events("send").map(({ id, message }) => [id, hex(message)]);
  const asked = rig.events("request").map(({ id }) => id);
  expect(new Set(sent.map(([id]) => id))).toEqual(new Set(asked));
});
