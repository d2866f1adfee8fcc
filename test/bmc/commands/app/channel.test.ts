import { expect, test } from "vitest";
import { Bench } from "../../bench.ts";

test("channel 0 is the primary IPMB, Fh the system interface, and Eh the one that asks", () => {
  const bench = new Bench();
  expect(bench.tell("18 42 00")).toBe("00 00 01 01 00 f2 1b 00 00 00");
  expect(bench.tell("18 42 0f")).toBe("00 0f 0c 05 00 f2 1b 00 ff ff");
  expect(bench.tell("18 42 0e")).toBe(bench.tell("18 42 0f"));
});

test("a channel that does not exist is an invalid field", () => {
  const bench = new Bench();
  for (let channel = 1; channel <= 0xd; channel++) {
    expect(bench.tell(`18 42 0${channel.toString(16)}`)).toBe("cc");
  }
});

test("channel Fh tells the interrupts that the platform gives it", () => {
  const systemInterface = { smsInterrupt: 0x05, eventBufferInterrupt: 0x14 };
  expect(new Bench({ systemInterface }).tell("18 42 0f")).toBe("00 0f 0c 05 00 f2 1b 00 05 14");
});

test("the interface that is there has capabilities, the others are an invalid field", () => {
  const kcs = new Bench();
  expect(kcs.tell("18 57 01")).toBe("00 00 00 ff");
  expect(kcs.tell("18 57 00")).toBe("cc");
  expect(kcs.tell("18 57 02")).toBe("cc");
  const ssif = new Bench({ systemInterface: { type: 0, inputBytesMax: 128 } });
  expect(ssif.tell("18 57 00")).toBe("00 00 88 80 ff");
  expect(ssif.tell("18 57 01")).toBe("cc");
  const least = { transactions: 0, pecSupported: false };
  const small = { type: 0, ssif: least, inputBytesMax: 32, outputBytesMax: 32 };
  expect(new Bench({ systemInterface: small }).tell("18 57 00")).toBe("00 00 00 20 20");
});
