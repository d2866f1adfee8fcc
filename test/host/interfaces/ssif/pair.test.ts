import { describe, expect, test } from "vitest";
import { Pace } from "../../../../src/host/interfaces/machine.ts";
import { SSIF_TIMING } from "../../../../src/host/interfaces/ssif/timing.ts";
import { CLOCK_LOW_TIMEOUT_US } from "../../../../src/wire/smbus/bus.ts";
import type { SmbusFault } from "../../../../src/wire/smbus/faults.ts";
import { Pair } from "./pair.ts";

function ramp(bytes: number, first: number, second: number): Uint8Array {
  const message = Uint8Array.from({ length: bytes }, (_, at) => at & 0xff);
  message.set([first, second].slice(0, bytes));
  return message;
}

/** A BMC that answers with so many bytes as the request's third byte says. */
function bySize(request: Uint8Array): Uint8Array {
  const response = ramp(Math.max(request[2] ?? 3, 3), 0x1c, request[1] ?? 0);
  response[2] = 0;
  return response;
}

// Goal: no length is special, and no transaction needs a retry. Method: all lengths both ways, a
// request of n bytes answered with n (three at least).
describe.each([
  ["polled", {}],
  ["with packet error codes", { pec: true }],
  ["with alerts", { alerts: true }],
])("all lengths, %s", (_, options) => {
  test("arrive whole, both ways", () => {
    const pair = new Pair({ ...options, respond: bySize });
    for (let length = 2; length <= 255; length++) {
      const request = ramp(length, 0x18, length & 0xff);
      if (length > 2) request[2] = length;
      expect(pair.transact(request)).toBe(Pace.Done);
      expect(pair.requests.pop()).toEqual(request);
      expect(pair.machine.response()).toEqual(bySize(request));
    }
    expect(pair.machine.recoveries()).toBe(0);
  });
});

test("with alerts a response is fetched when it is there, not when the host happens to look", () => {
  const slow = { commandLatencyUs: 20_000, respond: bySize };
  const polled = new Pair(slow);
  const alerted = new Pair({ ...slow, alerts: true });
  for (const pair of [polled, alerted]) expect(pair.transact(ramp(2, 0x18, 1))).toBe(Pace.Done);
  expect(polled.time.nowUs).toBeGreaterThan(SSIF_TIMING.responseUs + SSIF_TIMING.readRetryUs);
  expect(alerted.time.nowUs).toBeLessThan(25_000);
});

/** The exchanges that are broken at each step: one part, and several parts both ways. */
const EXCHANGES = [ramp(3, 0x18, 0x01), ramp(70, 0x18, 0x02)] as const;

function exchange(request: Uint8Array, pec: boolean, fault?: SmbusFault, alerts = false) {
  const pair = new Pair({
    pec,
    alerts,
    respond: () => bySize(Uint8Array.of(0x18, request[1] ?? 0, 100)),
  });
  if (fault !== undefined) pair.inject(fault);
  const pace = pair.transact(request);
  return { pair, pace, counts: pair.counts };
}

function whole(request: Uint8Array): Uint8Array {
  return bySize(Uint8Array.of(0x18, request[1] ?? 0, 100));
}

/** One fault at each of the steps that it can act on. */
function everywhere(
  request: Uint8Array,
  pec: boolean,
  steps: "addresses" | "writes" | "reads" | "stops",
  fault: (skip: number) => SmbusFault,
  judge: (run: ReturnType<typeof exchange>, skip: number) => void,
): void {
  const { counts } = exchange(request, pec);
  expect(counts[steps]).toBeGreaterThan(3);
  for (let skip = 0; skip < counts[steps]; skip++) judge(exchange(request, pec, fault(skip)), skip);
}

