import { describe, expect, test } from "vitest";
import { bench, RESET, SECOND, SET_10_S } from "./watchdog-bench.ts";

/** Heartbeats of a user who never gives up, one every second, for so long. */
function guard(each: ReturnType<typeof bench>, us: number): void {
  const { rig, watchdog } = each;
  const untilUs = rig.time.nowUs + us;
  const again = () => {
    watchdog.keepAlive();
    const atUs = rig.host.now() + SECOND;
    if (atUs < untilUs) rig.host.at(atUs, "guardian", again);
  };
  again();
  rig.run(us);
}

// Goal: a success that cannot be true is not believed. Method: a BMC that loses its timer and says
// 00h to each heartbeat all the same, once it was seen to be away.
describe("a BMC that was away has its timer set again, whatever it says", () => {
  test("after it was lost and found, at once", () => {
    const { rig, timer, beat, watchdog } = bench();
    beat();
    rig.frozen = true;
    watchdog.keepAlive();
    rig.runUntil(() => rig.stack.state === "failed", 20 * SECOND);
    timer.lose();
    timer.taken();
    timer.lies = true;
    rig.thaw();
    rig.runUntil(() => rig.stack.state === "up", 20 * SECOND);
    rig.run(SECOND);
    expect(timer.taken().slice(-2)).toEqual([SET_10_S, RESET]);
    expect(timer.running).toBe(true);
    expect(watchdog.state.name).toBe("armed");
  });

  test("in the same heartbeat, when that met it in disorder", () => {
    const { rig, timer, beat, watchdog } = bench();
    beat();
    timer.lose();
    timer.taken();
    timer.lies = true;
    const turn = rig.kcs.turn.bind(rig.kcs);
    rig.kcs.turn = () => {
      rig.kcs.jam();
      turn();
    };
    rig.host.at(rig.time.nowUs + SECOND, "back", () => {
      rig.kcs.turn = turn;
    });
    expect(beat()).toEqual({ ok: true });
    expect(timer.taken()).toEqual([RESET, SET_10_S, RESET]);
    expect(watchdog.state.name).toBe("armed");
  });
});

describe("whatever a heartbeat is answered, the timer is set up again", () => {
  test("80h: at once, within the same heartbeat", () => {
    const { timer, beat, watchdog, watchdogLife } = bench();
    beat();
    timer.lose();
    timer.taken();
    expect(beat()).toEqual({ ok: true });
    expect(timer.taken()).toEqual([RESET, SET_10_S, RESET]);
    expect(watchdog.state.name).toBe("armed");
    expect(watchdogLife()).toEqual(["watchdog-armed", "watchdog-unprotected", "watchdog-armed"]);
  });

  test.each([0x81, 0xc0, 0xc1, 0xc3, 0xd5, 0xff])("%i: the same", (code) => {
    const { timer, beat, watchdog } = bench();
    beat();
    timer.taken();
    timer.codes = [code];
    expect(beat()).toEqual({ ok: true });
    expect(timer.taken()).toEqual([RESET, SET_10_S, RESET]);
    expect(watchdog.state.name).toBe("armed");
  });

  test("80h for ever is tried three times in a heartbeat, then again after a pause", () => {
    const { rig, timer, beat, watchdog } = bench();
    timer.codes = [0, 0x80, 0, 0x80, 0, 0x80];
    expect(beat()).toEqual({ ok: false, why: "Reset Watchdog Timer: 80h by bmc" });
    expect(timer.taken()).toEqual([SET_10_S, RESET, SET_10_S, RESET, SET_10_S, RESET]);
    expect(watchdog.state.name).toBe("unprotected");
    rig.run(2 * SECOND);
    expect(timer.taken()).toEqual([SET_10_S, RESET]);
    expect(watchdog.state.name).toBe("armed");
  });

  test.each([0xd5, 0xc3, 0xff])("%i to the set-up: again after a pause, without a user", (code) => {
    const { rig, timer, beat, watchdog } = bench();
    beat();
    const lastUs = rig.time.nowUs;
    timer.lose();
    timer.taken();
    timer.codes = [0x80, code, code];
    expect(beat().ok).toBe(false);
    const { state } = watchdog;
    expect(state.name === "unprotected" && state.sinceUs <= lastUs).toBe(true);
    rig.run(5 * SECOND);
    expect(timer.taken()).toEqual([RESET, SET_10_S, SET_10_S, SET_10_S, RESET]);
    expect(watchdog.state.name).toBe("armed");
  });

  test("a setting that changes while its Set is under way goes out, too", () => {
    const { rig, timer, watchdog } = bench();
    watchdog.keepAlive();
    rig.run(10);
    watchdog.change({ timeoutS: 20 });
    rig.run(SECOND);
    expect(timer.taken()).toEqual([SET_10_S, RESET, "18 24 44 01 00 00 c8 00", RESET, RESET]);
    expect(watchdog.state.name).toBe("armed");
  });
});

