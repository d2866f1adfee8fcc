import { expect, test } from "vitest";
import { MisplacedEvent, Referee } from "../../src/referee/index.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { INTERFACES, traceHead } from "../../src/trace/head.ts";

const UNKNOWN = {
  scenario: "",
  scenarioText: "",
  host: "unknown",
  bmc: "unknown",
  seed: 0,
  clock: "real",
} as const;

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
