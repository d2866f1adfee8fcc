import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bt, capabilities, deviceId, exchange } from "./bt-script.ts";
import { end, fault, judge, named, type Script, swap } from "./script.ts";

const ON_BT = { interface: "bt" } as const;
const FACES = ["both", "host", "bmc"] as const;
const RUNS = { seed: 20_263, numRuns: 150 };
const getFlags = exchange("18 31", "1c 31 00 00", "08");

test.each(FACES)("a right session breaks no rule, and is counted, faces: %s", (faces) => {
  const script = bt([capabilities, deviceId, "+2s", getFlags, deviceId].join(" "));
  const verdict = judge([...script, end()], { faces, seats: ON_BT });
  expect(named(verdict)).toEqual([]);
  expect(verdict.transactions).toBe(4);
});

test("a BMC that gives no response is to blame, by how long it said that it takes", () => {
  const patient = swap(swap(capabilities, "rd=05", "rd=1e"), "g=05", "g=1e");
  const silent = deviceId.slice(0, deviceId.indexOf("g="));
  const after = (time: string) =>
    judge(bt(`${patient} ${silent} ${time} rc=00 ${deviceId}`), { seats: ON_BT });
  expect(named(after("+20s"))).not.toContain("GEN-02");
  expect(named(after("+31s"))).toContain("GEN-02");
});

const WORDS = ["wc", "wd", "wm", "rc", "rd", "rm", "td", "g", "s", "i"] as const;
const TELLING = [
  0x00, 0x01, 0x02, 0x03, 0x04, 0x07, 0x08, 0x10, 0x18, 0x1c, 0x40, 0x48, 0x80,
].concat([0x84, 0x88, 0xff]);

// Goal: no order of register events brings the referee down.
// Method: random words, with values that mean something in some place.
test("the referee judges whatever is in the trace", () => {
  const word = fc
    .tuple(fc.constantFrom(...WORDS), fc.constantFrom(...TELLING))
    .map(([what, value]) => `${what}=${value.toString(16)}`);
  fc.assert(
    fc.property(fc.array(word, { maxLength: 120 }), (words) => {
      const script = bt(words.join(" "));
      for (const faces of FACES) judge([...script, end()], { faces, seats: ON_BT });
    }),
    RUNS,
  );
});

// Goal: what a wire fault shows the host is never held against the BMC.
// Method: a right session; while the fault is active each read of the host may show anything.
describe("while a wire fault is active", () => {
  const faulted = `${deviceId} ${getFlags}`.split(" ");

  test.each(["both", "host"] as const)("the BMC is not blamed, tapped faces: %s", (faces) => {
    const length = { minLength: faulted.length, maxLength: faulted.length };
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(-1, ...TELLING), length),
        fc.nat(faulted.length),
        (values, end_) => {
          const words = faulted.map((each, index) => {
            const value = values[index] ?? -1;
            const noisy = index < end_ && /^r[cdm]=/.test(each) && value >= 0;
            return noisy ? `${each.slice(0, 3)}${value.toString(16)}` : each;
          });
          const script: Script = [
            ...bt(`${capabilities} ${deviceId}`),
            fault("wire"),
            ...bt(words.slice(0, end_).join(" ")),
            fault("wire", "ends"),
            ...bt(`${words.slice(end_).join(" ")} ${deviceId}`),
            end(),
          ];
          expect(judge(script, { faces, seats: ON_BT }).fault).not.toContain("bmc");
        },
      ),
      RUNS,
    );
  });

  test("the same noise without a fault is held against the BMC", () => {
    const script = bt(`${deviceId} ${faulted.join(" ").replace("rd=07", "rd=17")}`);
    expect(judge(script, { faces: "host", seats: ON_BT }).fault).toContain("bmc");
  });
});
