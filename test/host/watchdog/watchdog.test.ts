import { describe, expect, test } from "vitest";
import { Refused, type WatchdogOptions, type WatchdogOutcome } from "../../../src/host/index.ts";
import { bench, RESET, SECOND, SET_10_S, STOP_10_S } from "./watchdog-bench.ts";

describe("the frames", () => {
  test("the first heartbeat sets and starts, the next only starts anew", () => {
    const { timer, beat, watchdog } = bench();
    expect(watchdog.state.name).toBe("off");
    expect(beat()).toEqual({ ok: true });
    expect(watchdog.state).toEqual({ name: "armed" });
    expect(timer.taken()).toEqual([SET_10_S, RESET]);
    beat();
    expect(timer.taken()).toEqual([RESET]);
  });

  const settings: [Partial<WatchdogOptions>, string][] = [
    [{ timeoutS: 60 }, "18 24 44 01 00 00 58 02"],
    [{ timeoutS: 6_553 }, "18 24 44 01 00 00 fa ff"],
    [{ action: "power-down" }, "18 24 44 02 00 00 64 00"],
    [{ action: "power-cycle" }, "18 24 44 03 00 00 64 00"],
    [{ pretimeoutS: 3, preaction: "smi" }, "18 24 44 11 03 00 64 00"],
    [{ pretimeoutS: 3, preaction: "nmi" }, "18 24 44 21 03 00 64 00"],
    [{ pretimeoutS: 3, preaction: "messaging" }, "18 24 44 31 03 00 64 00"],
    // Without a pre-timeout there is nothing to interrupt for.
    [{ pretimeoutS: 0, preaction: "messaging" }, "18 24 44 01 00 00 64 00"],
  ];
  test.each(settings)("%o", (options, frame) => {
    const { timer, beat } = bench(options);
    beat();
    expect(timer.taken()).toEqual([frame, RESET]);
  });

  test.each([
    { timeoutS: 0 },
    { timeoutS: 6_554 },
    { timeoutS: 1.5 },
    { pretimeoutS: 10 },
    { pretimeoutS: -1 },
    { timeoutS: 1_000, pretimeoutS: 256 },
  ])("%o is refused", (options) => {
    expect(() => bench(options)).toThrow(Refused);
  });

  test("a controller of IPMI 1.0 is not told to go on, and is not armed in between", () => {
    const { rig, timer, watchdog, outcome, beat, watchdogLife } = bench();
    rig.bmc.deviceId[4] = 0x01;
    rig.run(11 * SECOND);
    rig.stack.readDeviceId(() => {});
    rig.run(SECOND);
    beat();
    expect(timer.taken()).toEqual(["18 24 04 01 00 00 64 00", RESET]);
    outcome((done) => watchdog.change({ timeoutS: 20 }, done));
    expect(timer.taken()).toEqual(["18 24 04 01 00 00 c8 00", RESET]);
    expect(watchdogLife()).toEqual(["watchdog-armed", "watchdog-unprotected", "watchdog-armed"]);
  });

  test("with the action none nothing is sent", () => {
    const { timer, beat, watchdog } = bench({ action: "none" });
    expect(beat()).toEqual({ ok: true });
    expect(timer.taken()).toEqual([]);
    expect(watchdog.state.name).toBe("off");
  });

  test("a change goes out at once, and keeps the timer running", () => {
    const { timer, outcome, beat, watchdog, watchdogLife } = bench();
    beat();
    timer.taken();
    expect(outcome((done) => watchdog.change({ timeoutS: 30 }, done))).toEqual({ ok: true });
    expect(timer.taken()).toEqual(["18 24 44 01 00 00 2c 01", RESET]);
    expect(watchdogLife()).toEqual(["watchdog-armed"]);
    expect(watchdog.setting.timeoutS).toBe(30);
    expect(outcome((done) => watchdog.change({ action: "none" }, done))).toEqual({ ok: true });
    expect(timer.taken()).toEqual(["18 24 04 00 00 00 2c 01"]);
    expect(watchdog.state.name).toBe("off");
  });

  test("in a panic the running timer gets a long time-out, or stops", () => {
    const extending = bench({ pretimeoutS: 3, preaction: "messaging" });
    expect(extending.watchdog.panicFrame()).toBeUndefined();
    extending.beat();
    expect(hex(extending.watchdog.panicFrame())).toBe("18 24 44 01 00 00 f6 09");
    extending.outcome((done) => extending.watchdog.stop(done));
    expect(extending.watchdog.panicFrame()).toBeUndefined();
    const stopping = bench({ panic: "stop" });
    stopping.beat();
    expect(hex(stopping.watchdog.panicFrame())).toBe("18 24 04 00 00 00 f6 09");
  });

  test("before a restart the running timer gets time enough, and no heartbeat", () => {
    const { timer, outcome, beat, watchdog } = bench({ pretimeoutS: 3, preaction: "messaging" });
    outcome((done) => watchdog.beforeRestart(done));
    expect(timer.taken()).toEqual([]);
    beat();
    timer.taken();
    outcome((done) => watchdog.beforeRestart(done));
    expect(timer.taken()).toEqual(["18 24 44 01 00 00 b0 04"]);
  });

  test("before a halt it is stopped, whatever nowayout says", () => {
    const { timer, outcome, beat, watchdog } = bench({ nowayout: true });
    beat();
    timer.taken();
    outcome((done) => watchdog.beforeHalt(done));
    expect(timer.taken()).toEqual([STOP_10_S]);
  });
});

