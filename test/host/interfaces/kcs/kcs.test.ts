import { describe, expect, test } from "vitest";
import { KCS_TIMING, Kcs } from "../../../../src/host/interfaces/kcs/kcs.ts";
import { Again, Failure, MESSAGE_MAX, Pace } from "../../../../src/host/interfaces/machine.ts";
import { drive } from "../drive.ts";
import { ScriptPort } from "../script-port.ts";
import { StrictKcs } from "./strict-kcs.ts";

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
const POLL_US = 100;
const WRITTEN = "s00 C61 s89 d00 D18 s81 d00 C62 s89 d00 D01";
const READ = "s41 d1c D68 s41 d01 D68 s41 d00 D68 s01 d00";
const ABORTED = "C60 s89 d00 D00 s41 d01 D68 s01 d00";

function transact(script: string) {
  const port = new ScriptPort(script);
  const kcs = new Kcs(port);
  kcs.begin(GET_DEVICE_ID, 0);
  const end = drive(kcs, 0, POLL_US);
  expect(port.done).toBe(true);
  return { kcs, ...end };
}

function scriptOf(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, at) => at & 0xff);
}

// Each row is one course through tables H and E, access by access.
describe("the host's transitions", () => {
  test("H1 to H6: a transaction, without one access too many", () => {
    const { kcs, pace } = transact(`${WRITTEN} ${READ}`);
    expect(pace).toBe(Pace.Done);
    expect(kcs.response()).toEqual(Uint8Array.of(0x1c, 0x01, 0x00));
    expect(kcs.recoveries()).toBe(0);
  });

  const courses: readonly (readonly [name: string, script: string, why: Failure])[] = [
    ["H1 old output is taken before WRITE_START", `s01 d55 ${WRITTEN.slice(4)} ${READ}`, 0],
    ["H1 waits for IBF", `s02 s02 ${WRITTEN} ${READ}`, Failure.None],
    [
      "H1 in ERROR, as after a reset of the BMC: a recovery first",
      `sc1 sc1 d00 ${ABORTED} ${WRITTEN} ${READ}`,
      Failure.NotReady,
    ],
    ["H1 in READ: a recovery first", `s41 s41 d77 ${ABORTED} ${WRITTEN} ${READ}`, Failure.NotReady],
    ["H2 not in WRITE", `s00 C61 sc9 sc9 d00 ${ABORTED} ${WRITTEN} ${READ}`, Failure.WrongPhase],
    [
      "H3 not in WRITE",
      `s00 C61 s89 d00 D18 s01 s01 d00 ${ABORTED} ${WRITTEN} ${READ}`,
      Failure.WrongPhase,
    ],
    [
      "H4 not in WRITE",
      `s00 C61 s89 d00 D18 s81 d00 C62 s49 s49 d00 ${ABORTED} ${WRITTEN} ${READ}`,
      Failure.WrongPhase,
    ],
    ["H5 waits for IBF and OBF", `${WRITTEN} s43 s42 s40 s40 ${READ}`, Failure.None],
    [
      "H6 waits for the dummy byte",
      `${WRITTEN} ${READ.slice(0, -7)} s00 s00 s01 d00`,
      Failure.None,
    ],
    ["H7 ERROR", `${WRITTEN} sc1 sc1 d00 ${ABORTED} ${WRITTEN} ${READ}`, Failure.WrongPhase],
    [
      "H7 WRITE",
      `${WRITTEN} s41 d1c D68 s81 s81 d00 ${ABORTED} ${WRITTEN} ${READ}`,
      Failure.WrongPhase,
    ],
    [
      "E2 the state after GET_STATUS/ABORT does not matter",
      `sc0 sc1 d00 C60 sc9 d00 D00 s41 d01 D68 s01 d00 ${WRITTEN} ${READ}`,
      Failure.NotReady,
    ],
    [
      "E3 waits for OBF",
      `sc0 sc1 d00 C60 s89 d00 D00 s40 s40 s41 d01 D68 s01 d00 ${WRITTEN} ${READ}`,
      Failure.NotReady,
    ],
    [
      "E3 not in READ: another recovery",
      `sc0 sc1 d00 C60 s89 d00 D00 sc1 sc1 d00 ${ABORTED} ${WRITTEN} ${READ}`,
      Failure.NotReady,
    ],
    [
      "E4 not in IDLE: another recovery",
      `sc0 sc1 d00 C60 s89 d00 D00 s41 d01 D68 sc1 sc1 d00 ${ABORTED} ${WRITTEN} ${READ}`,
      Failure.NotReady,
    ],
  ];
  test.each(courses)("%s", (_, script, why) => {
    const { kcs, pace } = transact(script);
    expect(pace).toBe(Pace.Done);
    expect(kcs.response()).toEqual(Uint8Array.of(0x1c, 0x01, 0x00));
    expect(kcs.failure()).toBe(why);
  });

  test("E5: a half-alive BMC is tried for its five seconds, with pauses that grow", () => {
    const zombie = "sc1 d00 C60 sc9 d00 D00 sc1";
    const { kcs, pace, nowUs } = transact(`sc1 ${Array(29).fill(zombie).join(" ")}`);
    expect(pace).toBe(Pace.Failed);
    expect(kcs.failure()).toBe(Failure.NotRecovered);
    expect(kcs.recoveries()).toBe(29);
    expect(nowUs).toBeGreaterThan(KCS_TIMING.patience.patienceUs - KCS_TIMING.patience.pauseMaxUs);
    expect(nowUs).toBeLessThan(KCS_TIMING.patience.patienceUs);
  });

  const silent = (request: string) => `${request} s40${" s40".repeat(7)}`;
  test("a silent command fails alone when the interface is brought back", () => {
    const port = new ScriptPort(`${silent(WRITTEN)} ${ABORTED}`);
    const kcs = new Kcs(port);
    kcs.begin(GET_DEVICE_ID, 0, Again.Never);
    expect(drive(kcs, 0, 1_000_000).pace).toBe(Pace.Failed);
    expect(kcs.failure()).toBe(Failure.Unanswered);
    expect(port.done).toBe(true);
  });

  test("a BMC that leaves the last dummy byte out costs a short wait only", () => {
    const bmc = new ScriptPort(`${WRITTEN} ${READ.slice(0, -7)}${" s00".repeat(51)}`);
    const kcs = new Kcs(bmc);
    kcs.begin(GET_DEVICE_ID, 0);
    expect(drive(kcs, 0, POLL_US).pace).toBe(Pace.Done);
    expect(kcs.response().length).toBe(3);
  });

  test("what is sent once is not sent again after the BMC may have taken it", () => {
    const port = new ScriptPort(`${WRITTEN} sc1`);
    const kcs = new Kcs(port);
    kcs.begin(GET_DEVICE_ID, 0, Again.Reset);
    expect(drive(kcs, 0, POLL_US).pace).toBe(Pace.Failed);
    expect(port.done).toBe(true);
    expect(kcs.recoveries()).toBe(0);
  });

  test("what is sent once is sent again while the BMC cannot have taken it", () => {
    const port = new ScriptPort(`s00 C61 sc9 sc9 d00 ${ABORTED} ${WRITTEN} ${READ}`);
    const kcs = new Kcs(port);
    kcs.begin(GET_DEVICE_ID, 0, Again.Reset);
    expect(drive(kcs, 0, POLL_US).pace).toBe(Pace.Done);
  });
});

