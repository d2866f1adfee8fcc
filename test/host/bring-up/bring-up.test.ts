import { describe, expect, test } from "vitest";
import { Phase } from "../../../src/wire/kcs/protocol.ts";
import { reply } from "../fake-bmc.ts";
import { Rig } from "../rig.ts";

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

describe("bring-up", () => {
  test.each([Phase.Idle, Phase.Error, Phase.Read, Phase.Write])(
    "from interface state %i",
    (phase) => {
      const rig = new Rig({ phase }).up();
      expect(rig.life().filter((what) => what !== "recovery")).toEqual(["start", "up"]);
      expect(rig.stack.identity.device).toMatchObject({ firmwareMajor: 2, firmwareMinor: 7 });
      expect(rig.stack.identity.guid).toEqual(Uint8Array.from(rig.bmc.guid ?? []));
      expect(rig.stack.channels.at(0)).toEqual({ medium: 1, protocol: 1 });
      expect(rig.stack.channels.at(1)).toEqual({ medium: 4, protocol: 5 });
      expect(rig.stack.channels.at(2)).toBeUndefined();
      expect(rig.bmc.enables).toBe(0x0c);
    },
  );

  test("asks for each thing once, in order", () => {
    const rig = new Rig().up();
    const scan = Array.from({ length: 16 }, (_, n) => `18 42 ${n.toString(16).padStart(2, "0")}`);
    expect(rig.seen()).toEqual([
      "18 01",
      "18 30 08",
      "18 2f",
      "18 2e 0c",
      "18 2f",
      ...scan,
      "18 08",
    ]);
  });

  test("an idle stack that nobody uses touches no register", () => {
    const rig = new Rig().up();
    const { accesses } = rig;
    rig.run(60_000_000);
    expect(rig.accesses).toBe(accesses);
  });

  test("requests that come before it wait for it", () => {
    const rig = new Rig();
    rig.stack.start();
    const user = rig.stack.createUser("early");
    expect(rig.ask(user, GET_DEVICE_ID)).toMatchObject({ cc: 0, maker: "bmc" });
    expect(rig.stack.state).toBe("up");
  });

  // The codes that real BMCs gave while they started, then answers that are none.
  const poor: readonly (readonly [string, (request: Uint8Array) => Uint8Array])[] = [
    ...[0xd5, 0xd2, 0xd1, 0xc0, 0xc3, 0xce, 0xff, 0x80].map(
      (cc) => [`code ${cc.toString(16)}`, (request: Uint8Array) => reply(request, cc)] as const,
    ),
    ["too short for an ID", (request) => reply(request, 0, [0x20, 1, 2])],
    ["no completion code", (request) => reply(request, 0).subarray(0, 2)],
    ["empty", () => new Uint8Array(0)],
    ["another command", (request) => reply(Uint8Array.of(request[0] ?? 0, 0x02), 0, [1, 2, 3])],
    [
      "another NetFn",
      (request) => reply(Uint8Array.of(0x28, 0x01), 0, [...request, 1, 2, 3, 4, 5]),
    ],
    ["a request", (request) => Uint8Array.of(request[0] ?? 0, 1, 0, 1, 2, 3, 4, 5, 6, 7)],
  ];
  describe.each(poor)("Get Device ID answered with %s", (_, answer) => {
    test.each([0, 1, 4])("%i times: it comes up", (times) => {
      const rig = new Rig();
      let left = times;
      rig.bmc.behaviour = (request) =>
        request[1] === 1 && left-- > 0 ? answer(request) : "default";
      rig.stack.start();
      rig.runUntil(() => rig.stack.state === "up", 2_100_000);
    });

    test("for ever: it gives up within three seconds, and comes up when the BMC does", () => {
      const rig = new Rig();
      rig.bmc.behaviour = (request) => (request[1] === 1 ? answer(request) : "default");
      rig.stack.start();
      rig.runUntil(() => rig.stack.state === "absent", 3_000_000);
      expect(rig.life()).toContain("bring-up-failed");
      expect(rig.bmc.requests.length).toBe(5);
      const user = rig.stack.createUser("patient");
      expect(rig.ask(user, GET_DEVICE_ID, 0)).toMatchObject({ cc: 0x82, maker: "host-interface" });
      rig.bmc.behaviour = () => "default";
      rig.runUntil(() => rig.stack.state === "up", 10_100_000);
      expect(rig.ask(user, GET_DEVICE_ID)).toMatchObject({ cc: 0, maker: "bmc" });
    });
  });

  test("a phantom port is told by one access, now and then", () => {
    const rig = new Rig();
    rig.absent = true;
    rig.stack.start();
    rig.run(35_000_000);
    expect(rig.stack.state).toBe("absent");
    expect(rig.accesses).toBe(4);
    expect(rig.life()).toEqual(["start", "bring-up-failed"]);
    rig.absent = false;
    rig.run(10_000_000);
    expect(rig.stack.state).toBe("up");
    expect(rig.life().at(-1)).toBe("up");
  });

  test("a dead interface ends bring-up at once, and requests with it", () => {
    const rig = new Rig();
    rig.frozen = true;
    rig.stack.start();
    const user = rig.stack.createUser("early");
    const answer = rig.ask(user, GET_DEVICE_ID, 6_000_000);
    expect(answer).toMatchObject({ cc: 0x82, maker: "host-interface" });
    expect(rig.stack.state).toBe("absent");
    rig.thaw();
    rig.run(30_000_000);
    expect(rig.stack.state).toBe("up");
  });

  test.each([
    ["0.9", 0x90, 0],
    ["1.0", 0x01, 0],
    ["1.5", 0x51, 16],
    ["2.0", 0x02, 16],
  ])("IPMI %s", (_, version, asked) => {
    const rig = new Rig();
    rig.bmc.deviceId[4] = version;
    rig.up();
    expect(rig.seen().filter((request) => request.startsWith("18 42")).length).toBe(asked);
    expect(rig.stack.channels.at(0)?.medium).toBe(1);
  });

  test("without Get Channel Info there is one IPMB, and without a GUID none", () => {
    const rig = new Rig();
    rig.bmc.guid = undefined;
    rig.bmc.behaviour = (request) => (request[1] === 0x42 ? reply(request, 0xc1) : "default");
    rig.up();
    expect(rig.seen().filter((request) => request.startsWith("18 42")).length).toBe(1);
    expect(rig.stack.channels.at(0)?.medium).toBe(1);
    expect(rig.stack.channels.at(1)).toBeUndefined();
    expect(rig.stack.identity.guid).toBeUndefined();
  });

  // A BMC that swallows an optional question fails the interface once, not for ever.
  test.each([
    [0x08, undefined],
    [0x2e, 0x0c],
    [0x2f, undefined],
    [0x30, 0x08],
    [0x42, 1],
  ])("command %i unanswered does not keep the stack down", (cmd, first) => {
    const rig = new Rig();
    rig.bmc.behaviour = (request) => {
      return request[1] === cmd && request[2] === first ? "silent" : "default";
    };
    rig.stack.start();
    rig.run(60_000_000);
    expect(rig.stack.state).toBe("up");
    const user = rig.stack.createUser("user");
    expect(rig.ask(user, GET_DEVICE_ID)).toMatchObject({ cc: 0 });
    const asked = rig.bmc.requests.filter((request) => request[1] === cmd).length;
    rig.run(60_000_000);
    expect(rig.bmc.requests.filter((request) => request[1] === cmd).length).toBe(asked);
  });

  test("short device IDs of old BMCs do", () => {
    const rig = new Rig();
    rig.bmc.deviceId.length = 6;
    rig.up();
    expect(rig.stack.identity.device).toMatchObject({ manufacturerId: 0, productId: 0 });
  });

  test("another firmware: channels and GUID are asked for again", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    rig.run(11_000_000);
    rig.bmc.deviceId[14] = 2;
    rig.bmc.channels = [4, 1];
    rig.bmc.requests.length = 0;
    rig.ask(user, GET_DEVICE_ID);
    rig.run(1_000_000);
    expect(rig.life()).toContain("firmware-changed");
    expect(rig.stack.channels.at(1)?.medium).toBe(1);
    expect(rig.seen().filter((request) => request === "18 08").length).toBe(1);
    expect(rig.stack.state).toBe("up");
  });
});

