import { describe, expect, test } from "vitest";
import {
  type Answer,
  HOST_OPTIONS,
  Refused,
  type RequestSpec,
  type User,
} from "../../../src/host/index.ts";
import { reply } from "../fake-bmc.ts";
import { Rig } from "../rig.ts";

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };
const COLD_RESET = { netFn: 0x06, cmd: 0x02 };

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

describe("a reset of the BMC by a user", () => {
  test.each([
    ["answered", "default"],
    ["unanswered", "silent"],
  ] as const)("%s: the BMC is left alone, then set up again", (_, answer) => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    rig.bmc.behaviour = (request) => (request[1] === 2 ? answer : "default");
    const reset = submit(user, COLD_RESET);
    expect(refusal(() => submit(user))).toBe("BUSY_MAINTENANCE");
    rig.runUntil(() => reset.length > 0, 5_100_000);
    expect(reset).toMatchObject([answer === "silent" ? { cc: 0xc3, maker: "timer" } : { cc: 0 }]);
    rig.bmc.behaviour = () => "default";
    rig.bmc.enables = 0x08;
    rig.reset();
    rig.run(0);
    expect(rig.stack.state).toBe("quiet");
    const { accesses } = rig;
    const resets = rig.seen().filter((request) => request === "18 02").length;
    expect(resets).toBe(1);
    rig.stack.interrupt(true);
    rig.run(HOST_OPTIONS.quietUs - 10);
    expect(rig.accesses).toBe(accesses);
    expect(refusal(() => submit(user))).toBe("BUSY_MAINTENANCE");
    rig.run(1_000_000);
    expect(rig.stack.state).toBe("up");
    expect(rig.bmc.enables).toBe(0x0c);
    const life = rig.life().filter((what) => what !== "recovery");
    expect(life).toEqual(["start", "up", "quiet", "quiet-end"]);
    expect(rig.ask(user, GET_DEVICE_ID)).toMatchObject({ cc: 0 });
  });

  test("what waited behind it is answered", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    const before = submit(user);
    const behind = submit(user);
    const reset: Answer[] = [];
    user.submit({ ...COLD_RESET, priority: "high" }, (answer) => reset.push(answer));
    rig.run(1_000_000);
    expect(reset).toMatchObject([{ cc: 0 }]);
    for (const answers of [before, behind]) {
      expect(answers).toMatchObject([{ cc: 0xc0, maker: "host-handler" }]);
    }
  });

  test("that the BMC refuses changes nothing", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    rig.bmc.behaviour = (request) => (request[1] === 2 ? reply(request, 0xd4) : "default");
    expect(rig.ask(user, COLD_RESET)).toMatchObject({ cc: 0xd4, maker: "bmc" });
    expect(rig.ask(user, GET_DEVICE_ID, 100_000)).toMatchObject({ cc: 0 });
  });

  test("that is never sent changes nothing", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    const other = rig.stack.createUser("other");
    submit(other);
    rig.run(50);
    const reset = submit(user, COLD_RESET);
    user.destroy();
    expect(refusal(() => submit(other))).toBe("accepted");
    rig.run(1_000_000);
    expect(reset).toMatchObject([{ cc: 0xce }]);
    expect(rig.seen()).not.toContain("18 02");
    expect(rig.stack.state).toBe("up");
  });

  test("with maintenance mode off is a command like others, but is not sent twice", () => {
    const rig = new Rig().up();
    rig.stack.setMaintenanceMode("off");
    const user = rig.stack.createUser("user");
    rig.bmc.behaviour = (request) => (request[1] === 2 ? "silent" : "default");
    const reset = submit(user, COLD_RESET);
    const behind = submit(user);
    rig.run(6_000_000);
    expect(reset).toMatchObject([{ cc: 0xc3, maker: "timer" }]);
    expect(behind).toMatchObject([{ cc: 0 }]);
    expect(rig.seen().filter((request) => request === "18 02").length).toBe(1);
  });

  test("of a BMC that stays away: it fails, and is found when it comes", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user");
    rig.ask(user, COLD_RESET);
    rig.frozen = true;
    rig.run(60_000_000);
    expect(rig.stack.state).toBe("failed");
    rig.thaw();
    rig.reset();
    rig.run(10_000_000);
    expect(rig.stack.state).toBe("up");
    expect(rig.ask(user, GET_DEVICE_ID)).toMatchObject({ cc: 0 });
  });
});

describe("maintenance", () => {
  test("a firmware command keeps the stack from asking on its own account for a while", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("user", { events: true });
    rig.run(3_000_000);
    rig.ask(user, { netFn: 0x08, cmd: 1 });
    rig.bmc.requests.length = 0;
    const { accesses } = rig;
    rig.run(29_000_000);
    expect(rig.bmc.requests).toEqual([]);
    expect(rig.accesses - accesses).toBeLessThan(5);
    expect(rig.ask(user, GET_DEVICE_ID)).toMatchObject({ cc: 0 });
    expect(rig.seen()).toEqual(["18 01"]);
    rig.run(3_000_000);
    expect(rig.seen()).toContain("18 2f");
  });

  test("on: never; off: always", () => {
    const rig = new Rig().up();
    rig.stack.setMaintenanceMode("on");
    const user = rig.stack.createUser("user", { events: true });
    rig.run(20_000_000);
    rig.bmc.requests.length = 0;
    rig.ask(user, GET_DEVICE_ID);
    rig.run(20_000_000);
    expect(rig.seen()).toEqual(["18 01"]);
    rig.stack.setMaintenanceMode("off");
    rig.ask(user, { netFn: 0x08, cmd: 1 });
    rig.run(3_000_000);
    expect(rig.seen()).toContain("18 2f");
  });
});
