import { expect, test } from "vitest";
import { hex, parseHex } from "../../../../src/ipmi/message.ts";
import { Bench } from "../../bench.ts";

interface Setting {
  readonly use?: number;
  readonly dontLog?: boolean;
  readonly dontStop?: boolean;
  readonly action?: number;
  readonly interrupt?: number;
  readonly pretimeoutS?: number;
  readonly clear?: number;
  readonly counts?: number;
}

/** The whole request, use 4 (SMS/OS) and action 0 (none) unless said otherwise. */
function set(setting: Setting): string {
  const { use = 4, action = 0, interrupt = 0, pretimeoutS = 0, clear = 0, counts = 100 } = setting;
  const flags = (setting.dontLog === true ? 0x80 : 0) | (setting.dontStop === true ? 0x40 : 0);
  const bytes = [flags | use, (interrupt << 4) | action, pretimeoutS, clear];
  return `18 24 ${hex(Uint8Array.of(...bytes, counts & 0xff, counts >> 8))}`;
}

const RESET = "18 22";
const GET = "18 25";

/** What Get Watchdog Timer says. */
function state(bench: Bench) {
  const [, use = 0, actions = 0, pretimeoutS, expired, ...counts] = parseHex(bench.tell(GET));
  const [initialLow = 0, initialHigh = 0, presentLow = 0, presentHigh = 0] = counts;
  return {
    use: use & 7,
    running: (use & 0x40) !== 0,
    dontLog: (use & 0x80) !== 0,
    actions,
    pretimeoutS,
    expired,
    initial: initialLow | (initialHigh << 8),
    present: presentLow | (presentHigh << 8),
  };
}

function started(setting: Setting): Bench {
  const bench = new Bench();
  expect(bench.tell(set(setting))).toBe("00");
  expect(bench.tell(RESET)).toBe("00");
  return bench;
}

test("WD-01: Set stops a running timer unless told not to; a stopped one stays stopped", () => {
  const bench = started({ counts: 50 });
  bench.pass(1);
  expect(state(bench)).toMatchObject({ running: true, initial: 50, present: 40 });
  bench.tell(set({ counts: 70, dontStop: true }));
  expect(state(bench)).toMatchObject({ running: true, initial: 70, present: 70 });
  bench.tell(set({ counts: 60 }));
  expect(state(bench)).toMatchObject({ running: false, initial: 60, present: 60 });
  bench.tell(set({ counts: 30, dontStop: true }));
  expect(state(bench)).toMatchObject({ running: false, initial: 30, present: 30 });
  bench.pass(100);
  expect(state(bench)).toMatchObject({ running: false, present: 30, expired: 0 });
});

test("WD-01: with don't stop the new count is what runs out", () => {
  const bench = started({ counts: 50 });
  bench.pass(4);
  bench.tell(set({ counts: 50, dontStop: true, action: 1 }));
  bench.pass(4.9);
  expect(bench.drained()).toEqual([]);
  bench.pass(0.1);
  expect(bench.outputs.at(-1)).toBe("reset by watchdog");
});

test("WD-02: Set clears the pre-timeout flag, with and without don't stop", () => {
  for (const dontStop of [true, false]) {
    const bench = started({ counts: 50, interrupt: 3, pretimeoutS: 2 });
    bench.pass(3);
    expect(bench.controller.messageFlags).toBe(8);
    bench.tell(set({ counts: 50, dontStop }));
    expect(bench.controller.messageFlags).toBe(0);
    expect(state(bench).running).toBe(dontStop);
  }
});

test("WD-03: Reset starts anew from the initial count", () => {
  const bench = started({ counts: 50, action: 1 });
  for (let turn = 0; turn < 5; turn++) {
    bench.pass(4);
    expect(bench.tell(RESET)).toBe("00");
    expect(state(bench)).toMatchObject({ running: true, present: 50 });
  }
  expect(bench.outputs).toEqual([]);
});

test("WD-03: after the pre-timeout Reset does not restart the count, only Set stops it", () => {
  const bench = started({ counts: 50, interrupt: 2, pretimeoutS: 2, action: 2 });
  bench.pass(3.5);
  expect(bench.tell(RESET)).toBe("d5");
  expect(state(bench)).toMatchObject({ running: true, present: 15 });
  bench.pass(1.5);
  expect(bench.outputs.at(-1)).toBe("power-down by watchdog");

  const saved = started({ counts: 50, interrupt: 2, pretimeoutS: 2, action: 2 });
  saved.pass(3.5);
  saved.tell(set({ counts: 50, interrupt: 2, pretimeoutS: 2, action: 2 }));
  expect(saved.tell(RESET)).toBe("00");
  saved.pass(2.9);
  expect(saved.outputs.filter((text) => text.includes("watchdog-expired"))).toEqual([]);
});

