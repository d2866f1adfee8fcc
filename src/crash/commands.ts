import { assert } from "../assert.ts";
import { PANIC_TEXT_MAX, PanicMessages, piecesOf } from "../host/panic/panic-messages.ts";
import { byteAt } from "../ipmi/bytes.ts";
import type { CommandLayout } from "../ipmi/command-layout.ts";
import { commandInfo } from "../ipmi/command-table.ts";
import {
  PretimeoutInterrupt,
  resetWatchdogTimer,
  setWatchdogTimer,
  WatchdogAction,
  WatchdogUse,
} from "../ipmi/commands/app/watchdog.ts";
import { addSelEntry } from "../ipmi/commands/storage/sel.ts";
import { SelRecordType, selEventRecord } from "../ipmi/commands/storage/sel-record.ts";
import { encodeRequest } from "../ipmi/message.ts";
import type { Layout } from "../ipmi/record.ts";

/** What the executor sends: NetFn/LUN, Cmd, data. */
export interface CrashCommand {
  readonly bytes: Uint8Array;
  /** It is not sent again once the BMC may have it: two of it are not the same as one. */
  readonly once: boolean;
}

/** A command by its bytes. Unless two of it are known to do the same as one, it is sent once. */
export function crashCommand(bytes: Uint8Array): CrashCommand {
  const known = commandInfo(byteAt(bytes, 0) >> 2, byteAt(bytes, 1));
  return { bytes, once: known?.repeatable !== true };
}

/** What is to become of the BMC's watchdog timer. */
export type WatchdogOrder =
  | "stop"
  | { readonly seconds: number; readonly action: keyof typeof WatchdogAction };

/** The timer counts in 100 ms, in 16 bits. @see IPMI 2.0 §27.6 */
export const WATCHDOG_SECONDS_MAX = 6_553;
const TICKS_PER_SECOND = 10;

/**
 * Stops the timer, whoever set it, or has it count anew for the next kernel's time. Setting a timer that
 * runs stops it; Reset starts it. @see IPMI 2.0 §27.5, §27.6
 */
export function watchdogCommands(order: WatchdogOrder): readonly CrashCommand[] {
  const stops = order === "stop";
  const seconds = stops ? WATCHDOG_SECONDS_MAX : order.seconds;
  assert(seconds >= 1 && seconds <= WATCHDOG_SECONDS_MAX, "the timer counts that far");
  const set = sent(setWatchdogTimer, {
    use: WatchdogUse.SmsOs,
    dontStop: false,
    dontLog: false,
    action: WatchdogAction[stops ? "None" : order.action],
    pretimeoutInterrupt: PretimeoutInterrupt.None,
    pretimeoutS: 0,
    clearExpired: 0,
    countdown100ms: seconds * TICKS_PER_SECOND,
  });
  return stops ? [set] : [set, sent(resetWatchdogTimer, {})];
}

/** OS critical stop: a run-time critical stop. @see IPMI 2.0 §42.2, Table 42-3 */
const RUN_TIME_STOP = { sensorType: 0x20, eventType: 0x6f, eventData1: 0x01 } as const;
/** What a host's software says of itself. @see IPMI 2.0 §5.5, §32.1 */
const HOST_SOFTWARE = { generatorIsSoftware: true, generator: 0x20, evmRev: 0x04 } as const;

/**
 * An event of a run-time critical stop, and the text behind it in OEM records of 11 characters, as
 * Linux writes a panic's. The BMC gives the record's number, and its own time. @see IPMI 2.0 §31.6
 */
export function selCommands(text: string): readonly CrashCommand[] {
  assert(text.length <= PANIC_TEXT_MAX, "the text is one that the log takes");
  const event = selEventRecord.encode({
    ...{ recordId: 0, recordType: SelRecordType.Event, time: 0 },
    ...{ ...HOST_SOFTWARE, generatorLun: 0, channel: 0 },
    ...{
      ...RUN_TIME_STOP,
      sensorNumber: 0,
      deassertion: false,
      eventData2: 0xff,
      eventData3: 0xff,
    },
  });
  const messages = new PanicMessages();
  const pieces = Array.from({ length: piecesOf(text) }, (_, sequence) =>
    crashCommand(messages.piece(text, sequence).slice()),
  );
  return [sent(addSelEntry, { record: event }), ...pieces];
}

function sent<T extends object>(
  { netFn, cmd, request }: CommandLayout<Layout<T>, Layout<object>>,
  data: T,
): CrashCommand {
  return crashCommand(encodeRequest({ netFn, lun: 0, cmd, data: request.encode(data) }));
}
