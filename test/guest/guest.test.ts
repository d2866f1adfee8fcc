import { describe, expect, test } from "vitest";
import { type Actor, isKilled, processName, type Step, stepOf } from "../../src/guest/program.ts";
import { MAIN } from "../../src/guest/records.ts";
import { GuestMachine } from "./guest-machine.ts";
import { brief, GET_DEVICE_ID, OPEN, program, runUser, SECOND_US, timeOf } from "./users.ts";

describe("the loader", () => {
  // Goal: the guest may be started, even frozen and copied, long before its device is there.
  test("waits for the device, its address and the magic number, and says nothing before", () => {
    const machine = new GuestMachine(program([]), { deviceFromUs: 2 * SECOND_US });
    const bar = machine.config.slice(0x10, 0x14);
    machine.config.set([1, 0, 0, 0], 0x10);
    machine.run(6 * SECOND_US);
    expect(machine.config[4]).toBe(0);
    machine.config.set(bar, 0x10);
    const { waits } = machine.linux;
    expect(waits).toBeGreaterThan(0);
    const { magic } = machine;
    machine.magic = 0xffff_ffff;
    machine.run(3 * SECOND_US);
    expect(machine.reports).toEqual([]);
    expect(machine.linux.waits).toBeGreaterThan(waits);
    machine.magic = magic;
    machine.run(3 * SECOND_US);
    expect(machine.reports.at(-1)).toMatchObject({ kind: "all-done", process: MAIN });
    expect(machine.linux.calls.slice(0, 3)).toEqual([
      "mount devtmpfs /dev",
      "mount proc /proc",
      "mount sysfs /sys",
    ]);
  });

  // Goal: a kernel that will look for its device twice finds it at the same ports both times.
  test("has the kernel forget a device that was there from the start, if it is told so", () => {
    const forget = "/sys/bus/pci/devices/0000:00:02.0/remove";
    const written = (looksTwice: boolean) => {
      const machine = new GuestMachine(program([]), { looksTwice });
      machine.linux.files.set(forget, Uint8Array.of());
      machine.run(SECOND_US);
      expect(machine.reports.at(-1)).toMatchObject({ kind: "all-done" });
      return machine.linux.files.get(forget);
    };
    expect(written(true)).toEqual(Uint8Array.of(0x31));
    expect(written(false)).toEqual(Uint8Array.of());
    const without = new GuestMachine(program([]), { looksTwice: true });
    without.run(SECOND_US);
    expect(without.reports.at(-1)).toMatchObject({ kind: "all-done" });
  });

  test("takes no other device in that place", () => {
    const machine = new GuestMachine(program([]));
    machine.config[0] = 0x86;
    machine.run(SECOND_US);
    expect(machine.config[4]).toBe(0);
    expect(machine.reports).toEqual([]);
  });

  test("finds the mailbox behind an SMBus controller's registers, too", () => {
    const machine = new GuestMachine(program([]));
    const view = new DataView(machine.config.buffer);
    view.setUint32(0x00, 0x2930_8086, true);
    view.setUint32(0x20, view.getUint32(0x10, true), true);
    view.setUint32(0x10, 0, true);
    machine.run(SECOND_US);
    expect(machine.reports.at(-1)).toMatchObject({ kind: "all-done" });
  });

  test("complains about a program that is too long, and stays", () => {
    const machine = new GuestMachine(program([]), { length: 0x10_0001 });
    machine.run(SECOND_US);
    expect(machine.linux.calls.at(-1)).toMatch(/^complains: baseboard:/);
  });
});

