import { expect, test } from "vitest";
import { Call, decodeAddress, encodeAddress, KernelCalls } from "../../src/devices/kernel-calls.ts";
import type { Libc } from "../../src/devices/libc.ts";

/** As <linux/ipmi.h> has them on x86-64. */
const PUBLIC = {
  ...{ ReceiveTruncated: 0xc030690b, Send: 0x8028690d, SetGetsEvents: 0x80046910 },
  ...{ SendTimed: 0x80306915, SetTiming: 0x80086916, GetTiming: 0x80086917 },
  ...{ SetChannelAddress: 0x80046918, GetChannelAddress: 0x80046919 },
  ...{ SetChannelLun: 0x8004691a, GetChannelLun: 0x8004691b },
  ...{ Register: 0x800c691c, Unregister: 0x800c691d },
  ...{ GetMaintenance: 0x8004691e, SetMaintenance: 0x4004691f },
};

test("the calls have the numbers of the public header", () => {
  expect(Call).toEqual(PUBLIC);
});

/** A kernel that notes what it is called with; pointers are numbers of buffers. */
class Kernel implements Libc {
  readonly buffers: Buffer[] = [];
  readonly calls: [call: number, argument: Buffer][] = [];
  answers: (argument: Buffer) => number | string = () => 0;

  ioctl(_fd: number, call: number, argument: Buffer | bigint): number | string {
    if (typeof argument === "bigint") throw new Error("a structure is given");
    this.calls.push([call, Buffer.from(argument)]);
    return this.answers(argument);
  }

  addressOf(buffer: Buffer): bigint {
    return BigInt(this.buffers.push(buffer) - 1);
  }

  at(address: bigint): Buffer {
    const buffer = this.buffers[Number(address)];
    if (buffer === undefined) throw new Error("nothing is there");
    return buffer;
  }

  readable = () => Promise.resolve(true);
  map = () => "ENODEV";
}

test("a request is laid out as the kernel wants it", () => {
  const kernel = new Kernel();
  const address = { kind: "ipmb", channel: 7, address: 0x52, lun: 1, broadcast: false } as const;
  const message = { netFn: 6, cmd: 1, data: Uint8Array.of(9, 8, 7) };
  const timing = { retries: 3, retryTimeMs: 500 };
  new KernelCalls(kernel, 4).send({ address, id: 77, ...message, timing });
  const [[call, argument] = []] = kernel.calls;
  if (argument === undefined) throw new Error("nothing was called");
  expect(call).toBe(PUBLIC.SendTimed);
  expect(argument.length).toBe(48);
  const to = kernel.at(argument.readBigUInt64LE(0)).subarray(0, argument.readUInt32LE(8));
  expect([...to]).toEqual([1, 0, 0, 0, 7, 0, 0x52, 1]);
  expect(argument.readBigInt64LE(16)).toBe(77n);
  expect([argument[24], argument[25], argument.readUInt16LE(26)]).toEqual([6, 1, 3]);
  expect([...kernel.at(argument.readBigUInt64LE(32)).subarray(0, 3)]).toEqual([9, 8, 7]);
  expect([argument.readInt32LE(40), argument.readUInt32LE(44)]).toEqual([3, 500]);
});

test("data that are too long are told as long as they are, and not copied", () => {
  const kernel = new Kernel();
  kernel.answers = () => "EMSGSIZE";
  const address = { kind: "system-interface", lun: 0 } as const;
  const data = new Uint8Array(300);
  const calls = new KernelCalls(kernel, 4);
  expect(calls.send({ address, id: 1, netFn: 6, cmd: 1, data })).toBe("EMSGSIZE");
  expect(kernel.calls[0]?.[1].readUInt16LE(26)).toBe(300);
});

test("what came is taken apart", () => {
  const kernel = new Kernel();
  kernel.answers = (argument) => {
    argument.writeInt32LE(3, 0);
    kernel.at(argument.readBigUInt64LE(8)).set([0x0c, 0, 0, 0, 0x0f, 0, 2]);
    argument.writeUInt32LE(8, 16);
    argument.writeBigInt64LE(5n, 24);
    argument.writeUInt8(7, 32);
    argument.writeUInt8(1, 33);
    kernel.at(argument.readBigUInt64LE(40)).set([0, 0x20]);
    argument.writeUInt16LE(2, 34);
    return 0;
  };
  expect(new KernelCalls(kernel, 4).receive()).toEqual({
    ...{ what: 3, id: 5, netFn: 7, cmd: 1, data: Uint8Array.of(0, 0x20) },
    address: { kind: "system-interface", lun: 2 },
  });
});

test("an address of a kind that is not known goes back as it came", () => {
  const lan = Uint8Array.of(4, 0, 0, 0, 1, 0, 4, 9, 0x81, 0x82, 0, 0);
  const address = decodeAddress(lan);
  expect(address.kind).toBe("other");
  expect([...encodeAddress(address)]).toEqual([...lan]);
});
