import { describe, expect, test } from "vitest";
import { Again, Failure, Pace, Refusal } from "../../../../src/host/interfaces/machine.ts";
import { Ssif } from "../../../../src/host/interfaces/ssif/ssif.ts";
import { SSIF_TIMING } from "../../../../src/host/interfaces/ssif/timing.ts";
import type { SmbusPort } from "../../../../src/wire/smbus/port.ts";
import { SSIF_ADDRESS } from "../../../../src/wire/ssif/protocol.ts";
import { BusTime, driveOnBus } from "./bus-time.ts";
import { ScriptBus } from "./script-bus.ts";
import { BUSY, FREE, GET_DEVICE_ID, READ, RESPONSE, transact, WRITTEN } from "./scripted.ts";
import { StrictSsif, type StrictSsifOptions } from "./strict-ssif.ts";

function ramp(bytes: number, first: number, second: number): Uint8Array {
  const message = Uint8Array.from({ length: bytes }, (_, at) => at & 0xff);
  message.set([first, second].slice(0, bytes));
  return message;
}

// Each row is one course, step by step on the bus.
describe("the host's transitions", () => {
  test("a transaction, without one byte too many, in the least time", () => {
    const { ssif, pace, us } = transact(`${FREE} ${WRITTEN} ${READ}`);
    expect(pace).toBe(Pace.Done);
    expect(ssif.response()).toEqual(RESPONSE);
    expect(ssif.recoveries()).toBe(0);
    expect(us).toBe(SSIF_TIMING.responseUs);
  });

  const courses: readonly (readonly [name: string, script: string, why: Failure, us: number])[] = [
    ["a busy BMC is asked again at T3", `${WRITTEN} ${BUSY} ${BUSY} ${READ}`, Failure.None, 125],
    ["the address not wanted: T6", `S20- P ${WRITTEN} ${READ}`, Failure.InputStuck, 65],
    ["the command not wanted", `S20 w02- P ${WRITTEN} ${READ}`, Failure.InputStuck, 65],
    ["the count not wanted", `S20 w02 w02- P ${WRITTEN} ${READ}`, Failure.InputStuck, 65],
    ["a byte not wanted", `S20 w02 w02 w18- P ${WRITTEN} ${READ}`, Failure.InputStuck, 65],
    ["the pause doubles", `S20- P S20- P ${WRITTEN} ${READ}`, Failure.InputStuck, 185],
    ["no further than T6max", `${"S20- P ".repeat(5)} ${WRITTEN} ${READ}`, Failure.InputStuck, 925],
    ["a lost bus is not stopped", `Slost:20 ${WRITTEN} ${READ}`, Failure.InputStuck, 5],
    ["a bus lost in the middle", `S20 w02 wlost:02 ${WRITTEN} ${READ}`, Failure.InputStuck, 5],
    ["a held clock", `S20 wtimeout:02 P ${WRITTEN} ${READ}`, Failure.InputStuck, 65],
    ["a STOP that is not seen", `S20 w02 w02 w18 w01 Ptimeout: ${WRITTEN} ${READ}`, 1, 65],
    ["a read address not wanted", `${WRITTEN} S20 w03 S21- P ${READ}`, Failure.None, 65],
    [
      "no response in its time: T6 before it is written again",
      `${WRITTEN} ${"S20- P ".repeat(85)} ${WRITTEN} ${READ}`,
      Failure.NoOutput,
      5_110,
    ],
    ["a bus lost while reading", `${WRITTEN} S20 w03 S21 rlost: ${READ}`, Failure.None, 5],
    ["a clock held while reading", `${WRITTEN} S20 w03 S21 r03+ rtimeout: P ${READ}`, 0, 65],
    [
      "S7: an empty block is no response",
      `${WRITTEN} S20 w03 S21 r00+ P ${READ}`,
      Failure.None,
      65,
    ],
    ["a count too large", `${WRITTEN} S20 w03 S21 r21+ P ${READ}`, Failure.None, 65],
    ["S7: two bytes are no response", `${WRITTEN} S20 w03 S21 r02+ r1c+ r01 P ${READ}`, 0, 65],
    [
      "S1: the answer to an earlier question is read over",
      `${WRITTEN} S20 w03 S21 r03+ r1c+ r02+ r00 P ${READ}`,
      Failure.Broken,
      65,
    ],
    [
      "a NetFn that does not belong is read over",
      `${WRITTEN} S20 w03 S21 r03+ r2c+ r01+ r00 P ${READ}`,
      Failure.Broken,
      65,
    ],
  ];
  // Goal: a clock that is held for some of a byte shortens no pause. Method: a byte takes 13 ms.
  test("a pause begins when the bus is free again", () => {
    let nowUs = 0;
    const held = <T>(done: T): T => {
      nowUs += 13_000;
      return done;
    };
    const script = new ScriptBus(`${FREE} S20- P ${WRITTEN} ${BUSY} ${READ}`);
    const bus: SmbusPort = {
      start: (address) => held(script.start(address)),
      write: (value) => held(script.write(value)),
      read: (ack) => held(script.read(ack)),
      stop: () => held(script.stop()),
      alert: false,
    };
    const ssif = new Ssif(bus, SSIF_ADDRESS);
    ssif.begin(GET_DEVICE_ID, 0);
    const pauses: number[] = [];
    let pace: Pace = Pace.Again;
    while (pace === Pace.Again || pace === Pace.Rest) {
      pace = ssif.step(nowUs);
      if (pace !== Pace.Rest) continue;
      pauses.push(ssif.wakeAtUs() - nowUs);
      nowUs = ssif.wakeAtUs();
    }
    expect(pace).toBe(Pace.Done);
    const { writeRetryUs, responseUs, readRetryUs } = SSIF_TIMING;
    expect(pauses).toEqual([writeRetryUs, responseUs, readRetryUs]);
  });

  test.each(courses)("%s", (_, script, why, ms) => {
    const { ssif, pace, us } = transact(`${FREE} ${script}`);
    expect(pace).toBe(Pace.Done);
    expect(ssif.response()).toEqual(RESPONSE);
    expect(ssif.failure()).toBe(why);
    expect(us).toBe(ms * 1_000);
  });

  test("the second transaction finds the bus free", () => {
    const bus = new ScriptBus(`${FREE} ${WRITTEN} ${READ} ${WRITTEN} ${READ}`);
    const ssif = new Ssif(bus, SSIF_ADDRESS);
    const time = new BusTime();
    for (let i = 0; i < 2; i++) {
      ssif.begin(GET_DEVICE_ID, time.us);
      expect(driveOnBus(ssif, time).pace).toBe(Pace.Done);
    }
    expect(bus.done).toBe(true);
  });

  test("after a reset it is freed again", () => {
    const bus = new ScriptBus(`${FREE} S20 w02 ${FREE} ${WRITTEN} ${READ}`);
    const ssif = new Ssif(bus, SSIF_ADDRESS);
    ssif.begin(GET_DEVICE_ID, 0);
    for (let step = 0; step < 3; step++) ssif.step(0);
    ssif.reset();
    ssif.begin(GET_DEVICE_ID, 0);
    expect(driveOnBus(ssif, new BusTime()).pace).toBe(Pace.Done);
    expect(bus.done).toBe(true);
  });
});

