import { describe, expect, test } from "vitest";
import {
  BtSequence,
  PANIC_SEQUENCES,
  RUNNING_SEQUENCES,
} from "../../../../src/host/interfaces/bt/sequence.ts";

describe("sequence numbers", () => {
  test("go round within their range", () => {
    const sequence = new BtSequence({ first: 0x10, count: 3 });
    const taken = Array.from({ length: 5 }, (_, nowUs) => {
      const seq = sequence.take(nowUs);
      sequence.release(seq, nowUs);
      return seq;
    });
    expect(taken).toEqual([0x10, 0x11, 0x12, 0x10, 0x11]);
  });

  test("BT-09: are not used while an answer may come, and are afterwards", () => {
    const sequence = new BtSequence({ first: 0, count: 4 });
    for (let i = 0; i < 4; i++) sequence.take(0);
    sequence.release(2, 1_000);
    sequence.release(1, 500);
    expect(sequence.take(600)).toBe(1);
    expect(sequence.take(1_000)).toBe(2);
  });

  // With all of them waited for there is nothing right to do; the one that comes first is best.
  test("that are all waited for, the one that is free first is taken", () => {
    const sequence = new BtSequence({ first: 0, count: 3 });
    for (let i = 0; i < 3; i++) sequence.take(0);
    sequence.release(0, 3_000);
    sequence.release(1, 1_000);
    sequence.release(2, 2_000);
    expect([sequence.take(10), sequence.take(10), sequence.take(10)]).toEqual([1, 2, 0]);
  });

  test("of a panic are not those of what it interrupts", () => {
    const running = RUNNING_SEQUENCES.first + RUNNING_SEQUENCES.count;
    expect(PANIC_SEQUENCES.first).toBeGreaterThanOrEqual(running);
    expect(PANIC_SEQUENCES.first + PANIC_SEQUENCES.count).toBeLessThanOrEqual(0x100);
  });
});
