import { expect, test } from "vitest";
import { aboveRegisters, between, FilterSink, named } from "../../src/trace/filters.ts";
import { Recorder, Tracer } from "../../src/trace/tracer.ts";

function trace(wanted: ConstructorParameters<typeof FilterSink>[0]): string[] {
  const recorder = new Recorder();
  const tracer = new Tracer(() => 0);
  tracer.attach(new FilterSink(wanted, recorder));
  tracer.emit({ e: "host", what: "start", text: "" });
  tracer.emit({ e: "host.read", reg: "status", value: 0 });
  tracer.emit({ e: "bmc.status", status: 0 });
  tracer.emit({ e: "run", on: true, cause: "kick" });
  tracer.emit({ e: "end", why: "done" });
  return recorder.events.map((event) => `${event.n} ${event.e}`);
}

test("above the registers", () => {
  expect(trace(aboveRegisters)).toEqual(["0 host", "3 run", "4 end"]);
});

test("between two events, both included", () => {
  expect(trace(between(1, 2))).toEqual(["1 host.read", "2 bmc.status"]);
});

test("by name", () => {
  expect(trace(named("run", "end"))).toEqual(["3 run", "4 end"]);
});
