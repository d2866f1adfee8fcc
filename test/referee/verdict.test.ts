import { describe, expect, test } from "vitest";
import { breachesBy, explain, rules, verdictText } from "../../src/referee/index.ts";
import {
  abort,
  answer,
  bmc,
  deviceId,
  end,
  exchange,
  fault,
  host,
  judge,
  named,
  repeat,
  request,
  type Script,
  send,
  short,
  swap,
  swapLast,
  upTo,
} from "./script.ts";

const EVENT = "55 55 c0 41 a7 00 00 00 00 00 3a ff 00 ff ff ff";
const flags = exchange("18 31", "1c 31 00 02", true);
const event = exchange("18 35", `1c 35 00 ${EVENT}`, true);
/** An event message buffer that never empties, and a host that has time for nothing else. */
const wedged: Script = [request(6, "18 08"), ...repeat(60, [flags, event]), "+58s", end()];

/** The host writes on without a look, and the BMC then is late with READ. */
const both = swap(swap(short, "r1=81 r0=00 w1=62", "w1=62"), "s=42 t0=04", "t0=04 s=40");

describe("who is at fault", () => {
  test("nobody, for a right session, whichever face is tapped", () => {
    const session: Script = [
      bmc("power-on"),
      "s=c0",
      bmc("up"),
      swap(abort("00"), "r1=00", "r1=c0"),
      deviceId,
      short,
      exchange("18 2f", "1c 2f 00 09"),
      exchange("18 2e 0d", "1c 2e 00"),
      exchange("18 31", "1c 31 00 00"),
      bmc("flags", 2),
      "s=04",
      flags,
      swap(exchange("18 35", `1c 35 00 ${EVENT}`, true), "s=46 t0=35", "s=46 t0=35"),
      bmc("flags", 0),
      "s=00",
      exchange("18 35", "1c 35 80"),
      upTo(short, "r0=1c"),
      swap(abort(), "r1=00", "r1=40"),
      short,
      end(),
    ];
    for (const faces of ["both", "host", "bmc"] as const) {
      const verdict = judge(session, { faces });
      expect(named(verdict).filter((each) => each !== "KCS-11?")).toEqual([]);
      expect(verdict.fault).toEqual([]);
      expect(verdict.transactions).toBe(9);
    }
  });

  test("the BMC first and the host second, when the host could not cope", () => {
    const verdict = judge(wedged);
    expect(verdict.fault).toEqual(["bmc", "host"]);
    expect(named(verdict)).toEqual(["MF-06", "STACK-03", "STACK-36", "STACK-01"]);
    const [sticky, starved, , owed] = verdict.violations;
    expect(sticky?.count).toBe(59);
    expect(sticky?.n).toBeLessThan(starved?.n ?? 0);
    expect(starved?.detail).toContain("request 6 (Get Device GUID by x) unanswered for");
    expect(owed?.detail).toContain("unanswered for 58.0 s; 60 event reads, 60 flag reads");
  });

  test("only who was first, where the other's breach follows in the same transfer", () => {
    const verdict = judge([both]);
    expect(named(verdict)).toEqual(["KCS-08", "KCS-24"]);
    expect(verdict.violations.map((each) => each.follows)).toEqual([null, 0]);
    expect(verdict.fault).toEqual(["host"]);
  });

  test("both, where each broke a rule in a transfer of its own", () => {
    const late = swap(short, "s=42 t0=04", "t0=04 s=40");
    const hasty = swap(short, "r1=81 r0=00 w1=62", "w1=62");
    const verdict = judge([hasty, late]);
    expect(verdict.violations.map((each) => each.follows)).toEqual([null, null]);
    expect(verdict.fault).toEqual(["host", "bmc"]);
  });

  // A driver in the field reads and writes on as its wait ends, and so disturbs a slow BMC.
  test("the BMC that did not respond, not the host that gave up in a wrong way", () => {
    const silent = `${upTo(short, "r1=40")} +5s r1=40`;
    const wrong = "r0=00 w0=68 s=c2 t0=68 g=00 r1=c1 r0=00";
    for (const faces of ["both", "host"] as const) {
      const verdict = judge([silent, wrong, swap(abort("02"), "r1=00", "")], { faces });
      expect(named(verdict)).toEqual(["GEN-02", "KCS-03", "KCS-08"]);
      expect(verdict.fault).toEqual(["bmc"]);
    }
  });

  test("the host for its own breach, though it had broken the rule as a consequence before", () => {
    const late = swap(short, "s=8a t1=61", "t1=61 s=88");
    const hasty = swap(short, "r1=81 r0=00 w1=62", "w1=62");
    const lateThenHasty = swap(late, "r1=81 r0=00 w1=62", "w1=62");
    const verdict = judge([short, lateThenHasty, hasty, hasty]);
    expect(named(verdict)).toEqual(["KCS-21", "KCS-08", "KCS-08"]);
    expect(verdict.violations.map((each) => [each.follows, each.count])).toEqual([
      [null, 1],
      [0, 1],
      [null, 2],
    ]);
    expect(verdict.fault).toEqual(["bmc", "host"]);
  });

  test("the host for a broken promise, though the BMC had broken a rule just before", () => {
    const late = swap(short, "s=42 t0=04", "t0=04 s=40");
    const verdict = judge([late, answer(7, "00"), end()]);
    expect(verdict.violations.map((each) => each.follows)).toEqual([null, null]);
    expect(verdict.fault).toEqual(["bmc", "host"]);
  });

  // A promise about the response itself presumes a BMC that gives one in the right way.
  test("the BMC alone, where the promise presumes a right one", () => {
    const late = swap(short, "s=42 t0=04", "t0=04 s=40");
    const verdict = judge([request(1, "18 04"), send(1, "18 04"), late, answer(1, "c3"), end()]);
    expect(named(verdict)).toEqual(["KCS-24", "STACK-09"]);
    expect(verdict.violations.map((each) => each.follows)).toEqual([null, 0]);
    expect(verdict.fault).toEqual(["bmc"]);
  });

  // The five seconds that a BMC is to have are longer than the transfer in which it is given up.
  test("the BMC alone, where it was in disorder before the transfer in which it is given up", () => {
    const late = swap(short, "s=42 t0=04", "t0=04 s=40");
    const given: Script = [request(1, "18 04"), send(1, "18 04"), upTo(short, "r1=40")];
    const hasty: Script = [...given, "+1ms", answer(1, "82", { maker: "host-interface" })];
    expect(named(judge([late, "+3s", ...hasty]))).toEqual(["KCS-24", "STACK-14"]);
    expect(judge([late, "+3s", ...hasty]).fault).toEqual(["bmc"]);
    expect(judge([late, "+6s", ...hasty]).fault).toEqual(["bmc", "host"]);
  });

  // A panic that gives up a BMC which broke the protocol in it has done what it could.
  test("the BMC alone, where it was in disorder in the panic that gave it up", () => {
    const message = "10 02 41 03 20 00 6f a1 00 00";
    const event = exchange(message, "14 02 00");
    const late = swapLast(event, "s=42 t0=00", "t0=00 s=40");
    const panics: Script = [host("panic"), send(1, message)];
    const gaveUp: Script = [{ e: "host", what: "panic-end", text: "no answer" }];
    expect(judge([...panics, event, ...gaveUp]).fault).toEqual(["host"]);
    const verdict = judge([...panics, late, ...gaveUp]);
    expect(named(verdict)).toEqual(["KCS-24", "STACK-11"]);
    expect(verdict.fault).toEqual(["bmc"]);
  });

  // The silence shows seconds after the request, and long after what led to it.
  test("the misdeed before what shows of it, by the same party", () => {
    const silent = `${upTo(swap(short, "s=42 t0=04", "t0=04 s=40"), "r1=40")} +6s r1=40`;
    const verdict = judge([silent, swap(abort(), "r1=00", ""), short, end()]);
    expect(named(verdict)).toEqual(["KCS-24", "GEN-02"]);
    expect(verdict.violations.map((each) => each.follows)).toEqual([null, 0]);
  });

  test("on orders only by faults that acted in the transfer at hand", () => {
    const late = swap(short, "s=42 t0=04", "t0=04 s=40");
    const before = judge([fault("bmc"), short, fault("bmc", "ends"), short, late, end()]);
    expect(before.violations.map(({ orders }) => orders)).toEqual([[]]);
  });

  test("the BMC also where the scenario had it play the bad one, and the verdict says so", () => {
    const late = swap(short, "s=42 t0=04", "t0=04 s=40");
    const verdict = judge([fault("bmc"), late]);
    expect(verdict.fault).toEqual(["bmc"]);
    expect(verdict.violations[0]?.orders).toEqual(["faults[0]"]);
    expect(judge([late, fault("bmc")]).violations[0]?.orders).toEqual([]);
    expect(judge([fault("wire"), late]).violations[0]?.orders).toEqual([]);
  });
});

