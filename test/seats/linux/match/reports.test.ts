import { expect, test } from "vitest";
import type { ReportBody } from "../../../../src/guest/reports.ts";
import { readScenario } from "../../../../src/lab/index.ts";
import type { Report } from "../../../../src/seats/linux/index.ts";
import { GuestReports } from "../../../../src/seats/linux/match/reports.ts";
import { guestProgram } from "../../../../src/seats/linux/match/workload.ts";
import { Recorder, Tracer } from "../../../../src/trace/tracer.ts";

const scenario = readScenario(
  `
name: two-users
title: Two users
source: a test
story: Nothing.
until: 10s
workload:
  - { user: a, steps: [{ request: Get Device ID, times: 2, every: 1s }] }
  - { user: b, steps: [{ read: guid }, { sleep: 1s }] }
expect: {}
`,
  "two-users.yaml",
);

const gone = readScenario(
  `
name: gone
title: One goes
source: a test
story: Nothing.
until: 10s
workload:
  - { user: a, steps: [{ request: Get Device ID, times: 9, parallel: true }] }
  - { user: b, steps: [{ request: Get Device ID }, { close: a }] }
expect: {}
`,
  "gone.yaml",
);

function bench(of = scenario) {
  const tracer = new Tracer(() => 0);
  const recorder = new Recorder();
  const said: string[] = [];
  const reports = new GuestReports(guestProgram(of), tracer, {
    mayBeKnown: () => said.push("known"),
    ready: () => said.push("ready"),
    allDone: (unfinished) => said.push(unfinished ? "unfinished" : "done"),
  });
  tracer.attach(recorder);
  const take = (process: number, body: ReportBody, step = 1) => {
    const report: Report = { process, step, timeUs: 0, ...body };
    reports.take(report);
  };
  const events = () =>
    recorder.events.map((event) => {
      const { n: _n, t: _t, ...rest } = event;
      return rest;
    });
  return { tracer, take, events, said };
}

const request = { kind: "request", netFn: 6, lun: 0, cmd: 1, data: new Uint8Array(0) } as const;
const data = Uint8Array.of(0x20);
const answer = { kind: "answer", netFn: 7, cmd: 1, data } as const;

test("a request and its answer, by the name of the user", () => {
  const { take, events } = bench();
  take(1, { ...request, id: 5 });
  take(1, { kind: "accepted", id: 5 });
  take(1, { ...answer, id: 5, cc: 0xc3 });
  expect(events()).toMatchObject([
    { e: "request", id: 1, user: "a", netFn: 6, cmd: 1 },
    { e: "answer", id: 1, cc: 0xc3, maker: "host-interface", data },
  ]);
});

test("a code is the BMC's when the BMC's last response of that command had it", () => {
  const { tracer, take, events } = bench();
  take(1, { ...request, id: 5 });
  tracer.emit({ e: "bmc.response", tag: 1, message: Uint8Array.of(0x1c, 0x01, 0x00, 0x20) });
  take(1, { ...answer, id: 5, cc: 0 });
  expect(events().at(-1)).toMatchObject({ e: "answer", cc: 0, maker: "bmc" });
});

test("a refusal settles the request, and says Linux's name for it", () => {
  const { take, events } = bench();
  take(2, { ...request, id: 9 });
  take(2, { kind: "refused", id: 9, errno: 16 });
  take(2, { ...answer, id: 9, cc: 0 });
  expect(events()).toMatchObject([
    { e: "request", id: 1, user: "b" },
    { e: "refused", id: 1, user: "b", code: "EBUSY" },
  ]);
});

test("nothing is owed to a user that was killed on the scenario's orders, and all to others", () => {
  const { take, events } = bench(gone);
  take(1, { ...request, id: 5 });
  take(1, { ...request, id: 6 });
  take(2, { ...request, id: 7 });
  take(1, { ...answer, id: 5, cc: 0 });
  take(0xfe, { kind: "died", who: 1, status: 9 });
  take(0xfe, { kind: "died", who: 2, status: 11 });
  expect(events().slice(4)).toMatchObject([
    { e: "console", text: "agent: a was killed" },
    { e: "refused", id: 2, user: "a", code: "USER_GONE" },
    { e: "console", text: "agent: process 2 ended with status 11" },
  ]);
});

// Goal: the referee knows when a driver is gone and when another one may look for its device.
test("a driver that is unloaded and loaded again goes and comes in the trace", () => {
  const text = `
name: reload
title: The driver goes and comes
source: a test
story: Nothing.
until: 10s
workload:
  - { user: a, steps: [{ driver: unload }, { driver: load }, { driver: remove }, { driver: insert }] }
expect: {}
`;
  const reload = readScenario(text, "reload.yaml");
  const { take, events } = bench(reload);
  const steps = guestProgram(reload).actors[0]?.steps ?? [];
  for (const [index] of steps.entries()) take(1, { kind: "step-done" }, index + 1);
  expect(events()).toMatchObject([
    { e: "host", what: "removed" },
    { e: "host", what: "inserted" },
    { e: "host", what: "removed" },
    { e: "host", what: "inserted" },
  ]);
  expect(steps.map((step) => ("name" in step ? `${step.step} ${step.name}` : step.step))).toEqual([
    ...["close-ipmi", "remove-module ipmi_si", "remove-module ipmi_devintf"],
    ...["remove-module ipmi_msghandler", "tell", "insert-module", "insert-module", "insert-module"],
    ...["wait-for-file", "open-ipmi", "write-file", "tell", "write-file"],
  ]);
});

test("what goes wrong in the agent is on the console", () => {
  const { take, events, said } = bench();
  take(2, { kind: "step-failed", errno: 2 });
  take(0, { kind: "ready", setupOver: false });
  take(1, { kind: "unfinished", who: 1, inStep: 2 });
  take(0, { kind: "all-done" });
  expect(events()).toMatchObject([
    { e: "console", text: expect.stringMatching(/^agent: b: .* failed: errno 2$/) },
    { e: "console", text: "agent: the set-up took too long" },
    { e: "console", text: "agent: a is not done" },
  ]);
  expect(said).toEqual(["ready", "unfinished"]);
});
