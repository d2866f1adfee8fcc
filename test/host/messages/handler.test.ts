import { describe, expect, test } from "vitest";
import {
  type Answer,
  answerBoundUs,
  Refused,
  type RequestSpec,
  type User,
} from "../../../src/host/index.ts";
import { reply } from "../fake-bmc.ts";
import { collector, Rig } from "../rig.ts";

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

function refusal(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
  return "accepted";
}

function submit(user: User, spec: RequestSpec = GET_DEVICE_ID): Answer[] {
  const answers: Answer[] = [];
  user.submit(spec, (answer) => answers.push(answer));
  return answers;
}

describe("what is refused", () => {
  const cases: readonly (readonly [string, RequestSpec, string])[] = [
    ["an odd NetFn", { netFn: 0x07, cmd: 1 }, "INVALID_REQUEST"],
    ["a NetFn out of range", { netFn: 0x40, cmd: 1 }, "INVALID_REQUEST"],
    ["half a command", { netFn: 6, cmd: 0.5 }, "INVALID_REQUEST"],
    ["a command out of range", { netFn: 6, cmd: 256 }, "INVALID_REQUEST"],
    ["a LUN out of range", { netFn: 6, cmd: 1, lun: 4 }, "INVALID_REQUEST"],
    ["the last LUN", { netFn: 6, cmd: 1, lun: 3 }, "accepted"],
    ["the last LUN over IPMB", ipmb(0, { lun: 3 }), "accepted"],
    ["a LUN out of range over IPMB", ipmb(0, { lun: 4 }), "INVALID_REQUEST"],
    ["as many retries as there may be", { netFn: 6, cmd: 1, retries: 20 }, "accepted"],
    ["too many retries", { netFn: 6, cmd: 1, retries: 21 }, "INVALID_REQUEST"],
    ["no time between retries", { netFn: 6, cmd: 1, retryTimeMs: -1 }, "INVALID_REQUEST"],
    ["Send Message", { netFn: 6, cmd: 0x34 }, "RESERVED_COMMAND"],
    ["Get Message", { netFn: 6, cmd: 0x33 }, "RESERVED_COMMAND"],
    ["Read Event Message Buffer", { netFn: 6, cmd: 0x35 }, "RESERVED_COMMAND"],
    ["271 bytes of data", { netFn: 6, cmd: 1, data: new Uint8Array(271) }, "MESSAGE_TOO_LONG"],
    ["270 bytes of data", { netFn: 0x30, cmd: 1, data: new Uint8Array(270) }, "accepted"],
    ["LAN", { netFn: 6, cmd: 1, address: { kind: "lan", channel: 1 } }, "ADDRESS_NOT_SUPPORTED"],
    ["IPMB on a LAN channel", ipmb(1, {}), "CHANNEL_NOT_IPMB"],
    ["IPMB on no channel", ipmb(9, {}), "CHANNEL_NOT_IPMB"],
    ["an IPMB address out of range", ipmb(0, { address: 0x100 }), "INVALID_REQUEST"],
    ["263 bytes over IPMB", { ...ipmb(0, {}), data: new Uint8Array(263) }, "MESSAGE_TOO_LONG"],
    ["262 bytes over IPMB", { ...ipmb(0, {}), data: new Uint8Array(262) }, "accepted"],
  ];
  test.each(cases)("%s", (_, spec, code) => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    expect(refusal(() => submit(user, spec))).toBe(code);
    const refused = rig.events("refused").map((event) => event.code);
    expect(refused).toEqual(code === "accepted" ? [] : [code]);
  });

  test("everything before the start and after the shutdown", () => {
    const fresh = new Rig();
    const early = fresh.stack.createUser("early");
    expect(refusal(() => submit(early))).toBe("NOT_STARTED");
    fresh.stack.start();
    const answers = submit(early);
    fresh.stack.shutdown();
    expect(refusal(() => submit(early))).toBe("SHUTDOWN");
    expect(refusal(() => fresh.stack.createUser("late"))).toBe("SHUTDOWN");
    fresh.run(0);
    expect(answers).toMatchObject([{ cc: 0xce, maker: "host-handler" }]);
  });

  test("the user too many", () => {
    const full = new Rig().up();
    const users = Array.from({ length: 30 }, (_, n) => full.stack.createUser(`${n}`));
    expect(refusal(() => full.stack.createUser("31st"))).toBe("TOO_MANY_USERS");
    users[7]?.destroy();
    expect(refusal(() => full.stack.createUser("31st"))).toBe("accepted");
  });

  test("M11: the request too many, of one user only", () => {
    const full = new Rig().up();
    full.frozen = true;
    const greedy = full.stack.createUser("greedy");
    const other = full.stack.createUser("other");
    const answers = Array.from({ length: 100 }, () => submit(greedy));
    expect(refusal(() => submit(greedy))).toBe("TOO_MANY_MESSAGES");
    expect(refusal(() => submit(other))).toBe("accepted");
    expect(greedy.outstanding).toBe(100);
    full.run(answerBoundUs("kcs"));
    expect(answers.every((each) => each.length === 1)).toBe(true);
    expect(greedy.outstanding).toBe(0);
  });
});