describe("an idle machine", () => {
  test.each([
    ["s00", Pace.Idle],
    ["s04", Pace.Attention],
    ["s05 d00", Pace.Attention],
    ["s01 d00", Pace.Idle],
    ["sff", Pace.Idle],
    ["s06", Pace.Idle],
  ])("%s", (script, pace) => {
    const port = new ScriptPort(script);
    expect(new Kcs(port).step(0)).toBe(pace);
    expect(port.done).toBe(true);
  });

  test("finds the status register by the block's spacing", () => {
    const offsets: number[] = [];
    const port = { read: (offset: number) => offsets.push(offset) && 0, write: () => {} };
    for (const spacing of [1, 4, 16] as const) new Kcs(port, spacing).step(0);
    expect(offsets).toEqual([1, 4, 16]);
  });
});

// Goal: as few register accesses as Linux needs, 3(n+m)+7, against a BMC that answers at once.
test.each([
  [2, 18, 67],
  [6, 32, 121],
  [6, 250, 775],
])("a request of %i bytes and a response of %i cost %i accesses", (request, response, accesses) => {
  const bmc: StrictKcs = new StrictKcs({
    beforeAccess: (model) => {
      while (model.pending) model.turn();
    },
    onRequest: (bytes, model) => {
      expect(bytes).toEqual(scriptOf(request));
      model.respond(scriptOf(response));
    },
  });
  const kcs = new Kcs(bmc);
  kcs.begin(scriptOf(request), 0);
  const { pace } = drive(kcs, 0, POLL_US);
  expect(pace).toBe(Pace.Done);
  expect(kcs.response()).toEqual(scriptOf(response));
  expect(bmc.accesses).toBeLessThanOrEqual(accesses);
});

