import { describe, test, vi } from "vitest";
import { HostStack, type HostStackParts } from "../../../src/host/index.ts";
import type { Transfer } from "../../../src/host/system-interface/transfer.ts";
import type { Heard } from "../../../src/host/watchdog/watchdog-requests.ts";
import type { WatchdogSetting } from "../../../src/host/watchdog/watchdog-setting.ts";
import type { Scheduler } from "../../../src/time/scheduler.ts";
import { type BrokenStack, expectFound } from "./broken-stack.ts";

interface Wrong {
  with: "nothing" | "reuse" | "deafness";
}

/** What is wrong in the stack of the match that runs. */
const wrong = vi.hoisted((): Wrong => ({ with: "nothing" }));

type Hearing = (result: Heard) => void;

vi.mock("../../../src/host/watchdog/watchdog-requests.ts", async (original) => {
  const module = await original<typeof import("../../../src/host/watchdog/watchdog-requests.ts")>();
  class Careless extends module.WatchdogRequests {
    private readonly _ownTime: Scheduler;
    private readonly _waits: { over: boolean }[] = [];

    constructor(...parts: ConstructorParameters<typeof module.WatchdogRequests>) {
      super(...parts);
      this._ownTime = parts[1];
    }

    override set(setting: WatchdogSetting, heard: Hearing): void {
      super.set(setting, this.#carelessly(heard));
    }

    override reset(heard: Hearing): void {
      super.reset(this.#carelessly(heard));
    }

    #carelessly(heard: Hearing): Hearing {
      switch (wrong.with) {
        case "nothing":
          return heard;
        case "reuse":
          return this.#impatiently(heard);
        case "deafness":
          // That something came back is good enough.
          return () => heard({ ok: true });
      }
    }

    /** A time-out of its own, upon requests that it does not own. */
    #impatiently(heard: Hearing): Hearing {
      const wait = { over: false };
      this._waits.push(wait);
      const once = (result: Heard): void => {
        if (!wait.over) heard(result);
        wait.over = true;
      };
      this._ownTime.at(this._ownTime.now() + 1_000_000, "impatience", () => {
        once({ ok: false, answered: false, lost: false, why: "it took too long" });
      });
      return once;
    }
  }
  return { ...module, WatchdogRequests: Careless };
});

// The timer's commands have one message between them: what is queued a second time is the same
// object, overwritten, whether or not it has ended.
vi.mock("../../../src/host/system-interface/transfer-queue.ts", async (original) => {
  const module =
    await original<typeof import("../../../src/host/system-interface/transfer-queue.ts")>();
  class Reusing extends module.TransferQueue {
    private _message: Transfer | undefined;

    override put(transfer: Transfer, nowUs: number): void {
      if (wrong.with !== "reuse" || !isForTimer(transfer)) {
        super.put(transfer, nowUs);
        return;
      }
      this._message ??= { ...transfer };
      super.put(Object.assign(this._message, transfer), nowUs);
    }
  }
  return { ...module, TransferQueue: Reusing };
});

/** Set or Reset Watchdog Timer. */
function isForTimer({ frame: [netFnLun, cmd] }: Transfer): boolean {
  return netFnLun === 0x18 && (cmd === 0x22 || cmd === 0x24);
}

function stackWith(what: Wrong["with"]) {
  return (parts: HostStackParts) => {
    wrong.with = what;
    return new HostStack(parts);
  };
}

const WATCHED = `name: watched
title: A host with a watchdog
source: a test
story: Nothing.
until: 120s
settle: 10ms
workload:
  - user: guardian
    steps:
      - watchdog: { timeout: 10s, action: reset }
      - watchdog: { open: true }
      - { watchdog: { write: "1" }, times: 16, every: 4s }
expect:
  bmc: []
  host: []
`;

const STACKS: readonly BrokenStack[] = [
  {
    what: "reuses its watchdog's message while that is under way",
    scenario: WATCHED,
    make: stackWith("reuse"),
    mend: stackWith("nothing"),
    rule: "STACK-02",
    detail: /Watchdog Timer.* answered after/,
    runs: 16,
    steps: 2,
    kind: "answer-lost",
  },
  {
    what: "believes in its watchdog whatever the BMC answers",
    scenario: WATCHED,
    make: stackWith("deafness"),
    mend: stackWith("nothing"),
    rule: "STACK-29",
    detail: /refused to begin the timer anew, and it counts as armed/,
    runs: 16,
    steps: 2,
    kind: "bmc-reset",
  },
];

// Goal: exploration finds what a watchdog may do wrong when its BMC fails to answer. Method: each
// kind of fault at the events of a short life with heartbeats.
describe("exploration finds a stack that", () => {
  test.each(STACKS)("$what", expectFound);
});