function ipmb(channel: number, more: { address?: number; lun?: number }): RequestSpec {
  return { netFn: 6, cmd: 1, address: { kind: "ipmb", channel, address: 0x52, ...more } };
}

describe("answers", () => {
  test("M6: another question's answer is replaced", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    for (const wrong of [
      [0x1c, 0x02, 0, 7],
      [0x2c, 0x01, 0, 7],
      [0x18, 0x01, 0, 7],
    ]) {
      rig.bmc.behaviour = () => Uint8Array.from(wrong);
      const answer = rig.ask(user, GET_DEVICE_ID);
      expect(answer).toMatchObject({ cc: 0xff, maker: "host-handler" });
      expect(answer.data.length).toBe(0);
    }
  });

  test.each([
    ["short", [0x1c], 0xff],
    ["empty", [], 0xff],
    ["longer than the buffer", [0x1c, 0x01, 0, ...new Array<number>(270).fill(1)], 0xc6],
  ])("a %s response is not passed on", (_, response, cc) => {
    const rig = new Rig().up();
    rig.bmc.behaviour = () => Uint8Array.from(response);
    const user = rig.stack.createUser("user");
    expect(rig.ask(user, GET_DEVICE_ID)).toMatchObject({ cc, maker: "host-interface" });
  });

  test.each([0x00, 0xc0, 0xd5, 0x82, 0xff])("the BMC's own code %i is the BMC's", (cc) => {
    const rig = new Rig().up();
    rig.bmc.behaviour = (request) => reply(request, cc, [1, 2]);
    const answer = rig.ask(rig.stack.createUser("user"), GET_DEVICE_ID);
    expect(answer).toMatchObject({ cc, maker: "bmc", netFn: 6, cmd: 1 });
    expect(answer.data).toEqual(Uint8Array.of(1, 2));
  });

  test("a callback may submit again, and many do", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    let left = 50;
    const again = (): void => {
      if (left-- > 0) user.submit(GET_DEVICE_ID, again);
    };
    again();
    rig.runUntil(() => left < 0, 10_000_000);
    expect(user.outstanding).toBe(0);
  });

  test("promises are resolved once, and rejected when refused", async () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    const answered = user.request(GET_DEVICE_ID);
    const refused = user.request({ netFn: 7, cmd: 1 });
    rig.run(10_000);
    await expect(answered).resolves.toMatchObject({ cc: 0 });
    await expect(refused).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  test("a request that waits too long is answered without having been sent", () => {
    const rig = new Rig({ options: { queueLimitUs: 4_000_000 } }).up();
    const user = rig.stack.createUser("user");
    rig.bmc.behaviour = () => "silent";
    const first = submit(user);
    const second = submit(user);
    rig.run(4_100_000);
    expect(second).toMatchObject([{ cc: 0xc3, maker: "timer" }]);
    expect(first).toEqual([]);
    rig.run(20_000_000);
    expect(first.length).toBe(1);
  });
});

describe("priorities", () => {
  test("high goes before normal, but normal is not starved", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    const order: string[] = [];
    const send = (name: string, priority: "high" | "normal") => {
      user.submit({ ...GET_DEVICE_ID, priority }, () => order.push(name));
    };
    for (let n = 0; n < 3; n++) send("n", "normal");
    for (let n = 0; n < 14; n++) send("h", "high");
    rig.run(1_000_000);
    expect(order.join("")).toBe("hhhhnhhhhnhhhhnhh");
  });
});