describe("what is sent once", () => {
  test.each([
    ["its last byte was not acknowledged", "S20 w02 w02 w18 w01- P"],
    ["its STOP was not seen", "S20 w02 w02 w18 w01 Ptimeout:"],
    ["the bus was lost at its last byte", "S20 w02 w02 w18 wlost:01"],
  ])("is not sent again when %s", (_, script) => {
    const { ssif, pace } = transact(`${FREE} ${script}`, Again.Reset);
    expect(pace).toBe(Pace.Failed);
    expect(ssif.failure()).toBe(Failure.InputStuck);
  });

  test("is sent again while the BMC cannot have all of it", () => {
    const { pace } = transact(`${FREE} S20 w02 w02 w18- P ${WRITTEN} ${READ}`, Again.Reset);
    expect(pace).toBe(Pace.Done);
  });
});

describe("requests", () => {
  const wide = Uint8Array.of(0x00, 0x80, 255, 255);
  const withPec = Uint8Array.of(0x00, 0x88, 255, 255);

  /** One transaction with the strict BMC, after it said what it can do. */
  function send(length: number, told: Uint8Array, options: Omit<StrictSsifOptions, "time">) {
    const time = new BusTime();
    const requests: Uint8Array[] = [];
    const bus = new StrictSsif({
      time,
      ...options,
      onRequest: (request) => {
        requests.push(request);
        return RESPONSE;
      },
    });
    const ssif = new Ssif(bus, SSIF_ADDRESS);
    ssif.greeting();
    ssif.greeted(told);
    const request = ramp(length, 0x18, 0x01);
    const refusal = ssif.begin(request, 0);
    if (refusal !== undefined) return { refusal, requests, steps: bus.steps };
    expect(driveOnBus(ssif, time).pace).toBe(Pace.Done);
    expect(requests).toEqual([request]);
    expect(ssif.recoveries()).toBe(0);
    return { refusal, requests, steps: bus.steps };
  }

  test.each([
    ["without packet error codes", wide, false],
    ["with them", withPec, true],
  ])("SSIF-02, SSIF-03, SSIF-04, SSIF-08: of 2 to 255 bytes, %s", (_, told, pec) => {
    const options = { requestBytesMax: 255, multiPart: true, pec };
    for (let length = 2; length <= 255; length++) {
      expect(send(length, told, options).refusal).toBeUndefined();
    }
    expect(send(256, told, options)).toEqual({ refusal: Refusal.TooLong, requests: [], steps: 0 });
  });

  // What was told, and how long a request may be then.
  const capabilities: readonly (readonly [string, readonly number[] | undefined, number])[] = [
    ["nothing, since the command is not there", undefined, 32],
    ["too little", [0x00, 0x80, 255], 32],
    ["single-part only", [0x00, 0x00, 255, 255], 32],
    ["a start and an end", [0x00, 0x40, 255, 255], 63],
    ["a start and an end, of a small buffer", [0x00, 0x40, 40, 40], 40],
    ["all parts, of a small buffer", [0x00, 0x80, 128, 128], 128],
    ["all parts", [0x00, 0x80, 255, 255], 255],
    ["a reserved kind of transaction", [0x00, 0xc0, 255, 255], 32],
    ["another version", [0x00, 0x81, 255, 255], 32],
    ["a buffer smaller than a block", [0x00, 0x80, 31, 255], 32],
    ["more than it should", [0x00, 0x80, 64, 64, 1, 2, 3], 64],
  ];
  test.each(capabilities)("SSIF-05: a BMC that tells %s", (_, told, max) => {
    const data = told === undefined ? undefined : Uint8Array.from(told);
    const ssif = new Ssif(new ScriptBus("P"), SSIF_ADDRESS);
    expect(ssif.greeting()).toEqual({ cmd: 0x57, data: Uint8Array.of(0x00) });
    ssif.greeted(data);
    expect(ssif.begin(new Uint8Array(max + 1), 0)).toBe(Refusal.TooLong);
    expect(ssif.begin(new Uint8Array(max), 0)).toBeUndefined();
  });

  test("before it has told, and when it is asked again, the least is taken for granted", () => {
    const ssif = new Ssif(new ScriptBus("P"), SSIF_ADDRESS);
    expect(ssif.begin(new Uint8Array(33), 0)).toBe(Refusal.TooLong);
    ssif.greeted(withPec);
    ssif.greeting();
    expect(ssif.begin(new Uint8Array(33), 0)).toBe(Refusal.TooLong);
    expect(ssif.begin(new Uint8Array(1), 0)).toBe(Refusal.TooShort);
    ssif.begin(GET_DEVICE_ID, 0);
    expect(ssif.begin(GET_DEVICE_ID, 0)).toBe(Refusal.Busy);
  });

  // Goal: SSIF-06 and SSIF-07 hold wherever a write or a read breaks. Method: a NACK at each step
  // in turn; the model judges what follows.
  test.each([false, true])("one NACK at any step costs one retry (pec: %s)", (pec) => {
    const told = pec ? withPec : wide;
    const limits = { requestBytesMax: 255, multiPart: true, pec };
    const { steps } = send(70, told, limits);
    for (let at = 0; at < steps; at++) {
      const time = new BusTime();
      let requests = 0;
      const bus = new StrictSsif({
        time,
        ...limits,
        nacks: (step) => step === at,
        onRequest: () => {
          requests++;
          return ramp(100, 0x1c, 0x01);
        },
      });
      const ssif = new Ssif(bus, SSIF_ADDRESS);
      ssif.greeted(told);
      ssif.begin(ramp(70, 0x18, 0x01), 0);
      expect(driveOnBus(ssif, time).pace).toBe(Pace.Done);
      expect(ssif.response()).toEqual(ramp(100, 0x1c, 0x01));
      expect(requests).toBe(1);
      expect(time.us).toBeLessThan(200_000);
    }
  });
});