test("WD-04: count 0 and Reset is a timeout at once", () => {
  const bench = started({ counts: 0, action: 1 });
  bench.pass(0);
  expect(bench.drained()).toContain("reset by watchdog");
  expect(state(bench)).toMatchObject({ running: false, present: 0, expired: 0x10 });
});

// Goal: each action, with each use, does what it says, sets its flag and logs its event.
// Method: all of them; the log's only record is compared with the sensor's table.
test("WD-05: expiry acts, sets the use's flag, and logs an event", () => {
  const outputs = [undefined, "reset", "power-down", "power-cycle"];
  for (let use = 1; use <= 5; use++) {
    for (let action = 0; action <= 3; action++) {
      const bench = started({ use, action, counts: 10 });
      bench.pass(0.999);
      expect(bench.outputs).toEqual([]);
      expect(state(bench).running).toBe(true);
      bench.pass(0.001);
      const acts = action === 0 ? [] : [`${outputs[action]} by watchdog`];
      expect(bench.drained()).toEqual([
        `watchdog-expired: use ${use}, action ${action}`,
        expect.stringMatching(/^sel: record 1: /),
        ...acts,
      ]);
      expect(state(bench)).toMatchObject({ running: false, present: 0, expired: 1 << use });
      const record = `02 01 00 00 00 20 00 04 23 23 6f c${action} 0${use} ff`;
      expect(bench.tell("28 43 00 00 00 00 00 ff")).toBe(`00 ff ff 01 00 ${record}`);
    }
  }
});

test("WD-05: don't log suppresses the event once, and ends with expiry and system reset", () => {
  const bench = started({ dontLog: true, counts: 10 });
  expect(state(bench).dontLog).toBe(true);
  bench.pass(1);
  expect(bench.drained()).toEqual(["watchdog-expired: use 4, action 0"]);
  expect(state(bench).dontLog).toBe(false);
  bench.tell(RESET);
  bench.pass(1);
  expect(bench.drained()).toEqual([
    "watchdog-expired: use 4, action 0",
    expect.stringMatching(/^sel: record 1: /),
  ]);

  const reset = started({ dontLog: true });
  reset.controller.systemReset();
  expect(state(reset).dontLog).toBe(false);
});

test("WD-05: flags add up, and Set clears those that it names", () => {
  const bench = started({ use: 1, counts: 1 });
  bench.pass(1);
  bench.tell(set({ use: 5, counts: 1 }));
  bench.tell(RESET);
  bench.pass(1);
  expect(state(bench).expired).toBe(0x22);
  bench.tell(set({ clear: 0x02 }));
  expect(state(bench).expired).toBe(0x20);
  bench.tell(set({ clear: 0xff }));
  expect(state(bench).expired).toBe(0);
});

test("WD-06: with interval 0 the interrupt comes together with the timeout", () => {
  const bench = started({ interrupt: 2, action: 1, counts: 20 });
  bench.pass(1.999);
  expect(bench.drained()).toEqual([]);
  bench.pass(0.001);
  expect(bench.drained()).toEqual([
    expect.stringMatching(/^sel: record 1: /),
    "pretimeout nmi",
    "watchdog-expired: use 4, action 1",
    expect.stringMatching(/^sel: record 2: /),
    "reset by watchdog",
  ]);
});

test("the pre-timeout comes the interval before the timeout, or at once if that is past", () => {
  const kinds = ["smi", "nmi", "messaging"];
  for (const [index, kind] of kinds.entries()) {
    const interrupt = index + 1;
    const bench = started({ interrupt, action: 1, pretimeoutS: 3, counts: 100 });
    bench.pass(6.999);
    expect(bench.drained()).toEqual([]);
    bench.pass(0.001);
    expect(bench.drained()).toEqual([
      expect.stringMatching(/^sel: record 1: /),
      `pretimeout ${kind}`,
    ]);
    const record = `02 07 00 00 00 20 00 04 23 23 6f c8 ${interrupt}4 ff`;
    expect(bench.tell("28 43 00 00 00 00 00 ff")).toBe(`00 ff ff 01 00 ${record}`);
    bench.pass(3);
    expect(bench.drained().at(-1)).toBe("reset by watchdog");
  }
  const late = started({ interrupt: 1, action: 1, pretimeoutS: 30, counts: 10 });
  late.pass(0);
  expect(late.drained()).toContain("pretimeout smi");
  late.pass(1);
  expect(late.drained()).toContain("reset by watchdog");
});

test("WD-07: the timer stops at power-down, hard reset, the BMC's reset and expiry", () => {
  const stops: readonly ((bench: Bench) => void)[] = [
    (bench) => bench.controller.powerOff(),
    (bench) => bench.controller.systemReset(),
    (bench) => bench.controller.reset("cold"),
    (bench) => bench.controller.reset("power-on"),
    (bench) => bench.tell("00 02 03"),
    (bench) => bench.tell("00 02 02"),
  ];
  for (const stop of stops) {
    const bench = started({ action: 1, counts: 20 });
    bench.pass(1);
    stop(bench);
    expect(state(bench).running).toBe(false);
    bench.drained();
    bench.pass(10);
    expect(bench.outputs.filter((text) => text.includes("watchdog"))).toEqual([]);
  }
  const warm = started({ action: 1, counts: 20 });
  warm.controller.reset("warm");
  expect(state(warm).running, "a warm reset is none of these").toBe(true);
});

