import { describe, expect, test } from "vitest";
import { KCS_TIMING, Kcs, type KcsTiming } from "../../../../src/host/interfaces/kcs/kcs.ts";
import { Failure, Pace } from "../../../../src/host/interfaces/machine.ts";
import { ScriptPort } from "../script-port.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
const SENT = "s00 C61 s89 d00 D18 s81 d00 C62 s89 d00 D01";
const RECOVERED = "s41 d77 C60 s89 d00 D00 s41 d01 D68";

function begun(script: string, timing: Partial<KcsTiming> = {}, request = GET_DEVICE_ID) {
  const port = new ScriptPort(script);
  const kcs = new Kcs(port, 1, { ...KCS_TIMING, ...timing });
  kcs.begin(request, 0);
  return { port, kcs };
}

/** Steps at one time for as long as there is more to do at once. */
function stepOn(kcs: Kcs, nowUs: number): Pace {
  let pace = kcs.step(nowUs);
  while (pace === Pace.Again) pace = kcs.step(nowUs);
  return pace;
}

test("the BMC has the times that the specification gives it, and ours", () => {
  expect(KCS_TIMING).toEqual({
    inputTimeoutUs: 5_000_000,
    outputTimeoutUs: 5_000_000,
    dummyTimeoutUs: 5_000,
    pulseUs: 50,
    patience: {
      patienceUs: 5_000_000,
      pauseMinUs: 10_000,
      pauseMaxUs: 200_000,
      silencesMax: 1,
    },
    transactionUs: 15_000_000,
  });
});

// Goal: each wait ends at its microsecond, neither before nor after. Method: one look right before
// the end and one at it.
describe("to the microsecond", () => {
  test("the transaction as a whole", () => {
    const { kcs, port } = begun(`${SENT} s40 s40`, { outputTimeoutUs: 60_000_000 });
    expect(stepOn(kcs, 0)).toBe(Pace.Later);
    expect(kcs.wakeAtUs()).toBe(KCS_TIMING.transactionUs);
    expect(kcs.step(KCS_TIMING.transactionUs - 1)).toBe(Pace.Later);
    expect(kcs.step(KCS_TIMING.transactionUs)).toBe(Pace.Failed);
    expect(kcs.failure()).toBe(Failure.OutOfTime);
    expect(port.done).toBe(true);
  });

  test("the input register", () => {
    const { kcs } = begun("s02 s02 s02");
    expect(kcs.step(0)).toBe(Pace.Later);
    expect(kcs.wakeAtUs()).toBe(KCS_TIMING.inputTimeoutUs);
    expect(kcs.step(KCS_TIMING.inputTimeoutUs - 1)).toBe(Pace.Later);
    expect(kcs.step(KCS_TIMING.inputTimeoutUs)).toBe(Pace.Failed);
    expect(kcs.failure()).toBe(Failure.InputStuck);
  });

  test("the output register, from when the state was entered", () => {
    const { kcs } = begun(`${SENT} s40 s40 s40`);
    expect(stepOn(kcs, 1_000)).toBe(Pace.Later);
    expect(kcs.wakeAtUs()).toBe(KCS_TIMING.outputTimeoutUs + 1_000);
    expect(kcs.step(KCS_TIMING.outputTimeoutUs + 999)).toBe(Pace.Later);
    expect(kcs.step(KCS_TIMING.outputTimeoutUs + 1_000)).toBe(Pace.Again);
    expect(kcs.failure()).toBe(Failure.NoOutput);
    expect(kcs.recoveries()).toBe(1);
  });

  test("a rest, in which no register is touched", () => {
    const { kcs, port } = begun("sc1 sc1 d00 C60 sc9 d00 D00 sc1 sc0");
    expect(stepOn(kcs, 0)).toBe(Pace.Rest);
    expect(kcs.wakeAtUs()).toBe(KCS_TIMING.patience.pauseMinUs);
    expect(kcs.step(KCS_TIMING.patience.pauseMinUs - 1)).toBe(Pace.Rest);
    expect(port.done).toBe(false);
    expect(kcs.step(KCS_TIMING.patience.pauseMinUs)).toBe(Pace.Again);
    expect(kcs.step(KCS_TIMING.patience.pauseMinUs)).toBe(Pace.Later);
    expect(port.done).toBe(true);
  });

  test.each([
    [0, Pace.Again, undefined],
    [1, Pace.Failed, Failure.NotReady],
  ])("another try, if the BMC then has its time to answer but for %i µs", (lateUs, pace, why) => {
    const { kcs } = begun(`s41 ${RECOVERED} s01 d00`);
    const lastUs = KCS_TIMING.transactionUs - KCS_TIMING.outputTimeoutUs + lateUs;
    for (let step = 0; step < 4; step++) expect(kcs.step(lastUs)).toBe(Pace.Again);
    expect(kcs.step(lastUs)).toBe(pace);
    if (why !== undefined) expect(kcs.failure()).toBe(why);
  });
});

// Goal: the answer to WRITE_START alone tells whether a BMC gives dummy bytes. Method: one that
// does leaves one out, and is late with the next; whoever did not wait would take it for output.
test("a BMC that leaves one dummy byte out is waited for at the next", () => {
  const request = Uint8Array.of(0x18, 0x01, 0x02);
  const script = "s00 C61 s81 d00 D18 s80 s80 D01 s80 s80 s81 d00 C62";
  const { kcs, port } = begun(script, {}, request);
  expect(stepOn(kcs, 0)).toBe(Pace.Later);
  expect(stepOn(kcs, KCS_TIMING.dummyTimeoutUs)).toBe(Pace.Later);
  expect(kcs.step(2 * KCS_TIMING.dummyTimeoutUs - 1)).toBe(Pace.Later);
  expect(kcs.step(2 * KCS_TIMING.dummyTimeoutUs - 1)).toBe(Pace.Again);
  expect(port.done).toBe(true);
});

test("KCS asks for nothing beforehand, and is told nothing", () => {
  const kcs = new Kcs(new ScriptPort("s00"));
  expect(kcs.greeting()).toBeUndefined();
  expect(() => kcs.greeted()).toThrow("KCS wants to know nothing beforehand");
});
