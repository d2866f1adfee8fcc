import { describe, expect, test } from "vitest";
import type { Answer, RequestSpec, User } from "../../../src/host/index.ts";
import { collector, Rig } from "../rig.ts";

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };
const COLD_RESET = { netFn: 0x06, cmd: 0x02 };
const GET_MESSAGE = 0x33;
/** A command that nobody registered for. */
const COMMAND = {
  ...{ to: 0x20, toLun: 0, netFn: 0x06, from: 0x52, fromLun: 0, sequence: 5, cmd: 0x77 },
  data: new Uint8Array(0),
};
const TO_IPMB: RequestSpec = {
  ...GET_DEVICE_ID,
  address: { kind: "ipmb", channel: 0, address: 0x52 },
};
/** Of Get Message Flags, two reads of the event buffer, Get Device ID, and what lies between. */
const ACCESSES = 220;

function submit(user: User, spec: RequestSpec = GET_DEVICE_ID): Answer[] {
  const answers: Answer[] = [];
  user.submit(spec, (answer) => answers.push(answer));
  return answers;
}

describe("shutdown", () => {
  test("answers everybody, and then there is no access, no timer and no delivery", () => {
    const rig = new Rig().up();
    const { deliveries, onDelivery } = collector();
    const user = rig.stack.createUser("user", { events: true, onDelivery });
    const all = [submit(user), submit(user), submit(user, TO_IPMB)];
    rig.run(60);
    rig.stack.shutdown();
    const { accesses } = rig;
    rig.bmc.events.push(new Uint8Array(16));
    rig.attention();
    rig.stack.interrupt(true);
    rig.run(0);
    for (const answers of all) expect(answers).toMatchObject([{ cc: 0xce }]);
    expect(rig.host.nextUs()).toBe(Number.POSITIVE_INFINITY);
    rig.run(100_000_000);
    expect(rig.accesses).toBe(accesses);
    expect(deliveries).toEqual([]);
    expect(rig.life().slice(-2)).toEqual(["shutdown", "down"]);
    rig.stack.shutdown();
    expect(rig.stack.state).toBe("down");
  });

  test.each(["starting", "absent", "failed", "quiet"] as const)("while %s", (state) => {
    const rig = new Rig();
    if (state === "absent") rig.absent = true;
    rig.stack.start();
    const user = rig.stack.createUser("user", { events: true });
    if (state === "starting") rig.frozen = true;
    rig.run(1_000_000);
    if (state === "failed") {
      rig.frozen = true;
      submit(user);
      rig.run(6_000_000);
    }
    if (state === "quiet") rig.ask(user, COLD_RESET);
    expect(rig.stack.state).toBe(state);
    rig.stack.shutdown();
    rig.run(0);
    const { accesses } = rig;
    expect(rig.host.nextUs()).toBe(Number.POSITIVE_INFINITY);
    rig.run(100_000_000);
    expect(rig.accesses).toBe(accesses);
  });

  // Method: the removal is planned while the message is taken, so it comes before the message is
  // looked at.
  test("right after a command for nobody was fetched leaves no request behind", () => {
    const rig = new Rig().up();
    rig.stack.createUser("listener", { events: true });
    rig.tracer.attach({
      event: (event) => {
        if (event.e !== "received" || event.message[1] !== GET_MESSAGE) return;
        rig.host.at(rig.time.nowUs, "removal", () => rig.stack.shutdown());
      },
    });
    rig.bmc.queueIpmb(0, COMMAND);
    rig.attention();
    rig.run(100_000);
    expect(rig.stack.state).toBe("down");
    expect(rig.bmc.queue).toEqual([]);
    const answered = rig.events("answer").map((event) => event.id);
    expect(answered).toEqual(rig.events("request").map((event) => event.id));
  });

  // Method: the removal comes within every register access of a flag round and a request; what the
  // step that runs has left is at most two more.
  test("from within a register access stops at once", () => {
    for (let within = 1; within <= ACCESSES; within++) {
      const rig = new Rig().up();
      const user = rig.stack.createUser("user", { events: true });
      rig.bmc.events.push(new Uint8Array(16));
      rig.attention();
      const answers = submit(user);
      const last = rig.accesses + within;
      rig.onAccess = (n) => {
        if (n === last) rig.stack.shutdown();
      };
      rig.run(5_000);
      expect(rig.stack.state).toBe("down");
      expect(rig.accesses - last).toBeLessThanOrEqual(2);
      expect(answers.length).toBe(1);
      const answered = rig.events("answer").map((event) => event.id);
      expect(new Set(answered).size).toBe(answered.length);
      expect(answered.length).toBe(rig.events("request").length);
    }
  });
});
