import { expect, test } from "vitest";
import { Failure, Pace } from "../../../src/host/interfaces/machine.ts";
import { Bench, gaps } from "./runner-bench.ts";

// A BMC that says that a request is too long for it is alive: nobody else has to hear of it.
test("a request too long for the BMC fails alone", () => {
  const bench = new Bench().put(2);
  bench.machine.why = Failure.TooLong;
  bench.go([Pace.Failed, Pace.Done], 1_000);
  const [[, first] = [], [, second] = []] = bench.outcomes;
  expect(first).toMatchObject({ kind: "failure", cc: 0xc8, maker: "host-interface" });
  expect(first).toMatchObject({ sent: false, failed: false });
  expect(second).toMatchObject({ kind: "response" });
});

// An interface may have interrupts, and none of them for the response.
test("where no interrupt says that the response is there, polls are as frequent as without", () => {
  const bench = new Bench();
  bench.runner.setInterrupts(true);
  Object.assign(bench.machine, { looksForOutput: true });
  expect(gaps(bench.go([], 1_000))[0]).toBe(20);
});
