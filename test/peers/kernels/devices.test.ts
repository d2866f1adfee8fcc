import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { bootedArena } from "../../../src/lab/crash/booted-arena.ts";
import { IpmiFunction } from "../../../src/seats/linux/device.ts";
import { guestPort } from "../../../src/seats/linux/match/port.ts";
import { PlacedRegisters, placingWrites } from "../../../src/seats/linux/placed-registers.ts";
import { readTrace } from "../../../src/trace/jsonl.ts";
import type { InterfaceOn } from "../../../src/wire/interface.ts";
import { locationText } from "../../../src/wire/location.ts";
import { DEVICE_ID, NEWS, programmeTests, text } from "./device-programme.ts";
import { kernelFor } from "./kernel.ts";
import { timedByReads } from "./machine-clock.ts";
import { runNodeGuest } from "./node-guest.ts";
import { type Told, toldIn } from "./told.ts";

const SLOT = "0000:00:02.0";
const BASE = "0xc000";
/** Where no driver of the kernel's looks: registers four bytes apart, on a function that the guest moves there. */
const APART = { at: "io", kind: "kcs", base: 0xca8, spacing: 4, width: 8 } as const;
const APART_TEXT = locationText(APART);
const APART_SLOT = "0000:00:03.0";
const PAGE = fileURLToPath(new URL("../../../docs/devices.md", import.meta.url));
/** The commands that the page begins with, by their words. */
const WRITTEN = [
  ...readFileSync(PAGE, "utf8").matchAll(/^ {4}sudo npx baseboard (raw [^#\n]+)/gm),
].map(([, words = ""]) => words.trim().split(/\s+/));
const commandSchema = z.object({ exit: z.number(), out: z.string() }).readonly();

beforeAll(async () => {
  for (const version of ["6.1", "7.2"]) await kernelFor(version);
});

// Goal: a program on an unmodified kernel gets at the BMC by the kernel's own driver, and, once that is gone,
// by our own stack on the same registers; never by both. Method: Node and the package in a guest, on our
// registers, whose trace the referee judges.
describe.each([["6.1", "kcs"]] as const)("Linux %s on %s", (version, kind) => {
  let told: ReadonlyMap<string, Told>;
  let played: Awaited<ReturnType<typeof play>>;

  beforeAll(async () => {
    played = await play(version, kind);
    told = played.told;
  });

  const of = (name: string): Told => {
    const found = told.get(name);
    if (found === undefined) throw new Error(`nothing was told of ${name}: ${[...told.keys()]}`);
    return found;
  };
  const answer = (name: string) => of(name).is;

  test("the referee finds no fault with who was at the registers", () => {
    expect(played.verdict?.violations).toEqual([]);
    expect(played.verdict?.fault).toEqual([]);
    expect(played.verdict?.transactions).toBeGreaterThan(60);
  });

  programmeTests(of);

  test.each([
    ["no device", "NO_DEVICE", 3, "/dev/ipmi7: there is no such device (ENOENT)"],
    ["not root", "NOT_PERMITTED", 3, "this user may not use it (EACCES); run it as root"],
    ["driver gone", "NO_DEVICE", 3, "the interface is gone: its driver was removed (ENODEV)"],
    ["no koffi", "NOT_ON_THIS_PLATFORM", 3, "npm install koffi"],
    ["stack refuses", "INVALID_REQUEST", 2, "the NetFn is odd"],
  ])("%s: one line that says why", (name, code, exit, line) => {
    expect(of(name)).toMatchObject({ code, exit, line: expect.stringContaining(line) });
    expect(of(name).line).not.toContain("\n");
  });

  test("the command shows request and answer, and ends as the BMC answered", () => {
    const shown = expect.stringContaining("Get Device ID, 00h (command completed normally)");
    expect(answer("raw device")).toMatchObject({ exit: 0, line: "", out: shown });
    expect(answer("raw oem")).toMatchObject({ exit: 1, out: expect.stringContaining("C1h") });
  });

  test("an executor is built for where a function's registers are now", () => {
    const place = `for ${kind}:io:${BASE}`;
    expect(answer("crash build")).toMatchObject({ exit: 0, out: expect.stringContaining(place) });
  });

  test.each([
    ["owned io", "ipmi_si has the registers and uses them"],
    ["owned forced", "--force does not help"],
    ["owned pci", "ipmi_si has the registers and uses them"],
    ["owned by rtc", "/proc/ioports says that rtc0 has the registers; --force"],
    ["memory of the system", "that is the machine's memory, and no registers"],
    ["not root registers", "does not show who has the registers; run it as root"],
    ["io of 32 bits", "/dev/port makes accesses of 8 bits only"],
  ])("%s: registers are refused", (name, line) => {
    expect(answer(name)).toMatchObject({ exit: 3, out: "", line: expect.stringContaining(line) });
  });

  test("the page's commands are what they are said to be", () => {
    expect(WRITTEN.map(([, place]) => place)).toEqual(["/dev/ipmi0", "/dev/ipmi0", APART_TEXT]);
    const [deviceId, sel, apart] = WRITTEN.map((_, index) => answer(`written ${index}`));
    const shown = expect.stringContaining("Get Device ID, 00h (command completed normally)");
    expect(deviceId).toMatchObject({ exit: 0, line: "", out: shown });
    // The event that came before lies in its log.
    const logged = expect.stringContaining("20 00 04 01 30 01 57 00 00");
    expect(sel).toMatchObject({ exit: 0, line: "", out: logged });
    expect(apart).toMatchObject({ exit: 0, line: "", out: shown });
  });

  test("registers four bytes apart are checked, and a right BMC gets no complaint", () => {
    const { exit, out } = commandSchema.parse(answer("check"));
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      target: APART_TEXT,
      counts: { violates: 0, tolerable: 0 },
      ownFaults: [],
    });
    expect(played.apart?.violations).toEqual([]);
    expect(played.apart?.transactions).toBeGreaterThan(60);
  });

  test.each([
    ["locked io", "/dev/port: the kernel does not permit it (EPERM)"],
    ["locked pci", "resource0: the kernel does not permit it (EPERM)"],
    ["locked memory", "/dev/mem: the kernel does not permit it (EPERM)"],
  ])("%s: a kernel under lockdown gives no registers away", (name, line) => {
    expect(answer(name)).toMatchObject({ exit: 3, out: "", line: expect.stringContaining(line) });
    expect(answer(name)).toMatchObject({ line: expect.not.stringContaining("\n") });
  });

  test("and its own device all the same", () => {
    expect(answer("locked device")).toMatchObject({ exit: 0, line: "" });
  });

  test("our own stack drives the registers when nobody else does", () => {
    for (const name of ["raw pci", "raw io"]) {
      const { exit, out } = commandSchema.parse(answer(name));
      expect(exit).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        target: name === "raw io" ? `${kind}:io:${BASE}` : `${kind}:pci:${SLOT}`,
        response: { cc: 0, maker: "bmc", data: text(DEVICE_ID) },
      });
    }
    expect(answer("stack parallel")).toMatchObject([{ cc: 0 }, { data: DEVICE_ID }, { cc: 0xc1 }]);
  });

  test("its trace is one that can be judged", () => {
    const { head, events } = readTrace(played.trace);
    expect(head).toMatchObject({ host: "stack", interface: kind, clock: "real" });
    expect(events.at(-1)).toMatchObject({ e: "end", why: "done" });
    expect(events.filter(({ e }) => e === "host.read").length).toBeGreaterThan(30);
  });
});