test("WD-07: the flags survive system reset and power cycle, not the BMC's", () => {
  const bench = started({ counts: 1 });
  bench.pass(1);
  bench.controller.systemReset();
  bench.controller.powerOff();
  bench.controller.powerOn();
  expect(state(bench).expired).toBe(0x10);
  bench.controller.reset("warm");
  expect(state(bench).expired).toBe(0x10);
  bench.controller.reset("cold");
  expect(state(bench).expired).toBe(0);
});

test("WD-08: what the platform cannot do is CCh, and changes nothing", () => {
  const bench = new Bench({ watchdog: { actions: [0, 1], interrupts: [0, 3] } });
  bench.tell(set({ use: 3, action: 1, counts: 50 }));
  bench.tell(RESET);
  const before = bench.tell(GET);
  expect(bench.tell(set({ action: 2 }))).toBe("cc");
  expect(bench.tell(set({ action: 3 }))).toBe("cc");
  expect(bench.tell(set({ interrupt: 1 }))).toBe("cc");
  expect(bench.tell(set({ interrupt: 2, clear: 0xff }))).toBe("cc");
  expect(bench.tell(GET)).toBe(before);
  expect(bench.tell(set({ action: 1, interrupt: 3 }))).toBe("00");
});

test("WD-09: right after Set and after Reset the present count is the initial one", () => {
  const bench = new Bench();
  for (const counts of [0, 1, 2, 255, 256, 65_535]) {
    bench.tell(set({ counts }));
    expect(state(bench)).toMatchObject({ initial: counts, present: counts });
    if (counts === 0) continue;
    bench.tell(RESET);
    expect(state(bench)).toMatchObject({ initial: counts, present: counts });
    bench.pass(0.05);
    expect(state(bench).present).toBe(counts);
  }
});

test("the present count falls by one every 100 ms", () => {
  const bench = started({ counts: 10 });
  const seen = Array.from({ length: 10 }, () => {
    const { present } = state(bench);
    bench.pass(0.1);
    return present;
  });
  expect(seen).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(state(bench)).toMatchObject({ present: 0, running: false });
});

test("WD-12: reserved uses, actions and interrupts are CCh", () => {
  const bench = new Bench();
  for (const use of [0, 6, 7]) expect(bench.tell(set({ use }))).toBe("cc");
  for (const action of [4, 5, 6, 7]) expect(bench.tell(set({ action }))).toBe("cc");
  for (const interrupt of [4, 5, 6, 7]) expect(bench.tell(set({ interrupt }))).toBe("cc");
  expect(bench.tell(RESET)).toBe("80");
});

test("WD-13: Reset is 80h until Set has come since system power-on, reset or BMC reset", () => {
  const bench = new Bench();
  const initialise = () => {
    bench.tell(set({}));
    expect(bench.tell(RESET)).toBe("00");
  };
  expect(bench.tell(RESET)).toBe("80");
  initialise();
  bench.controller.systemReset();
  expect(bench.tell(RESET)).toBe("80");
  initialise();
  bench.controller.powerOff();
  bench.controller.powerOn();
  expect(bench.tell(RESET)).toBe("80");
  initialise();
  bench.controller.reset("cold");
  expect(bench.tell(RESET)).toBe("80");
  initialise();
  bench.controller.reset("warm");
  expect(bench.tell(RESET)).toBe("00");
});

test("WD-14: a messaging pre-timeout sets flag bit 3 and, enabled, interrupts", () => {
  for (const enables of ["08", "09"]) {
    const bench = started({ interrupt: 3, pretimeoutS: 1, counts: 20 });
    bench.tell(`18 2e ${enables}`);
    bench.pass(1);
    expect(bench.tell("18 31")).toBe("00 08");
    expect(bench.controller.messageFlags).toBe(8);
    expect(bench.controller.attentionInterrupt).toBe(enables === "09");
    expect(bench.outputs).toContain("pretimeout messaging");
  }
});

test("NMI and SMI pre-timeouts are no message flags", () => {
  const bench = started({ interrupt: 2, pretimeoutS: 1, counts: 20 });
  bench.pass(1);
  expect(bench.tell("18 31")).toBe("00 00");
});

test("the watchdog's events reach the event message buffer", () => {
  const bench = started({ counts: 10 });
  bench.tell("18 2e 0c");
  bench.pass(1);
  expect(bench.tell("18 35")).toBe("00 01 00 02 01 00 00 00 20 00 04 23 23 6f c0 04 ff");
});
