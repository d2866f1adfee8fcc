import {
  ChannelReceive,
  enableMessageChannelReceive,
  sendMessage,
  Tracking,
} from "../../ipmi/commands/app/messaging.ts";
import {
  PretimeoutInterrupt,
  setWatchdogTimer,
  WatchdogAction,
  WatchdogUse,
} from "../../ipmi/commands/app/watchdog.ts";
import { ChassisAction, chassisControl } from "../../ipmi/commands/chassis/chassis.ts";
import { CLEAR_SIGNATURE, ClearOperation } from "../../ipmi/commands/storage/allocation.ts";
import {
  FRU_ID_RESERVED,
  getFruInventoryAreaInfo,
  readFruData,
  writeFruData,
} from "../../ipmi/commands/storage/fru.ts";
import { clearSdrRepository } from "../../ipmi/commands/storage/sdr.ts";
import { clearSel } from "../../ipmi/commands/storage/sel.ts";
import type { Dialogue } from "../dialogue.ts";
import { hex } from "../text.ts";

/** The field that has a value which it cannot have, for a sentence. */
export function isIllFormed(dialogue: Dialogue): string | undefined {
  return (
    watchdogField(dialogue) ??
    clearingField(dialogue) ??
    fruField(dialogue) ??
    channelField(dialogue) ??
    controlField(dialogue)
  );
}

/** @see IPMI 2.0 §27.6 */
function watchdogField(dialogue: Dialogue): string | undefined {
  const set = dialogue.asks(setWatchdogTimer);
  if (set === undefined) return undefined;
  if (set.use === 0 || set.use > WatchdogUse.Oem) return `timer use ${set.use}`;
  if (set.action > WatchdogAction.PowerCycle) return `time-out action ${set.action}`;
  if (set.pretimeoutInterrupt <= PretimeoutInterrupt.Messaging) return undefined;
  return `pre-timeout interrupt ${set.pretimeoutInterrupt}`;
}

/** @see IPMI 2.0 §31.9, §33.16 */
function clearingField(dialogue: Dialogue): string | undefined {
  const clear = dialogue.asks(clearSel) ?? dialogue.asks(clearSdrRepository);
  if (clear === undefined) return undefined;
  if (clear.signature !== CLEAR_SIGNATURE) return "another signature than CLR";
  const known: readonly number[] = Object.values(ClearOperation);
  return known.includes(clear.operation) ? undefined : `operation ${hex(clear.operation)}`;
}

/** @see IPMI 2.0 §34 */
function fruField(dialogue: Dialogue): string | undefined {
  const asked =
    dialogue.asks(getFruInventoryAreaInfo) ??
    dialogue.asks(readFruData) ??
    dialogue.asks(writeFruData);
  return asked?.fruId === FRU_ID_RESERVED ? "the reserved FRU device FFh" : undefined;
}

/** @see IPMI 2.0 §22.5, §22.7 */
function channelField(dialogue: Dialogue): string | undefined {
  const operation = dialogue.asks(enableMessageChannelReceive)?.operation ?? ChannelReceive.Get;
  if (operation > ChannelReceive.Get) return `operation ${operation}`;
  const tracking = dialogue.asks(sendMessage)?.tracking ?? Tracking.None;
  return tracking > Tracking.SendRaw ? `tracking ${tracking}` : undefined;
}

/** @see IPMI 2.0 §28.3 */
function controlField(dialogue: Dialogue): string | undefined {
  const action = dialogue.asks(chassisControl)?.action ?? 0;
  return action > ChassisAction.SoftShutdown ? `control ${hex(action)}` : undefined;
}
