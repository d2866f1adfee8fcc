import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeEvent, EventScan, encodeEvent } from "../../src/trace/event-codec.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { traceHead } from "../../src/trace/head.ts";
import {
  encodeHead,
  JsonLinesSink,
  readTrace,
  TraceError,
  TraceReader,
} from "../../src/trace/jsonl.ts";
import { Tracer } from "../../src/trace/tracer.ts";
import { lines } from "./samples.ts";

const head = traceHead({
  scenario: "sticky-event-buffer",
  host: "linux:6.12",
  bmc: "model",
  interface: "kcs",
  seed: 7,
  taps: { host: true, bmc: false },
  clock: "guest",
  scenarioText: "name: x\n",
});
const HEAD = encodeHead(head);
const END = '{"n":9,"t":9,"e":"end","why":"done"}';
describe("writing", () => {
  test("the head has all of its fields, in one order", () => {
    expect(HEAD).toBe(
      '{"format":"baseboard-trace","version":1,"scenario":"sticky-event-buffer",' +
        '"host":"linux:6.12","bmc":"model","interface":"kcs","seed":7,' +
        '"taps":{"host":true,"bmc":false},"clock":"guest","promises":{"answerBoundUs":60000000,' +
        '"internalTransfersMax":40,"runAccessesMax":2000,"panicBoundUs":10000000},"scenarioText":"name: x\\n"}',
    );
  });

  test.each(lines)("$e has its fields in one order", (body, line) => {
    expect(encodeEvent({ ...body, n: 3, t: 14 })).toBe(`{"n":3,"t":14,"e":${line}}`);
  });

  test("a sink writes the head, then a line for each event", () => {
    let text = "";
    const tracer = new Tracer(() => 5);
    tracer.attach(new JsonLinesSink(head, (part) => (text += part)));
    tracer.emit({ e: "irq", level: 0 });
    tracer.emit({ e: "end", why: "time" });
    expect(text).toBe(
      `${HEAD}\n{"n":0,"t":5,"e":"irq","level":0}\n{"n":1,"t":5,"e":"end","why":"time"}\n`,
    );
  });
});

describe("a witness in the head", () => {
  const witness = { middle: true, tells: ["users"] } as const;
  const line = encodeHead({ ...head, witness });

  test("is written before the kernel, and read again", () => {
    expect(line).toBe(`${HEAD.slice(0, -1)},"witness":${JSON.stringify(witness)}}`);
    expect(readTrace(`${line}\n`).head).toEqual({ ...head, witness });
  });

  test.each([
    ["a group that there is not", { middle: true, tells: ["registers"] }],
    ["a group twice", { middle: true, tells: ["users", "users"] }],
    ["no list", { middle: true, tells: "users" }],
    ["no flag", { middle: 1, tells: [] }],
    ["more than that", { middle: true, tells: [], begins: 3 }],
    ["no object", true],
  ])("with %s is refused", (_what, wrong) => {
    const head = `${HEAD.slice(0, -1)},"witness":${JSON.stringify(wrong)}}`;
    expect(() => readTrace(`${head}\n`)).toThrow(/"witness" is not an object of a flag, middle/);
  });
});

describe("a guest's kernel in the head", () => {
  const kernel = {
    name: "patched",
    version: "7.2.12",
    sha256: "7db9",
    modules: { ipmi_si: "ed43" },
    parameters: ["ipmi_si.trydmi=0"],
  };
  const line = encodeHead({ ...head, kernel });

  test("is read as it was written, behind all else", () => {
    expect(line).toBe(`${HEAD.slice(0, -1)},"kernel":${JSON.stringify(kernel)}}`);
    expect(readTrace(`${line}\n`).head).toEqual({ ...head, kernel });
  });

  test.each([
    ["no object", 7],
    ["a field too few", { name: "x" }],
    ["a hash that is no text", { ...kernel, modules: { ipmi_si: 1 } }],
    ["a parameter that is no text", { ...kernel, parameters: [1] }],
  ])("is refused as %s", (_what, wrong) => {
    const json = JSON.stringify({ ...head, kernel: wrong });
    expect(() => readTrace(`${json}\n`)).toThrow(/"kernel" is not an object of name/);
  });
});

