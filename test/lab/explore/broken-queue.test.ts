import { test, vi } from "vitest";
import { HostStack, type HostStackParts } from "../../../src/host/index.ts";
import { expectFound } from "./broken-stack.ts";
import { SMALL } from "./small.ts";

const wrong = vi.hoisted(() => ({ starves: false }));

// Two things let a request through while the BMC asks for attention: a waiting transfer has its
// turn after each round, and an attention that is of no use is left alone for a while. Here a
// waiting transfer is not seen, and no attention is ever of no use.
vi.mock("../../../src/host/system-interface/transfer-queue.ts", async (original) => {
  const module =
    await original<typeof import("../../../src/host/system-interface/transfer-queue.ts")>();
  class Overlooked extends module.TransferQueue {
    override get ready(): boolean {
      return !(wrong.starves && this.open) && super.ready;
    }
  }
  return { ...module, TransferQueue: Overlooked };
});

vi.mock("../../../src/host/system-interface/flag-round.ts", async (original) => {
  const module =
    await original<typeof import("../../../src/host/system-interface/flag-round.ts")>();
  class Restless extends module.FlagRound {
    override get settled(): boolean {
      return wrong.starves || super.settled;
    }
  }
  return { ...module, FlagRound: Restless };
});

function stackThat(starves: boolean) {
  return (parts: HostStackParts) => {
    wrong.starves = starves;
    return new HostStack(parts);
  };
}

// Goal: exploration finds a queue in which what the BMC has to say starves what users ask.
test("exploration finds a queue that lets flags starve requests", async () => {
  await expectFound({
    what: "starves",
    // Nobody waits any longer than it takes to see it.
    scenario: SMALL.replace("until: 120s", "until: 1s"),
    make: stackThat(true),
    mend: stackThat(false),
    rule: "STACK-03",
    detail: /./,
    runs: 16,
    steps: 1,
    kind: "status-attention-stuck",
  });
});
