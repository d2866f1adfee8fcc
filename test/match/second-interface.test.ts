import { describe, expect, test } from "vitest";
import { assert } from "../../src/assert.ts";
import { readScenario } from "../../src/lab/index.ts";
import type { Arena } from "../../src/match/arena.ts";
import type { HostLeft, HostParty, LabHost, MatchEntry } from "../../src/match/party.ts";
import { playMatch } from "../../src/match/play.ts";
import { inOneGo, type Steps } from "../../src/match/steps.ts";
import { model } from "../../src/seats/model/party.ts";
import { stack } from "../../src/seats/stack/party.ts";
import { Recorder } from "../../src/trace/tracer.ts";
import { BtControl, BtRegister } from "../../src/wire/bt/protocol.ts";

const scenario = readScenario(
  `name: two
title: t
source: s
story: s
seats: [linux]
second: { interface: bt }
until: 70s
bmc: { product: 7 }
workload:
  - { user: first, steps: [{ sleep: 1s }] }
  - { user: other, at: second, steps: [{ request: Get Device ID }] }
expect:
  bmc: []
  host: []
  answers:
    - { user: other, pick: all, code: 00, maker: bmc }
`,
  "two.yaml",
);

const GET_DEVICE_ID = { netFn: 0x06, lun: 0, cmd: 0x01, data: Uint8Array.of() } as const;
const asked = { e: "request", id: 1, user: "other", ...GET_DEVICE_ID } as const;

/** A host whose driver of the second interface is what a test wants. */
class TwoInterfaces implements LabHost {
  readonly tags = false;
  readonly ticks = false;
  readonly sinks = [];
  #arena: Arena | undefined;

  readonly #entry: MatchEntry;
  readonly #drive: (arena: Arena) => void;

  constructor(entry: MatchEntry, drive: (arena: Arena) => void) {
    this.#entry = entry;
    this.#drive = drive;
  }

  join(arena: Arena): void {
    this.#arena = arena;
  }

  *play(): Steps<HostLeft> {
    assert(this.#arena !== undefined, "the host has joined");
    yield undefined;
    this.#drive(this.#arena);
    this.#entry.end("done");
    return { remarks: [] };
  }
}

/** One BT transaction by hand; gives the response's bytes. */
function transact({ second, time }: Arena, frame: readonly number[]): readonly number[] {
  assert(second !== undefined && second.wire.kind === "bt", "there is a second interface");
  const { port } = second.wire;
  const control = (value: number) => port.write(BtRegister.Control, value);
  const until = (bits: number, value: number) => {
    for (let looks = 0; (port.read(BtRegister.Control) & bits) !== value; looks++) {
      assert(looks < 1_000, "the BMC answers");
      time.runUntil(time.nowUs + 10);
    }
  };
  until(BtControl.BBusy | BtControl.H2bAtn, 0);
  control(BtControl.ClearWritePointer);
  for (const byte of [frame.length, ...frame]) port.write(BtRegister.Fifo, byte);
  control(BtControl.H2bAtn);
  until(BtControl.B2hAtn, BtControl.B2hAtn);
  control(BtControl.HBusy);
  control(BtControl.B2hAtn);
  control(BtControl.ClearReadPointer);
  const length = port.read(BtRegister.Fifo);
  const response = Array.from({ length }, () => port.read(BtRegister.Fifo));
  control(BtControl.HBusy);
  return response;
}

function play(drive: (arena: Arena) => void) {
  const host: HostParty = {
    ...stack,
    ...{ name: "two", seat: "linux", whyNot: () => undefined },
    lab: { clock: () => "virtual", enter: (entry) => new TwoInterfaces(entry, drive) },
  };
  const recorder = new Recorder();
  const result = inOneGo(playMatch(scenario, { host, bmc: model }, { sinks: () => [recorder] }));
  return { result, events: recorder.events };
}

/** Asks, and hands on what was answered. */
function ask(arena: Arena): void {
  const tracer = arena.second?.tracer;
  arena.time.runUntil(1_000);
  tracer?.emit(asked);
  const [, , , code = 0xff, ...rest] = transact(arena, [0x18, 0x01, 0x01]);
  const data = Uint8Array.from(rest);
  tracer?.emit({ e: "answer", id: 1, cc: code, maker: "bmc", data, tag: 0 });
}

describe("a second interface", () => {
  test("is served by a BMC of its own, which does not have what the first's is said to have", () => {
    const products: number[] = [];
    play((arena) => {
      arena.time.runUntil(1_000);
      products.push(transact(arena, [0x18, 0x01, 0x01])[13] ?? -1);
    });
    expect(products).toHaveLength(1);
    expect(products).not.toEqual([7]);
  });

  // Goal: what happens there is judged and its answers count, but the trace is of one wire.
  test("is judged, and stays out of the trace", () => {
    const { result, events } = play(ask);
    expect(result.misses).toEqual([]);
    const remark = "the second interface is not in the trace: 1 transactions, no rule broken";
    expect(result.remarks).toEqual([remark]);
    expect(events.filter(({ e }) => e === "request" || e.startsWith("host."))).toEqual([]);
    expect(events.at(-1)).toMatchObject({ e: "end" });
  });

  test("whoever breaks a rule there is missed in what is expected, by name", () => {
    const { result } = play(({ second, time }) => {
      second?.tracer.emit(asked);
      time.runUntil(65_000_000);
    });
    expect(result.verdict.violations).toEqual([]);
    expect(result.misses).toEqual([
      expect.stringMatching(/^request 1 \(Get Device ID by other\) was answered never/),
      expect.stringMatching(/^at the second interface: the host breaks STACK-0/),
    ]);
  });

  test("is nothing for our own stack, which has one interface", () => {
    expect(stack.whyNot(scenario)).toMatch(/one interface/);
    const { second: _second, ...one } = scenario;
    expect(stack.whyNot(one)).toBeUndefined();
  });
});