// Goal: what one BMC said of a channel is never taken for another's. Method: each answer takes a
// second, and the firmware changes again in the middle of the scan.
test("another firmware while the channels are asked for: one question at a time, and from the first", () => {
  const rig = new Rig().up();
  const user = rig.stack.createUser("user");
  const scanned = () => rig.seen().filter((request) => request.startsWith("18 42"));
  rig.run(11_000_000);
  rig.bmc.deviceId[14] = 2;
  rig.ask(user, GET_DEVICE_ID);
  rig.responseUs = 1_000_000;
  rig.run(12_000_000);
  expect(scanned().length).toBeLessThan(32);
  rig.bmc.deviceId[14] = 3;
  rig.bmc.channels = [4, 1];
  rig.ask(user, GET_DEVICE_ID);
  rig.runUntil(
    () => rig.life().filter((what) => what === "firmware-changed").length === 2,
    9_000_000,
  );
  const before = scanned().length;
  rig.run(30_000_000);
  const scan = Array.from({ length: 16 }, (_, n) => `18 42 ${n.toString(16).padStart(2, "0")}`);
  expect(scanned().slice(before).slice(-16)).toEqual(scan);
  expect(scanned().length - before).toBeLessThanOrEqual(17);
  expect(rig.stack.channels.at(0)).toEqual({ medium: 4, protocol: 5 });
  expect(rig.stack.channels.at(1)).toEqual({ medium: 1, protocol: 1 });
  expect(rig.stack.channels.at(2)).toBeUndefined();
});

