import { describe, expect, test } from "vitest";
import { SerialBmc, type SerialBmcOptions, satellite } from "../../../src/bmc/index.ts";
import {
  type Answer,
  type RequestSpec,
  SerialHost,
  type SerialHostOptions,
} from "../../../src/host/index.ts";
import { VirtualTime } from "../../../src/time/index.ts";
import { Tracer } from "../../../src/trace/tracer.ts";
import { SERIAL_MODES, type SerialMode } from "../../../src/wire/serial/protocol.ts";
import { ascii } from "../../../src/wire/serial/terminal.ts";
import { type LineFault, SerialLine } from "../../../src/wire/stream/line.ts";

interface Setting {
  readonly host?: Partial<SerialHostOptions>;
  readonly bmc?: Partial<SerialBmcOptions>;
  readonly fault?: LineFault;
}

const GET_DEVICE_ID: RequestSpec = { netFn: 6, cmd: 1 };
const SECOND_US = 1_000_000;

/** Our host and our BMC at the ends of one line, in virtual time. */
function joined(mode: SerialMode, { host: hostOptions, bmc: bmcOptions, fault }: Setting = {}) {
  const time = new VirtualTime();
  const line = new SerialLine(time.lane("line"), {
    bitRate: 115_200,
    ...(fault === undefined ? {} : { fault }),
  });
  const host = new SerialHost(line.host, time.lane("host"), { mode, ...hostOptions });
  const tracer = new Tracer(() => time.nowUs);
  const bmc = new SerialBmc(line.bmc, time.lane("bmc"), tracer, {
    ...{ mode, latencyUs: 1_000 },
    controller: { ipmb: [satellite({ address: 0x82, latencyUs: 500 })] },
    ...bmcOptions,
  });
  const answers: Answer[] = [];
  const ask = (spec: RequestSpec = GET_DEVICE_ID) =>
    host.submit(spec, (each) => answers.push(each));
  return { time, line, host, bmc, answers, ask };
}

/** By maker and completion code, in their order. */
function told(answers: readonly Answer[]): readonly string[] {
  return answers.map(({ maker, cc }) => `${maker} ${cc.toString(16)}`);
}

