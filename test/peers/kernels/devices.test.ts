import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { bootedArena } from "../../../src/lab/crash/booted-arena.ts";
import { IpmiFunction } from "../../../src/seats/linux/device.ts";
import { guestPort } from "../../../src/seats/linux/match/port.ts";
import { readTrace } from "../../../src/trace/jsonl.ts";
import type { InterfaceOn } from "../../../src/wire/interface.ts";
import { kernelFor } from "./kernel.ts";
import { timedByReads } from "./machine-clock.ts";
import { runNodeGuest } from "./node-guest.ts";
import { type Told, toldIn } from "./told.ts";

const SLOT = "0000:00:02.0";
const BASE = "0xc000";
const RECORD = [0x00, 0x00, 0x02, 0, 0, 0, 0, 0x20, 0x00, 0x04, 0x01, 0x30, 0x01, 0x57, 0x00, 0x00];
/** What the BMC has to say when it carries these out: an event, and a command from the IPMB. */
const NEWS = `faults:
  - { when: { command: Get Self Test Results }, bmc: { event: ${text(RECORD)} } }
  - { when: { command: Get ACPI Power State }, bmc: { message: 00 18 c8 52 04 01 a9 } }`;
const DEVICE_ID = [0x20, 0x01, 0x01, 0x00, 0x02, 0xbe, 0, 0, 0, 1, 0];

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
    expect(played.verdict?.fault).toEqual([]);
    expect(played.verdict?.violations).toEqual([]);
    expect(played.verdict?.transactions).toBeGreaterThan(60);
  });

  test("requests are answered, several at a time", () => {
    expect(answer("device id")).toMatchObject({ cc: 0, data: DEVICE_ID });
    expect(answer("parallel")).toMatchObject([
      { netFn: 6, cmd: 4, cc: 0, data: [0x55, 0] },
      { netFn: 6, cmd: 1, cc: 0, data: DEVICE_ID },
      { netFn: 0, cmd: 1, cc: 0 },
    ]);
    expect(answer("unknown")).toMatchObject({ cc: 0xc1, data: [] });
  });

  test("a controller behind the BMC is asked by its address", () => {
    expect(answer("neighbour")).toMatchObject({ netFn: 6, cmd: 1, cc: 0 });
    expect(answer("nobody there")).toMatchObject({ netFn: 6, cmd: 1 });
    expect(answer("nobody there")).not.toMatchObject({ cc: 0 });
  });

  test("what comes unasked comes: events, commands, and what became of a response", () => {
    const [, , ...body] = RECORD;
    const event = expect.arrayContaining(body.slice(5));
    expect(answer("event")).toEqual({ what: "event", record: event });
    expect(answer("command")).toEqual({
      ...{ what: "command", id: expect.any(Number), netFn: 6, cmd: 1, data: [] },
      address: { kind: "ipmb", channel: 0, address: 0x52, lun: 0, broadcast: false },
    });
    expect(answer("response sent")).toMatchObject({ what: "response-sent", cc: 0 });
    expect(of("command taken")).toMatchObject({ code: "TAKEN", exit: 3 });
  });

  test("the driver's settings are read and set", () => {
    expect(answer("timing")).toEqual({ retries: -1, retryTimeMs: 0 });
    expect(answer("timing set")).toEqual({ retries: 2, retryTimeMs: 300 });
    expect(answer("maintenance")).toBe("auto");
    expect(answer("maintenance on")).toEqual(["on", "auto"]);
    expect(answer("own address")).toEqual({ address: 0x20, lun: 2 });
    expect(answer("own address set")).toEqual({ address: 0x24, lun: 1 });
  });

  // In half a second of the guest's time a timer of 20 ms is due 25 times.
  test("who waits for the device leaves the event loop free", () => {
    expect(answer("turns")).toBeGreaterThan(15);
  });

  test.each([
    ["odd", "REFUSED", 2, "the NetFn of a request is even (EINVAL)"],
    ["send message", "REFUSED", 2, "the driver sends this command itself"],
    ["too long", "REFUSED", 2, "300 bytes: the message is longer than the driver takes (EMSGSIZE)"],
    ["no channel", "REFUSED", 2, "there is no such channel"],
    ["closed", "DEVICE_FAILS", 3, "/dev/ipmi0 was closed"],
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
  const { console } = await runNodeGuest({
    kernel,
    functions: [new IpmiFunction(port, undefined, { kind, pin: 0 })],
    programs: ["devices"],
    script: `
insmod ipmi_msghandler ipmi_devintf ipmi_si
await /dev/ipmi0
node devices.mjs ${kind} ${BASE} ${SLOT} 2>&1
cat /tmp/pci.jsonl
`,
  });
  arena.tracer.emit({ e: "end", why: "done" });
  const from = console.findIndex((line) => line.includes('"format":"baseboard-trace"'));
  const lines = console.slice(from).filter((line) => line.startsWith("{"));
  return {
    told: toldIn(console),
    verdict: arena.referee?.verdict(),
    trace: `${lines.join("\n")}\n`,
  };
}

function text(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
