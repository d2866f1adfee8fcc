import fc from "fast-check";
import { expect, test } from "vitest";
import { commands } from "../../../src/bmc/controller/command-set.ts";
import { Controller } from "../../../src/bmc/controller/controller.ts";
import { FROM_SYSTEM_INTERFACE } from "../../../src/bmc/front/origin.ts";
import { commandName, commandTable } from "../../../src/ipmi/command-table.ts";
import { hex } from "../../../src/ipmi/message.ts";
import { VirtualTime } from "../../../src/time/virtual.ts";
import { Bench } from "../bench.ts";

const SEED = 20_260_101;
const SILENT = {
  attentionChanged() {},
  resetRequested() {},
  power() {},
  pretimeout() {},
  life() {},
};

test("GEN-01, GEN-02: every command answers with NetFn+1, its LUN, its Cmd and a code", () => {
  const { controller } = new Bench();
  for (const { netFn, cmd } of commands) {
    const response = controller.execute(Uint8Array.of(netFn << 2, cmd), FROM_SYSTEM_INTERFACE);
    expect([...(response ?? [])].slice(0, 2)).toEqual([(netFn | 1) << 2, cmd]);
    expect(response?.length).toBeGreaterThanOrEqual(3);
  }
});

test("GEN-03, GEN-08: another LUN than 00b is answered from that LUN with C2h", () => {
  const bench = new Bench();
  expect(bench.ask("19 01")).toBe("1d 01 c2");
  expect(bench.ask("1a 01")).toBe("1e 01 c2");
  expect(bench.ask("1b 01")).toBe("1f 01 c2");
});

test("GEN-04, MSG-04, MSG-09: unknown commands and network functions are answered with C1h", () => {
  const bench = new Bench();
  expect(bench.ask("18 7f")).toBe("1c 7f c1");
  expect(bench.ask("18 fe")).toBe("1c fe c1");
  expect(bench.ask("18 ff")).toBe("1c ff c1");
  expect(bench.ask("c0 01 02")).toBe("c4 01 c1");
  expect(bench.ask("19 7f"), "before the LUN is looked at").toBe("1d 7f c1");
});

test("a message with an odd NetFn is no request", () => {
  expect(new Bench().ask("1c 01")).toBe("1c 01 c1");
});

test("a command that the platform lacks is answered with C1h", () => {
  const bench = new Bench({ unsupported: [{ netFn: 6, cmd: 0x35 }] });
  expect(bench.ask("18 35")).toBe("1c 35 c1");
  expect(bench.ask("18 33")).toBe("1c 33 80");
});

test("GEN-05, MSG-08: reserved bits are ignored", () => {
  const bench = new Bench();
  expect(bench.ask("18 42 fe")).toBe(bench.ask("18 42 0e"));
  expect(bench.ask("18 2e 1c")).toBe("1c 2e 00");
  expect(bench.ask("18 2f"), "and read back as 0").toBe("1c 2f 00 0c");
});

test("a request of a wrong length is answered with C7h", () => {
  const bench = new Bench();
  expect(bench.ask("18 01 00")).toBe("1c 01 c7");
  expect(bench.ask("18 24 04 01 00 00 64")).toBe("1c 24 c7");
  expect(bench.ask("18 24 04 01 00 00 64 00 00")).toBe("1c 24 c7");
});

test("MSG-07: optional fields come whole or not at all", () => {
  const bench = new Bench();
  expect(bench.ask("00 04")).toBe("04 04 00");
  expect(bench.ask("00 04 05")).toBe("04 04 00");
  expect(bench.ask("00 04 05 01")).toBe("04 04 00");
  expect(bench.ask("00 04 05 01 00")).toBe("04 04 c7");
});

test("GEN-09: what the interface cannot carry is refused with C8h and CAh", () => {
  const small = new Bench({ systemInterface: { inputBytesMax: 40, outputBytesMax: 38 } });
  const write = (bytes: number) => `28 12 00 00 00 ${"00 ".repeat(bytes - 5)}`;
  expect(small.ask(write(40))).toBe("2c 12 00 23");
  expect(small.ask(write(41))).toBe("2c 12 c8");
  expect(small.tell("28 11 00 00 00 22").length, "38 bytes of response").toBe(3 * 36 - 1);
  expect(small.tell("28 11 00 00 00 23")).toBe("ca");
});

test("the handlers' commands are unique, and each is one of the specification's", () => {
  const named = commands.map(({ netFn, cmd }) => commandName(netFn, cmd));
  expect(new Set(named).size).toBe(named.length);
  const table = new Set(commandTable.map((info) => info.name));
  expect(named.filter((name) => !table.has(name))).toEqual([]);
});

// Goal: a command that is dropped from the set by mistake, or added, is noticed here.
// Method: the mandatory commands of the chapters that the controller has, against its set.
test("the mandatory commands that the controller lacks are known", () => {
  const has = new Set(commands.map(({ netFn, cmd }) => commandName(netFn, cmd)));
  const chapters: ReadonlySet<number> = new Set([0x00, 0x04, 0x06, 0x0a]);
  const lacking = commandTable
    .filter((info) => info.mandatory && chapters.has(info.netFn) && !has.has(info.name))
    .map((info) => info.name);
  expect(lacking).toMatchInlineSnapshot(`
    [
      "Get Sensor Reading",
      "Master Write-Read",
    ]
  `);
  const covered = commandTable.filter((info) => chapters.has(info.netFn) && has.has(info.name));
  expect(covered.length).toBe(commands.length);
});

// Goal: no bytes make the controller throw, or answer anything but a response to them.
// Method: random commands of the set with data of about the right length, and whole random
// messages, one after another on the same controller, while time passes.
test("execute is total", () => {
  const known = fc
    .tuple(fc.constantFrom(...commands), fc.uint8Array({ maxLength: 24 }))
    .map(([{ netFn, cmd }, data]) => Uint8Array.of(netFn << 2, cmd, ...data));
  const small = fc
    .tuple(
      fc.constantFrom(...commands),
      fc.array(fc.oneof(fc.integer({ min: 0, max: 7 }), fc.constant(0xff)), { maxLength: 9 }),
    )
    .map(([{ netFn, cmd }, data]) => Uint8Array.of(netFn << 2, cmd, ...data));
  const any = fc.uint8Array({ minLength: 2, maxLength: 300 });
  const message = fc.oneof({ weight: 3, arbitrary: known }, { weight: 3, arbitrary: small }, any);
  const property = fc.property(
    fc.array(fc.tuple(message, fc.integer({ min: 0, max: 2_000_000 })), { maxLength: 60 }),
    (steps) => {
      const time = new VirtualTime();
      const controller = new Controller(time.lane("bmc"), SILENT);
      for (const [request, us] of steps) {
        const response = controller.execute(request, FROM_SYSTEM_INTERFACE);
        controller.responded();
        time.runUntil(time.nowUs + us);
        expect(response, hex(request)).toBeDefined();
        const [first, cmd, cc] = response ?? [];
        expect(first, hex(request)).toBe((request[0] ?? 0) | 0x04);
        expect(cmd).toBe(request[1]);
        expect(cc).toBeDefined();
        if (cc !== 0) expect(response?.length).toBe(3);
      }
    },
  );
  fc.assert(property, { seed: SEED, numRuns: 300 });
});
