import type { CommandLayout } from "../../ipmi/command-layout.ts";
import {
  ChannelReceive,
  enableMessageChannelReceive,
  sendMessage,
  Tracking,
} from "../../ipmi/commands/app/messaging.ts";
import {
  PretimeoutInterrupt,
  type SetWatchdog,
  setWatchdogTimer,
  WatchdogAction,
  WatchdogUse,
} from "../../ipmi/commands/app/watchdog.ts";
import { ChassisAction, chassisControl } from "../../ipmi/commands/chassis/chassis.ts";
import { EvmRev, platformEvent } from "../../ipmi/commands/sensor-event/event.ts";
import { CLEAR_SIGNATURE, ClearOperation } from "../../ipmi/commands/storage/allocation.ts";
import {
  FRU_ID_RESERVED,
  getFruInventoryAreaInfo,
  readFruData,
  writeFruData,
} from "../../ipmi/commands/storage/fru.ts";
import { addSdr, clearSdrRepository, sdrHeader } from "../../ipmi/commands/storage/sdr.ts";
import {
  clearSel,
  setSelTimeUtcOffset,
  UTC_OFFSET_UNSPECIFIED,
} from "../../ipmi/commands/storage/sel.ts";
import type { Layout } from "../../ipmi/record.ts";
import type { Dialogue } from "../dialogue.ts";
import type { Command } from "../dispatch.ts";
import { hex } from "../text.ts";

/** A command, and the field of its request that has a value which it cannot have, for a sentence. */
interface Fielded {
  readonly command: Command;
  readonly wrong: (dialogue: Dialogue) => string | undefined;
}

const FIELDED: readonly Fielded[] = [
  fielded(setWatchdogTimer, watchdogField),
  fielded(clearSel, clearingField),
  fielded(clearSdrRepository, clearingField),
  fielded(getFruInventoryAreaInfo, fruField),
  fielded(readFruData, fruField),
  fielded(writeFruData, fruField),
  fielded(enableMessageChannelReceive, receiveField),
  fielded(sendMessage, trackingField),
  fielded(chassisControl, controlField),
  fielded(setSelTimeUtcOffset, offsetField),
  fielded(addSdr, lengthField),
];

/** The commands of whose requests it is known what their fields cannot hold. */
export const fieldedCommands: readonly Command[] = FIELDED.map(({ command }) => command);

/** The field that has a value which it cannot have, for a sentence. */
export function isIllFormed(dialogue: Dialogue): string | undefined {
  return FIELDED.find(({ command }) => dialogue.is(command))?.wrong(dialogue);
}

function fielded<Q extends object>(
  layout: CommandLayout<Layout<Q>, Layout<object>>,
  wrong: (asked: Q) => string | undefined,
): Fielded {
  return {
    command: layout,
    wrong: (dialogue) => {
      const asked = dialogue.asks(layout);
      return asked === undefined ? undefined : wrong(asked);
    },
  };
}

/** @see IPMI 2.0 §27.6 */
function watchdogField(set: SetWatchdog): string | undefined {
  if (set.use === 0 || set.use > WatchdogUse.Oem) return `timer use ${set.use}`;
  if (set.action > WatchdogAction.PowerCycle) return `time-out action ${set.action}`;
  if (set.pretimeoutInterrupt <= PretimeoutInterrupt.Messaging) return undefined;
  return `pre-timeout interrupt ${set.pretimeoutInterrupt}`;
}

/** @see IPMI 2.0 §31.9, §33.16 */
function clearingField(clear: {
  readonly signature: number;
  readonly operation: number;
}): string | undefined {
  if (clear.signature !== CLEAR_SIGNATURE) return "another signature than CLR";
  const known: readonly number[] = Object.values(ClearOperation);
  return known.includes(clear.operation) ? undefined : `operation ${hex(clear.operation)}`;
}

/** @see IPMI 2.0 §34 */
function fruField({ fruId }: { readonly fruId: number }): string | undefined {
  return fruId === FRU_ID_RESERVED ? "the reserved FRU device FFh" : undefined;
}

/** @see IPMI 2.0 §22.5 */
function receiveField({ operation }: { readonly operation: number }): string | undefined {
  return operation > ChannelReceive.Get ? `operation ${operation}` : undefined;
}

/** @see IPMI 2.0 §22.7 */
function trackingField({ tracking }: { readonly tracking: number }): string | undefined {
  return tracking > Tracking.SendRaw ? `tracking ${tracking}` : undefined;
}

/** Minutes of a day. @see IPMI 2.0 §31.11b */
const OFFSET_MAX = 1_440;

function offsetField({ offsetMinutes }: { readonly offsetMinutes: number }): string | undefined {
  const within = Math.abs(offsetMinutes) <= OFFSET_MAX;
  if (offsetMinutes === UTC_OFFSET_UNSPECIFIED || within) return undefined;
  return `an offset of ${offsetMinutes} minutes`;
}

/** @see IPMI 2.0 §33.13, §43 */
function lengthField({ record }: { readonly record: Uint8Array }): string | undefined {
  const { min } = sdrHeader.size;
  const left = record[min - 1];
  if (left !== undefined && record.length === min + left) return undefined;
  return `a record of ${record.length} bytes that states ${left ?? "no"} after its header`;
}

/** @see IPMI 2.0 §28.3 */
function controlField({ action }: { readonly action: number }): string | undefined {
  return action > ChassisAction.SoftShutdown ? `control ${hex(action)}` : undefined;
}

/** Whether it is one of those of which no field can be wrong for this BMC alone. */
export function isRightInAllFields(dialogue: Dialogue): boolean {
  const clear = dialogue.asks(clearSel) ?? dialogue.asks(clearSdrRepository);
  if (clear !== undefined) return clearingField(clear) === undefined;
  const offset = dialogue.asks(setSelTimeUtcOffset);
  if (offset !== undefined) return offsetField(offset) === undefined;
  const event = dialogue.asks(platformEvent);
  if (event === undefined || (event.generatorId & SOFTWARE_ID) === 0) return false;
  const revisions: readonly number[] = Object.values(EvmRev);
  return revisions.includes(event.evmRev);
}

/** @see IPMI 2.0 §5.5 */
const SOFTWARE_ID = 1;
