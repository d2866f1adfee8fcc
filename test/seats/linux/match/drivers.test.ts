import { expect, test } from "vitest";
import {
  guestDrivers,
  type KernelDrivers,
  kernelArguments,
  showsDevice,
} from "../../../../src/seats/linux/match/drivers.ts";
import { NotForGuests } from "../../../../src/seats/linux/match/not-for-guests.ts";

const KEPT: KernelDrivers = {
  modules: [
    ...["ipmi_msghandler", "ipmi_devintf", "ipmi_si", "ipmi_watchdog"],
    ...["i2c_smbus", "i2c_i801", "ipmi_ssif"],
  ],
  builtIn: [],
};

/** The same kernel with some of its drivers built in. */
function builtIn(...names: readonly string[]): KernelDrivers {
  return { modules: KEPT.modules.filter((name) => !names.includes(name)), builtIn: names };
}

function loaded(kind: "kcs" | "ssif", has = KEPT): readonly string[] {
  return guestDrivers(kind, has).setup.flatMap((step) => {
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

test("where firmware tells of the registers, the agent puts them there before the driver looks", () => {
  const place = { at: "io", kind: "kcs", base: 0xca8, spacing: 4, width: 8 } as const;
  const { setup, insert, folder } = guestDrivers("kcs", KEPT, { described: place });
  expect(setup.slice(0, 2)).toEqual([
    { step: "set-pci", slot: 3, offset: 0x10, value: 0xca9 },
    { step: "set-pci", slot: 3, offset: 0x04, value: 1 },
  ]);
  expect(setup.slice(2)).toEqual(guestDrivers("kcs", KEPT).setup);
  expect(insert).toMatchObject({ path: "/sys/bus/platform/drivers/ipmi_si/bind" });
  expect(folder).toBe("/sys/devices/platform/dmi-ipmi-si.0");
  const all = builtIn(...KEPT.modules);
  expect(() => guestDrivers("kcs", all, { described: place })).toThrow(NotForGuests);
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
  const modules = ["ipmi_msghandler", "ipmi_si"];
  expect(() => guestDrivers("ssif", { modules, builtIn: [] })).toThrow(NotForGuests);
  expect(loaded("kcs", { modules: [], builtIn: [] })).toHaveLength(3);
});

// Goal: a driver that is part of the kernel finds the device when the guest's clock runs, not before.
test("a driver that is built in is not loaded, and finds its device at the set-up's end", () => {
  const all = builtIn(...KEPT.modules);
  expect(guestDrivers("kcs", all).setup).toEqual([
    { step: "sleep", us: 20_000 },
    { step: "tell", what: "the device may be known" },
    { step: "write-file", path: "/sys/bus/pci/devices/0000:00:02.0/remove", text: "1" },
    { step: "write-file", path: "/sys/bus/pci/rescan", text: "1" },
  ]);
  expect(guestDrivers("ssif", all).setup.slice(0, 4)).toEqual(guestDrivers("kcs", all).setup);
  expect(guestDrivers("ssif", all).setup).toHaveLength(5);
});

test("what is a module beside it is loaded first", () => {
  const si = builtIn("ipmi_msghandler", "ipmi_si");
  expect(loaded("kcs", si)).toEqual(["ipmi_devintf"]);
  expect(guestDrivers("kcs", si).setup.findIndex(showsDevice)).toBe(2);
  const handler = guestDrivers("kcs", builtIn("ipmi_msghandler"));
  expect(handler.setup.some(showsDevice)).toBe(false);
  expect(handler.unload).toEqual([
    { step: "remove-module", name: "ipmi_si" },
    { step: "remove-module", name: "ipmi_devintf" },
  ]);
});

test("what is built in cannot be unloaded, but its device can be taken from it", () => {
  const { load, unload, remove, hotRemove } = guestDrivers("kcs", builtIn("ipmi_si"));
  expect([load, unload]).toEqual([undefined, undefined]);
  expect(remove).toEqual(guestDrivers("kcs", KEPT).remove);
  expect(hotRemove).toEqual(guestDrivers("kcs", KEPT).hotRemove);
  expect(guestDrivers("ssif", builtIn("ipmi_ssif")).unload).toBeUndefined();
});

test("on the command line stands what a module would have been given, and to stay without a device", () => {
  expect(kernelArguments([])).toEqual([]);
  expect(kernelArguments(["ipmi_msghandler", "ipmi_si", "i2c_i801", "ipmi_ssif"])).toEqual([
    "ipmi_si.unload_when_empty=0",
    "i2c_i801.disable_features=0x10",
  ]);
});

// Goal: what watches the driver is at work before there is anything to see. Method: the order of steps.
test.each(["kcs", "ssif"] as const)(
  "on %s, a witness is at work before the device is found",
  (kind) => {
    const { setup } = guestDrivers(kind, KEPT, { witness: true });
    const paths = setup.map((step) => ("path" in step ? step.path : step.step));
    const begun = paths.indexOf("/witness/begun");
    expect(paths[begun - 1]).toBe("/witness/begin");
    expect(setup.slice(0, begun - 1).every(({ step }) => step === "insert-module")).toBe(true);
    const finds = kind === "kcs" ? "/sys/bus/pci/rescan" : "/sys/bus/i2c/devices/i2c-0/new_device";
    expect(paths.slice(begun + 1)).toContain(finds);
  },
);

test("a driver that a witness waits with stays though it has no device yet", () => {
  const { setup } = guestDrivers("kcs", KEPT, { witness: true });
  expect(setup).toContainEqual(
    expect.objectContaining({ step: "insert-module", parameters: "unload_when_empty=0" }),
  );
});
