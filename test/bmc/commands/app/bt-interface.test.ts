import { expect, test } from "vitest";
import { Bench } from "../../bench.ts";

const CAPABILITIES = {
  outstandingRequests: 2,
  inputBytesMax: 0x40,
  outputBytesMax: 0xff,
  requestToResponseS: 5,
  retries: 1,
};

test("BT-27: a BT interface says what it can do, and the channel is BT", () => {
  const bench = new Bench({ systemInterface: { type: undefined, bt: CAPABILITIES } });
  expect(bench.tell("18 36")).toBe("00 02 40 ff 05 01");
  expect(bench.tell("18 36 00")).toBe("c7");
  expect(bench.tell("18 42 0f")).toBe("00 0f 0c 08 00 f2 1b 00 ff ff");
  expect(bench.tell("18 57 01")).toBe("cc");
});

test("another interface has no BT to speak of", () => {
  expect(new Bench().tell("18 36")).toBe("c1");
});
