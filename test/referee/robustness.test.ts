import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MisplacedEvent, Referee } from "../../src/referee/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { INTERFACES, traceHead } from "../../src/trace/head.ts";
import { encodeEvent, encodeHead, readTrace } from "../../src/trace/jsonl.ts";
import { deviceId, end, events, exchange, fault, judge, type Script, short } from "./script.ts";

const UNKNOWN = {
  scenario: "",
  scenarioText: "",
  host: "unknown",
  bmc: "unknown",
  seed: 0,
  clock: "real",
} as const;
const SEED = 20_261;
const RUNS = { seed: SEED, numRuns: 150 };

const WORDS = ["w1", "w0", "r1", "r0", "t1", "t0", "s", "g", "i"] as const;
const TELLING = [0x00, 0x01, 0x02, 0x41, 0x42, 0x60, 0x61, 0x62, 0x68, 0x81, 0x8a, 0xc0, 0xff];
const word = fc
  .tuple(fc.constantFrom(...WORDS), fc.constantFrom(...TELLING))
  .map(([what, value]) => `${what}=${value.toString(16)}`);

/** A trace that claims both taps has to show both faces. */
const BOTH_FACES = "s=c0 r1=c0";

describe("whatever is in the trace", () => {
  // Goal: no order of register events brings the referee down.
  // Method: random words, with values that mean something in some place.
  test("the referee judges it, by each face", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 120 }), (words) => {
        for (const faces of ["both", "host", "bmc"] as const) judge(words, { faces });
      }),
      RUNS,
    );
  });

  // Goal: a verdict on a recorded trace is the verdict on the match itself.
  test("the verdict is the same after writing and reading", () => {
    const head = traceHead({
      scenario: "",
      host: "stack",
      bmc: "model",
      interface: "kcs",
      seed: 0,
      taps: { host: true, bmc: true },
      clock: "virtual",
      scenarioText: "",
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 120 }), (words) => {
        const live = new Referee(head);
        const later = new Referee(head);
        const lines = [encodeHead(head)];
        for (const event of events([BOTH_FACES, ...words, end()])) {
          live.event(event);
          lines.push(encodeEvent(event));
        }
        for (const event of readTrace(lines).events) later.event(event);
        expect(later.verdict()).toEqual(live.verdict());
      }),
      RUNS,
    );
  });
});

// Goal: who hands events to the referee by himself, out of their order, is told so.
// Method: an event whose number or time goes back, on each interface, amidst a transfer.
test.each(INTERFACES)("events that go back are refused on %s", (kind) => {
  const taps = { host: true, bmc: true };
  const head = traceHead({ ...UNKNOWN, interface: kind, taps });
  const at = (n: number, t: number): TraceEvent =>
    kind === "ssif"
      ? { n, t, e: "host.bus", op: "start", value: 0x20, outcome: "ack", tag: 1 }
      : { n, t, e: "host.write", reg: "data", value: 0x61, tag: 1 };
  for (const [n, t] of [[5, 9] as const, [4, 9] as const, [6, 7] as const]) {
    const referee = new Referee(head);
    referee.event(at(5, 8));
    const hand = () => referee.event(at(n, t));
    expect(hand).toThrow(MisplacedEvent);
    expect(hand).toThrow(/event \d comes after event 5|time goes back from 8 to 7/);
  }
});

// Goal: what a wire fault shows the host is never held against the BMC.
// Method: a right session; while the fault is active each read of the host may show anything.
describe("while a wire fault is active", () => {
  const faulted = [short, exchange("18 31", "1c 31 00 00")].join(" ").split(" ");

  test.each(["both", "host"] as const)("the BMC is not blamed, tapped faces: %s", (faces) => {
    const noise = fc.array(fc.constantFrom(-1, ...TELLING), {
      minLength: faulted.length,
      maxLength: faulted.length,
    });
    fc.assert(
      fc.property(noise, (values) => {
        const words = faulted.map((each, index) => {
          const value = values[index] ?? -1;
          const read = each.startsWith("r1=") || each.startsWith("r0=");
          return read && value >= 0 ? `${each.slice(0, 3)}${value.toString(16)}` : each;
        });
        const script: Script = [
          deviceId,
          fault("wire"),
          ...words,
          fault("wire", "ends"),
          deviceId,
          end(),
        ];
        expect(judge(script, { faces }).fault).not.toContain("bmc");
      }),
      RUNS,
    );
  });

  test("the same noise without a fault is held against the BMC", () => {
    const script = [deviceId, faulted.join(" ").replace("r1=40", "r1=00")];
    expect(judge(script, { faces: "host" }).fault).toContain("bmc");
  });
});