describe("a user who goes", () => {
  test("M17: gets a local code for what he is owed, and nothing else", () => {
    const rig = new Rig().up();
    const { deliveries, onDelivery } = collector();
    const user = rig.stack.createUser("user", { events: true, onDelivery });
    const other = rig.stack.createUser("other");
    const onWire = submit(user);
    const queued = submit(user);
    const later = submit(other);
    rig.run(100);
    rig.bmc.events.push(new Uint8Array(16));
    rig.attention();
    const sent = rig.events("send").length;
    user.destroy();
    expect(user.outstanding).toBe(0);
    rig.run(1_000_000);
    expect(onWire).toMatchObject([{ cc: 0xce, maker: "host-handler" }]);
    expect(queued).toMatchObject([{ cc: 0xce, maker: "host-handler" }]);
    expect(later).toMatchObject([{ cc: 0, maker: "bmc" }]);
    expect(deliveries).toEqual([]);
    // What was only queued is never sent: the next is the other one's, or the stack's own.
    const [onWireId, queuedId] = rig
      .events("request")
      .filter((e) => e.user === "user")
      .map((e) => e.id);
    const after = rig
      .events("send")
      .slice(sent)
      .map((event) => event.id);
    expect(after).not.toContain(queuedId);
    expect(after).not.toContain(onWireId);
    expect(refusal(() => submit(user))).toBe("USER_DESTROYED");
    user.destroy();
  });

  test("gets nothing that was already on its way to him", () => {
    const rig = new Rig().up();
    const second = collector();
    const users: User[] = [];
    rig.stack.createUser("first", { events: true, onDelivery: () => users[0]?.destroy() });
    users.push(rig.stack.createUser("second", { events: true, onDelivery: second.onDelivery }));
    rig.bmc.events.push(new Uint8Array(16));
    rig.attention();
    rig.run(100_000);
    expect(rig.events("delivered").map((event) => event.user)).toEqual(["first"]);
    expect(second.deliveries).toEqual([]);
  });
});

describe("events", () => {
  const event = (n: number) => Uint8Array.from({ length: 16 }, () => n);

  test("go to all who listen; M7: those that came before wait, and are on nobody's account", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("poller");
    const first = collector();
    const second = collector();
    rig.bmc.events.push(...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(event));
    rig.attention();
    rig.ask(user, GET_DEVICE_ID);
    rig.run(100_000);
    const a = rig.stack.createUser("a", { onDelivery: first.onDelivery });
    const b = rig.stack.createUser("b", { onDelivery: second.onDelivery });
    a.setEvents(true);
    b.setEvents(true);
    rig.run(1);
    expect(first.deliveries.length).toBe(9);
    expect(second.deliveries.length).toBe(0);
    rig.bmc.events.push(event(10), event(11));
    rig.attention();
    rig.run(100_000);
    expect(first.deliveries.length).toBe(11);
    expect(second.deliveries).toEqual([10, 11].map((n) => ({ what: "event", record: event(n) })));
    expect([a.outstanding, b.outstanding]).toEqual([0, 0]);
    a.setEvents(false);
    rig.bmc.events.push(event(12));
    rig.attention();
    rig.run(100_000);
    expect([first.deliveries.length, second.deliveries.length]).toEqual([11, 3]);
  });

  test("F6: 25 are kept, the rest is counted and told once", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("poller");
    for (let n = 0; n < 40; n++) rig.bmc.events.push(event(n));
    rig.attention();
    for (let n = 0; n < 8; n++) {
      rig.ask(user, GET_DEVICE_ID);
      rig.run(20_000);
    }
    expect(rig.stack.statistics.discarded_events).toBe(15);
    expect(rig.life().filter((what) => what === "events-dropped").length).toBe(1);
    const { deliveries, onDelivery } = collector();
    rig.stack.createUser("late", { events: true, onDelivery });
    rig.run(1);
    expect(deliveries.map((each) => each.what === "event" && each.record[0])).toEqual(
      Array.from({ length: 25 }, (_, n) => n),
    );
  });
});

test("the device ID is read again when it is old and somebody looks", () => {
  const rig = new Rig().up();
  rig.run(11_000_000);
  rig.bmc.deviceId[3] = 0x09;
  const read: (number | undefined)[] = [];
  rig.stack.readDeviceId((device) => read.push(device?.firmwareMinor));
  rig.run(100_000);
  rig.stack.readDeviceId((device) => read.push(device?.firmwareMinor));
  expect(read).toEqual([9, 9]);
});

test("the device ID that was asked for while the BMC is lost is given as it was known", () => {
  const rig = new Rig().up();
  rig.run(11_000_000);
  rig.frozen = true;
  const read: (number | undefined)[] = [];
  rig.stack.readDeviceId((device) => read.push(device?.firmwareMinor));
  rig.run(answerBoundUs("kcs"));
  expect(read).toEqual([7]);
});
