import { coldReset, getDeviceId, warmReset } from "../../ipmi/commands/app/device.ts";
import { resetWatchdogTimer } from "../../ipmi/commands/app/watchdog.ts";
import {
  ChassisAction,
  chassisControl,
  getChassisStatus,
} from "../../ipmi/commands/chassis/chassis.ts";
import { Cc } from "../../ipmi/completion.ts";
import { ask, did, hex, pause, succeeded } from "../asking.ts";
import type { Case, Course } from "../case.ts";
import type { Look } from "../look.ts";
import { claimOf } from "./devices.ts";

const BACK_LOOKS = 90;
const BACK_EVERY_US = 1_000_000;

/** The BMC is reset, or the system. */
export const resetCases: readonly Case[] = [
  {
    id: "bmc/warm-reset",
    section: "IPMI 2.0 §20.3",
    title: "After a Warm Reset the BMC answers again, with the settings that it had.",
    needs: "reset",
    *run(look) {
      const { answer } = yield* ask(warmReset, {});
      if (answer.maker === "bmc" && !did(look, answer)) return;
      yield* backAgain(look);
    },
  },
  {
    id: "bmc/cold-reset",
    section: "IPMI 2.0 §20.2",
    title: "After a Cold Reset the BMC answers again, as one that was switched on.",
    needs: "reset",
    maySpread: true,
    *run(look) {
      // It need not be answered.
      const { answer } = yield* ask(coldReset, {});
      if (answer.maker === "bmc" && !did(look, answer)) return;
      if (!(yield* backAgain(look))) return;
      const timer = yield* ask(resetWatchdogTimer, {});
      if (succeeded(timer.answer)) {
        const text = "a watchdog timer that nobody has set since a Cold Reset can be started";
        look.violates("IPMI 2.0 §27.5", text);
      }
    },
  },
  {
    id: "power/hard-reset",
    section: "IPMI 2.0 §28.3",
    title: "A hard reset by Chassis Control leaves the system with power.",
    needs: "power",
    *run(look) {
      const claim = yield* claimOf("chassisDevice");
      const { answer } = yield* ask(chassisControl, { action: ChassisAction.HardReset });
      if (!did(look, answer, claim)) return;
      yield* pause(BACK_EVERY_US);
      const { value } = yield* ask(getChassisStatus, {});
      if (value?.powerOn === false) {
        look.violates("IPMI 2.0 §28.3", "after a hard reset the system has no power");
      }
    },
  },
];

/** Whether the BMC says within a minute and a half who it is. */
function* backAgain(look: Look): Course<boolean> {
  for (let i = 0; i < BACK_LOOKS; i++) {
    yield* pause(BACK_EVERY_US);
    const { answer } = yield* ask(getDeviceId, {});
    if (succeeded(answer)) return true;
    if (answer.maker === "bmc" && answer.cc === Cc.InvalidCommand) {
      look.violates("IPMI 2.0 §20.1", `after a reset Get Device ID gets ${hex(answer.cc)}`);
      return false;
    }
  }
  look.violates("IPMI 2.0 §20.2, §20.3", `no Get Device ID succeeds ${BACK_LOOKS} s after a reset`);
  return false;
}
