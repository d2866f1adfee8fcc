import { describe, expect, test } from "vitest";
import { Again, Failure, MESSAGE_MAX, Pace } from "../../../../src/host/interfaces/machine.ts";
import { SMIC_TIMING, Smic } from "../../../../src/host/interfaces/smic/smic.ts";
import { drive } from "../drive.ts";
import { SmicScriptPort } from "./script-port.ts";
import { StrictSmic } from "./strict-smic.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
const RESPONSE = Uint8Array.of(0x1c, 0x01, 0x00);
const POLL_US = 100;
const START = "C41 D18 F01";
const WRITTEN = `f80 ${START} f40 sc1 C43 D01 F01`;
const READ =
  "f80 sc3 d00 C44 F01 f80 sc4 d1c C45 F01 f80 sc5 d01 C45 F01 f80 sc6 d00 C46 F01 f80 sc0";
const WHOLE = `${WRITTEN} ${READ}`;

function transact(script: string, again: Again = Again.Freely) {
  const port = new SmicScriptPort(script);
  const smic = new Smic(port);
  smic.begin(GET_DEVICE_ID, 0, again);
  const end = drive(smic, 0, POLL_US);
  expect(port.done).toBe(true);
  return { smic, ...end };
}

function scriptOf(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, at) => at & 0xff);
}

/** A BMC that answers each request at once with so many bytes. */
function quick(bytes: number): StrictSmic {
  return new StrictSmic({
    beforeAccess: (model) => {
      while (model.pending) model.turn();
    },
    onRequest: (_, model) => model.respond(scriptOf(bytes)),
  });
}

// Each row is one course through the transitions, access by access.
describe("the host's transitions", () => {
  test("a transaction, without one access too many", () => {
    const { smic, pace } = transact(WHOLE);
    expect(pace).toBe(Pace.Done);
    expect(smic.response()).toEqual(RESPONSE);
    expect(smic.recoveries()).toBe(0);
    expect(smic.failure()).toBe(Failure.None);
    expect(smic.begin(GET_DEVICE_ID, 0)).toBeUndefined();
  });

  const courses: readonly (readonly [name: string, script: string, recoveries: number])[] = [
    ["waits for BUSY before WR_START", `f81 fff f01 ${WHOLE}`, 0],
    ["needs no RDY for WR_START", WHOLE.replace("f80", "f00"), 0],
    ["waits for BUSY after WR_START", WHOLE.replace("f40", "f41 f01 f40"), 0],
    [
      "waits for TX_DATA_RDY, the status looked at once",
      WHOLE.replace("f40 sc1", "f00 sc1 f40"),
      0,
    ],
    [
      "waits for RX_DATA_RDY before RD_START",
      WHOLE.replace("f80 sc3 d00", "f00 sc3 d00 f00 f80"),
      0,
    ],
    ["waits for RX_DATA_RDY before RD_NEXT", WHOLE.replace("f80 sc5 d01", "f00 sc5 d01 f80"), 0],
    ["needs no RDY for RD_END", WHOLE.replace("f80 sc6", "f00 sc6"), 0],
    ["asks no data of the last READY", WHOLE.replace(/sc0$/, "sc0"), 0],
    ["READY in place of WR_START: a rest, then over again", `f80 ${START} f80 sc0 d01 ${WHOLE}`, 1],
    ["READY in the write phase", `f80 ${START} f40 sc1 C43 D01 F01 f80 sc0 d01 ${WHOLE}`, 1],
    ["WR_END with an error code", `${WRITTEN} f00 sc3 d03 ${WHOLE}`, 1],
    ["another status in place of WR_END", `${WRITTEN} f80 sc2 ${WHOLE}`, 1],
    ["READY in place of RD_START", `${WRITTEN} f80 sc3 d00 C44 F01 f80 sc0 d03 ${WHOLE}`, 1],
    ["READY in the read phase", `${WHOLE.replace(/sc5.*/, "sc0 d01")} ${WHOLE}`, 1],
    ["READY and 05h in the read phase", `${WHOLE.replace(/sc5.*/, "sc0 d05")} ${WHOLE}`, 1],
    ["another status of the stream", `${WHOLE.replace(/sc5.*/, "sc4")} ${WHOLE}`, 1],
    ["another stream's status", `${WHOLE.replace(/sc4.*/, "se0")} ${WHOLE}`, 1],
    ["its own control code: BUSY did not arrive", `f80 ${START} f80 s41 ${WHOLE}`, 1],
  ];
  test.each(courses)("%s", (_, script, recoveries) => {
    const { smic, pace } = transact(script);
    expect(pace).toBe(Pace.Done);
    expect(smic.response()).toEqual(RESPONSE);
    expect(smic.recoveries()).toBe(recoveries);
    expect(smic.failure() === Failure.None).toBe(recoveries === 0);
  });

  test("a response that was whole is kept, whatever becomes of its end", () => {
    const { smic, pace } = transact(WHOLE.replace(/sc0$/, "se0"));
    expect(pace).toBe(Pace.Done);
    expect(smic.response()).toEqual(RESPONSE);
    expect(smic.failure()).toBe(Failure.WrongPhase);
    expect(smic.recoveries()).toBe(0);
  });

  test("05h is final: the same request would be too long again", () => {
    const refused = ["f80 sc0 d05", "f00 sc3 d05"];
    for (const answer of refused) {
      const { smic, pace } = transact(`${WRITTEN} ${answer}`);
      expect(pace).toBe(Pace.Failed);
      expect(smic.failure()).toBe(Failure.TooLong);
      expect(smic.recoveries()).toBe(0);
    }
  });

  test("a half-alive BMC is tried for its five seconds, with pauses that grow", () => {
    const storm = `f80 ${START} f80 sc0 d01`;
    const { smic, pace, nowUs } = transact(Array(30).fill(storm).join(" "));
    expect(pace).toBe(Pace.Failed);
    expect(smic.failure()).toBe(Failure.NotReady);
    expect(smic.recoveries()).toBe(29);
    const { patienceUs, pauseMaxUs } = SMIC_TIMING.patience;
    expect(nowUs).toBeGreaterThan(patienceUs - pauseMaxUs);
    expect(nowUs).toBeLessThan(patienceUs);
  });

  test.each([
    ["refused", "f00 sc3 d03"],
    ["out of phase", "f80 sc0 d01"],
    ["broken off later", "f80 sc3 d00 C44 F01 f80 sc0 d03"],
  ])("what is sent once is not sent again after the BMC may have taken it: %s", (_, end) => {
    const { smic, pace } = transact(`${WRITTEN} ${end}`, Again.Reset);
    expect(pace).toBe(Pace.Failed);
    expect(smic.recoveries()).toBe(0);
  });

  test("what is sent once is sent again while the BMC cannot have taken it", () => {
    expect(transact(`f80 ${START} f80 sc0 d01 ${WHOLE}`, Again.Reset).pace).toBe(Pace.Done);
  });
});

