import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { bootedArena } from "../../../src/lab/crash/booted-arena.ts";
import { IpmiFunction } from "../../../src/seats/linux/device.ts";
import { Mailbox } from "../../../src/seats/linux/mailbox.ts";
import { guestPort } from "../../../src/seats/linux/match/port.ts";
import { kernelFor } from "./kernel.ts";
import { GuestClock } from "./machine-clock.ts";
import { runNodeGuest } from "./node-guest.ts";
import { type Told, toldIn } from "./told.ts";

const VERSION = "6.1";
const RIGHT = "0000:00:02.0";
const POOR = "0000:00:03.0";
/** The kernel keeps that one, so its function stays enabled: behind the registers is the mailbox. */
const CLOCK = { file: "/sys/bus/pci/devices/0000:00:04.0/resource0", offset: 0x24 };
/** As in the scenario `bmc-with-few-commands`. */
const FEW_COMMANDS = "bmc: { unsupported: [Get BMC Global Enables, Get Self Test Results] }";

const checkedSchema = z
  .object({
    exit: z.number(),
    line: z.string(),
    interface: z.string().optional(),
    counts: z.record(z.string(), z.number()).optional(),
    transactions: z.number().optional(),
    unseenRules: z.number().optional(),
    ownFaults: z.array(z.string()).optional(),
    left: z.array(z.string()).optional(),
    found: z
      .array(
        z.object({
          ...{ id: z.string(), grade: z.string(), command: z.string() },
          remarks: z.array(z.string()),
        }),
      )
      .optional(),
  })
  .readonly();

// Goal: `check` finds on an unmodified kernel what it finds in the lab, and nothing else, by the kernel's device and
// on the registers. Method: Node and the package in a guest, a right BMC and one with few commands, the referee below.
describe(`a check on Linux ${VERSION}`, () => {
  let told: ReadonlyMap<string, Told>;
  let played: Awaited<ReturnType<typeof play>>;

  beforeAll(async () => {
    played = await play();
    told = played.told;
  });

  const of = (name: string) => checkedSchema.parse(told.get(name)?.is);

  test("a right BMC gets no complaint by the kernel's device, whose wire is not seen", () => {
    const { exit, counts, interface: kind, left, unseenRules } = of("right by the kernel");
    expect({ exit, kind }).toEqual({ exit: 0, kind: "kernel" });
    expect(counts).toMatchObject({ violates: 0, tolerable: 0, inconclusive: 0 });
    expect(counts?.["conforms"]).toBeGreaterThan(30);
    expect(left).toContain("wire/bring-up: the wire is not seen: the kernel has it");
    expect(left).toContain("app/bt-capabilities: only on bt, and the kernel has the interface");
    expect(unseenRules).toBeGreaterThan(20);
  });

  test("nor on its registers, where our own driver brings it up", () => {
    const { exit, counts, interface: kind, left, ownFaults, transactions } = of("right by us");
    expect({ exit, kind, ownFaults }).toEqual({ exit: 0, kind: "kcs", ownFaults: [] });
    expect(counts).toMatchObject({ violates: 0, tolerable: 0, inconclusive: 0 });
    expect(transactions).toBeGreaterThan(100);
    expect(left?.filter((each) => each.startsWith("wire/"))).toEqual([]);
  });

  test("one with few commands is found out by the kernel's device, case by case", () => {
    const { exit, found } = of("poor by the kernel");
    expect(exit).toBe(1);
    const bad = found?.filter(({ grade }) => grade === "violates") ?? [];
    expect(bad.map(({ id }) => id)).toEqual(["app/self-test", "app/global-enables"]);
    expect(bad[0]?.remarks).toEqual([
      " every BMC has to have it, and there is no Get Self Test Results (C1h)",
    ]);
    expect(bad[0]?.command).toMatch(/^baseboard check \/dev\/ipmi\d --case app\/self-test$/);
  });

  test("and on its registers by the rule's name, too, in the bring-up already", () => {
    const { exit, found, ownFaults } = of("poor by us");
    expect({ exit, ownFaults }).toEqual({ exit: 1, ownFaults: [] });
    const bad = found?.filter(({ grade }) => grade === "violates") ?? [];
    const ids = ["wire/bring-up", "app/self-test", "app/global-enables"];
    expect(bad.map(({ id }) => id)).toEqual(ids);
    for (const { remarks } of bad) expect(remarks[0]).toMatch(/^GEN-08 .*; unless the wire/);
  });

  test.each([
    ["taken", 3, "ipmi_si has the registers and uses them"],
    ["power", 2, "--allow power: /dev/ipmi"],
    ["interrupted", 130, "interrupted; nothing is left running"],
    ["raw interrupted", 130, "interrupted; nothing is left running"],
  ])("%s: one line", (name, exit, line) => {
    expect(of(name)).toMatchObject({ exit, line: expect.stringContaining(line) });
    expect(of(name).line).not.toContain("\n");
  });

  test("Ctrl-C leaves the interface clean, and no file", () => {
    expect(told.get("files of the interrupted")?.is).toEqual([]);
    expect(of("raw afterwards").exit).toBe(0);
    expect(of("raw after raw").exit).toBe(0);
  });

  test("the referee below finds no fault but what the poor one lacks", () => {
    const broken = played.verdicts.map((each) => each?.violations.map(({ rule }) => rule));
    expect(broken).toEqual([[], ["GEN-08"], []]);
    expect(played.verdicts.map((each) => each?.fault)).toEqual([[], ["bmc"], []]);
  });
});

async function play() {
  const kernel = await kernelFor(VERSION);
  const arenas = ["", FEW_COMMANDS, ""].map((scenario) => bootedArena({ scenario }).arena);
  const clock = new GuestClock(arenas);
  const mailbox = new Mailbox(new Uint8Array(0), {
    report: () => {},
    tick: (guestUs) => clock.tick(guestUs),
  });
  const { console } = await runNodeGuest({
    kernel,
    functions: arenas.map(({ wire }, index) => {
      const port = guestPort(wire, () => false);
      return new IpmiFunction(port, index === 2 ? mailbox : undefined, { kind: "kcs", pin: 0 });
    }),
    programs: ["check"],
    script: `
insmod ipmi_msghandler ipmi_devintf ipmi_si
await /dev/ipmi2
node check.mjs '${JSON.stringify({ right: RIGHT, poor: POOR, clock: CLOCK })}' 2>&1
`,
  });
  for (const { tracer } of arenas) tracer.emit({ e: "end", why: "done" });
  return { told: toldIn(console), verdicts: arenas.map(({ referee }) => referee?.verdict()) };
}
