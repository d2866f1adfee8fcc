import fc from "fast-check";
import { expect, test } from "vitest";
import {
  answerBoundUs,
  HOST_OPTIONS,
  type HostOptions,
  ipmbAnswerBoundUs,
  Refused,
  type User,
} from "../../../src/host/index.ts";
import { decodeIpmb, ipmbResponse } from "../../../src/ipmi/ipmb.ts";
import { reply } from "../fake-bmc.ts";
import { Rig } from "../rig.ts";

/** Short times, so that the courses that take long are taken often. */
const OPTIONS: Partial<HostOptions> = {
  quietUs: 3_000_000,
  absentRetryUs: 1_000_000,
  outstandingMax: 6,
  queueLimitUs: 12_000_000,
};
const BOUND_US = ipmbAnswerBoundUs("kcs", { ...HOST_OPTIONS, ...OPTIONS }, 1, 500);
const LOCAL_BOUND_US = answerBoundUs("kcs", { ...HOST_OPTIONS, ...OPTIONS });

const manner = fc.constantFrom(
  "good",
  "good",
  "good",
  "good",
  "error",
  "silent",
  "late",
  "wrong command",
  "wrong netFn",
  "short",
  "empty",
  "long",
  "echo",
);
type Manner = typeof manner extends fc.Arbitrary<infer T> ? T : never;

const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("submit"), user: fc.nat(3), kind: fc.nat(5) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("destroy"), user: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("events"), user: fc.nat(3), on: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reset") }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("freeze"), forUs: fc.nat(20_000_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("attention"), flags: fc.nat(255) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("read") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("shutdown") }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

interface Owed {
  readonly id: number;
  readonly acceptedUs: number;
  readonly boundUs: number;
  answers: number;
  answeredUs: number;
}

/** Plays a course of user actions against a BMC of changing manners; gives what was owed. */
function play(manners: readonly Manner[], actions: readonly (readonly [number, Action])[]) {
  const rig = new Rig({ options: OPTIONS });
  rig.bmc.channels = [1];
  behave(rig, manners);
  const owed: Owed[] = [];
  const users: User[] = [];
  let reads = 0;
  const userAt = (n: number): User => {
    users[n] ??= rig.stack.createUser(`user ${n}`);
    return users[n];
  };
  const submit = (n: number, kind: number): void => {
    const acceptedUs = rig.time.nowUs;
    const boundUs = kind === 4 ? BOUND_US : LOCAL_BOUND_US;
    const entry: Owed = { id: 0, acceptedUs, boundUs, answers: 0, answeredUs: 0 };
    const id = userAt(n).submit(KINDS[kind] ?? KINDS[0], () => {
      entry.answers++;
      entry.answeredUs = rig.time.nowUs;
      // Callbacks that submit again, some of them.
      if (kind === 3 && owed.length < 60) attempt(() => submit(n, 0));
    });
    owed.push(Object.assign(entry, { id }));
  };
  const act = (step: Action): void => {
    switch (step.do) {
      case "submit":
        submit(step.user, step.kind);
        break;
      case "destroy":
        users[step.user]?.destroy();
        break;
      case "events":
        userAt(step.user).setEvents(step.on);
        break;
      case "reset":
        rig.reset();
        break;
      case "freeze":
        rig.frozen = true;
        rig.bmcLane.at(rig.time.nowUs + step.forUs, "thaw", () => rig.thaw());
        break;
      case "attention":
        rig.bmc.stickyFlags = step.flags;
        rig.attention();
        break;
      case "read":
        rig.stack.readDeviceId(() => reads++);
        break;
      case "shutdown":
        rig.stack.shutdown();
        break;
    }
  };
  rig.stack.start();
  for (const [afterUs, step] of actions) {
    rig.run(afterUs);
    attempt(() => act(step));
    for (const user of users) expect(user?.outstanding ?? 0).toBeGreaterThanOrEqual(0);
  }
  // Nobody listens any more, so that the time until the last bound passes quickly.
  for (const user of users) user?.setEvents(false);
  rig.run(BOUND_US);
  rig.stack.shutdown();
  rig.run(0);
  expect(reads).toBe(actions.filter(([, step]) => step.do === "read").length);
  expect(users.every((user) => (user?.outstanding ?? 0) === 0)).toBe(true);
  expect(rig.host.nextUs()).toBe(Number.POSITIVE_INFINITY);
  return { rig, owed };
}

