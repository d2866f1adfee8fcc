import { describe, expect, test } from "vitest";
import type { RequestSpec } from "../../../src/host/index.ts";
import { Rig } from "../rig.ts";

const OEM: RequestSpec = { netFn: 0x3a, cmd: 0xf0, data: Uint8Array.of(3) };
const GET_DEVICE_ID: RequestSpec = { netFn: 0x06, cmd: 0x01 };
const SEL_INFO: RequestSpec = { netFn: 0x0a, cmd: 0x40 };
const TIMED_OUT = { cc: 0xc3, maker: "timer" };

/** A BMC that never answers OEM commands. */
function deafToOem(): Rig {
  const rig = new Rig().up();
  rig.bmc.behaviour = (request) => (request[0] === 0xe8 ? "silent" : "default");
  rig.bmc.requests.length = 0;
  return rig;
}

describe("a command that is never answered", () => {
  test("fails alone, however many wait behind it", () => {
    const rig = deafToOem();
    const answers: (readonly [string, number])[] = [];
    for (const name of ["firmware", "monitor", "tool"]) {
      const user = rig.stack.createUser(name);
      for (let n = 0; n < 2; n++) {
        const spec = name === "firmware" ? OEM : GET_DEVICE_ID;
        user.submit(spec, ({ cc }) => answers.push([name, cc]));
      }
    }
    rig.runUntil(() => answers.length === 6, 30_000_000);
    const failed = answers.filter(([, cc]) => cc !== 0);
    expect(failed).toEqual([
      ["firmware", 0xc3],
      ["firmware", 0xc3],
    ]);
    expect(rig.life()).not.toContain("failed");
    expect(rig.seen().filter((request) => request.startsWith("e8"))).toHaveLength(2);
  });

  test("is not sent twice, and the BMC is asked whether it is there before anybody else goes", () => {
    const rig = deafToOem();
    const user = rig.stack.createUser("firmware");
    const other = rig.stack.createUser("monitor");
    other.submit(SEL_INFO, () => {});
    let done = false;
    rig.stack.createUser("third").submit(SEL_INFO, () => {});
    user.submit(OEM, () => {});
    other.submit(SEL_INFO, () => {
      done = true;
    });
    rig.runUntil(() => done, 20_000_000);
    const selInfo = "28 40";
    expect(rig.seen()).toEqual([selInfo, selInfo, "e8 f0 03", "18 01", selInfo]);
  });

  test("shows a BMC that is gone when Get Device ID is not answered either", () => {
    const rig = deafToOem();
    rig.bmc.behaviour = () => "silent";
    const user = rig.stack.createUser("firmware");
    const fromUs = rig.time.nowUs;
    expect(rig.ask(user, OEM)).toMatchObject(TIMED_OUT);
    const other = rig.stack.createUser("monitor");
    expect(rig.ask(other, GET_DEVICE_ID)).toMatchObject({ cc: 0x82, maker: "host-interface" });
    expect(rig.time.nowUs - fromUs).toBeLessThan(11_000_000);
    expect(rig.stack.state).toBe("failed");
  });
});
