import { afterEach, describe, expect, test } from "vitest";
import { Kcs } from "../../../src/host/index.ts";
import {
  ExternBmc,
  type ExternOrder,
  ExternSocket,
  INTERRUPT_CONTROLLER,
  type IpmiDevice,
  ISA_INTERRUPT,
  startIpmiDevice,
} from "../../../src/seats/qemu/index.ts";
import { VmCapability } from "../../../src/seats/vm-protocol.ts";
import { RealScheduler } from "../../../src/time/index.ts";
import { Tracer } from "../../../src/trace/tracer.ts";
import { eventually } from "../eventually.ts";
import { leavesNothing } from "../nothing-left.ts";
import { ask } from "./polled.ts";

const GET_DEVICE_ID = [0x18, 0x01];
const COLD_RESET = [0x18, 0x02];
const DEVICE_ID = /^1c010020/;
const NOBODY_BEHIND = "1c01d2";
const SMS_ATN = 0x04;
const STATUS = 1;
const chassisControl = (action: number) => [0x00, 0x02, action];
const setEnables = (enables: number) => [0x18, 0x2e, enables];
/** The vector of the NMI in real mode, and a place in the firmware, which halts everywhere. */
const NMI_VECTOR = 2 * 4;
const NMI_HANDLER = { segment: 0xf000, offset: 0x0100 } as const;
const HALTED_IN_HANDLER = /EIP=00000101 /;
/** A processor that has one is set up to take an NMI by firmware only. */
const WITHOUT_APIC = "486";
const QUICK_RESET_US = 50_000;

leavesNothing();

const started: { device: IpmiDevice; socket: ExternSocket }[] = [];

afterEach(async () => {
  for (const { device, socket } of started.splice(0)) {
    await device.machine.stop();
    await socket.close();
  }
});

/** QEMU stays when its machine is off, so that it can be asked what happened. */
async function circle(order: ExternOrder = "qemu-listens") {
  const scheduler = new RealScheduler();
  const bmc = new ExternBmc({
    scheduler,
    tracer: new Tracer(() => scheduler.now()),
    resetUs: QUICK_RESET_US,
  });
  const socket = await ExternSocket.open(bmc, order);
  const behind = [...socket.arguments(), "-no-shutdown", "-cpu", WITHOUT_APIC];
  const device = await startIpmiDevice({ interface: "kcs", bus: "isa", bmc: behind });
  started.push({ device, socket });
  await eventually(() => expect(bmc.capabilities).not.toBe(0));
  const kcs = new Kcs(device.port, device.spacing);
  return {
    bmc,
    device,
    asked: (request: readonly number[]) => ask(kcs, scheduler, request),
    event: (name: string) => {
      return eventually(() => {
        const names = device.machine.qmp.sync().map(({ event }) => event);
        expect(names).toContain(name);
      });
    },
  };
}

describe.each(["qemu-listens", "bmc-listens"] as const)("where %s", (order) => {
  test("the controller answers through QEMU's registers", async () => {
    const { asked, bmc } = await circle(order);
    expect(await asked(GET_DEVICE_ID)).toMatch(DEVICE_ID);
    expect(bmc.damaged).toBe(0);
  });

  test("a BMC that resets is away and comes back", async () => {
    const { asked } = await circle(order);
    expect(await asked(COLD_RESET)).toBe("1c0200");
    expect(await asked(GET_DEVICE_ID)).toBe(NOBODY_BEHIND);
    const back = async () => expect(await asked(GET_DEVICE_ID)).toMatch(DEVICE_ID);
    await eventually(back);
  });
});

test("QEMU says what its machine can do", async () => {
  const { bmc } = await circle();
  const all = Object.values(VmCapability).reduce((bits, bit) => bits | bit, 0);
  expect(bmc.capabilities).toBe(all);
});

describe("what the controller does to the machine", () => {
  test("hard reset", async () => {
    const { asked, event } = await circle();
    expect(await asked(chassisControl(3))).toBe("040200");
    await event("RESET");
  });

  test("power down", async () => {
    const { asked, event } = await circle();
    expect(await asked(chassisControl(0))).toBe("040200");
    await event("SHUTDOWN");
  });

  test("soft shutdown", async () => {
    const { asked, event } = await circle();
    expect(await asked(chassisControl(5))).toBe("040200");
    await event("POWERDOWN");
  });

  // There is no event for an NMI: the halted processor goes where the vector points, and halts there.
  test("diagnostic interrupt", async () => {
    const { asked, device } = await circle();
    const registers = () => {
      const args = { "command-line": "info registers" };
      return String(device.machine.qmp.execute("human-monitor-command", args));
    };
    device.machine.qtest.writel(NMI_VECTOR, NMI_HANDLER.segment * 0x1_0000 + NMI_HANDLER.offset);
    expect(registers()).not.toMatch(HALTED_IN_HANDLER);
    expect(await asked(chassisControl(4))).toBe("040200");
    await eventually(() => expect(registers()).toMatch(HALTED_IN_HANDLER));
  });

  test("the watchdog's reset", async () => {
    const { asked, event } = await circle();
    expect(await asked([0x18, 0x24, 0x04, 0x01, 0, 0, 2, 0])).toBe("1c2400");
    expect(await asked([0x18, 0x22])).toBe("1c2200");
    await event("RESET");
  });
});

describe("attention", () => {
  const message = Uint8Array.from([0, 0x20, 0x18, 0xc8, 0x52, 0x04, 0x01, 0xa9]);

  test("shows in the status while a message waits", async () => {
    const { bmc, device, asked } = await circle();
    const attention = () => device.port.read(STATUS) & SMS_ATN;
    expect(attention()).toBe(0);
    bmc.controller.queueMessage(message);
    await eventually(() => expect(attention()).toBe(SMS_ATN));
    expect(await asked([0x18, 0x33])).toMatch(/^1c3300/);
    await eventually(() => expect(attention()).toBe(0));
  });

  test("interrupts when that is enabled", async () => {
    const { bmc, device, asked } = await circle();
    const raised: number[] = [];
    device.machine.qtest.watchInterrupts(INTERRUPT_CONTROLLER, ({ line, level }) => {
      if (level && line === ISA_INTERRUPT) raised.push(line);
    });
    expect(await asked(setEnables(0x09))).toBe("1c2e00");
    raised.length = 0;
    bmc.controller.queueMessage(message);
    await eventually(() => {
      device.port.read(STATUS);
      expect(raised).toEqual([ISA_INTERRUPT]);
    });
  });
});
