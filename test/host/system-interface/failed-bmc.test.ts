import { describe, expect, test } from "vitest";
import { answerBoundUs, HOST_OPTIONS } from "../../../src/host/index.ts";
import { reply } from "../fake-bmc.ts";
import { collector, Rig } from "../rig.ts";

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

function event(n: number): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, at) => (at === 0 ? n : at));
}

describe("a BMC that fails", () => {
  test("everybody is answered at once, later requests fail fast, and it is found again", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    rig.frozen = true;
    const answers: { cc: number; maker: string; us: number }[] = [];
    const fromUs = rig.time.nowUs;
    for (let n = 0; n < 8; n++) {
      user.submit({ netFn: 0x0a, cmd: 0x40 + n }, ({ cc, maker }) => {
        answers.push({ cc, maker, us: rig.time.nowUs - fromUs });
      });
    }
    rig.run(6_000_000);
    expect(answers.length).toBe(8);
    expect(new Set(answers.map((answer) => answer.us)).size).toBe(1);
    for (const { cc, maker, us } of answers) {
      expect({ cc, maker }).toEqual({ cc: 0x82, maker: "host-interface" });
      expect(us).toBeLessThanOrEqual(answerBoundUs("kcs"));
    }
    expect(rig.stack.state).toBe("failed");
    expect(rig.life().slice(-1)).toEqual(["failed"]);
    expect(rig.ask(user, GET_DEVICE_ID, 0)).toMatchObject({ cc: 0x82 });
    rig.run(60_000_000);
    expect(rig.ask(user, GET_DEVICE_ID, 0)).toMatchObject({ cc: 0x82 });
    rig.thaw();
    rig.run(HOST_OPTIONS.timing.kcs.inputTimeoutUs + HOST_OPTIONS.failedRetryUs);
    expect(rig.stack.state).toBe("up");
    expect(
      rig
        .life()
        .filter((what) => what !== "recovery")
        .slice(-2),
    ).toEqual(["failed", "found"]);
    expect(rig.ask(user, GET_DEVICE_ID)).toMatchObject({ cc: 0, maker: "bmc" });
    expect(rig.stack.statistics.hosed_count).toBeGreaterThan(1);
  });

  test("after it is found, enables are set up again and what it has to say is fetched", () => {
    const rig = new Rig().up();
    const { deliveries, onDelivery } = collector();
    const user = rig.stack.createUser("listener", { events: true, onDelivery });
    rig.bmc.behaviour = () => "silent";
    for (let n = 0; n < 3; n++) user.submit({ netFn: 0x0a, cmd: 0x40 + n }, () => {});
    rig.runUntil(() => rig.stack.state === "failed", 16_000_000);
    rig.bmc.requests.length = 0;
    rig.bmc.behaviour = () => "default";
    rig.bmc.enables = 0x08;
    rig.bmc.events.push(event(9));
    rig.reset();
    rig.run(2_000_000);
    expect(rig.bmc.enables).toBe(0x0c);
    expect(deliveries).toEqual([{ what: "event", record: event(9) }]);
    // What was answered meanwhile is not sent any more.
    expect(rig.seen().filter((request) => request.startsWith("28"))).toEqual([]);
  });

  test("another firmware after it was found is noticed", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    rig.bmc.behaviour = () => "silent";
    rig.ask(user, GET_DEVICE_ID);
    rig.runUntil(() => rig.stack.state === "failed", 6_000_000);
    rig.bmc.behaviour = () => "default";
    rig.bmc.deviceId[3] = 0x08;
    rig.bmc.channels = [4, 1];
    rig.run(2_000_000);
    expect(rig.stack.identity.device?.firmwareMinor).toBe(0x08);
    expect(rig.stack.channels.at(1)?.medium).toBe(1);
    expect(rig.life()).toContain("firmware-changed");
  });

  test.each([0xd5, 0xff, 0xd2])("it is not found while it answers %i", (cc) => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    rig.bmc.behaviour = () => "silent";
    rig.ask(user, GET_DEVICE_ID);
    rig.runUntil(() => rig.stack.state === "failed", 6_000_000);
    rig.bmc.behaviour = (request) => reply(request, cc);
    rig.bmc.events.push(event(1));
    rig.attention();
    rig.bmc.requests.length = 0;
    rig.run(10_000_000);
    expect(rig.stack.state).toBe("failed");
    expect(new Set(rig.seen())).toEqual(new Set(["18 01"]));
    rig.bmc.behaviour = () => "default";
    rig.run(1_100_000);
    expect(rig.stack.state).toBe("up");
  });

  test("a half-alive one costs a few accesses a second, not a storm", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    rig.frozen = true;
    rig.ask(user, GET_DEVICE_ID);
    const turn = rig.kcs.turn.bind(rig.kcs);
    rig.kcs.turn = () => {
      rig.kcs.jam();
      turn();
    };
    rig.thaw();
    rig.run(10_000_000);
    const { accesses } = rig;
    rig.run(60_000_000);
    expect((rig.accesses - accesses) / 60).toBeLessThan(60);
    expect(rig.stack.state).toBe("failed");
  });
});
