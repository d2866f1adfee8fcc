import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Body } from "../../src/trace/events.ts";
import { SSIF } from "../contract/observers.ts";
import { end, fault, judge, type Script } from "./script.ts";

const RUNS = { seed: 20_262, numRuns: 200 };
const SEATS = { seats: { interface: "ssif" } } as const;

const SESSION: Script = [...SSIF.session, end()];

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