describe("where the wire alone made a party break a rule", () => {
  const waits = upTo(exchange("18 08", "00"), "r1=40");
  const dead = [
    waits,
    fault("wire"),
    "+6s",
    fault("wire", "ends"),
    "r1=40",
    swap(abort(), "r1=00", ""),
  ];

  test("the wire is named, and no party", () => {
    const verdict = judge([...dead, end()]);
    expect(verdict.fault).toEqual(["wire"]);
    expect(breachesBy("bmc", verdict)).toEqual([]);
    expect(verdictText(verdict)).toMatch(/^fault: wire\n/);
    expect(verdictText(verdict)).toContain("the wire's doing: faults[0]");
  });

  test("a party is still named for what it does when they are in step again", () => {
    const silent = `${waits} +6s r1=40 ${swap(abort(), "r1=00", "")}`;
    const verdict = judge([...dead, short, silent, end()]);
    expect(verdict.fault).toEqual(["wire", "bmc"]);
    expect(breachesBy("bmc", verdict).map(({ rule }) => rule)).toEqual(["GEN-02"]);
  });
});

describe("a verdict", () => {
  test("is plain data", () => {
    const verdict = judge(wedged);
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  });

  test("counts the repeated breach of one rule, and shows the first", () => {
    const late = swap(short, "s=42 t0=04", "t0=04 s=40");
    const verdict = judge([short, ...repeat(3, [late])]);
    expect(verdict.violations).toHaveLength(1);
    expect(verdict.violations[0]?.count).toBe(3);
    expect(verdict.violations[0]?.n).toBe(judge([short, late]).violations[0]?.n);
  });

  test("counts only the rules that the tapped faces can show", () => {
    const checked = (faces: "both" | "host" | "bmc") => judge([], { faces }).rulesChecked;
    const onKcs = rules.filter((rule) => rule.observable && (rule.on ?? "kcs") === "kcs");
    expect(checked("both")).toBe(onKcs.length);
    expect(checked("host")).toBeLessThan(checked("both"));
    expect(checked("bmc")).toBeLessThan(checked("both"));
  });

  test("reads as text", () => {
    const seats = { host: "linux:6.1", bmc: "qemu" };
    const text = verdictText(judge([fault("bmc"), swap(both, "r1=40", "r1=40 r0=00")], { seats }));
    expect(text).toBe(
      `fault: host (linux:6.1)

violations
1. KCS-08  host (linux:6.1)  event 11 at 0.000012 s  [IPMI 2.0 §9.7, §9.15]
   After each write the host waits for IBF=0 and looks at the state bits before it goes on.
   the host wrote WRITE_END in the write phase without a look at the status after its last write
2. KCS-24  bmc (qemu)  event 17 at 0.000018 s  [IPMI 2.0 §9.15, figure 9-6]
   The BMC shows READ, or ERROR, before it takes the last byte of a request, and READ at none before it.
   the last byte was taken with WRITE shown
   on the scenario's orders: faults[0]
   follows from 1.
3. KCS-03  host (linux:6.1)  event 20 at 0.000021 s  [IPMI 2.0 §9.9]
   The host takes a byte from Data_Out only while OBF is 1.
   Data_Out was read in the read phase though OBF was 0
   follows from 2.

${judge([], { seats }).rulesChecked} rules, 1 transaction, 50 events
(the trace has no end: open promises were not judged)
`,
    );
  });

  test("lists what is owed to the host's users as the match ends, and nothing of a crashed host", () => {
    const asks = [request(6, "18 08"), "+20s", short];
    // A host that has promised nothing may let its users wait.
    const seats = { host: "linux:6.1", bmc: "model" };
    const { open, fault } = judge([...asks, end("time")], { seats });
    expect(fault).toEqual([]);
    expect(open).toEqual(["request 6 (Get Device GUID by x) had no answer for 20.0 s"]);
    expect(verdictText(judge([...asks, end("time")]))).toContain(`open at the end\n- ${open[0]}\n`);
    expect(judge([...asks, host("panic"), host("panic-end"), end()]).open).toEqual([]);
  });

  test("says of a promise that this host never made it", () => {
    const sections = (host: string) => {
      return judge([request(6, "18 08"), end()], { seats: { host } }).violations[0]?.section;
    };
    expect(sections("stack")).toBe("promise of the stack");
    expect(sections("linux:6.1")).toContain("no clause asks it of this host");
  });

  test("says what a completion code means", () => {
    const [refused] = judge([exchange("18 01", "1c 01 c1")]).violations;
    expect(refused?.detail).toContain("got C1h (invalid command)");
  });

  test("names in one line what every match with this BMC notes", () => {
    const verdict = judge([swap(short, "r1=81", "r1=89"), end()]);
    expect(verdict.notes.map(({ rule }) => rule)).toEqual(["KCS-34"]);
    expect(verdictText(verdict)).toContain("\n- KCS-34  bmc");
    expect(verdictText(verdict, ["KCS-20"])).toBe(verdictText(verdict));
    expect(verdictText(verdict, ["KCS-20", "KCS-34"])).toMatch(
      /^fault: none\n\nnotes\n- KCS-34 {2}as in every match with this BMC\n\n/,
    );
  });

  test("says so when nothing is wrong", () => {
    expect(verdictText(judge([short, end()]))).toMatch(/^fault: none\n\n\d+ rules, 1 transact/);
  });
});

test("each rule explains itself in whole sentences", () => {
  for (const rule of rules) {
    expect(rule.sentence).toMatch(/^[A-Z0-9][^\n]*\.$/);
    expect(explain(rule)).toContain(rule.sentence);
    // Of the party, and what it does: not the rule once more.
    expect(rule.instead).toMatch(/^[A-Z0-9][^\n]*\.$/);
    expect(rule.instead).not.toBe(rule.sentence);
    expect(explain(rule)).toContain(rule.instead);
    expect(rule.section).toMatch(
      /^((IPMI|SMBus) 2\.0 (§|Appendix)|OPAL API, OPAL_IPMI_|promise of the (stack|executor))/,
    );
    if (!rule.observable) expect(explain(rule)).toContain(rule.why);
  }
});
