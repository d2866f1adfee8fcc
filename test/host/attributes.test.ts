import { describe, expect, test } from "vitest";
import { attributes, sameBmc } from "../../src/host/index.ts";
import { Rig } from "./rig.ts";

const SECOND = 1_000_000;

describe("attributes", () => {
  test("have Linux's names and forms", () => {
    const rig = new Rig();
    rig.up();
    const user = rig.stack.createUser("tool");
    user.submit({ netFn: 6, cmd: 1 }, () => {});
    const all = attributes(rig.stack);
    expect(all.bmc).toEqual({
      device_id: 0x20,
      provides_device_sdrs: 0,
      revision: 1,
      firmware_revision: "2.7",
      ipmi_version: "2.0",
      additional_device_support: "0xbf",
      manufacturer_id: "0x006666",
      product_id: "0x0001",
      aux_firmware_revision: "0x01 0x00 0x00 0x00",
      guid: "03020100-0504-0706-0809-0a0b0c0d0e0f",
    });
    expect(all.interface).toMatchObject({
      type: "kcs",
      interrupts_enabled: 0,
      params: "kcs,i/o,0xca2,rsp=1,rsi=1,rsh=0,irq=0,ipmb=32",
      nr_users: 1,
      nr_msgs: 1,
      maintenance_mode: "0 0",
      hosed_count: 0,
    });
    expect(all.interface.complete_transactions).toBeGreaterThan(10);
    expect(all.handler.sent_local_commands).toBeGreaterThan(10);
  });

  test("every counter is there once", () => {
    const { stack } = new Rig();
    const all = attributes(stack);
    const shown = [...Object.keys(all.interface), ...Object.keys(all.handler)];
    for (const name of Object.keys(stack.statistics)) {
      expect(shown.filter((each) => each === name)).toEqual([name]);
    }
    expect(all.bmc).toBeUndefined();
  });

  test("show where the registers are", () => {
    const rig = new Rig({ interrupt: true }).up();
    const { params, interrupts_enabled } = attributes(rig.stack, {
      address: 0xca8,
      irq: 10,
    }).interface;
    expect(params).toBe("kcs,i/o,0xca8,rsp=1,rsi=1,rsh=0,irq=10,ipmb=32");
    expect(interrupts_enabled).toBe(1);
  });

  test("show maintenance and the time that it lasts", () => {
    const rig = new Rig().up();
    const user = rig.stack.createUser("tool");
    rig.ask(user, { netFn: 8, cmd: 1 });
    expect(attributes(rig.stack).interface.maintenance_mode).toMatch(/^1 (30000|29\d\d\d)$/);
    rig.run(40 * SECOND);
    expect(attributes(rig.stack).interface.maintenance_mode).toBe("0 0");
    rig.stack.setMaintenanceMode("on");
    expect(attributes(rig.stack).interface.maintenance_mode).toBe("1 -1");
    rig.stack.setMaintenanceMode("auto");
    rig.ask(user, { netFn: 6, cmd: 2 });
    rig.run(10 * SECOND);
    expect(attributes(rig.stack).interface.maintenance_mode).toMatch(/^2 (20000|19\d\d\d)$/);
  });
});

describe("several interfaces to one BMC", () => {
  function stack(change: (rig: Rig) => void = () => {}) {
    const rig = new Rig();
    change(rig);
    return rig.up().stack;
  }

  test("are one by GUID and device", () => {
    expect(sameBmc(stack(), stack())).toBe(true);
  });

  const others: [string, (rig: Rig) => void][] = [
    ["another GUID", ({ bmc }) => bmc.guid?.reverse()],
    ["another product", ({ bmc }) => bmc.deviceId.splice(9, 1, 0x77)],
    ["another device id", ({ bmc }) => bmc.deviceId.splice(0, 1, 0x21)],
    [
      "no GUID",
      ({ bmc }) => {
        bmc.guid = undefined;
      },
    ],
    ["a GUID of zeros", ({ bmc }) => bmc.guid?.fill(0)],
  ];
  test.each(others)("are two with %s", (_name, change) => {
    expect(sameBmc(stack(), stack(change))).toBe(false);
  });

  test("without a GUID the device decides, and an unknown BMC is nobody's", () => {
    const without = (rig: Rig) => {
      rig.bmc.guid = undefined;
    };
    expect(sameBmc(stack(without), stack(without))).toBe(true);
    expect(sameBmc(stack(), new Rig().stack)).toBe(false);
  });
});
