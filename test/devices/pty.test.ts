import { constants, existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReadStream } from "node:tty";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Pty } from "../../src/devices/index.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baseboard-pty-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Somebody who opens the far end as a serial port. */
function caller(path: string) {
  const stream = new ReadStream(openSync(path, constants.O_RDWR | constants.O_NOCTTY));
  const came: number[] = [];
  stream.on("data", (bytes: Buffer) => came.push(...bytes));
  return { stream, came };
}

// Goal: bytes go both ways unchanged, also those that a terminal would act on, and one caller after the other is served.
test("a pty carries every byte both ways, to one caller after the other", async () => {
  const link = join(folder, "tty");
  const pty = new Pty(link);
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const taken: number[] = [];
  pty.receive((bytes) => taken.push(...bytes));
  for (let round = 1; round <= 2; round++) {
    const { stream, came } = caller(link);
    stream.write(all);
    await vi.waitFor(() => expect(taken.length).toBe(256 * round));
    pty.write(all);
    await vi.waitFor(() => expect(came).toEqual([...all]));
    stream.destroy();
  }
  expect(taken).toEqual([...all, ...all]);
  pty.close();
  expect(existsSync(link)).toBe(false);
});

test("a name that is taken is refused, and stays whose it is", () => {
  const link = join(folder, "tty");
  const first = new Pty(link);
  expect(() => new Pty(link)).toThrow(expect.objectContaining({ code: "EEXIST" }));
  expect(existsSync(link)).toBe(true);
  first.close();
});
