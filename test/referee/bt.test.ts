import { expect, test } from "vitest";
import { bt, capabilities, deviceId } from "./bt-script.ts";
import { judge, named, swap } from "./script.ts";

const ON_BT = { interface: "bt" } as const;

test("a BMC that gives no response is to blame, by how long it said that it takes", () => {
  const patient = swap(swap(capabilities, "rd=05", "rd=1e"), "g=05", "g=1e");
  const silent = deviceId.slice(0, deviceId.indexOf("g="));
  const after = (time: string) =>
    judge(bt(`${patient} ${silent} ${time} rc=00 ${deviceId}`), { seats: ON_BT });
  expect(named(after("+20s"))).not.toContain("GEN-02");
  expect(named(after("+31s"))).toContain("GEN-02");
});
