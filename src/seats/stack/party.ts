import { answerBoundUs, panicBoundUs } from "../../host/index.ts";
import { expectationFor } from "../../match/expectation.ts";
import type { HostParty } from "../../match/party.ts";
import { interfaceOf } from "../../scenario/on-interface.ts";
import { DEFAULT_PROMISES } from "../../trace/head.ts";
import { StackInLab } from "./in-lab.ts";
import { StackInRealTime } from "./in-real-time.ts";

/** A request and a response of BT, each as long as may be, and 32 steps of any other interface. */
const RUN_ACCESSES_MAX = 600;

/** Our own host stack. */
export const stack: HostParty = {
  name: "stack",
  seat: "stack",
  alias: "stack",
  id: "stack",
  pure: true,
  whyNot: (scenario) => {
    if (scenario.second !== undefined) return "our own stack has one interface, not a second";
    return expectationFor(scenario, ["stack"]).removed === true
      ? "our own stack lets go of a wire whatever it is at: only a kernel can refuse to"
      : undefined;
  },
  promises: (scenario) => ({
    ...DEFAULT_PROMISES,
    answerBoundUs: answerBoundUs(interfaceOf(scenario)),
    runAccessesMax: RUN_ACCESSES_MAX,
    panicBoundUs: panicBoundUs(),
  }),
  lab: { clock: () => "virtual", enter: (entry) => new StackInLab(entry) },
  real: { enter: (entry) => new StackInRealTime(entry) },
};
