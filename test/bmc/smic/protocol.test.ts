import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SMIC_REQUEST_BYTES_MAX } from "../../../src/bmc/smic/smic.ts";
import { SmicFlag } from "../../../src/wire/smic/protocol.ts";
import {
  answer,
  Bench,
  GET_DEVICE_ID,
  opened,
  READ_THREE,
  RESPONSE,
  read,
} from "./register-script.ts";

const START_OVER = "41.18 r2=40 r1=c1 42.77 r2=40 r1=c2 43.05 r2=0 r1=c3 r0=0";

describe("the SMIC protocol towards the host", () => {
  test("after a reset it is READY, with RX_DATA_RDY and no error", () => {
    new Bench().run("r2=80 r1=c0 r0=0");
  });

  test("a whole transaction, and another", () => {
    const bench = new Bench();
    const handle = opened(bench);
    for (let times = 0; times < 2; times++) {
      bench.run("41.18 r2=40 r1=c1 r0=18 43.01 r2=0 r1=c3 r0=0 r2=0");
      const request = read(handle);
      expect(request.message).toEqual([0x18, 0x01]);
      expect(handle.write(request.ticket, RESPONSE).ok).toBe(true);
      bench.run(READ_THREE);
    }
  });

  // GET_STATUS first, and the flags written back as they were read, with BUSY.
  test("a transaction as Linux makes it", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run("w1=40 r2=80 w2=81 r2=80 r1=c0 w1=41 w0=18 r2=80 w2=81 r2=40 r1=c1");
    bench.run("w1=43 w0=01 r2=40 w2=41 r2=0 r1=c3 r0=0");
    answer(handle);
    bench.run("r2=80 w1=44 w2=81 r2=80 r1=c4 r0=1c w1=45 w2=81 r2=80 r1=c5 r0=1");
    bench.run("w1=45 w2=81 r2=80 r1=c6 r0=0 w1=46 w2=81 r2=80 r1=c0 r0=0");
  });

  // Goal: WR_START begins anew wherever the transfer is. Method: cut a whole exchange after each
  // of its handshakes, start again, and look at the request that arrives.
  test("SMIC-22: WR_START starts over in any phase", () => {
    const whole = ["41.18", "42.01", "43.02", "answer", "44", "45", "45", "46"];
    for (let cut = 0; cut <= whole.length; cut++) {
      const bench = new Bench();
      const handle = opened(bench);
      for (const word of whole.slice(0, cut)) {
        if (word === "answer") answer(handle);
        else bench.run(word);
      }
      bench.run(START_OVER);
      expect(read(handle).message, `cut after ${cut}`).toEqual([0x18, 0x77, 0x05]);
    }
  });

  test.each([
    ["ready", "46"],
    ["ready", "42.18"],
    ["ready", "44"],
    ["writing", "41.18 44"],
    ["writing", "41.18 46"],
    ["received", `${GET_DEVICE_ID} 43.01`],
    ["received", `${GET_DEVICE_ID} 44`],
    ["reserved", "41.18 47"],
    ["reserved", "41.18 5f"],
    ["no stream's", "41.18 00"],
    ["a status code", "41.18 c2"],
  ])("SMIC-27: a code out of place (%s) is met with READY and 02h", (_, script) => {
    const bench = new Bench();
    opened(bench);
    bench.run(script);
    bench.run("r1=c0 r0=2 40 r1=c0 r0=2");
    expect(bench.registers.readFlags() & SmicFlag.RxDataRdy).toBe(SmicFlag.RxDataRdy);
    bench.run(START_OVER);
  });

  test.each(["45", "46"])("SMIC-27: %s before RD_START is an error", (code) => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run(GET_DEVICE_ID);
    answer(handle);
    bench.run(`${code} r1=c0 r0=2 44 r1=c0 r0=2`);
  });

  test("SMIC-27: RD_END ends the transfer, once", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run(GET_DEVICE_ID);
    answer(handle);
    bench.run(`${READ_THREE} 46 r1=c0 r0=2`);
  });

  test.each(["44", "46"])("SMIC-27: %s in the middle of the response is an error", (code) => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run(GET_DEVICE_ID);
    answer(handle);
    bench.run(`44 r1=c4 ${code} r1=c0 r0=2 45 r1=c0 r0=2`);
  });

  test("SMIC-27: a request too long is met with 05h, and the next one is served", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run(`41.18 ${"42.aa r1=c2 ".repeat(SMIC_REQUEST_BYTES_MAX - 1)} 42.aa r1=c0 r0=5`);
    bench.run("43.aa r1=c0 r0=5");
    expect(handle.poll().readable).toBe(false);
    bench.run(START_OVER);
    expect(read(handle).message).toEqual([0x18, 0x77, 0x05]);
  });

  test("a request of the greatest length is served", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run(`41.18 ${"42.aa ".repeat(SMIC_REQUEST_BYTES_MAX - 2)} 43.aa r1=c3 r0=0`);
    expect(read(handle).message).toHaveLength(SMIC_REQUEST_BYTES_MAX);
  });

  test("GET_STATUS tells the last error, and changes nothing", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run("47 r1=c0 r0=2 40 r1=c0 r0=2 40 r1=c0 r0=2 41.18 40 r2=c0 r1=c0 r0=0 43.01 r1=c3");
    expect(read(handle).message).toEqual([0x18, 0x01]);
  });
});

