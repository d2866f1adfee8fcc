import type { CommonRule } from "../rule.ts";
import { bootRules } from "./boot.ts";
import { bridgingRules } from "./bridging.ts";
import { selfRules } from "./channels.ts";
import { chassisRules } from "./chassis.ts";
import { chassisTimeRules } from "./chassis-times.ts";
import { codeRules } from "./codes.ts";
import { eventRules } from "./events.ts";
import { fruRules } from "./fru.ts";
import { ipmbRules } from "./ipmb.ts";
import { ownEventRules } from "./own-events.ts";
import { queueRules } from "./queue.ts";
import { sdrRules } from "./sdr.ts";
import { selRules } from "./sel.ts";
import { settingRules } from "./settings.ts";
import { timeRules } from "./times.ts";
import { watchdogRules } from "./watchdog.ts";

/** What the commands are to do, as far as it shows in what is asked and said. */
export const commandRules: readonly CommonRule[] = [
  ...codeRules,
  ...selRules,
  ...sdrRules,
  ...fruRules,
  ...watchdogRules,
  ...settingRules,
  ...timeRules,
  ...eventRules,
  ...ownEventRules,
  ...queueRules,
  ...bridgingRules,
  ...ipmbRules,
  ...bootRules,
  ...chassisRules,
  ...chassisTimeRules,
  ...selfRules,
];
