import { getWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import { ask, did, pause } from "../asking.ts";
import type { Case } from "../case.ts";

const LOOK_AGAIN_US = 500_000;

/** The watchdog timer, as it is. */
export const watchdogCases: readonly Case[] = [
  {
    id: "watchdog/read",
    section: "IPMI 2.0 §27.7",
    title: "Get Watchdog Timer says how the timer stands; a running one counts down.",
    *run(look) {
      const first = yield* ask(getWatchdogTimer, {});
      if (!did(look, first.answer, "every BMC has to have it")) return;
      if (first.value?.running !== true) return;
      yield* pause(LOOK_AGAIN_US);
      const { answer } = yield* ask(getWatchdogTimer, {});
      did(look, answer, "every BMC has to have it");
    },
  },
];