describe("the clock", () => {
  test("ticks at even steps of guest time with the time's low half, as a real-time process", () => {
    const steps: readonly Step[] = [{ step: "sleep", us: SECOND_US }];
    const startUs = 2 ** 32 - 500_000;
    const machine = new GuestMachine(program([{ name: "user", steps }], { tickUs: 10_000 }), {
      startUs,
    });
    machine.run(1_050_000);
    expect(machine.linux.calls).toContain("clock: scheduler 1 1");
    expect(machine.ticks.length).toBeGreaterThanOrEqual(100);
    for (const [index, { low, atUs }] of machine.ticks.entries()) {
      expect((atUs - low + 2 ** 32) % 2 ** 32).toBeLessThan(200);
      const before = machine.ticks[index - 1];
      if (before !== undefined) expect(Math.abs(atUs - before.atUs - 10_000)).toBeLessThan(200);
    }
  });

  test("asks for orders at each tick if told so, and panics on one", () => {
    const steps: readonly Step[] = [{ step: "sleep", us: SECOND_US }];
    const parts = { tickUs: 10_000, obeys: true };
    const machine = new GuestMachine(program([{ name: "user", steps }], parts));
    machine.linux.files.set("/proc/sysrq-trigger", Uint8Array.of());
    machine.run(100_500);
    expect(machine.orderReads).toBe(machine.ticks.length);
    expect(machine.linux.files.get("/proc/sysrq-trigger")).toEqual(Uint8Array.of());
    machine.order = 1;
    machine.run(20_000);
    expect(machine.linux.files.get("/proc/sysrq-trigger")).toEqual(Uint8Array.of(0x63));
  });

  test("asks nobody else", () => {
    const steps: readonly Step[] = [{ step: "sleep", us: SECOND_US }];
    const machine = new GuestMachine(program([{ name: "user", steps }], { tickUs: 10_000 }));
    machine.run(100_500);
    expect(machine.orderReads).toBe(0);
  });

  test("does not make up for ticks that it missed", () => {
    const steps: readonly Step[] = [{ step: "sleep", us: 60 * SECOND_US }];
    const machine = new GuestMachine(program([{ name: "user", steps }], { tickUs: 1_000 }));
    machine.run(20_500);
    const before = machine.ticks.length;
    machine.linux.nowUs += 10 * SECOND_US;
    machine.run(20_000);
    expect(machine.ticks.length - before).toBeLessThanOrEqual(22);
  });
});

