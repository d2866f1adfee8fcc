import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { end, fault, judge, named, type Script, swap } from "./script.ts";
import { exchange, hand, short, smic } from "./smic-script.ts";

const ON_SMIC = { interface: "smic" } as const;
const FACES = ["both", "host", "bmc"] as const;
const RUNS = { seed: 20_262, numRuns: 150 };
const getFlags = exchange("18 31", "1c 31 00 00");

describe.each(FACES)("a right session, faces: %s", (faces) => {
  test("breaks no rule, and its transactions are counted", () => {
    const script = smic([short, "+2s", getFlags, hand("40", "c0.00", "80"), short].join(" "));
    const verdict = judge([...script, end()], { faces, seats: ON_SMIC });
    expect(named(verdict)).toEqual([]);
    expect(verdict.transactions).toBe(3);
  });

  test("with a transfer broken off and begun again breaks none, either", () => {
    const broken = [short.slice(0, short.indexOf("wc=43")), hand("43.04", "c0.01", "c0")].join(" ");
    const verdict = judge(smic(`${broken} ${swap(short, "rf=80", "rf=c0")}`), {
      faces,
      seats: ON_SMIC,
    });
    expect(named(verdict)).toEqual([]);
    expect(verdict.transactions).toBe(1);
  });
});

test("the BMC breaks the protocol, and what the host then does follows from it", () => {
  const late = swap(short, "c=c1 s=40 rf=40 rc=c1", "s=40 rf=40 rc=41");
  const verdict = judge(smic(late), { seats: ON_SMIC });
  expect(verdict.fault).toEqual(["bmc"]);
});

// A host that gave up before the response came, and asks again much later, was answered meanwhile.
test.each(["both", "bmc"] as const)("a response that nobody took is one, faces: %s", (faces) => {
  const sent = short.slice(0, short.indexOf(" s=80 rf=80"));
  const script = smic(`${sent} +3s s=80 +20s ${short}`);
  expect(named(judge(script, { faces, seats: ON_SMIC }))).toEqual([]);
  const silent = smic(`${sent} +23s ${short}`);
  expect(named(judge(silent, { faces, seats: ON_SMIC }))).toContain("GEN-02");
});

const WORDS = ["wc", "wd", "wf", "rc", "rd", "rf", "tc", "td", "c", "g", "s", "i"] as const;
const TELLING = [
  0x00, 0x01, 0x40, 0x41, 0x43, 0x44, 0x45, 0x46, 0x61, 0x80, 0x81, 0xc0, 0xc1, 0xc3,
].concat([0xc4, 0xc5, 0xc6, 0xe0, 0xff]);

// Goal: no order of register events brings the referee down.
// Method: random words, with values that mean something in some place.
test("the referee judges whatever is in the trace", () => {
  const word = fc
    .tuple(fc.constantFrom(...WORDS), fc.constantFrom(...TELLING))
    .map(([what, value]) => `${what}=${value.toString(16)}`);
  fc.assert(
    fc.property(fc.array(word, { maxLength: 120 }), (words) => {
      const script = smic(words.join(" "));
      for (const faces of FACES) judge([...script, end()], { faces, seats: ON_SMIC });
    }),
    RUNS,
  );
});

// Goal: what a wire fault shows the host is never held against the BMC.
// Method: a right session; while the fault is active each read of the host may show anything.
describe("while a wire fault is active", () => {
  const faulted = `${short} ${getFlags}`.split(" ");

  test.each(["both", "host"] as const)("the BMC is not blamed, tapped faces: %s", (faces) => {
    const length = { minLength: faulted.length, maxLength: faulted.length };
    fc.assert(
      fc.property(fc.array(fc.constantFrom(-1, ...TELLING), length), (values) => {
        const words = faulted.map((each, index) => {
          const value = values[index] ?? -1;
          const noisy = /^r[cdf]=/.test(each) && value >= 0;
          return noisy ? `${each.slice(0, 3)}${value.toString(16)}` : each;
        });
        const script: Script = [
          ...smic(short),
          fault("wire"),
          ...smic(words.join(" ")),
          fault("wire", "ends"),
          ...smic(short),
          end(),
        ];
        expect(judge(script, { faces, seats: ON_SMIC }).fault).not.toContain("bmc");
      }),
      RUNS,
    );
  });

  test("the same noise without a fault is held against the BMC", () => {
    const script = smic(`${short} ${faulted.join(" ").replace("rc=c4", "rc=c1")}`);
    expect(judge(script, { faces: "host", seats: ON_SMIC }).fault).toContain("bmc");
  });
});