describe.each([false, true])("one fault at any step (pec: %s)", (pec) => {
  // Goal: wherever an acknowledgement, a STOP or the bus is lost, the transaction comes to its end
  // with the right response, and the BMC never carries out what was not asked.
  const faults: readonly (readonly [
    string,
    "addresses" | "writes" | "reads" | "stops",
    (skip: number) => SmbusFault,
  ])[] = [
    ["an address's NACK", "addresses", (skip) => ({ kind: "nack", on: "address", skip, count: 1 })],
    ["a byte's NACK", "writes", (skip) => ({ kind: "nack", on: "byte", skip, count: 1 })],
    [
      "arbitration lost at an address",
      "addresses",
      (skip) => ({ kind: "arbitration", on: "address", skip, count: 1 }),
    ],
    [
      "arbitration lost at a byte",
      "writes",
      (skip) => ({ kind: "arbitration", on: "byte", skip, count: 1 }),
    ],
    ["a STOP that is lost", "stops", (skip) => ({ kind: "no-stop", after: "any", skip, count: 1 })],
    [
      "the clock held within bounds",
      "writes",
      (skip) => ({ kind: "stretch", us: 3_000, skip, count: 1 }),
    ],
    [
      "the clock held for too long",
      "writes",
      (skip) => ({ kind: "stretch", us: CLOCK_LOW_TIMEOUT_US + 1, skip, count: 1 }),
    ],
  ];
  test.each(faults)("%s", (_, steps, fault) => {
    for (const request of EXCHANGES) {
      everywhere(request, pec, steps, fault, ({ pair, pace }, skip) => {
        expect(pace, `after ${skip}`).toBe(Pace.Done);
        expect(pair.machine.response(), `after ${skip}`).toEqual(whole(request));
        for (const seen of pair.requests) expect(seen).toEqual(request);
        expect(pair.requests.length, `after ${skip}`).toBeLessThanOrEqual(2);
        expect(pair.time.nowUs).toBeLessThan(300_000);
      });
    }
  });

  test("arbitration lost while reading", () => {
    for (const request of EXCHANGES) {
      const { counts } = exchange(request, pec);
      for (let skip = counts.writes - 4; skip < counts.writes + counts.reads; skip++) {
        const fault = { kind: "arbitration", on: "byte", skip, count: 1 } as const;
        const { pair, pace } = exchange(request, pec, fault);
        expect(pace).toBe(Pace.Done);
        expect(pair.machine.response()).toEqual(whole(request));
        expect(pair.requests).toEqual([request]);
      }
    }
  });
});

describe("one byte corrupted at any step", () => {
  // Goal: with packet error codes no corruption passes either way. Method: each byte written and each
  // byte read, with a bit, a nibble and all bits changed.
  test.each([0x01, 0xf0, 0xff])("with packet error codes nothing wrong passes (xor %i)", (xor) => {
    for (const request of EXCHANGES) {
      for (const direction of ["write", "read"] as const) {
        const steps = direction === "write" ? "writes" : "reads";
        const fault = (skip: number) =>
          ({ kind: "corrupt", direction, xor, skip, count: 1 }) as const;
        everywhere(request, true, steps, fault, ({ pair, pace }, skip) => {
          expect(pace, `${direction} ${skip}`).toBe(Pace.Done);
          expect(pair.machine.response(), `${direction} ${skip}`).toEqual(whole(request));
          for (const seen of pair.requests) expect(seen).toEqual(request);
        });
      }
    }
  });

  // The hole in recognising a code by its being there: a count that is one too large makes it data.
  test("but for the count of a request in one part, which can swallow the code", () => {
    const fault = { kind: "corrupt", direction: "write", xor: 0x01, skip: 1, count: 1 } as const;
    const { pair, pace } = exchange(ramp(4, 0x18, 0x01), true, fault);
    expect(pace).toBe(Pace.Done);
    expect(pair.requests[0]?.length).toBe(5);
  });

  // Without them a changed byte of data cannot be known; all else must end well and in time.
  test.each([0x01, 0xf0, 0xff])(
    "without them nothing hangs, and lengths are right (xor %i)",
    (xor) => {
      for (const request of EXCHANGES) {
        for (const direction of ["write", "read"] as const) {
          const steps = direction === "write" ? "writes" : "reads";
          const fault = (skip: number) =>
            ({ kind: "corrupt", direction, xor, skip, count: 1 }) as const;
          everywhere(request, false, steps, fault, ({ pair, pace }) => {
            expect(pace).toBe(Pace.Done);
            expect(pair.time.nowUs).toBeLessThan(SSIF_TIMING.transactionUs);
          });
        }
      }
    },
  );

  test("a byte shifted in twice is refused, and sent again", () => {
    for (const pec of [false, true]) {
      for (const request of EXCHANGES) {
        const fault = (skip: number) => ({ kind: "repeat", skip, count: 1 }) as const;
        everywhere(request, pec, "writes", fault, ({ pair, pace }, skip) => {
          expect(pace, `after ${skip}`).toBe(Pace.Done);
          expect(pair.machine.response()).toEqual(whole(request));
        });
      }
    }
  });
});

describe("the alert line", () => {
  test.each([
    ["lost", { kind: "lost-alert" }],
    ["pulled by nobody", { kind: "spurious-alert", us: 50_000 }],
  ] as const)("%s costs time only", (_, fault) => {
    const { pair, pace } = exchange(EXCHANGES[1], false, fault, true);
    expect(pace).toBe(Pace.Done);
    expect(pair.machine.response()).toEqual(whole(EXCHANGES[1]));
    expect(pair.machine.recoveries()).toBe(0);
  });
});

describe("a BMC that never answers", () => {
  test("is asked twice, and given up in time", () => {
    const pair = new Pair({ respond: () => undefined });
    expect(pair.transact(EXCHANGES[0])).toBe(Pace.Failed);
    expect(pair.requests.length).toBe(2);
    expect(pair.time.nowUs).toBeGreaterThanOrEqual(2 * SSIF_TIMING.outputTimeoutUs);
    expect(pair.time.nowUs).toBeLessThan(SSIF_TIMING.transactionUs);
  });
});
