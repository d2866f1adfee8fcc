import { beginsAgainCases } from "./begins-again.ts";
import { betweenKernelsCases } from "./between-kernels.ts";
import { bmcCases } from "./bmc.ts";
import { bridgedNumberCases } from "./bridged-numbers.ts";
import { bridgingCases } from "./bridging.ts";
import { btBmcCases } from "./bt-bmc.ts";
import { btHostCases } from "./bt-host.ts";
import { carriageCases } from "./carriage.ts";
import type { RuleCases } from "./case.ts";
import { codeCases } from "./codes.ts";
import { firmwareCases } from "./firmware.ts";
import { fruCases } from "./fru.ts";
import { heedingCases } from "./heeding.ts";
import { hostCases } from "./host.ts";
import { interfaceCases } from "./interfaces.ts";
import { messageCases } from "./messages.ts";
import { ofNoUseCases } from "./of-no-use.ts";
import { opalCases } from "./opal.ts";
import { panicCases } from "./panic.ts";
import { powerCases } from "./power.ts";
import { pretimeoutFlagCases } from "./pretimeout-flag.ts";
import { promiseCases } from "./promises.ts";
import { protectionCases } from "./protection.ts";
import { queueCases } from "./queue.ts";
import { recordErasureCases } from "./record-erasure.ts";
import { recordPiecesCases } from "./record-pieces.ts";
import { recordCases } from "./records.ts";
import { selfCases } from "./self.ts";
import { settingCases } from "./settings.ts";
import { smicCases } from "./smic.ts";
import { smicFlagCases } from "./smic-flags.ts";
import { ssifBmcCases } from "./ssif-bmc.ts";
import { ssifHostCases } from "./ssif-host.ts";
import { standsStillCases } from "./stands-still.ts";
import { trafficCases } from "./traffic.ts";
import { turnCases } from "./turns.ts";
import { unexplainedCases } from "./unexplained.ts";
import { userCases } from "./users.ts";
import { watchdogCases } from "./watchdog.ts";
import { watchdogAgainCases } from "./watchdog-again.ts";
import { watchdogStopCases } from "./watchdog-stop.ts";
import { watchdogTimerCases } from "./watchdog-timer.ts";
import { watchingCases } from "./watching.ts";
import { wireOrderCases } from "./wire-order.ts";

/** Every rule's cases. */
export const cases: RuleCases = {
  ...hostCases,
  ...bmcCases,
  ...messageCases,
  ...codeCases,
  ...selfCases,
  ...bridgingCases,
  ...queueCases,
  ...pretimeoutFlagCases,
  ...settingCases,
  ...powerCases,
  ...watchdogTimerCases,
  ...fruCases,
  ...recordCases,
  ...recordErasureCases,
  ...recordPiecesCases,
  ...promiseCases,
  ...betweenKernelsCases,
  ...trafficCases,
  ...panicCases,
  ...userCases,
  ...turnCases,
  ...standsStillCases,
  ...beginsAgainCases,
  ...firmwareCases,
  ...bridgedNumberCases,
  ...watchingCases,
  ...ofNoUseCases,
  ...watchdogCases,
  ...watchdogAgainCases,
  ...protectionCases,
  ...watchdogStopCases,
  ...btHostCases,
  ...btBmcCases,
  ...smicCases,
  ...smicFlagCases,
  ...carriageCases,
  ...interfaceCases,
  ...heedingCases,
  ...unexplainedCases,
  ...wireOrderCases,
  ...ssifHostCases,
  ...ssifBmcCases,
  ...opalCases,
};