async function play(version: string, kind: InterfaceOn<"registers">) {
  const kernel = await kernelFor(version);
  const { arena } = bootedArena({ kind, scenario: NEWS });
  const port = timedByReads(
    arena,
    guestPort(arena.wire, () => false),
  );
  const apart = bootedArena({ kind: APART.kind, spacing: APART.spacing }).arena;
  const apartPort = timedByReads(
    apart,
    guestPort(apart.wire, () => false),
  );
  const placing = { slot: APART_SLOT, target: APART_TEXT, writes: placingWrites(APART) };
  const { console } = await runNodeGuest({
    kernel,
    functions: [
      new IpmiFunction(port, undefined, { kind, pin: 0 }),
      new PlacedRegisters(APART, apartPort),
    ],
    programs: ["devices"],
    script: `
insmod ipmi_msghandler ipmi_devintf ipmi_si
await /dev/ipmi0
node devices.mjs ${kind} ${BASE} ${SLOT} '${JSON.stringify({ written: WRITTEN, placing })}' 2>&1
cat /tmp/pci.jsonl
`,
  });
  for (const { tracer } of [arena, apart]) tracer.emit({ e: "end", why: "done" });
  const from = console.findIndex((line) => line.includes('"format":"baseboard-trace"'));
  const lines = console.slice(from).filter((line) => line.startsWith("{"));
  return {
    told: toldIn(console),
    verdict: arena.referee?.verdict(),
    apart: apart.referee?.verdict(),
    trace: `${lines.join("\n")}\n`,
  };
}
