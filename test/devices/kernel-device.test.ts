import { expect, test } from "vitest";
import { Call } from "../../src/devices/kernel-calls.ts";
import { KernelDevice } from "../../src/devices/kernel-device.ts";
import type { Libc } from "../../src/devices/libc.ts";

/** A kernel that answers each request with 00h as soon as somebody looks. */
class Kernel implements Libc {
  readonly #buffers: Buffer[] = [];
  readonly #open: bigint[] = [];
  fails = false;
  silent = false;

  ioctl(_fd: number, call: number, argument: Buffer | bigint): number | string {
    if (typeof argument === "bigint") throw new Error("a structure is given");
    if (call === Call.Send) {
      this.#open.push(argument.readBigInt64LE(16));
      return 0;
    }
    if (this.fails) return "EIO";
    const id = this.silent ? undefined : this.#open.shift();
    if (id === undefined) return "EAGAIN";
    argument.writeInt32LE(1, 0);
    argument.writeBigInt64LE(id, 24);
    argument.writeUInt16LE(1, 34);
    return 0;
  }

  addressOf(buffer: Buffer): bigint {
    return BigInt(this.#buffers.push(buffer) - 1);
  }

  readable = () => Promise.resolve(true);
  map = () => "ENODEV";
}

const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

// Goal: who asks as soon as the last answer is there is answered, too. Method: nothing else runs that would look.
test("requests in a row are all answered", async () => {
  const device = new KernelDevice("/dev/null", { libc: new Kernel() });
  for (let i = 0; i < 10; i++) expect(await device.request(DEVICE_ID)).toMatchObject({ cc: 0 });
  await device.close();
});

test("who asks again after a failure is told of the next one", async () => {
  const kernel = new Kernel();
  const device = new KernelDevice("/dev/null", { libc: kernel });
  kernel.fails = true;
  for (let i = 0; i < 3; i++) await expect(device.request(DEVICE_ID)).rejects.toThrow("EIO");
  kernel.fails = false;
  expect(await device.request(DEVICE_ID)).toMatchObject({ cc: 0 });
  await device.close();
});

test("a BMC that says nothing is waited for as long as was said, and not longer", async () => {
  const kernel = new Kernel();
  const device = new KernelDevice("/dev/null", { libc: kernel, answerMs: 20 });
  kernel.silent = true;
  const nothing = { code: "NO_ANSWER", message: "/dev/null: no answer within 0.02 s" };
  await expect(device.request(DEVICE_ID)).rejects.toMatchObject(nothing);
  kernel.silent = false;
  expect(await device.request(DEVICE_ID)).toMatchObject({ cc: 0 });
  await device.close();
});