describe("the state is true", () => {
  test("arming until the BMC has confirmed", () => {
    const { rig, watchdog } = bench();
    watchdog.keepAlive();
    expect(watchdog.state.name).toBe("arming");
    rig.run(SECOND);
    expect(watchdog.state.name).toBe("armed");
  });

  test("armed only for as long as the timer lasts without a heartbeat", () => {
    const { rig, timer, beat, watchdog } = bench();
    beat();
    const confirmedUs = rig.time.nowUs;
    rig.run(10 * SECOND - 1);
    expect(watchdog.state.name).toBe("armed");
    rig.run(1);
    expect(watchdog.state).toMatchObject({ name: "unprotected", sinceUs: confirmedUs });
    // Whoever should send heartbeats is dead: nobody does it in his place.
    timer.taken();
    rig.run(30 * SECOND);
    expect(timer.taken()).toEqual([]);
  });

  // A BMC that is away: for a short while, for minutes. The interface gives it up, and finds it.
  test.each([5, 180])("the BMC is away for %i s and comes back without its timer", (seconds) => {
    const each = bench();
    const { rig, timer, beat, watchdog, watchdogLife } = each;
    beat();
    rig.frozen = true;
    guard(each, seconds * SECOND);
    timer.lose();
    rig.thaw();
    rig.reset();
    if (seconds > 10) expect(watchdog.state.name).toBe("unprotected");
    guard(each, 20 * SECOND);
    expect(watchdog.state.name).toBe("armed");
    expect(timer.running).toBe(true);
    expect(watchdogLife().at(-1)).toBe("watchdog-armed");
  });

  test("the stack is taken away under it", () => {
    const { rig, beat, watchdog } = bench();
    beat();
    rig.stack.shutdown();
    expect(beat()).toEqual({ ok: false, why: "Reset Watchdog Timer: SHUTDOWN" });
    expect(watchdog.state.name).toBe("unprotected");
  });
});

describe("the policy", () => {
  test("runs once when the host is unprotected for too long, and retries end", () => {
    const each = bench({ policy: "reboot", policyAfterUs: 30 * SECOND });
    const { rig, timer, beat, calls, watchdog, watchdogLife } = each;
    beat();
    const confirmedUs = rig.time.nowUs;
    timer.silent = true;
    guard(each, 20 * SECOND);
    expect(calls).toEqual([]);
    guard(each, 600 * SECOND);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ policy: "reboot", sinceUs: confirmedUs });
    expect(watchdog.state).toMatchObject({ name: "unprotected", sinceUs: confirmedUs });
    expect(watchdogLife().filter((what) => what === "watchdog-policy")).toHaveLength(1);
    // The guardian's heartbeats came to their ends; without him nothing is sent.
    rig.run(100 * SECOND);
    timer.taken();
    rig.run(100 * SECOND);
    expect(timer.taken()).toEqual([]);
    // It is no end: a heartbeat that gets through arms it, and the next loss has its own policy.
    timer.silent = false;
    beat();
    expect(watchdog.state.name).toBe("armed");
    timer.silent = true;
    guard(each, 100 * SECOND);
    expect(calls).toHaveLength(2);
  });

  test("does not run for a loss that was mended in time", () => {
    const each = bench({ policyAfterUs: 30 * SECOND });
    each.beat();
    each.timer.silent = true;
    guard(each, 25 * SECOND);
    each.timer.silent = false;
    guard(each, 100 * SECOND);
    expect(each.calls).toEqual([]);
  });

  test("retries are bounded without it, too", () => {
    const { rig, timer, beat, watchdog } = bench({ retriesMax: 4, policyAfterUs: 500 * SECOND });
    timer.codes = Array.from({ length: 50 }, () => 0xd5);
    beat();
    rig.run(100 * SECOND);
    expect(timer.taken()).toHaveLength(5);
    expect(watchdog.state.name).toBe("unprotected");
  });
});

// Goal: no heartbeat waits for ever, and no message is used twice, whatever the BMC does and when.
// Method: the BMC stops for good after each of the accesses of a heartbeat; the heartbeat must end.
test("a heartbeat ends wherever the BMC stops", () => {
  for (let stop = 1; stop <= 40; stop++) {
    const { rig, beat } = bench();
    beat();
    const first = rig.accesses;
    rig.onAccess = (n) => {
      if (n === first + stop) rig.frozen = true;
    };
    const beganUs = rig.time.nowUs;
    beat();
    expect(rig.time.nowUs - beganUs).toBeLessThan(60 * SECOND);
    const ids = rig.events("request").map((event) => event.id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});
