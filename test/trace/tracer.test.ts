import { expect, test } from "vitest";
import { Recorder, Tracer } from "../../src/trace/tracer.ts";

// Goal: what a party does in one go is of one moment, though a real clock goes on meanwhile.
test("what is done at once has one time, and the clock goes on afterwards", () => {
  const clock = { us: 0 };
  const tracer = new Tracer(() => clock.us++);
  const recorder = new Recorder();
  tracer.attach(recorder);
  const tell = () => tracer.emit({ e: "bmc", what: "flags", flags: 0, text: "" });
  tell();
  tracer.atOnce(() => {
    tell();
    tracer.atOnce(tell);
    tell();
  });
  tell();
  expect(recorder.events.map(({ t }) => t)).toEqual([0, 1, 1, 1, 2]);
  expect(() =>
    tracer.atOnce(() => {
      throw new RangeError("in the middle");
    }),
  ).toThrow(RangeError);
  tell();
  expect(recorder.events.at(-1)?.t).toBe(4);
});