describe("the open watchdog", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  test("one at a time has it open", () => {
    const { watchdog } = bench();
    const file = watchdog.open();
    expect(() => watchdog.open()).toThrow(expect.objectContaining({ code: "WATCHDOG_TAKEN" }));
    file.close();
    expect(() => file.write(bytes("x"))).toThrow(
      expect.objectContaining({ code: "WATCHDOG_NOT_OPEN" }),
    );
    expect(() => file.close()).toThrow(expect.objectContaining({ code: "WATCHDOG_NOT_OPEN" }));
    watchdog.open();
  });

  test("opening starts nothing, unless told so", () => {
    const { rig, timer, watchdog } = bench();
    watchdog.open();
    rig.run(SECOND);
    expect(timer.taken()).toEqual([]);
    const eager = bench({ startOnOpen: true });
    eager.watchdog.open();
    eager.rig.run(SECOND);
    expect(eager.timer.taken()).toEqual([SET_10_S, RESET]);
  });

  test("any byte is a heartbeat, none is not", () => {
    const { timer, watchdog, outcome } = bench();
    const file = watchdog.open();
    outcome((done) => file.write(bytes(""), done));
    expect(timer.taken()).toEqual([]);
    outcome((done) => file.write(bytes("keep alive"), done));
    expect(timer.taken()).toEqual([SET_10_S, RESET]);
  });

  test("the magic close stops the timer", () => {
    const each = bench();
    const { timer, watchdog, outcome } = each;
    const file = watchdog.open();
    outcome((done) => file.write(bytes("xVx"), done));
    timer.taken();
    expect(outcome((done) => file.close(done))).toEqual({ ok: true });
    expect(timer.taken()).toEqual([STOP_10_S]);
    expect(timer.running).toBe(false);
    expect(watchdog.state.name).toBe("off");
    expect(each.unexpected).toBe(0);
  });

  test("only the last write counts for the magic", () => {
    const each = bench();
    const file = each.watchdog.open();
    each.outcome((done) => file.write(bytes("V"), done));
    each.outcome((done) => file.write(bytes("x"), done));
    each.timer.taken();
    each.outcome((done) => file.close(done));
    expect(each.timer.taken()).toEqual([RESET]);
    expect(each.timer.running).toBe(true);
    expect(each.unexpected).toBe(1);
  });

  test("with nowayout no close and no stop stops it", () => {
    const each = bench({ nowayout: true });
    const file = each.watchdog.open();
    each.outcome((done) => file.write(bytes("V"), done));
    each.timer.taken();
    each.outcome((done) => file.close(done));
    expect(each.timer.taken()).toEqual([RESET]);
    const code = expect.objectContaining({ code: "WATCHDOG_NO_WAY_OUT" });
    expect(() => each.watchdog.stop()).toThrow(code);
    expect(() => each.watchdog.change({ action: "none" })).toThrow(code);
    expect(each.watchdog.setting.action).toBe("reset");
  });
});

