import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SmicDevice } from "../../../../src/bmc/smic/device.ts";
import { Pace } from "../../../../src/host/interfaces/machine.ts";
import { SMIC_TIMING, Smic } from "../../../../src/host/interfaces/smic/smic.ts";
import { VirtualTime } from "../../../../src/time/virtual.ts";
import { FaultyRegisterPort, type RegisterFault } from "../../../../src/wire/registers/faults.ts";
import type { RegisterPort } from "../../../../src/wire/registers/port.ts";
import { SMIC_LAYOUT } from "../../../../src/wire/smic/protocol.ts";
import { SmicRegisters } from "../../../../src/wire/smic/registers.ts";
import { SmiHandler, type SmiTransaction } from "../../../../src/wire/smic/smi-handler.ts";

const POLL_US = 50;
const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);

type Fault = RegisterFault | ({ readonly kind: "smi" } & SmiTransaction);

/** A fault, and the access of the host before which it comes. */
interface Cue {
  readonly access: number;
  readonly fault: Fault;
}

/** Our host machine, a wire that may break, and our device with a daemon that echoes requests. */
class Pair {
  readonly time = new VirtualTime();
  readonly host = this.time.lane("host");
  readonly registers = new SmicRegisters();
  readonly asked: number[][] = [];
  readonly smic: Smic;
  accesses = 0;
  readonly #cues: readonly Cue[];
  readonly #smiHandler: SmiHandler;

  constructor(latencyUs: number, cues: readonly Cue[]) {
    this.#cues = cues;
    const { time, registers } = this;
    const lab = time.lane("lab");
    const daemon = time.lane("daemon");
    const device = new SmicDevice(registers, time.lane("bmc"), {
      inputLatencyUs: latencyUs,
      whenClosed: "refuse",
      trusting: false,
    });
    device.reset();
    const opened = device.open(() => {
      const request = opened.ok ? opened.value.read(1_000) : opened;
      if (!opened.ok || !request.ok) return;
      const { ticket, message } = request.value;
      this.asked.push([...message]);
      const [netFn = 0, ...rest] = message;
      const answer = Uint8Array.of(netFn | 4, rest[0] ?? 0, 0, ...rest.slice(1));
      const us = time.nowUs + 3 * latencyUs;
      daemon.at(us, "answer", () => opened.value.write(ticket, answer));
    });
    const block = { layout: SMIC_LAYOUT, spacing: 1 };
    const wire = new FaultyRegisterPort(registers, block, {
      now: () => time.nowUs,
      later: (us, run) => lab.at(time.nowUs + us, "later", run),
    });
    this.#smiHandler = new SmiHandler({
      port: registers,
      spacing: 1,
      tags: registers.tags,
      elapse: () => time.elapse(1),
    });
    this.smic = new Smic(this.#clocked(wire));
  }

  /** Polls one transaction to its end, on the host's own lane. */
  transact(request: Uint8Array): Pace {
    let pace: Pace = Pace.Again;
    this.host.at(this.time.nowUs, "transaction", () => {
      expect(this.smic.begin(request, this.time.nowUs)).toBeUndefined();
      while (pace !== Pace.Done && pace !== Pace.Failed) {
        pace = this.smic.step(this.time.nowUs);
        if (pace === Pace.Later) this.time.elapse(POLL_US);
        else if (pace === Pace.Rest) this.time.elapse(this.smic.wakeAtUs() - this.time.nowUs);
      }
    });
    this.time.runUntil(this.time.nowUs);
    return pace;
  }

  #onTheWire(fault: Fault): RegisterFault {
    return fault.kind === "smi" ? this.#smiHandler.intrusion(fault) : fault;
  }

  /** Each access takes a microsecond, and the faults that are due come before it. */
  #clocked(wire: FaultyRegisterPort): RegisterPort {
    const pass = (): void => {
      this.time.elapse(1);
      const { accesses } = this;
      for (const { access, fault } of this.#cues) {
        if (access === accesses) wire.inject(this.#onTheWire(fault));
      }
      this.accesses++;
    };
    return {
      read: (offset) => {
        pass();
        return wire.read(offset);
      },
      write: (offset, value) => {
        pass();
        wire.write(offset, value);
      },
    };
  }
}

function echoOf(request: Uint8Array): Uint8Array {
  const [netFn = 0, cmd = 0, ...data] = request;
  return Uint8Array.of(netFn | 4, cmd, 0, ...data);
}

describe("our host and our BMC", () => {
  test.each([0, 1, 7, 1_000])("understand each other, the BMC %i µs slow", (latencyUs) => {
    const pair = new Pair(latencyUs, []);
    for (const bytes of [2, 3, 40, 272]) {
      const request = Uint8Array.from({ length: Math.min(bytes, 271) }, (_, at) => at & 0xfb);
      expect(pair.transact(request)).toBe(Pace.Done);
      expect(pair.smic.response()).toEqual(echoOf(request));
      expect(pair.asked.at(-1)).toEqual([...request]);
    }
    expect(pair.smic.recoveries()).toBe(0);
  });

  // Goal: an SMI at whatever access costs one fresh start at most, and no byte. Method: each access
  // of a transaction in turn; a handler that puts the registers back as they were.
  test("one SMI before any access is survived", () => {
    const whole = new Pair(1, []);
    whole.transact(GET_DEVICE_ID);
    for (let access = 0; access < whole.accesses; access++) {
      const smi = { kind: "smi", request: Uint8Array.of(0x18, 0x37), restores: true } as const;
      const pair = new Pair(1, [{ access, fault: smi }]);
      expect(pair.transact(GET_DEVICE_ID), `access ${access}`).toBe(Pace.Done);
      expect(pair.smic.response()).toEqual(echoOf(GET_DEVICE_ID));
      expect(pair.smic.recoveries()).toBeLessThanOrEqual(1);
      expect(pair.asked).toContainEqual([0x18, 0x37]);
    }
  });

  // Goal: no loss of a control code or of a BUSY, and no flag that comes late, passes a wrong
  // response off as a right one, or outlasts itself. Method: random faults at random accesses; two
  // transactions with them, and one when they are used up.
  test("whatever gets lost but data, the response is right or there is none", () => {
    const reg = fc.constantFrom("control" as const, "flags" as const);
    const count = fc.integer({ min: 1, max: 3 });
    const fault: fc.Arbitrary<Fault> = fc.oneof(
      fc.record({ kind: fc.constant("lost-write"), reg, count }),
      fc.record({
        kind: fc.constant("smi"),
        request: fc.constant(GET_DEVICE_ID),
        restores: fc.constant(true),
      }),
      fc.record({ kind: fc.constant("busy-late"), us: fc.integer({ min: 1, max: 400 }) }),
    );
    const cue = fc.record({ access: fc.nat(250), fault });
    fc.assert(
      fc.property(fc.array(cue, { maxLength: 6 }), fc.nat(20), (cues, latencyUs) => {
        const pair = new Pair(latencyUs, cues);
        const requests = [Uint8Array.of(0x18, 1, 2, 3), Uint8Array.of(0x28, 9, 8), GET_DEVICE_ID];
        for (const request of requests) {
          const fromUs = pair.time.nowUs;
          if (pair.transact(request) === Pace.Done) {
            expect(pair.smic.response()).toEqual(echoOf(request));
          }
          expect(pair.time.nowUs - fromUs).toBeLessThanOrEqual(SMIC_TIMING.transactionUs + 10_000);
        }
      }),
      { seed: 20, numRuns: 300 },
    );
  });
});
