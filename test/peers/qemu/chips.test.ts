import { describe, expect, test } from "vitest";
import { type MatchResult, playBetween, runStackMatch } from "../../../src/lab/index.ts";
import { BMC_CHIPS } from "../../../src/seats/qemu/index.ts";
import { chip as onChipOf } from "../../../src/seats/qemu/match/chip-party.ts";
import { stack } from "../../../src/seats/stack/party.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";
import { Recorder } from "../../../src/trace/tracer.ts";
import { leavesNothing } from "../nothing-left.ts";
import { scenario } from "./scenario.ts";

const CHANNELS = [1, 2, 3, 4] as const;

leavesNothing();

// Goal: our driver makes of the chip's registers the same block that the model is. Method: the same
// matches on QEMU's model of the chip and on ours; every event is the same, to the microsecond.
describe.each(BMC_CHIPS)("%s", (chip) => {
  test.each(CHANNELS)("channel %s is a KCS block like any other", async (channel) => {
    const asked = scenario("device-id");
    const onChip = new Recorder();
    const sinks = () => [onChip];
    const result = await playBetween({ host: stack, bmc: onChipOf(chip, channel) }, asked, {
      sinks,
    });
    expect(result.head.bmc).toBe(`${chip} in qemu`);
    expectRight(result);
    expect(onChip.events).toEqual(modelEvents("device-id"));
  });

  test.each(["late-daemon", "daemon-dies", "panic-in-transfer", "ibf-sticks-mid-request"])(
    "%s is on the chip what it is on the model",
    async (name) => {
      const onChip = new Recorder();
      const sinks = () => [onChip];
      const result = await playBetween({ host: stack, bmc: onChipOf(chip) }, scenario(name), {
        sinks,
      });
      expectRight(result);
      expect(onChip.events).toEqual(modelEvents(name));
    },
  );
});

function expectRight({ verdict, misses }: MatchResult): void {
  expect(misses).toEqual([]);
  expect(verdict.ended).toBe(true);
}

function modelEvents(name: string): readonly TraceEvent[] {
  const recorder = new Recorder();
  runStackMatch(scenario(name), { sinks: () => [recorder] });
  return recorder.events;
}