describe("responses", () => {
  test.each([false, true])("of 3 to 272 bytes are whole (pec: %s)", (pec) => {
    for (let length = 3; length <= 272; length++) {
      const time = new BusTime();
      const bus = new StrictSsif({ time, pec, onRequest: () => ramp(length, 0x1c, 0x01) });
      const ssif = new Ssif(bus, SSIF_ADDRESS);
      ssif.greeted(Uint8Array.of(0x00, pec ? 0x88 : 0x80, 255, 255));
      ssif.begin(GET_DEVICE_ID, 0);
      expect(driveOnBus(ssif, time).pace).toBe(Pace.Done);
      expect(ssif.response()).toEqual(ramp(length, 0x1c, 0x01));
      expect(ssif.truncated()).toBe(false);
    }
  });

  test("of more bytes the end is lost", () => {
    const time = new BusTime();
    const bus = new StrictSsif({ time, onRequest: () => ramp(300, 0x1c, 0x01) });
    const ssif = new Ssif(bus, SSIF_ADDRESS);
    ssif.begin(GET_DEVICE_ID, 0);
    expect(driveOnBus(ssif, time).pace).toBe(Pace.Done);
    expect(ssif.response()).toEqual(ramp(300, 0x1c, 0x01).subarray(0, 272));
    expect(ssif.truncated()).toBe(true);
  });

  test("that take their time are looked for until they are there", () => {
    const time = new BusTime();
    const bus = new StrictSsif({ time });
    const ssif = new Ssif(bus, SSIF_ADDRESS);
    ssif.begin(GET_DEVICE_ID, 0);
    for (let ready = false; ; ) {
      const pace = ssif.step(time.us);
      if (pace === Pace.Done) break;
      expect([Pace.Again, Pace.Rest]).toContain(pace);
      if (pace === Pace.Rest) time.us = Math.max(time.us, ssif.wakeAtUs());
      if (ready || time.us < 1_000_000) continue;
      ready = true;
      bus.respond(RESPONSE);
    }
    expect(time.us).toBeLessThan(1_000_000 + 2 * SSIF_TIMING.readRetryUs);
    expect(ssif.recoveries()).toBe(0);
  });
});