describe("processes", () => {
  const busy: readonly Step[] = [
    OPEN,
    {
      step: "repeat",
      times: 6,
      steps: [{ step: "request", ...GET_DEVICE_ID, timeoutUs: SECOND_US }],
    },
  ];
  const actors = ["a", "b", "c", "d"].map((name) => ({ name, steps: busy }));

  // Goal: wherever a process loses the processor, the stream stays whole and in order of time.
  // Method: turns of one to a few instructions, many orders; times are those of the seeds.
  test("reports stay whole under every kind of interruption", () => {
    for (let seed = 1; seed <= 16; seed++) {
      const sliceMax = 1 + (seed % 8) * 5;
      const machine = new GuestMachine(program(actors, { tickUs: 1_000 }), {
        ...{ seed, sliceMax },
        behave: ({ msgid }) => ({ afterUs: (msgid % 7) * 100, data: [0, msgid & 0xff] }),
      });
      machine.run(60 * SECOND_US);
      const reports = machine.end();
      expect(reports.filter((report) => report.kind === "garbage")).toEqual([]);
      const times = reports.map(timeOf);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      for (const process of [1, 2, 3, 4]) {
        const kinds = brief(machine, process).map((each) => each.split(" ")[0]);
        const rounds = Array.from({ length: 6 }, () => ["request", "accepted", "answer"]).flat();
        expect(kinds).toEqual(["step-done", ...rounds, "actor-done"]);
      }
      expect(reports.at(-1)).toMatchObject({ kind: "all-done" });
    }
  });

  // Goal: who loses the processor for long in the middle of a report is not taken for dead.
  // Method: hold whoever writes the n-th byte for a second, for n all over more than one report.
  test("reports stay whole when their writer is away for longer than others would wait", () => {
    for (let byte = 400; byte < 450; byte += 5) {
      const machine = new GuestMachine(program(actors), {
        ...{ sliceMax: 7, behave: () => ({ afterUs: 100, data: [0] }) },
      });
      let bytes = 0;
      machine.onReportByte = () => {
        bytes++;
        if (bytes === byte) machine.linux.holdRunning(SECOND_US);
      };
      machine.run(100 * SECOND_US);
      const reports = machine.end();
      expect(reports.filter((report) => report.kind === "garbage")).toEqual([]);
      const times = reports.map(timeOf);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(reports.at(-1)).toMatchObject({ kind: "all-done" });
    }
  });

  // Goal: a process that the kernel kills in the middle of a report costs that report only.
  // Method: kill whoever writes the n-th byte, for n all over more than one report.
  test("the lock of a dead process is taken over, and the reader finds the next report", () => {
    for (let deadlyByte = 400; deadlyByte < 450; deadlyByte += 5) {
      const machine = new GuestMachine(program(actors), {
        behave: () => ({ afterUs: 100, data: [0] }),
      });
      let bytes = 0;
      machine.onReportByte = () => {
        bytes++;
        if (bytes === deadlyByte) machine.linux.killRunning();
      };
      machine.run(100 * SECOND_US);
      const reports = machine.end();
      const died = reports.flatMap((report) => (report.kind === "died" ? [report.who] : []));
      expect(died.length).toBe(1);
      expect(reports.filter((report) => report.kind === "garbage").length).toBeLessThanOrEqual(1);
      for (const process of [1, 2, 3, 4]) {
        if (process !== died[0]) expect(brief(machine, process).at(-1)).toBe("actor-done");
      }
      expect(reports.at(-1)).toMatchObject({ kind: "all-done" });
    }
  });

  test("who is not over at the limit is named with the step, and waited for no more", () => {
    const setup: readonly Step[] = [
      { step: "sleep", us: 0 },
      { step: "sleep", us: 1_000 * SECOND_US },
    ];
    const quick: Actor = { name: "quick", steps: [{ step: "sleep-until", us: 0 }] };
    const slow: Actor = {
      name: "slow",
      steps: [
        { step: "repeat-until", us: SECOND_US, steps: [{ step: "sleep", us: 100_000 }] },
        { step: "sleep", us: 1_000 * SECOND_US },
      ],
    };
    const limits = { setupLimitUs: 3 * SECOND_US, untilUs: 5 * SECOND_US };
    const machine = new GuestMachine(program([quick, slow], { setup, ...limits }));
    const reports = machine.run(100 * SECOND_US);
    expect(reports).toMatchObject([
      { process: MAIN, kind: "unfinished", who: 0, inStep: 2 },
      { process: MAIN, kind: "ready", setupOver: false },
      { process: 1, kind: "actor-done" },
      { process: MAIN, kind: "unfinished", who: 2, inStep: 3 },
      { process: MAIN, kind: "all-done" },
    ]);
    const [lateSetup = 0, ready = 0, , lateActor = 0] = reports.map(timeOf);
    expect(Math.abs(lateSetup - 1_000_000 - limits.setupLimitUs)).toBeLessThan(2_000);
    expect(Math.abs(lateActor - ready - limits.untilUs)).toBeLessThan(1_000);
  });

  // Goal: times count from `ready`, or from the step, and nothing happens before its time.
  test("sleeps and repetitions last their time", () => {
    const mark: Step = { step: "write-open-file", text: "" };
    const machine = runUser(
      [
        { step: "sleep-until", us: 3 * SECOND_US },
        mark,
        { step: "sleep", us: 2 * SECOND_US },
        mark,
        { step: "sleep-until", us: SECOND_US },
        mark,
        {
          step: "repeat-until",
          us: 8 * SECOND_US,
          steps: [mark, { step: "sleep", us: SECOND_US }],
        },
      ],
      () => undefined,
    );
    const readyUs = timeOf(machine.reports.find((report) => report.kind === "ready"));
    const seconds = machine.reports
      .filter((report) => report.kind === "step-failed")
      .map((report) => (timeOf(report) - readyUs) / SECOND_US);
    expect(seconds.length).toBe(6);
    for (const [index, second] of [3, 5, 5, 5, 6, 7].entries()) {
      expect(Math.abs((seconds[index] ?? 0) - second)).toBeLessThan(0.01);
    }
  });

  test("no step leaves a file open that it does not keep", () => {
    const path = "/tmp/file";
    const file: readonly Step[] = [
      OPEN,
      { step: "open-file", path },
      { step: "write-file", path, text: "x" },
      { step: "read-file", path },
      { step: "insert-module", path, parameters: "" },
    ];
    const steps: readonly Step[] = [{ step: "repeat", times: 20, steps: file }];
    const machine = new GuestMachine(program([{ name: "user", steps }]));
    machine.linux.files.set(path, Uint8Array.of());
    machine.run(10 * SECOND_US);
    expect(new Set(brief(machine))).toEqual(new Set(["step-done", "file", "actor-done"]));
  });

  test("modules and settings: what the kernel is asked for", () => {
    const setup: readonly Step[] = [
      { step: "insert-module", path: "/modules/ipmi_si.ko", parameters: "unload_when_empty=0 a=1" },
      { step: "remove-module", name: "ipmi_si" },
      { step: "set-pci", slot: 3, offset: 0x10, value: 0xca1 },
      { step: "write-file", path: "/proc/sys/kernel/hung_task_timeout_secs", text: "10" },
      { step: "wait-for-file", path: "/sys/late", limitUs: SECOND_US },
      { step: "wait-for-file", path: "/sys/never", limitUs: 10_000 },
    ];
    const machine = new GuestMachine(program([], { setup, atEnd: "power-off" }));
    machine.linux.files.set("/modules/ipmi_si.ko", Uint8Array.of());
    machine.linux.files.set("/proc/sys/kernel/hung_task_timeout_secs", Uint8Array.of());
    machine.run(500_000);
    machine.linux.files.set("/sys/late", Uint8Array.of());
    machine.run(10 * SECOND_US);
    expect(machine.linux.calls.slice(3)).toEqual([
      "insert /modules/ipmi_si.ko 'unload_when_empty=0 a=1'",
      "remove ipmi_si 800",
      ...["out cf8 80001810", "out cfc ca1"],
    ]);
    const text = machine.linux.files.get("/proc/sys/kernel/hung_task_timeout_secs");
    expect(new TextDecoder().decode(text)).toBe("10");
    expect(brief(machine, 0)).toEqual([
      ...["step-done", "step-done", "step-done", "step-done", "step-done"],
      ...["failed 6 errno 110", "actor-done"],
    ]);
    expect(machine.linux.poweredOff).toBe(true);
  });
});

