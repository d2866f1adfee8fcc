import { describe, expect, test } from "vitest";
import { judge, named, swap } from "./script.ts";
import { hand, short, smic } from "./smic-script.ts";

const ON_SMIC = { interface: "smic" } as const;
const FACES = ["both", "host", "bmc"] as const;

describe.each(FACES)("a right session, faces: %s", (faces) => {
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
