import { describe, test, vi } from "vitest";
import {
  HOST_OPTIONS,
  HostStack,
  type HostStackParts,
  KCS_TIMING,
} from "../../../src/host/index.ts";
import { type BrokenStack, expectFound } from "./broken-stack.ts";
import { SMALL } from "./small.ts";

interface Wrong {
  with: "nothing" | "forgetting" | "caching" | "makers";
  cached: import("../../../src/host/messages/reply.ts").Reply | undefined;
}

/** What is wrong in the stack of the match that runs. */
const wrong = vi.hoisted((): Wrong => ({ with: "nothing", cached: undefined }));

// A request that does not know that it was answered, so that whoever comes second answers it, too.
vi.mock("../../../src/host/messages/request.ts", async (original) => {
  const module = await original<typeof import("../../../src/host/messages/request.ts")>();
  class Forgetful extends module.Request {
    override get answered(): boolean {
      return wrong.with !== "forgetting" && super.answered;
    }
  }
  return { ...module, Request: Forgetful };
});

vi.mock("../../../src/host/messages/reply.ts", async (original) => {
  const module = await original<typeof import("../../../src/host/messages/reply.ts")>();
  const replyOf: typeof module.replyOf = (question, outcome) => {
    const reply = module.replyOf(question, outcome);
    switch (wrong.with) {
      case "caching":
        // When the BMC gives nothing, what it gave last must do.
        if (reply.maker === "bmc") wrong.cached = reply;
        return wrong.cached ?? reply;
      case "makers":
        // Who made the code is lost on the way.
        return { ...reply, maker: "bmc" };
      default:
        return reply;
    }
  };
  return { ...module, replyOf };
});

function stackWith(what: Wrong["with"], options: HostStackParts["options"] = {}) {
  return (parts: HostStackParts) => {
    Object.assign(wrong, { with: what, cached: undefined });
    return new HostStack({ ...parts, options: { ...parts.options, ...options } });
  };
}

const ENDLESS_US = 1e12;
const timing = {
  ...HOST_OPTIONS.timing,
  kcs: {
    ...KCS_TIMING,
    inputTimeoutUs: ENDLESS_US,
    outputTimeoutUs: ENDLESS_US,
    transactionUs: 2 * ENDLESS_US,
  },
};

const STACKS: readonly BrokenStack[] = [
  {
    what: "gives an answer twice",
    scenario: SMALL,
    make: stackWith("forgetting"),
    mend: stackWith("nothing"),
    rule: "STACK-01",
    detail: /^request \d+ was answered again$/m,
    runs: 60,
    steps: 1,
  },
  {
    what: "has an interface without a time-out",
    scenario: SMALL,
    make: stackWith("nothing", { timing }),
    mend: stackWith("nothing"),
    rule: "STACK-02",
    detail: /answered after/,
    runs: 16,
    steps: 1,
  },
  {
    what: "gives a cached answer to another question",
    scenario: SMALL,
    make: stackWith("caching"),
    mend: stackWith("nothing"),
    rule: "STACK-04",
    detail: /was answered with the response to/,
    runs: 40,
    steps: 1,
    kind: "daemon-gone",
  },
  {
    what: "gives its own completion code for the BMC's",
    scenario: SMALL,
    make: stackWith("makers"),
    mend: stackWith("nothing"),
    rule: "STACK-09",
    detail: /as the BMC's, but no response had come for it/,
    runs: 16,
    steps: 1,
    kind: "daemon-gone",
  },
];

// Goal: exploration finds what breaks a promise on answers. Method: a stack that breaks it is
// explored as ours is.
describe("exploration finds a stack that", () => {
  test.each(STACKS)("$what", expectFound);
});
