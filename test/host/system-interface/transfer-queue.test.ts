import { describe, expect, test } from "vitest";
import { Again } from "../../../src/host/interfaces/machine.ts";
import { Priority, type Transfer } from "../../../src/host/system-interface/transfer.ts";
import { TransferQueue } from "../../../src/host/system-interface/transfer-queue.ts";

const LIMIT_US = 1_000;
const { Internal, High, Normal } = Priority;

function transfer(id: number, priority: Priority, again: Again = Again.Freely): Transfer {
  return { id, frame: Uint8Array.of(0x18, 0x01), priority, again, finish: () => {} };
}

/** An open queue in which the transfers wait, put one after the other at the given times. */
function queueOf(...waiting: readonly (readonly [id: number, Priority, nowUs?: number])[]) {
  const queue = new TransferQueue(LIMIT_US);
  queue.open = true;
  for (const [id, priority, nowUs] of waiting) queue.put(transfer(id, priority), nowUs ?? 0);
  return queue;
}

function ids(transfers: readonly (Transfer | undefined)[]): (number | undefined)[] {
  return transfers.map((each) => each?.id);
}

function takeAll(queue: TransferQueue): (number | undefined)[] {
  const taken: (number | undefined)[] = [];
  while (queue.ready) taken.push(queue.take()?.id);
  return taken;
}

describe("the order", () => {
  test("is by priority, then by time", () => {
    const queue = queueOf([1, Normal], [2, High], [3, Internal], [4, High], [5, Internal]);
    expect(takeAll(queue)).toEqual([3, 5, 2, 4, 1]);
    expect(queue.take()).toBeUndefined();
  });

  test("who was passed over four times goes next, once", () => {
    const queue = queueOf([1, Normal], [2, Normal], [3, Normal]);
    for (let id = 10; id < 22; id++) queue.put(transfer(id, High), 0);
    expect(takeAll(queue)).toEqual([10, 11, 12, 13, 1, 14, 15, 16, 17, 2, 18, 19, 20, 21, 3]);
  });

  test("two that were passed over: the more urgent one first", () => {
    const queue = queueOf([1, Normal], [2, High]);
    for (let id = 10; id < 16; id++) queue.put(transfer(id, Internal), 0);
    expect(takeAll(queue)).toEqual([10, 11, 12, 13, 2, 1, 14, 15]);
  });

  test("only who waits is passed over", () => {
    const queue = queueOf([10, High], [11, High], [12, High], [13, High]);
    expect(takeAll(queue)).toEqual([10, 11, 12, 13]);
    queue.put(transfer(1, Normal), 0);
    for (let id = 14; id < 19; id++) queue.put(transfer(id, High), 0);
    expect(takeAll(queue)).toEqual([14, 15, 16, 17, 1, 18]);
  });

  test("who may not go is not passed over either", () => {
    const queue = queueOf([1, Normal], [10, Internal], [11, Internal], [12, Internal]);
    queue.open = false;
    expect(takeAll(queue)).toEqual([10, 11, 12]);
    queue.open = true;
    for (let id = 13; id < 18; id++) queue.put(transfer(id, Internal), 0);
    expect(takeAll(queue)).toEqual([13, 14, 15, 16, 1, 17]);
  });
});

describe("a closed queue", () => {
  test("is what it is at first, and lets only the stack's own through", () => {
    const queue = new TransferQueue(LIMIT_US);
    for (const priority of [Normal, High]) queue.put(transfer(priority, priority), 0);
    expect(queue.ready).toBe(false);
    expect(queue.take()).toBeUndefined();
    queue.put(transfer(7, Internal), 0);
    expect(queue.ready).toBe(true);
    expect(queue.take()?.id).toBe(7);
    expect(queue.ready).toBe(false);
    expect(queue.length).toBe(2);
    queue.open = true;
    expect(takeAll(queue)).toEqual([High, Normal]);
  });
});

describe("beside others that are under way", () => {
  test("what must not be sent twice does not go, and nothing goes past it", () => {
    const queue = queueOf();
    queue.put(transfer(1, High, Again.Reset), 0);
    queue.put(transfer(2, High), 0);
    queue.put(transfer(3, Normal), 0);
    for (let n = 0; n < 10; n++) expect(queue.take(true)).toBeUndefined();
    expect(ids([queue.take(), queue.take(true), queue.take(true)])).toEqual([1, 2, 3]);
  });
});

describe("what waits too long", () => {
  test("is taken out at its time, and what came later stays", () => {
    const queue = queueOf([1, Normal, 0], [2, Normal, 1], [3, Normal, 5], [4, High, 1]);
    expect(queue.expiresUs()).toBe(LIMIT_US);
    expect(ids(queue.expired(LIMIT_US - 1))).toEqual([]);
    expect(ids(queue.expired(LIMIT_US))).toEqual([1]);
    expect(queue.expiresUs()).toBe(LIMIT_US + 1);
    expect(ids(queue.expired(LIMIT_US + 4))).toEqual([4, 2]);
    expect(queue.length).toBe(1);
    expect(queue.expiresUs()).toBe(LIMIT_US + 5);
    expect(ids(queue.expired(LIMIT_US + 1_000))).toEqual([3]);
    expect(queue.length).toBe(0);
    expect(queue.expiresUs()).toBe(Number.POSITIVE_INFINITY);
  });

  test("is also found where it may not go", () => {
    const queue = queueOf([1, Normal, 0], [2, Internal, 7]);
    queue.open = false;
    expect(queue.expiresUs()).toBe(LIMIT_US);
    expect(ids(queue.expired(LIMIT_US))).toEqual([1]);
  });
});

test("what is taken back is given, and the rest keeps its order and its time", () => {
  const queue = queueOf([1, Normal, 0], [2, Normal, 1], [3, High, 2], [4, Normal, 3], [5, High, 4]);
  expect(ids(queue.remove(({ id }) => id === 1 || id === 4 || id === 5))).toEqual([5, 1, 4]);
  expect(queue.expiresUs()).toBe(LIMIT_US + 1);
  expect(queue.length).toBe(2);
  expect(ids(queue.remove(() => false))).toEqual([]);
  expect(takeAll(queue)).toEqual([3, 2]);
});
