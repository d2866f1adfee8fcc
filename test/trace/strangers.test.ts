import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { onInterface, readScenario, runStackMatch } from "../../src/lab/index.ts";
import { isBmcAccess, isHostAccess } from "../../src/trace/event-names.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { DEFAULT_PROMISES, INTERFACES, type InterfaceKind } from "../../src/trace/head.ts";
import { encodeEvent, encodeHead, readTrace, TraceError } from "../../src/trace/jsonl.ts";
import { OpenAtEnd } from "../../src/trace/open-at-end.ts";

// What others write, by hand or by their own tools, is our own matches' traces with parts left out.
const SHORTEST =
  '{"format":"baseboard-trace","version":1,"interface":"kcs","taps":{"host":true,"bmc":false}}';
const READ = '{"n":0,"t":0,"e":"host.read","reg":"status","value":0}';
const END = '{"n":1,"t":0,"e":"end","why":"done"}';

describe("a head", () => {
  test("says the format, its version, the interface and the taps; all else has a default", () => {
    const { head, cut } = readTrace([SHORTEST, READ, END]);
    expect(cut).toBeUndefined();
    expect(head).toEqual({
      ...{ format: "baseboard-trace", version: 1, interface: "kcs" },
      ...{ taps: { host: true, bmc: false }, scenario: "", scenarioText: "", seed: 0 },
      ...{ host: "unknown", bmc: "unknown", clock: "real", promises: DEFAULT_PROMISES },
    });
  });

  test("a bound that it leaves out is the usual one", () => {
    const text = SHORTEST.replace("}}", '},"promises":{"answerBoundUs":5}}');
    const { head } = readTrace([text, READ, END]);
    expect(head.promises).toEqual({ ...DEFAULT_PROMISES, answerBoundUs: 5 });
  });

  test.each([
    [',"interface":"kcs"', "", '"interface" is not one of kcs, smic, bt, ssif'],
    [',"taps":{"host":true,"bmc":false}', "", '"taps" is not an object of two flags'],
    ["}}", '},"seed":null}', '"seed" is not an integer'],
    ["}}", '},"promises":{"answerBound":5}}', '"promises" is not an object of answerBoundUs, '],
  ])("with %s for %s is refused", (old, by, message) => {
    const text = SHORTEST.replace(old, by);
    expect(refusalOf(() => readTrace([text, READ, END]))).toEqual(["malformed-head", message]);

    function refusalOf(read: () => unknown) {
      const error = errorOf(read);
      return [error.code, error.message.includes(message) ? message : error.message];
    }
  });
});

// Goal: a face that the head claims and no event shows is never taken for one on which nothing was
// done, since blame would flip in silence. Method: a match's own trace, a face taken out.
describe.each(INTERFACES)("the taps of a trace on %s", (kind) => {
  const own = ownTrace(kind);

  test.each([
    ["host", isHostAccess],
    ["bmc", isBmcAccess],
  ] as const)("without an event of the %s's face are refused", (party, isOfFace) => {
    const events = own.events.filter((event) => !isOfFace(event));
    const claimed = [encodeHead(own.head), ...events.map(encodeEvent)];
    const error = errorOf(() => readTrace(claimed));
    expect(error.code).toBe("malformed-head");
    expect(error.message).toMatch(
      new RegExp(`^line 1: "taps" claims the face of the ${party}.*: write "${party}":false`),
    );
    const taps = { ...own.head.taps, [party]: false };
    const honest = [encodeHead({ ...own.head, taps }), ...events.map(encodeEvent)];
    expect(readTrace(honest).events).toHaveLength(events.length);
  });

  test("are right wherever the trace is cut", () => {
    const whole = [encodeHead(own.head), ...own.events.map(encodeEvent)];
    for (let length = 1; length < whole.length; length += 29) {
      expect(readTrace(whole.slice(0, length)).cut?.code).toBe("cut");
    }
  });
});

test("a face that nobody used has no events, and may be claimed", () => {
  const head = SHORTEST.replace("false", "true");
  expect(readTrace([head, READ, END]).events).toHaveLength(2);
});

// A BMC that nobody's daemon opens takes no byte: seen on a Linux BMC, with its face tapped.
test("a BMC that is watched and never acts may be claimed", () => {
  const head = SHORTEST.replace("false", "true");
  const up = '{"n":0,"t":0,"e":"bmc","what":"up","flags":0,"text":""}';
  const write = '{"n":1,"t":1,"e":"host.write","reg":"command","value":97,"tag":1}';
  const end = END.replace('"n":1,"t":0', '"n":2,"t":1');
  expect(readTrace([head, up, write, end]).events).toHaveLength(3);
  expect(() => readTrace([head, write, end])).toThrow(/event 1 says that it was used/);
});

test("what is open is what was begun and not ended", () => {
  const { events } = ownTrace("kcs");
  const asked = events.findIndex(({ e }) => e === "bmc.request");
  const open = openAfter(events.slice(0, asked + 1));
  expect(open.requests.map(({ cmd }) => cmd)).toEqual([0x01]);
  expect(open.atBmc).toEqual([events[asked]]);
  expect([open.faults, open.panic]).toEqual([[], undefined]);
  const whole = openAfter(events);
  expect([whole.requests, whole.atBmc, whole.faults]).toEqual([[], [], []]);
});

test("a panic and the faults that act are open, too", () => {
  const fires: TraceEvent = {
    n: 0,
    t: 0,
    e: "fault",
    name: "a",
    what: "fires",
    on: "wire",
    text: "",
  };
  const panic: TraceEvent = { n: 1, t: 1, e: "host", what: "panic", text: "" };
  const open = openAfter([fires, panic]);
  expect([open.faults, open.panic]).toEqual([[fires], panic]);
  open.event({ ...panic, what: "panic-end" });
  open.event({ ...fires, what: "ends" });
  expect([open.faults, open.panic]).toEqual([[], undefined]);
});

function ownTrace(kind: InterfaceKind) {
  const file = new URL("../../scenarios/device-id.yaml", import.meta.url);
  const text = onInterface(readFileSync(file, "utf8"), kind);
  const events: TraceEvent[] = [];
  const { head } = runStackMatch(readScenario(text, "device-id"), {
    sinks: () => [{ event: (event) => void events.push(event) }],
  });
  return { head, events };
}

function openAfter(events: readonly TraceEvent[]): OpenAtEnd {
  const open = new OpenAtEnd();
  for (const event of events) open.event(event);
  return open;
}

function errorOf(run: () => unknown): TraceError {
  try {
    run();
  } catch (error) {
    if (error instanceof TraceError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
