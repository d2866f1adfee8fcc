import { describe, expect, test } from "vitest";
import { blamed, verdictText } from "../../src/referee/index.ts";
import { DOUBTS } from "../../src/referee/witness/sight.ts";
import type { Witness } from "../../src/trace/head.ts";
import { answer, end, exchange, judge, named, request, type Script, swap, upTo } from "./script.ts";

const deviceId = exchange("18 01", "1c 01 00 20 01 01 00 02 be 00 00 00 01 00");
/** A response to another command. */
const foreign = exchange("18 01", "1c 37 00");
const gap = { e: "gap", text: "12 events" } as const;

const blind: Witness = { middle: true, tells: [] };
const unknown = { host: "linux", bmc: "unknown" };

function seen(script: Script, faces: "host" | "bmc" | "both", witness: Witness = blind) {
  return judge(script, { faces, seats: { ...unknown, witness } });
}

describe("evidence that begins in the middle", () => {
  // Goal: nobody is held to the end of what was begun before. Method: a right transfer from each of its
  // accesses on, and a right one behind it.
  test.each(["host", "bmc", "both"] as const)("accuses nobody, seen at %s", (faces) => {
    const words = deviceId.split(/\s+/);
    const verdicts = words.map((_, from) => seen([words.slice(from).join(" "), deviceId], faces));
    expect(verdicts.flatMap(named)).toEqual([]);
    expect(Math.min(...verdicts.map(({ transactions }) => transactions))).toBe(1);
  });

  test("is judged from the first request on", () => {
    const verdict = seen([deviceId.slice(deviceId.indexOf("r0=1c")), foreign], "host");
    expect(verdict.violations.map((each) => each.rule)).toEqual(["GEN-01"]);
  });

  test("has what the host read after its last look: it may have cleared OBF", () => {
    const late = swap(deviceId, "r1=00 w1=61", "r1=01 r0=00 w1=61");
    expect(named(seen([late], "host"))).toEqual([]);
    const not = swap(deviceId, "r1=00 w1=61", "r1=01 w1=61");
    expect(named(seen([not], "host"))).toContain("KCS-09");
  });

  test("shows no answer to a request that nobody saw accepted", () => {
    const witness: Witness = { middle: true, tells: ["users"] };
    const script = [answer(3, "bmc"), request(4, "18 01"), deviceId, answer(4, "bmc"), end()];
    expect(named(seen(script, "host", witness))).toEqual([]);
  });
});

describe("a gap", () => {
  test("is where all is forgotten: the same accesses without it are a breach", () => {
    const torn = [upTo(deviceId, "w1=62"), upTo(deviceId, "w0=18")];
    expect(named(judge([...torn, deviceId], { faces: "host" }))).not.toEqual([]);
    expect(
      named(seen([deviceId, upTo(deviceId, "w1=62"), gap, "w0=01", deviceId], "host")),
    ).toEqual([]);
  });

  test("keeps what was found before it, and counts on behind it", () => {
    const verdict = seen([deviceId, foreign, gap, deviceId, foreign, end()], "host");
    expect(verdict.violations.map(({ rule, count }) => [rule, count])).toEqual([["GEN-01", 2]]);
    expect(verdict.transactions).toBe(4);
    expect(verdict.ended).toBe(true);
  });

  // Goal: nothing is forgotten that was found, and nothing is remembered across. Method: where all is lost
  // again and again, with accesses between that begin nothing, the verdict is that of one gap.
  test.each([[true], [false]])(
    "is as good as many, in a trace from the middle on: %s",
    (middle) => {
      const witness: Witness = { middle, tells: [] };
      const torn = [gap, "r0=01", gap, gap, "w0=01", gap];
      const one = seen([deviceId, foreign, gap, deviceId, foreign, end()], "host", witness);
      const many = seen([deviceId, foreign, ...torn, deviceId, foreign, end()], "host", witness);
      const first = seen([...torn, deviceId, foreign, end()], "host", witness);
      expect(many).toMatchObject({ transactions: one.transactions, looks: one.looks });
      expect(many.unseen).toEqual(one.unseen);
      const counts = [one, many, first].map(({ violations }) =>
        violations.map(({ rule, count }) => [rule, count]),
      );
      expect(counts).toEqual([[["GEN-01", 2]], [["GEN-01", 2]], [["GEN-01", 1]]]);
    },
  );

  test("in a trace that begins at the start makes a middle of what follows", () => {
    const script = [deviceId, gap, "r0=01 w0=68", deviceId, end()];
    expect(named(seen(script, "host", { middle: false, tells: [] }))).toEqual([]);
  });
});

describe("what would clear a party", () => {
  test("is the wire, of which one face does not tell, and a new beginning", () => {
    const [found] = seen([foreign], "host").violations;
    expect(found?.unless).toEqual([DOUBTS.wire, DOUBTS.bmc]);
  });

  test("is not doubted where it is told", () => {
    const witness: Witness = { middle: false, tells: ["bmc-application"] };
    const [found] = seen([foreign], "bmc", witness).violations;
    expect(found?.unless).toBeUndefined();
    expect(found && blamed(found)).toBe("bmc");
  });

  test("is told in the verdict's first line", () => {
    expect(verdictText(seen([foreign], "host")).split("\n")[0]).toBe(
      `fault: bmc (unknown), unless ${DOUBTS.wire}, or ${DOUBTS.bmc}: this evidence does not show that`,
    );
  });

  test("is never the host's crash where the host's own promises are judged by all there is", () => {
    const late = [request(6, "18 01"), "+90s", end()];
    const [found] = judge(late).violations;
    expect(found?.unless).toBeUndefined();
  });
});

describe("a rule that cannot be seen", () => {
  const { unseen = [] } = seen([deviceId], "host");
  const why = new Map(unseen.map((each) => [each.rule, each.why]));

  test.each([
    ["STACK-01", "it does not tell what the host's users asked for and got"],
    ["MF-02", "it does not tell what the host's users asked for and got"],
    ["KCS-33", "it has no such events"],
    ["STACK-03", "it does not tell what the host's driver did besides the wire"],
    ["FRU-05", "it begins in the middle of things, or has a gap"],
    ["STACK-05", "it does not tell what the host's driver did besides the wire"],
  ])("is listed with the reason: %s", (rule, reason) => {
    expect(why.get(rule)).toBe(reason);
  });

  test("is one of the face that is not shown", () => {
    const rule = seen([deviceId], "bmc").unseen?.find((each) => each.rule === "KCS-06");
    expect(rule?.why).toBe("the host's face of the wire is not in it");
  });

  test("is not listed when it can be", () => {
    expect(why.get("KCS-06")).toBeUndefined();
    expect(why.get("GEN-01")).toBeUndefined();
  });

  test("is not spoken of by traces that hide nothing", () => {
    expect(judge([deviceId]).unseen).toBeUndefined();
  });

  test("is counted in the verdict's text, by reason", () => {
    const text = verdictText(seen([deviceId, end()], "host"));
    expect(text).toMatch(/^kept: \d+ rules, put to the test \d+ times$/m);
    expect(text).toMatch(/^not put to the test: \d+ rules$/m);
    expect(text).toMatch(/^cannot be seen from this evidence, because it begins .*: \d+ rules$/m);
  });

  test("finds nothing", () => {
    const script = [request(6, "18 01"), deviceId, "+90s", end()];
    expect(named(judge(script, { faces: "host" }))).toEqual(["STACK-36", "STACK-01"]);
    expect(named(seen(script, "host"))).toEqual([]);
  });
});
