import { describe, expect, test } from "vitest";
import { guestsWith } from "../../src/cli/guest-options.ts";
import type { HostParty } from "../../src/lab/index.ts";
import type { OwnDrivers } from "../../src/match/party.ts";
import { stack } from "../../src/seats/stack/party.ts";

/** A kernel that remembers what it was given. */
function kernel(name: string, given: [string, OwnDrivers][]): HostParty {
  const party: HostParty = {
    ...stack,
    name,
    seat: "linux",
    withDrivers: async (drivers) => {
      given.push([name, drivers]);
      return { ...party, alias: `${name} with drivers` };
    },
  };
  return party;
}

describe("several hosts", () => {
  test("each kernel gets what the user gave, and our own stack stays as it is", async () => {
    const given: [string, OwnDrivers][] = [];
    const hosts = [kernel("a", given), stack, kernel("b", given)];
    const options = { module: ["ipmi-si=./mine.ko"], param: ["ipmi-si.busy=1"] };
    const changed = await guestsWith(hosts, options);
    expect(changed.map(({ alias }) => alias)).toEqual([
      "a with drivers",
      "stack",
      "b with drivers",
    ]);
    const drivers = {
      modules: [{ name: "ipmi-si", path: "./mine.ko" }],
      parameters: [{ module: "ipmi_si", name: "busy", value: "1" }],
    };
    expect(given).toEqual([
      ["a", drivers],
      ["b", drivers],
    ]);
  });

  test("without a kernel among them it is refused, and without a word nothing happens", async () => {
    await expect(guestsWith([stack], { param: ["a.b=c"] })).rejects.toThrow(
      "--param is for a kernel",
    );
    expect(await guestsWith([stack], {})).toEqual([stack]);
  });
});