describe("the SMI handler's stream", () => {
  test("is served by its own codes", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run("61.18 r2=40 r1=e1 63.01 r2=0 r1=e3 r0=0");
    answer(handle);
    bench.run("64 r1=e4 r0=1c 65 r1=e5 65 r1=e6 66 r2=80 r1=e0 r0=0 60 r1=e0 r0=0");
  });

  // Goal: whatever the interrupted transfer does next but WR_START tells it of the interruption.
  test.each(["42.01", "43.01", "44", "45", "46"])("SMIC-26: %s after it is aborted", (next) => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run("41.18 61.18 63.01");
    answer(handle);
    bench.run(`64 65 65 66 ${next} r1=c0 r0=1 ${next} r1=c0 r0=1 ${START_OVER}`);
    expect(read(handle).message).toEqual([0x18, 0x77, 0x05]);
  });

  test("SMIC-26: its own transfer is broken off by the other stream, too", () => {
    const bench = new Bench();
    opened(bench);
    bench.run("61.18 42.01 r1=c0 r0=1 62.01 r1=e0 r0=1");
  });

  test("SMIC-27: a reserved code of it is met with its own READY and 02h", () => {
    const bench = new Bench();
    opened(bench);
    bench.run("67 r2=80 r1=e0 r0=2 60 r1=e0 r0=2");
  });

  test("GET_STATUS of the other stream breaks nothing off", () => {
    const bench = new Bench();
    const handle = opened(bench);
    bench.run("41.18 60 r1=e0 r0=0 43.01 r1=c3 r0=0");
    expect(read(handle).message).toEqual([0x18, 0x01]);
  });
});

// Goal: no sequence of codes makes the BMC break what binds it at every handshake. Method: random
// codes of both streams, and a daemon that answers or not.
test("SMIC-20, 23, 24: at every handshake of any sequence", () => {
  const code = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0x40, max: 0x47 }) },
    { weight: 2, arbitrary: fc.integer({ min: 0x60, max: 0x67 }) },
    { weight: 1, arbitrary: fc.nat(255) },
  );
  const step = fc.record({ code, answers: fc.boolean(), aborts: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const bench = new Bench();
      const handle = opened(bench);
      for (const each of steps) {
        bench.run(`${each.code.toString(16).padStart(2, "0")}.18`);
        const ready = [0xc0, 0xe0].includes(bench.registers.read(1));
        const flags = bench.registers.read(2);
        expect(flags & SmicFlag.Busy).toBe(0);
        if (ready) expect(flags & SmicFlag.RxDataRdy).toBe(SmicFlag.RxDataRdy);
        if (each.answers && handle.poll().readable) answer(handle);
        if (each.aborts === 0) handle.abort();
      }
      let flags = 0;
      let coded = false;
      for (const event of bench.recorder.events.slice(3)) {
        if (event.e === "bmc.read" && event.command) coded = false;
        if (event.e === "bmc.code") coded = true;
        if (event.e !== "bmc.status") continue;
        const fallen = flags & ~event.status;
        if ((fallen & SmicFlag.Busy) !== 0) expect(coded).toBe(true);
        const ready = SmicFlag.RxDataRdy | SmicFlag.TxDataRdy;
        if ((fallen & ready) !== 0) expect(event.status & SmicFlag.Busy).toBe(SmicFlag.Busy);
        flags = event.status;
      }
    }),
    { seed: 20, numRuns: 300 },
  );
});