describe.each(SERIAL_MODES)("%s, our host and our BMC", (mode) => {
  test("every request is answered by the BMC, one after the other", () => {
    const { time, bmc, answers, ask } = joined(mode);
    for (let at = 0; at < 65; at++) ask(at % 2 === 0 ? GET_DEVICE_ID : { netFn: 6, cmd: 0x7f });
    expect(() => ask()).toThrow(expect.objectContaining({ code: "TOO_MANY_MESSAGES" }));
    time.runUntil(10 * SECOND_US);
    expect(answers.map(({ id }) => id)).toEqual(answers.map((_, at) => at + 1));
    expect(answers.length).toBe(65);
    expect(new Set(told(answers))).toEqual(new Set(["bmc 0", "bmc c1"]));
    expect(bmc.lost).toBe(0);
  });

  test("a request of 40 bytes arrives whole, and its long answer too, over lines of any length", () => {
    for (const lineCharsMax of [10, 80, Number.POSITIVE_INFINITY]) {
      const { time, answers, ask } = joined(mode, { bmc: { lineCharsMax, outputBytesMax: 200 } });
      const data = Uint8Array.from({ length: 33 }, (_, at) => at + 0x90);
      ask({ netFn: 0x0a, cmd: 0x12, data: Uint8Array.of(0, 0, 0, ...data) });
      ask({ netFn: 0x0a, cmd: 0x11, data: Uint8Array.of(0, 0, 0, 100) });
      time.runUntil(10 * SECOND_US);
      expect(told(answers)).toEqual(["bmc 0", "bmc 0"]);
      expect(answers[1]?.data.slice(1, 34)).toEqual(data);
      expect(answers[1]?.data.length).toBe(101);
    }
  });

  test("the BMC's handshake is waited for, where it gives one", () => {
    const { time, bmc, answers, ask } = joined(mode, {
      ...{ host: { handshake: true }, bmc: { handshake: true } },
    });
    ask();
    ask();
    time.runUntil(SECOND_US);
    expect(told(answers)).toEqual(["bmc 0", "bmc 0"]);
    expect(bmc.lost).toBe(0);
  });

  test("a handshake that never comes costs the next request an answer's time, and nobody an answer", () => {
    const { time, answers, ask } = joined(mode, { host: { handshake: true } });
    ask();
    ask();
    time.runUntil(SECOND_US);
    expect(told(answers)).toEqual(["bmc 0"]);
    time.runUntil(6 * SECOND_US);
    expect(told(answers)).toEqual(["bmc 0", "bmc 0"]);
  });

  // Goal: a lost byte, wherever it is, costs a try and no more. Method: each byte of both ways, one at a time.
  test("whichever byte is lost, the answer comes", () => {
    for (let lost = 0; lost < 70; lost++) {
      let at = 0;
      const { time, answers, ask } = joined(mode, {
        fault: (byte) => (at++ === lost ? undefined : byte),
      });
      ask();
      time.runUntil(6 * SECOND_US);
      // In terminal mode there are no sums: a digit of data that is lost leaves no pair, and is seen.
      expect(answers.length, `byte ${lost}`).toBe(1);
    }
  });

  test("what may not be done twice is sent once, and not answered", () => {
    let writes = 0;
    const { time, answers, ask } = joined(mode, {
      fault: (byte, from) => {
        if (from === "host") writes++;
        return from === "host" ? byte : undefined;
      },
    });
    ask({ netFn: 0x0a, cmd: 0x44, data: new Uint8Array(16) });
    time.runUntil(4_999_999);
    const once = writes;
    expect(answers).toEqual([]);
    time.runUntil(60 * SECOND_US);
    expect(told(answers)).toEqual(["timer c3"]);
    expect(writes).toBe(once);
    ask();
    time.runUntil(120 * SECOND_US);
    expect(told(answers)).toEqual(["timer c3", "timer c3"]);
    const again = writes - once;
    // Three tries of the same length.
    expect(again % 3).toBe(0);
  });

  test("a satellite is reached by the BMC's bridging, and what is not there is told by the BMC", () => {
    const { time, answers, ask } = joined(mode);
    const address = { kind: "ipmb", channel: 0, address: 0x82 } as const;
    ask({ ...GET_DEVICE_ID, address });
    ask({ netFn: 6, cmd: 0x7f, address });
    ask({ ...GET_DEVICE_ID, address: { ...address, address: 0x84 } });
    ask({ ...GET_DEVICE_ID, address: { ...address, channel: 3 } });
    time.runUntil(SECOND_US);
    expect(told(answers)).toEqual(["remote 0", "remote c1", "bmc 83", "bmc cc"]);
  });

  test("an answer that comes after its time is a stray, and the one to the next try is taken", () => {
    const { time, host, answers, ask } = joined(mode, {
      ...{ host: { answerUs: 20_000 }, bmc: { latencyUs: 25_000 } },
    });
    ask();
    time.runUntil(SECOND_US);
    expect(answers.length).toBe(1);
    expect(host.strays).toBeGreaterThan(0);
  });

  test("who closes leaves nobody without an answer, and takes no more", () => {
    const { time, host, answers, ask } = joined(mode);
    ask();
    ask();
    host.close();
    expect(told(answers)).toEqual(["host-handler ce", "host-handler ce"]);
    expect(() => ask()).toThrow(expect.objectContaining({ code: "SHUTDOWN" }));
    time.runUntil(60 * SECOND_US);
    expect(answers.length).toBe(2);
  });
});

test.each([
  ["an odd NetFn", { netFn: 7, cmd: 1 }, "INVALID_REQUEST"],
  [
    "a LAN's address",
    { ...GET_DEVICE_ID, address: { kind: "lan", channel: 1 } },
    "ADDRESS_NOT_SUPPORTED",
  ],
] as const)("%s is refused", (_what, spec, code) => {
  const { ask } = joined("serial-terminal");
  expect(() => ask(spec)).toThrow(expect.objectContaining({ code }));
});

test("terminal mode: an echo is no answer", () => {
  const { time, answers, ask } = joined("serial-terminal", { bmc: { echo: true } });
  ask();
  ask();
  time.runUntil(SECOND_US);
  expect(told(answers)).toEqual(["bmc 0", "bmc 0"]);
});

test("terminal mode: an error in words is the answer, by the BMC's interface", () => {
  const { time, answers, ask } = joined("serial-terminal");
  ask({ netFn: 6, cmd: 1, data: new Uint8Array(40) });
  ask();
  time.runUntil(SECOND_US);
  expect(told(answers)).toEqual(["bmc-interface c8", "bmc 0"]);
});

test("terminal mode: an error without a code is FFh", () => {
  const { time, line, answers, ask } = joined("serial-terminal", { bmc: { latencyUs: 100_000 } });
  ask();
  time.runUntil(10_000);
  line.bmc.write(ascii("[ERR]\r\n"));
  time.runUntil(50_000);
  expect(told(answers)).toEqual(["bmc-interface ff"]);
});