describe("attention", () => {
  const flags = Uint8Array.of(0x18, 0x31);

  function asked(value: number, { code = "00", alert = "A S19 a r20 P" } = {}) {
    const hex = value.toString(16).padStart(2, "0");
    const reads = `S20 w03 S21 r04+ r1c+ r31+ r${code}+ r${hex} P`;
    const bus = new ScriptBus(`${FREE} S20 w02 w02 w18 w31 P ${reads} ${alert}`);
    const ssif = new Ssif(bus, SSIF_ADDRESS);
    const time = new BusTime();
    ssif.begin(flags, 0);
    expect(driveOnBus(ssif, time).pace).toBe(Pace.Done);
    return { ssif, bus, time };
  }

  test("is there when the flags were never read, or not for long", () => {
    const ssif = new Ssif(new ScriptBus("P"), SSIF_ADDRESS);
    expect(ssif.step(0)).toBe(Pace.Attention);
    const { ssif: clear, time } = asked(0x00);
    const begun = time.us - SSIF_TIMING.responseUs;
    expect(clear.wakeAtUs()).toBe(Number.POSITIVE_INFINITY);
    expect(clear.step(begun + SSIF_TIMING.attentionUs + SSIF_TIMING.responseUs)).toBe(
      Pace.Attention,
    );
  });

  test("is not there while the flags that were read last say nothing, and are young", () => {
    const { ssif, time } = asked(0x00, { alert: "" });
    expect(ssif.step(time.us)).toBe(Pace.Idle);
    expect(ssif.step(time.us + SSIF_TIMING.attentionUs - 1)).toBe(Pace.Idle);
    expect(ssif.step(time.us + SSIF_TIMING.attentionUs)).toBe(Pace.Attention);
  });

  test("is there by the flags alone, without an alert", () => {
    const { ssif, time } = asked(0x02, { alert: "" });
    expect(ssif.step(time.us)).toBe(Pace.Attention);
  });

  test("is not there for an answer that is no success, until it is time to ask again", () => {
    const { ssif, time } = asked(0x02, { code: "c3", alert: "" });
    expect(ssif.step(time.us)).toBe(Pace.Idle);
    expect(ssif.step(time.us + SSIF_TIMING.attentionUs)).toBe(Pace.Attention);
  });

  test("stays while the flags say that there is more", () => {
    const { ssif, time } = asked(0x02);
    expect(ssif.step(time.us)).toBe(Pace.Attention);
    expect(ssif.step(time.us)).toBe(Pace.Attention);
  });
});

test.each([
  ["P", true],
  ["Ptimeout:", false],
  ["Plost:", false],
])("detection looks whether the bus can be used, and asks nobody: %s", (script, usable) => {
  const bus = new ScriptBus(script);
  expect(new Ssif(bus, SSIF_ADDRESS).detect()).toBe(usable);
  expect(bus.done).toBe(true);
});
