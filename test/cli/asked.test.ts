import { expect, test } from "vitest";
import { askedOnce } from "../../src/cli/asked.ts";
import { INTERFACES } from "../../src/lab/index.ts";
import { LabMachine } from "../check/machine-lab.ts";

const SLOW = "faults: [{ when: { command: Get Chassis Status }, bmc: { slow: 300ms } }]";
const CHASSIS_STATUS = { netFn: 0x00, cmd: 0x01 };
const SINK = { event: () => {} };

// Goal: who presses Ctrl-C while the BMC is at work leaves the interface idle. Method: the signal comes when
// the BMC has the request; our own stack in real time on the lab's wires, and the referee, who tells of
// whatever is half done as the trace ends.
test.each(INTERFACES)("one request on %s that is interrupted leaves nothing", async (kind) => {
  const { arena, registers } = new LabMachine(kind, SLOW);
  let had = 0;
  arena.tracer.attach({
    event: ({ e }) => {
      if (e !== "bmc.request") return;
      // The bring-up's come before.
      if (asks) setImmediate(() => process.emit("SIGINT"));
      had += 1;
    },
  });
  let asks = false;
  const asked = askedOnce(async (signal) => {
    const target = await registers.open({ signal }, SINK);
    asks = true;
    return target;
  }, CHASSIS_STATUS);
  await expect(asked).rejects.toMatchObject({ exit: 130, message: /interrupted/ });
  expect(had).toBeGreaterThan(2);
  arena.tracer.emit({ e: "end", why: "done" });
  const clean = { ended: true, open: [], violations: [], transactions: had };
  expect(arena.referee?.verdict()).toMatchObject(clean);
});

test("a request that nobody interrupts is answered", async () => {
  const { registers } = new LabMachine("kcs");
  const { answer } = await askedOnce((signal) => registers.open({ signal }, SINK), CHASSIS_STATUS);
  expect(answer).toMatchObject({ cc: 0, maker: "bmc" });
});

test.each([
  ["is not there", "wire: { all-ones: true }"],
  ["stands still", "bmc: { hang: chip }"],
])("a BMC that %s is one line, after a while that has an end", async (_, what) => {
  const { registers } = new LabMachine("kcs", `faults: [{ when: { start: true }, ${what} }]`);
  const asked = askedOnce((signal) => registers.open({ signal }, SINK), CHASSIS_STATUS);
  const nobody = { code: "NO_DEVICE", message: "it: no BMC answers there" };
  await expect(asked).rejects.toMatchObject(nobody);
});
