import { expect, test } from "vitest";
import { guestDrivers } from "../../../../src/seats/linux/match/drivers.ts";
import { NotForGuests } from "../../../../src/seats/linux/match/not-for-guests.ts";

const KEPT = [
  ...["ipmi_msghandler", "ipmi_devintf", "ipmi_si", "ipmi_watchdog"],
  ...["i2c_smbus", "i2c_i801", "ipmi_ssif"],
];

function loaded(kind: "kcs" | "ssif", modules: readonly string[] = KEPT): readonly string[] {
  return guestDrivers(kind, modules).setup.flatMap((step) => {
    if (step.step !== "insert-module") return [];
    return [`${step.path.replace(/^.*\//, "").replace(".ko", "")} ${step.parameters}`.trim()];
  });
}

test("each interface loads its own drivers, in their order", () => {
  expect(loaded("kcs")).toEqual(["ipmi_msghandler", "ipmi_devintf", "ipmi_si"]);
  expect(loaded("ssif")).toEqual([
    "ipmi_msghandler",
    "ipmi_devintf",
    "i2c_smbus",
    "i2c_i801 disable_features=0x10",
    "ipmi_ssif",
  ]);
});

test("nobody but the administrator tells a guest of its SSIF", () => {
  expect(guestDrivers("ssif", KEPT).setup.at(-1)).toEqual({
    step: "write-file",
    path: "/sys/bus/i2c/devices/i2c-0/new_device",
    text: "ipmi_ssif 0x10",
  });
  expect(guestDrivers("ssif", KEPT).remove).toMatchObject({ text: "0-0010" });
});

test("a kernel that was kept before it had a seat for SSIF says so", () => {
  expect(() => guestDrivers("ssif", ["ipmi_msghandler", "ipmi_si"])).toThrow(NotForGuests);
  expect(loaded("kcs", [])).toHaveLength(3);
});