/** Far more than it takes, on a machine with other work to do. */
const PATIENCE_MS = 60_000;

const KINDS = [
  { netFn: 0x06, cmd: 0x01 },
  { netFn: 0x0a, cmd: 0x40, data: Uint8Array.of(1, 2, 3), priority: "high" },
  { netFn: 0x06, cmd: 0x02 },
  { netFn: 0x06, cmd: 0x01, lun: 2 },
  {
    netFn: 0x04,
    cmd: 0x2d,
    retries: 1,
    retryTimeMs: 500,
    address: { kind: "ipmb", channel: 0, address: 0x52 },
  },
  { netFn: 0x08, cmd: 0x01 },
] as const;

function behave(rig: Rig, manners: readonly Manner[]): void {
  let n = 0;
  rig.bmc.behaviour = (request, bmc) => {
    switch (manners[n++ % manners.length]) {
      case "error":
        return reply(request, 0xd5);
      case "silent":
        return "silent";
      case "late":
        rig.respondLater(bmc.usual(request), 4_000_000);
        return "silent";
      case "wrong command":
        return reply(Uint8Array.of(request[0] ?? 0, (request[1] ?? 0) ^ 1), 0, [1, 2, 3]);
      case "wrong netFn":
        return reply(Uint8Array.of(0x28, request[1] ?? 0), 0, [1, 2, 3]);
      case "short":
        return Uint8Array.of(0x1c, 0x01);
      case "empty":
        return new Uint8Array(0);
      case "long":
        return reply(request, 0, new Uint8Array(300));
      case "echo":
        return request;
      default:
        return "default";
    }
  };
  rig.bmc.onIpmb = (channel, message) => {
    if (n % 3 === 0) return;
    bmcAnswers(rig, channel, message);
  };
}

function bmcAnswers(rig: Rig, channel: number, message: Uint8Array): void {
  rig.bmc.queueIpmb(channel, ipmbResponse(decodeIpmb(message), Uint8Array.of(0)));
}

function attempt(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

// Goal: whatever the BMC does and whatever the users do, each accepted request has exactly one
// answer, in the trace and to its callback, within the stated bound, and nothing is left behind.
// Method: random manners of the BMC, request by request, and random actions at random times. The
// strict BMC throws if the host breaks a rule of the wire on the way.
test(
  "exactly one answer for each accepted request, within the bound",
  () => {
    const pause = fc.oneof(fc.nat(300), fc.nat(100_000), fc.nat(12_000_000));
    fc.assert(
      fc.property(
        fc.array(manner, { minLength: 1, maxLength: 12 }),
        fc.array(fc.tuple(pause, action), { maxLength: 25 }),
        (manners, actions) => {
          const { rig, owed } = play(manners, actions);
          const traced = new Map<number, number>();
          for (const { id } of rig.events("answer")) traced.set(id, (traced.get(id) ?? 0) + 1);
          for (const { id } of rig.events("request")) expect(traced.get(id)).toBe(1);
          for (const entry of owed) {
            expect(entry.answers).toBe(1);
            expect(entry.answeredUs - entry.acceptedUs).toBeLessThanOrEqual(entry.boundUs);
          }
          for (const { maker, tag, id } of rig.events("answer")) {
            if (maker === "bmc" && tag !== 0) expect(tag).toBe(id);
          }
        },
      ),
      { seed: 1_109, numRuns: 100 },
    );
  },
  PATIENCE_MS,
);

// Goal: the same course gives the same trace, so that every failure can be replayed.
test("a course is a pure function of its choices", () => {
  const manners: Manner[] = ["good", "late", "silent", "good", "error", "wrong command"];
  const actions: (readonly [number, Action])[] = [
    [10, { do: "submit", user: 0, kind: 0 }],
    [100_000, { do: "submit", user: 1, kind: 4 }],
    [5_000_000, { do: "reset" }],
    [5_000_000, { do: "submit", user: 2, kind: 2 }],
  ];
  const traces = [0, 1].map(() => JSON.stringify(play(manners, actions).rig.recorder.events));
  expect(traces[0]).toBe(traces[1]);
});
