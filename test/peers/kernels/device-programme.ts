import { expect, test } from "vitest";
import type { Told } from "./told.ts";

const RECORD = [0x00, 0x00, 0x02, 0, 0, 0, 0, 0x20, 0x00, 0x04, 0x01, 0x30, 0x01, 0x57, 0x00, 0x00];
/** What the BMC has to say when it carries these out: an event, and a command from the IPMB. */
export const NEWS = `faults:
  - { when: { command: Get Self Test Results }, bmc: { event: ${text(RECORD)} } }
  - { when: { command: Get ACPI Power State }, bmc: { message: 00 18 c8 52 04 01 a9 } }`;
export const DEVICE_ID = [0x20, 0x01, 0x01, 0x00, 0x02, 0xbe, 0, 0, 0, 1, 0];

/** All that `in-guest/programme.mjs` tells of a kernel's device, before a BMC with `NEWS`. */
export function programmeTests(of: (name: string) => Told): void {
  const answer = (name: string) => of(name).is;

  test("requests are answered, several at a time", () => {
    expect(answer("device id")).toMatchObject({ cc: 0, data: DEVICE_ID });
    expect(answer("parallel")).toMatchObject([
      { netFn: 6, cmd: 4, cc: 0, data: [0x55, 0] },
      { netFn: 6, cmd: 1, cc: 0, data: DEVICE_ID },
      { netFn: 0, cmd: 1, cc: 0 },
    ]);
    expect(answer("in a row")).toEqual(
      Array(5).fill(expect.objectContaining({ cc: 0, data: DEVICE_ID })),
    );
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
    ["closed", "DEVICE_FAILS", 3, "was closed"],
  ])("%s: the device says in one line why", (name, code, exit, line) => {
    expect(of(name)).toMatchObject({ code, exit, line: expect.stringContaining(line) });
    expect(of(name).line).not.toContain("\n");
  });
}

/** Bytes as a scenario has them. */
export function text(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
