import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Body } from "../../src/trace/events.ts";
import { end, fault, judge, named, type Script } from "./script.ts";
import { bus, filled, read, transaction, write } from "./ssif-script.ts";

const RUNS = { seed: 20_262, numRuns: 200 };
const SEATS = { seats: { interface: "ssif" } } as const;

const LONG = filled(70, "18 02");
const LONG_RESPONSE = filled(92, "1c 02 00");

/** A right session: who the BMC is, and messages in several parts both ways, with their codes. */
const SESSION: Script = [
  ...transaction("18 57 00", "1c 57 00 00 88 ff ff"),
  ...bus(write(0x06, LONG.slice(0, 32), "pec")),
  ...bus(write(0x07, LONG.slice(32, 64), "pec")),
  ...bus(write(0x08, LONG.slice(64), "pec")),
  ...bus("+5ms S20 w03- P +60ms"),
  ...bus(read(0x03, [0, 1, ...LONG_RESPONSE.slice(0, 30)], "pec")),
  ...bus(read(0x09, [0, ...LONG_RESPONSE.slice(30, 61)], "pec")),
  ...bus(read(0x09, [0xff, ...LONG_RESPONSE.slice(61)], "pec")),
  ...transaction("18 01", "1c 01 00 20 01 01 00 02 be 00 00 00 01 00"),
  end(),
];

test.each(["both", "host", "bmc"] as const)(
  "a right session breaks no rule (faces: %s)",
  (faces) => {
    const verdict = judge(SESSION, { faces, ...SEATS });
    expect(named(verdict)).toEqual([]);
    expect(verdict.transactions).toBe(3);
  },
);

// Goal: no order of steps on the bus brings the referee down. Method: random ones, seeded, with
// addresses, commands and counts that mean something in some place.
test("whatever is on the bus, the referee judges it, by each face", () => {
  const step = fc.record({
    e: fc.constantFrom("host.bus", "bmc.bus"),
    op: fc.constantFrom("start", "write", "read", "stop"),
    value: fc.constantFrom(0, 1, 2, 3, 6, 7, 8, 9, 0x0a, 0x18, 0x19, 0x1c, 0x20, 0x21, 0x57, 0xff),
    outcome: fc.constantFrom("ack", "ack", "ack", "nack", "lost", "timeout"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const script = steps.map(({ e, ...more }): Body => {
        return e === "host.bus" ? { e, ...more, tag: 0 } : { e: "bmc.bus", ...more };
      });
      for (const faces of ["both", "host", "bmc"] as const) judge(script, { faces, ...SEATS });
    }),
    RUNS,
  );
});

// Goal: what a wire fault does to one face is never held against the other's party. Method: a right
// session; while the fault is active, any of the host's steps may read other bytes or be refused.
describe("while a wire fault is active", () => {
  const spoilt = fc.record({
    at: fc.nat(400),
    value: fc.nat(255),
    outcome: fc.constantFrom("ack", "nack", "lost", "timeout"),
  });

  test("nobody is blamed for what the wire did", () => {
    fc.assert(
      fc.property(fc.array(spoilt, { minLength: 1, maxLength: 5 }), (changes) => {
        const script: (string | Body)[] = [fault("wire"), ...SESSION];
        for (const { at, value, outcome } of changes) {
          const body = script[at];
          if (typeof body !== "object" || body.e !== "host.bus") continue;
          const reads = body.op === "read" ? { value } : {};
          script[at] = { ...body, ...reads, outcome };
        }
        const verdict = judge(script, SEATS);
        expect(verdict.violations.filter(({ party }) => party === "bmc")).toEqual([]);
      }),
      RUNS,
    );
  });
});