describe("global enables", () => {
  test("a bit that cannot be cleared is kept", () => {
    const rig = new Rig();
    rig.bmc.enables = 0x09;
    rig.bmc.behaviour = (request, bmc) => {
      if (request[1] !== 0x2e) return "default";
      bmc.enables = (request[2] ?? 0) | 0x01;
      return reply(request, 0);
    };
    rig.up();
    expect(rig.seen().filter((request) => request.startsWith("18 2e"))).toEqual([
      "18 2e 08",
      "18 2e 0d",
    ]);
  });

  test("bits of others are never changed", () => {
    const rig = new Rig({ interrupt: true });
    rig.bmc.enables = 0xe8;
    rig.up();
    expect(rig.bmc.enables).toBe(0xef);
  });

  // A bus from which the BMC has just gone reads all ones.
  test("a reserved bit is written as 0, whatever was read", () => {
    const rig = new Rig();
    rig.bmc.behaviour = (request) => {
      return request[1] === 0x2f ? reply(request, 0, [0xff]) : "default";
    };
    rig.up();
    const written = rig.seen().filter((request) => request.startsWith("18 2e"));
    expect(written).toEqual(["18 2e e8", "18 2e ef"]);
  });

  test("an event buffer that is not there is done without", () => {
    const rig = new Rig({ interrupt: true });
    rig.bmc.behaviour = (request) => {
      const refused = request[1] === 0x2e && ((request[2] ?? 0) & 0x04) !== 0;
      return refused ? reply(request, 0xcc) : "default";
    };
    rig.up();
    expect(rig.bmc.enables).toBe(0x0b);
  });

  test("refused for ever: the stack goes on, and does not ask on and on", () => {
    const rig = new Rig();
    rig.bmc.behaviour = (request) => (request[1] === 0x2e ? reply(request, 0xc1) : "default");
    rig.up();
    rig.stack.createUser("listener", { events: true });
    rig.run(30_000_000);
    expect(rig.seen().filter((request) => request.startsWith("18 2e")).length).toBe(1);
  });

  test("lost enables are set again while somebody wants events, and refusals are rate limited", () => {
    const rig = new Rig().up();
    rig.stack.createUser("listener", { events: true });
    rig.run(3_000_000);
    rig.bmc.enables = 0xa8;
    rig.run(1_100_000);
    expect(rig.bmc.enables).toBe(0xac);
    rig.bmc.behaviour = (request) => (request[1] === 0x2e ? reply(request, 0xff) : "default");
    rig.bmc.enables = 0x08;
    rig.bmc.requests.length = 0;
    rig.run(50_000_000);
    expect(rig.seen().filter((request) => request.startsWith("18 2e")).length).toBe(1);
  });

  // Goal: what a check read is not written behind another one's back, and a slow BMC is not asked
  // for ever more. Method: a BMC that takes longer over each answer than the checks are apart.
  test("one check at a time, however slow the BMC is", () => {
    const rig = new Rig().up();
    rig.stack.createUser("listener", { events: true });
    rig.bmc.requests.length = 0;
    rig.responseUs = 2_500_000;
    rig.run(20_000_000);
    const checks = rig.events("request").filter(({ cmd, t }) => cmd === 0x2f && t > 1_000_000);
    const answered = rig.events("answer").map(({ id }) => id);
    const open = checks.filter(({ id }) => !answered.includes(id));
    expect(checks.length).toBeGreaterThan(3);
    expect(open.length).toBeLessThanOrEqual(1);
    const overlapping = checks.filter(({ t }, i) => {
      const before = checks[i - 1];
      return before !== undefined && endOf(rig, before.id) > t;
    });
    expect(overlapping).toEqual([]);
  });

  test("a check that was under way when the BMC was lost is not in the way of the next", () => {
    const rig = new Rig().up();
    rig.stack.createUser("listener", { events: true });
    rig.runUntil(() => rig.seen().includes("18 2f"), 3_000_000);
    rig.frozen = true;
    rig.runUntil(() => rig.stack.state === "failed", 60_000_000);
    rig.thaw();
    rig.runUntil(() => rig.stack.state === "up", 60_000_000);
    rig.bmc.enables = 0x08;
    rig.run(3_000_000);
    expect(rig.bmc.enables).toBe(0x0c);
  });

  test.each([[[]], [[0xa8, 0]], [[0x44, 1, 2, 3, 4, 5, 6, 7, 8]]])(
    "an answer of %j is none: nothing is written",
    (data) => {
      const rig = new Rig().up();
      rig.stack.createUser("listener", { events: true });
      rig.bmc.requests.length = 0;
      rig.bmc.behaviour = (request) => (request[1] === 0x2f ? reply(request, 0, data) : "default");
      rig.run(5_000_000);
      expect(rig.seen().filter((request) => request.startsWith("18 2f")).length).toBeGreaterThan(2);
      expect(rig.seen().filter((request) => request.startsWith("18 2e"))).toEqual([]);
    },
  );
});

function endOf(rig: Rig, id: number): number {
  return rig.events("answer").find((answer) => answer.id === id)?.t ?? Number.POSITIVE_INFINITY;
}