// Goal: dummy bytes are waited for where they come, and nobody else pays for it. Method: a BMC that
// gives its dummy bytes long after it took a byte, and one that gives none until the end.
describe("dummy bytes in the write phase", () => {
  function send(bytes: number, pulses: boolean, lateUs: number, laterUs = lateUs) {
    let nowUs = 0;
    let dueUs = 0;
    let turns = 0;
    const requests: Uint8Array[] = [];
    const bmc: StrictKcs = new StrictKcs({
      pulses,
      beforeAccess: (model) => {
        if (!model.pending || nowUs < dueUs) return;
        model.turn();
        // The register is taken at once, and what follows comes late.
        const waitUs = turns++ === 0 ? lateUs : laterUs;
        dueUs = model.pending ? nowUs + waitUs : nowUs;
      },
      onRequest: (request, model) => {
        requests.push(request);
        model.respond(Uint8Array.of(0x1c, 0x01, 0x00));
      },
    });
    const kcs = new Kcs(bmc);
    kcs.begin(scriptOf(bytes), 0);
    let pace: Pace = Pace.Again;
    while (pace === Pace.Again || pace === Pace.Later) {
      pace = kcs.step(nowUs);
      nowUs += pace === Pace.Later ? 10 : 1;
    }
    expect(pace).toBe(Pace.Done);
    expect(requests).toEqual([scriptOf(bytes)]);
    expect(kcs.response()).toEqual(Uint8Array.of(0x1c, 0x01, 0x00));
    expect(kcs.recoveries()).toBe(0);
    return nowUs;
  }

  test("that come late are waited for once the BMC was seen to give them", () => {
    expect(send(20, true, 30)).toBeLessThan(20 * 100);
    send(20, true, 30, 1_000);
  });

  test("that never come are waited for once in a transfer", () => {
    const short = send(2, false, 0);
    expect(send(42, false, 0) - short).toBeLessThan(40 * 20);
  });
});

describe("a response's length", () => {
  function respond(bytes: number) {
    const bmc: StrictKcs = new StrictKcs({
      beforeAccess: (model) => {
        while (model.pending) model.turn();
      },
      onRequest: (_, model) => model.respond(scriptOf(bytes)),
    });
    const kcs = new Kcs(bmc);
    kcs.begin(GET_DEVICE_ID, 0);
    return { kcs, bmc, ...drive(kcs, 0, POLL_US) };
  }

  test.each([0, 1, 2])("%i bytes are whole", (bytes) => {
    const { kcs, pace } = respond(bytes);
    expect(pace).toBe(Pace.Done);
    expect(kcs.truncated()).toBe(false);
    expect(kcs.response()).toEqual(scriptOf(bytes));
  });

  test("one without an end is given up", () => {
    const { kcs, bmc, pace } = respond(100_000);
    expect(pace).toBe(Pace.Failed);
    expect(kcs.failure()).toBe(Failure.Unanswered);
    expect(bmc.accesses).toBeLessThan(4 * (3 * 2 * MESSAGE_MAX + 40));
  });
});