describe("reading", () => {
  test("gives what was written, and writes it again as it was", () => {
    const written = lines.map(([body], n) => encodeEvent({ ...body, n, t: 2 * n }));
    const text = `${[HEAD, ...written].join("\n")}\n`;
    for (const source of [text, text.slice(0, -1), [HEAD, ...written]]) {
      const trace = readTrace(source);
      expect(trace.cut).toBeUndefined();
      expect(trace.head).toEqual(head);
      expect(trace.events).toEqual(lines.map(([body], n) => ({ ...body, n, t: 2 * n })));
      expect(trace.events.map(encodeEvent)).toEqual(written);
      expect(encodeHead(trace.head)).toBe(HEAD);
    }
  });

  // Goal: the quick way of reading never says anything else than JSON's. Method: each sample as it is written, which
  // it must know if nothing in it is escaped, and with any byte changed, left out or put in, where it may only know less.
  test("of written lines says the same from their bytes", () => {
    const scan = new EventScan();
    const scanned = (text: string) => {
      const bytes = new TextEncoder().encode(`xx${text}}`);
      return scan.event(bytes, 2, bytes.length - 1);
    };
    for (const [body] of lines) {
      const line = encodeEvent({ ...body, n: 10, t: 907 });
      const event = line.includes("\\") ? undefined : decoded(line);
      expect(scanned(line)).toEqual(event);
      expect(Object.keys(scanned(line) ?? {})).toEqual(Object.keys(event ?? {}));
      for (let at = 0; at < line.length; at++) {
        for (const put of ["", "0", "1", '"', "\\", " ", "a", "F", "é", ","]) {
          for (const taken of [0, 1]) {
            const other = line.slice(0, at) + put + line.slice(at + taken);
            const found = scanned(other);
            if (found !== undefined) expect(found).toEqual(decoded(other));
          }
        }
      }
    }
  });

  test("from bytes refuses what it refuses from text, at the same line", () => {
    const [first, second, end] = [
      '{"n":1,"t":5,"e":"irq","level":1}',
      '{"n":0,"t":5,"e":"irq","level":0}',
      '{"n":2,"t":5,"e":"end","why":"done"}',
    ].map((line) => new TextEncoder().encode(line));
    if (first === undefined || second === undefined || end === undefined) throw new Error("three");
    const reader = new TraceReader();
    expect(reader.pushWritten(first, 0, first.length)).toBeUndefined();
    reader.push(HEAD);
    expect(reader.pushWritten(first, 0, first.length)).toEqual({ n: 1, t: 5, e: "irq", level: 1 });
    expect(() => reader.pushWritten(second, 0, second.length)).toThrow(
      "line 3: event 0 comes after event 1",
    );
    const whole = new TraceReader();
    whole.push(HEAD);
    whole.pushWritten(end, 0, end.length);
    expect(() => whole.pushWritten(end, 0, end.length)).toThrow("line 3: an event after the end");
  });

  test("gives back any text and any bytes", () => {
    const event: fc.Arbitrary<TraceEvent> = fc.record({
      n: fc.constant(0),
      t: fc.maxSafeNat(),
      e: fc.constant("request" as const),
      id: fc.maxSafeNat(),
      user: fc.string({ unit: "binary" }),
      netFn: fc.integer({ min: 0, max: 63 }),
      lun: fc.integer({ min: 0, max: 3 }),
      cmd: fc.integer({ min: 0, max: 255 }),
      data: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(event, (each) => {
        const line = encodeEvent(each);
        expect(line).not.toContain("\n");
        const read = readTrace([HEAD, line]).events;
        expect(read).toEqual([each]);
        expect(read.map(encodeEvent)).toEqual([line]);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test("takes the keys of a line in any order", () => {
    const line = '{"why":"done","e":"end","t":9,"n":9}';
    expect(readTrace([HEAD, line]).events.map(encodeEvent)).toEqual([END]);
  });
});

/** What reading fails with: the code, the line, and what the message says. */
const refused: readonly (readonly [string, string, number, string | readonly string[], string])[] =
  [
    ["nothing", "not-a-trace", 1, "", "nothing to read"],
    ["no JSON", "not-a-trace", 1, "hello\n", "baseboard-trace"],
    ["other JSON", "not-a-trace", 1, "[]\n", "baseboard-trace"],
    ["another format", "not-a-trace", 1, '{"format":"pcap"}\n', "baseboard-trace"],
    [
      "another version",
      "other-version",
      1,
      HEAD.replace('"version":1', '"version":2'),
      "version 2",
    ],
    ["no version", "other-version", 1, HEAD.replace('"version":1,', ""), "version none"],
    ["a bad head", "malformed-head", 1, HEAD.replace('"seed":7', '"seed":-7'), '"seed"'],
    ["no taps", "malformed-head", 1, HEAD.replace('"bmc":false', '"bmc":0'), '"taps"'],
    ["more in the head", "malformed-head", 1, HEAD.replace("{", '{"x":1,'), '"x"'],
    ["no JSON in the middle", "malformed-event", 2, [HEAD, "{", END], "not a line of JSON"],
    ["an empty line", "malformed-event", 2, [HEAD, "", END], "not a line of JSON"],
    ["no object", "malformed-event", 2, [HEAD, "7", END], "object"],
    ["no number", "malformed-event", 2, [HEAD, '{"t":1,"e":"end","why":"done"}'], '"n"'],
    ["half a time", "malformed-event", 2, [HEAD, '{"n":1,"t":1.5,"e":"end"}'], '"t"'],
    ["no name", "malformed-event", 2, [HEAD, '{"n":1,"t":1}'], '"e"'],
    ["a new event", "unknown-event", 2, [HEAD, '{"n":1,"t":1,"e":"bt.read"}'], '"bt.read"'],
    ["a field missing", "malformed-event", 2, [HEAD, '{"n":1,"t":1,"e":"end"}'], 'end: "why"'],
    [
      "a word that is none",
      "malformed-event",
      2,
      [HEAD, '{"n":1,"t":1,"e":"end","why":"tired"}'],
      "one of done, time",
    ],
    [
      "a byte too big",
      "malformed-event",
      2,
      [HEAD, '{"n":1,"t":1,"e":"bmc.write","value":256}'],
      "a byte",
    ],
    [
      "upper-case hex",
      "malformed-event",
      2,
      [HEAD, '{"n":1,"t":1,"e":"send","id":1,"message":"1C"}'],
      "hex",
    ],
    [
      "half a byte",
      "malformed-event",
      2,
      [HEAD, '{"n":1,"t":1,"e":"send","id":1,"message":"1"}'],
      "hex",
    ],
    [
      "a field too many",
      "malformed-event",
      2,
      [HEAD, '{"n":1,"t":1,"e":"bmc.write","value":1,"tag":0}'],
      '"tag"',
    ],
    [
      "a field named as every object has one",
      "malformed-event",
      2,
      [HEAD, '{"n":1,"t":1,"e":"bmc.write","value":1,"toString":0}'],
      '"toString"',
    ],
    [
      "the same in the head",
      "malformed-head",
      1,
      HEAD.replace("{", '{"toString":1,'),
      '"toString"',
    ],
    [
      "numbers that fall",
      "malformed-event",
      3,
      [HEAD, '{"n":5,"t":1,"e":"irq","level":0}', '{"n":5,"t":1,"e":"irq","level":1}'],
      "event 5 comes after event 5",
    ],
    [
      "time that goes back",
      "malformed-event",
      3,
      [HEAD, '{"n":5,"t":8,"e":"irq","level":0}', '{"n":6,"t":7,"e":"irq","level":1}'],
      "time goes back",
    ],
    [
      "more after the end",
      "malformed-event",
      3,
      [HEAD, END, '{"n":10,"t":9,"e":"irq","level":0}'],
      "after the end",
    ],
  ];

describe("refusing", () => {
  test.each(refused)("%s: %s in line %i", (_name, code, line, source, words) => {
    const error = errorOf(() => readTrace(source));
    expect(error.code).toBe(code);
    expect(error.line).toBe(line);
    expect(error.message).toContain(words);
  });

  test("a trace that breaks off in a line is cut there, and the rest can be read", () => {
    const whole = `${HEAD}\n{"n":0,"t":1,"e":"irq","level":1}\n`;
    for (let length = 0; length < END.length; length++) {
      const { cut, events } = readTrace(whole + END.slice(0, length));
      expect(cut?.code).toBe("cut");
      expect(cut?.line).toBe(length === 0 ? 2 : 3);
      expect(events).toHaveLength(1);
    }
    expect(readTrace(whole + END).cut).toBeUndefined();
  });

  test("a head alone is a trace cut at once", () => {
    const { cut, events } = readTrace(HEAD);
    expect([cut?.code, events.length]).toEqual(["cut", 0]);
  });

  test("the events before a bad line are given before it is refused", () => {
    const reader = new TraceReader();
    reader.push(HEAD);
    expect(reader.head).toEqual(head);
    expect(reader.push('{"n":0,"t":1,"e":"irq","level":1}')).toEqual({
      n: 0,
      t: 1,
      e: "irq",
      level: 1,
    });
    expect(errorOf(() => reader.push('{"n":1,"t":1,"e":"x"}')).code).toBe("unknown-event");
  });
});

function errorOf(run: () => unknown): TraceError {
  try {
    run();
  } catch (error) {
    if (error instanceof TraceError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

function decoded(line: string): TraceEvent | undefined {
  try {
    const event = decodeEvent(JSON.parse(line));
    return "code" in event && "why" in event ? undefined : event;
  } catch {
    return undefined;
  }
}