test("a file is copied behind a prefix, and made where it is not there", () => {
  const from = "/sys/devices/x/params";
  const steps: readonly Step[] = [
    { step: "copy-file", from, prefix: "", path: "/tmp/kept" },
    { step: "copy-file", from: "/tmp/kept", prefix: "remove,", path: "/sys/hotmod" },
    { step: "copy-file", from: "/none", prefix: "add,", path: "/sys/hotmod" },
  ];
  const machine = new GuestMachine(program([{ name: "user", steps }]));
  machine.linux.files.set(from, new TextEncoder().encode("kcs,i/o,0xc000\n"));
  machine.linux.files.set("/sys/hotmod", Uint8Array.of());
  machine.run(SECOND_US);
  const text = (path: string) => new TextDecoder().decode(machine.linux.files.get(path));
  expect(text("/tmp/kept")).toBe("kcs,i/o,0xc000\n");
  expect(text("/sys/hotmod")).toBe("remove,kcs,i/o,0xc000\n");
  expect(brief(machine)).toEqual(["step-done", "step-done", "failed 3 errno 2", "actor-done"]);
});

// Goal: whoever is killed is gone at once, and the reports of the others stay whole.
// Method: processes that report all the time, and a processor that is taken away anywhere.
test.each(Array.from({ length: 20 }, (_, seed) => seed))("a killed user, schedule %i", (seed) => {
  const busy: readonly Step[] = [
    OPEN,
    { step: "repeat", times: 100_000, steps: [{ step: "send", ...GET_DEVICE_ID }] },
  ];
  const killer: readonly Step[] = [
    { step: "sleep", us: 5_000 + 37 * seed },
    { step: "kill", actor: "hasty" },
    { step: "sleep", us: 1_000 },
    { step: "kill", actor: "hasty" },
  ];
  const plan = program([
    { name: "hasty", steps: busy },
    { name: "killer", steps: killer },
  ]);
  const machine = new GuestMachine(plan, { seed });
  machine.run(10 * SECOND_US);
  expect(machine.reports.filter(({ kind }) => kind === "garbage")).toEqual([]);
  const died = machine.reports.filter(({ kind }) => kind === "died");
  expect(died).toEqual([expect.objectContaining({ who: 1, status: 9 })]);
  expect(brief(machine, 2)).toEqual(["step-done", "failed 4 errno 3", "actor-done"]);
  expect(machine.reports.at(-1)).toMatchObject({ kind: "all-done" });
  expect([0, 1, 2].map((process) => isKilled(plan, process))).toEqual([false, true, false]);
});

test("reports name their process and step by the program", () => {
  const inner: Step = { step: "sleep", us: 1 };
  const last: Step = { step: "close-ipmi" };
  const plan = program([
    { name: "x", steps: [{ step: "repeat", times: 2, steps: [inner] }, last] },
  ]);
  expect([0, 1, MAIN, 0xff, 7].map((number) => processName(plan, number))).toEqual([
    ...["setup", "x", "main", "clock", "process 7"],
  ]);
  expect([0, 1, 2, 3, 4].map((step) => stepOf(plan, 1, step)?.step)).toEqual([
    ...[undefined, "repeat", "sleep", "close-ipmi", undefined],
  ]);
  expect(stepOf(plan, MAIN, 1)).toBeUndefined();
});
