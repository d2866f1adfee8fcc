import type { Bug } from "../bug.ts";
import { BMC_BT } from "./bmc-bt.ts";
import { BMC_CHASSIS } from "./bmc-chassis.ts";
import { BMC_COMMANDS } from "./bmc-commands.ts";
import { BMC_KCS } from "./bmc-kcs.ts";
import { BMC_MESSAGING } from "./bmc-messaging.ts";
import { BMC_RECORDS } from "./bmc-records.ts";
import { BMC_SMIC } from "./bmc-smic.ts";
import { BMC_SSIF } from "./bmc-ssif.ts";
import { BMC_STORES } from "./bmc-stores.ts";
import { CORNERS } from "./corners.ts";
import { DISORDER } from "./disorder.ts";
import { DRAWN } from "./drawn.ts";
import { HOST_BT } from "./host-bt.ts";
import { HOST_KCS } from "./host-kcs.ts";
import { HOST_LIVES } from "./host-lives.ts";
import { HOST_MESSAGES } from "./host-messages.ts";
import { HOST_SMIC } from "./host-smic.ts";
import { HOST_SSIF } from "./host-ssif.ts";
import { HOST_STACK } from "./host-stack.ts";
import { HOST_WATCHDOG } from "./host-watchdog.ts";
import { KEPT_BACK } from "./kept-back.ts";
import { KEPT_BACK_HOST } from "./kept-back-host.ts";
import { LEFT_BEHIND } from "./left-behind.ts";
import { ON_BT } from "./on-bt.ts";
import { ON_KCS } from "./on-kcs.ts";
import { ON_SMIC } from "./on-smic.ts";
import { ON_SSIF } from "./on-ssif.ts";
import { SLIPS } from "./slips.ts";
import { STALE } from "./stale.ts";

/** All bugs, in the order in which they are tried. */
export const BUGS: readonly Bug[] = [
  ...CORNERS,
  ...LEFT_BEHIND,
  ...HOST_KCS,
  ...HOST_SMIC,
  ...HOST_BT,
  ...HOST_SSIF,
  ...HOST_STACK,
  ...HOST_MESSAGES,
  ...HOST_LIVES,
  ...HOST_WATCHDOG,
  ...BMC_KCS,
  ...BMC_SMIC,
  ...BMC_BT,
  ...BMC_SSIF,
  ...BMC_MESSAGING,
  ...BMC_STORES,
  ...BMC_RECORDS,
  ...BMC_CHASSIS,
  ...BMC_COMMANDS,
  ...ON_KCS,
  ...ON_SMIC,
  ...ON_BT,
  ...ON_SSIF,
  ...SLIPS,
  ...DISORDER,
  ...DRAWN,
  ...KEPT_BACK,
  ...KEPT_BACK_HOST,
  ...STALE,
];
