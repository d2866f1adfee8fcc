import { expect, test } from "vitest";
import { Bench, event } from "../../bench.ts";

const FIRST = "28 43 00 00 00 00 00 ff";
const LAST = "28 43 00 00 ff ff 00 ff";

test("a platform event is logged with its generator, at the BMC's time", () => {
  const bench = new Bench();
  bench.pass(7);
  expect(bench.tell("10 02 41 04 12 55 6f c1 02 03")).toBe("00");
  expect(bench.tell(FIRST)).toBe("00 ff ff 01 00 02 07 00 00 00 41 00 04 12 55 6f c1 02 03");
  expect(bench.tell("10 02 21 04 12 55 ef c1 02 03"), "a deassertion").toBe("00");
  expect(bench.tell(LAST)).toBe("00 ff ff 02 00 02 07 00 00 00 21 00 04 12 55 ef c1 02 03");
});

test("EVT-01: missing data bytes are stored as FFh", () => {
  const bench = new Bench();
  expect(bench.tell("10 02 41 04 12 55 6f c1")).toBe("00");
  expect(bench.tell(LAST).endsWith("c1 ff ff")).toBe(true);
  expect(bench.tell("10 02 41 04 12 55 6f c1 02")).toBe("00");
  expect(bench.tell(LAST).endsWith("c1 02 ff")).toBe(true);
  expect(bench.tell("10 02 41 04 12 55 6f")).toBe("c7");
});

test("EVT-02: EvMRev 03h is accepted and logged as 04h on channel 0", () => {
  const bench = new Bench();
  expect(bench.tell("10 02 41 03 12 55 6f c1 02 03")).toBe("00");
  expect(bench.tell(FIRST)).toBe("00 ff ff 01 00 02 00 00 00 00 41 00 04 12 55 6f c1 02 03");
  expect(bench.tell("10 02 41 02 12 55 6f c1 02 03")).toBe("cc");
  expect(bench.tell("10 02 41 05 12 55 6f c1 02 03")).toBe("cc");
});

test("EVT-03: events from the system interface are logged whatever the enables say", () => {
  const bench = new Bench();
  bench.tell("18 2e 04");
  expect(bench.tell("10 02 41 04 12 55 6f c1 02 03")).toBe("00");
  bench.controller.raiseEvent(event(1));
  expect(bench.tell("28 40").slice(6, 11), "the other one is not").toBe("01 00");
});

test("MF-07: the system software's own events do not go into the event message buffer", () => {
  const bench = new Bench();
  bench.tell("18 2e 0c");
  bench.tell("10 02 41 04 12 55 6f c1 02 03");
  expect(bench.controller.messageFlags).toBe(0);
});

test("EVT-04: a generator id that is no software id is CCh, the form of IPMB among them", () => {
  const bench = new Bench();
  expect(bench.tell("10 02 20 04 12 55 6f c1 02 03")).toBe("cc");
  expect(bench.tell("10 02 04 12 55 6f c1 02 03")).toBe("cc");
});

test("EVT-05: a duplicate is answered with 00h", () => {
  const bench = new Bench();
  for (let turn = 0; turn < 3; turn++) {
    expect(bench.tell("10 02 41 04 12 55 6f c1 02 03")).toBe("00");
  }
});

test("SEL-06: an event that is lost because the log is full is C4h", () => {
  const bench = new Bench({ log: { capacity: 16 } });
  for (let turn = 0; turn < 16; turn++) {
    expect(bench.tell("10 02 41 04 12 55 6f c1 02 03")).toBe("00");
  }
  expect(bench.tell("10 02 41 04 12 55 6f c1 02 03")).toBe("c4");
  expect(bench.outputs.at(-1)).toBe("sel: record refused: full");
});

test("the event receiver is the BMC itself until it is set", () => {
  const bench = new Bench();
  expect(bench.tell("10 01")).toBe("00 20 00");
  expect(bench.tell("10 00 52 01")).toBe("00");
  expect(bench.tell("10 01")).toBe("00 52 01");
  bench.controller.reset("cold");
  expect(bench.tell("10 01")).toBe("00 20 00");
});

test("with another receiver, or none, the BMC's own events stay out of the log", () => {
  for (const receiver of ["ff", "52"]) {
    const bench = new Bench();
    bench.tell(`10 00 ${receiver} 00`);
    bench.tell("18 2e 0c");
    bench.tell("18 24 04 00 00 00 00 00");
    bench.tell("18 22");
    bench.pass(0);
    expect(bench.tell(FIRST)).toBe("cb");
    expect(bench.controller.messageFlags).toBe(0);
    bench.controller.raiseEvent(event(1));
    expect(bench.tell("28 40").slice(6, 11), "what others send is logged").toBe("01 00");
  }
});