describe("an idle machine", () => {
  test.each([
    ["f00", Pace.Idle],
    ["f84", Pace.Attention],
    ["f04", Pace.Attention],
    ["f05", Pace.Idle],
    ["fff", Pace.Idle],
    // The event message buffer and SMI are the SMI handler's.
    ["f18", Pace.Idle],
  ])("%s", (script, pace) => {
    const port = new SmicScriptPort(script);
    expect(new Smic(port).step(0)).toBe(pace);
    expect(port.done).toBe(true);
  });

  test("wants nothing to be asked beforehand", () => {
    expect(new Smic(new SmicScriptPort("f00")).greeting()).toBeUndefined();
  });

  test("finds its registers by the block's spacing", () => {
    for (const spacing of [1, 4, 16] as const) {
      const offsets: number[] = [];
      const smic = new Smic(
        {
          read: (offset) => (offset === 2 * spacing ? 0x40 : 0xc1),
          write: (offset) => void offsets.push(offset),
        },
        spacing,
      );
      smic.begin(GET_DEVICE_ID, 0);
      smic.step(0);
      smic.step(1);
      expect(offsets).toEqual([spacing, 0, 2 * spacing, spacing, 0, 2 * spacing]);
    }
  });
});

// Goal: as few register accesses as the specification allows. One handshake a byte, of control,
// data, BUSY, flags, status code; one look at the flags before the first; the error code after
// WR_END; and RD_END, which has no data: 5(n+m)+6. Linux needs 5(n+m)+14.
test.each([
  [2, 18, 106],
  [6, 32, 196],
  [6, 250, 1_286],
])("a request of %i bytes and a response of %i cost %i accesses", (request, response, accesses) => {
  const bmc = quick(response);
  const smic = new Smic(bmc);
  smic.begin(scriptOf(request), 0);
  expect(drive(smic, 0, POLL_US).pace).toBe(Pace.Done);
  expect(smic.response()).toEqual(scriptOf(response));
  expect(bmc.accesses).toBe(accesses);
});

describe("a response's length", () => {
  function respond(bytes: number) {
    const bmc = quick(bytes);
    const smic = new Smic(bmc);
    smic.begin(GET_DEVICE_ID, 0);
    return { smic, bmc, ...drive(smic, 0, POLL_US) };
  }

  test.each([1, 2])("%i bytes are whole", (bytes) => {
    const { smic, pace } = respond(bytes);
    expect(pace).toBe(Pace.Done);
    expect(smic.truncated()).toBe(false);
    expect(smic.response()).toEqual(scriptOf(bytes));
  });

  test("one without an end is given up", () => {
    let flags = 0xc0;
    let status = 0;
    const smic = new Smic({
      read: (offset) => (offset === 2 ? flags : offset === 1 ? status : 0),
      write: (offset, value) => {
        if (offset === 1) status = value | 0x80;
        flags = 0xc0;
      },
    });
    smic.begin(GET_DEVICE_ID, 0);
    const { pace, steps } = drive(smic, 0, POLL_US);
    expect(pace).toBe(Pace.Failed);
    expect(smic.failure()).toBe(Failure.Unanswered);
    expect(steps).toBeLessThan(4 * (2 * MESSAGE_MAX + 40));
  });
});