describe("one at a time", () => {
  // Goal: heartbeats asked for while one is under way become one, and no message is used twice.
  test("heartbeats coalesce, and all who asked hear of it", () => {
    const { rig, timer, watchdog, beat } = bench();
    beat();
    timer.taken();
    const heard: WatchdogOutcome[] = [];
    for (let i = 0; i < 5; i++) watchdog.keepAlive((outcome) => heard.push(outcome));
    rig.run(SECOND);
    expect(timer.taken()).toEqual([RESET, RESET]);
    expect(heard).toEqual(Array.from({ length: 5 }, () => ({ ok: true })));
    const ids = rig.events("request").map((event) => event.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("callers who wait are bounded", () => {
    const { watchdog } = bench();
    const flood = () => {
      for (let i = 0; i < 102; i++) watchdog.keepAlive();
    };
    expect(flood).toThrow(expect.objectContaining({ code: "TOO_MANY_MESSAGES" }));
  });

  test("the time left is read apart, and a heartbeat goes before it", () => {
    const { rig, timer, watchdog, beat } = bench();
    beat();
    timer.taken();
    const left: (number | undefined)[] = [];
    // Something is on the wire, the read waits behind it, then a heartbeat comes.
    rig.stack.createUser("tool").submit({ netFn: 6, cmd: 1 }, () => {});
    rig.run(5);
    watchdog.timeLeft((ms) => left.push(ms));
    watchdog.timeLeft((ms) => left.push(ms));
    watchdog.keepAlive();
    rig.run(SECOND);
    expect(timer.taken()).toEqual([RESET, "18 25"]);
    expect(left).toEqual([30_000, 30_000]);
  });

  test("no read begins while a heartbeat is under way", () => {
    const { rig, timer, watchdog, beat } = bench();
    beat();
    timer.taken();
    watchdog.keepAlive();
    watchdog.timeLeft(() => {});
    watchdog.keepAlive();
    rig.run(SECOND);
    expect(timer.taken()).toEqual([RESET, RESET, "18 25"]);
  });

  test("a stop that did not get through is taken back by a heartbeat", () => {
    const { rig, timer, watchdog, beat } = bench();
    beat();
    timer.taken();
    const heard: WatchdogOutcome[] = [];
    watchdog.stop((outcome) => heard.push(outcome));
    watchdog.keepAlive();
    rig.run(SECOND);
    expect(heard).toEqual([{ ok: false, why: "it was asked for anew" }]);
    expect(timer.taken()).toEqual([STOP_10_S, SET_10_S, RESET]);
    expect(timer.running).toBe(true);
    expect(watchdog.state.name).toBe("armed");
  });

  test("a stop that the BMC refuses leaves the timer counted as running", () => {
    const { timer, watchdog, beat, outcome } = bench();
    beat();
    timer.taken();
    timer.codes = [0xd5, 0xd5, 0xd5];
    expect(outcome((done) => watchdog.stop(done)).ok).toBe(false);
    expect(timer.taken()).toEqual([STOP_10_S, STOP_10_S, STOP_10_S]);
    expect(watchdog.state.name).toBe("armed");
    expect(outcome((done) => watchdog.stop(done)).ok).toBe(true);
    expect(watchdog.state.name).toBe("off");
  });
});

test("the pre-timeout reaches the user, and the next heartbeat sets the timer", () => {
  const { rig, timer, beat, pretimeouts } = bench({ pretimeoutS: 3, preaction: "messaging" });
  beat();
  timer.taken();
  rig.bmc.pretimeout = true;
  rig.attention();
  rig.run(SECOND);
  expect(pretimeouts).toHaveLength(1);
  expect(beat()).toEqual({ ok: true });
  expect(timer.taken()).toEqual(["18 24 44 31 03 00 64 00", RESET]);
});

function hex(bytes: Uint8Array | undefined): string {
  return [...(bytes ?? [])].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
