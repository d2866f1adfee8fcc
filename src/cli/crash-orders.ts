import {
  type CrashCommand,
  crashCommand,
  selCommands,
  WATCHDOG_SECONDS_MAX,
  type WatchdogOrder,
  watchdogCommands,
} from "../crash/commands.ts";
import { COMMAND_BYTES_MAX } from "../crash/frame.ts";
import { commandBytesMax, type ExecutorLocation, isReachable } from "../crash/interfaces.ts";
import { COMMANDS_MAX } from "../crash/results.ts";
import { PANIC_TEXT_MAX } from "../host/panic/panic-messages.ts";
import { parseHex, REQUEST_BYTES_MIN } from "../ipmi/message.ts";
import { microseconds } from "../scenario/patterns.ts";
import type { InterfaceKind } from "../wire/interface.ts";
import { type Location, misaligned, parseLocation } from "../wire/location.ts";
import { Exit, Failure } from "./failure.ts";
import { wholeNumber } from "./whole-number.ts";

/** What the executor is to do, as the command line says it. */
export interface CrashOrders {
  readonly watchdog?: string;
  readonly sel?: string;
  readonly raw?: readonly string[];
}

/** The same, with where the BMC is and how long all may take. */
export interface PlacedOrders extends CrashOrders {
  readonly at: string;
  readonly budget: string;
  readonly tsc?: string;
}

/** What was ordered, as far as it is known before an interface is looked for. */
export interface CheckedOrders {
  readonly commands: readonly CrashCommand[];
  /** Reachable, or yet to be looked up on this machine. */
  readonly asked: ExecutorLocation | Unplaced;
  readonly budgetMs: number;
  /** Undefined when nobody said how fast the counter goes. */
  readonly tscMhz: number | undefined;
}
type Unplaced = Extract<Location, { readonly at: "discovered" | "pci" }>;

/** How fast a time stamp counter may go. */
const MHZ = { least: 100, most: 20_000 } as const;
/** What is said of an interface that the executor does not speak. */
export const UNREACHABLE =
  "the executor speaks KCS, SMIC and BT on registers at an address, such as kcs:io:0xca8/4 or " +
  "kcs:mem:0xfeb00000/4:32, or behind a PCI function, and SSIF behind a controller, such as ssif:i801:0x700:0x10";

const SECOND_US = 1_000_000;
const ACTIONS = {
  none: "None",
  reset: "HardReset",
  "power-off": "PowerDown",
  "power-cycle": "PowerCycle",
} as const;

/** Refuses what no executor can be told, before anything is read or written; `last`: commands at the end. */
export function checkedOrders(
  options: PlacedOrders,
  last: readonly CrashCommand[] = [],
): CheckedOrders {
  const { at, budget, tsc } = options;
  const commands = crashCommands(options, last);
  const milliseconds = budgetMs(budget);
  const asked = parseLocation(at);
  if (isReachable(asked)) checkLocation(commands, asked, at);
  else if (asked.at !== "discovered" && asked.at !== "pci")
    throw wrong(`--at ${at}: ${UNREACHABLE}`);
  const tscMhz = wholeNumber("--tsc", tsc, MHZ);
  return { commands, asked, budgetMs: milliseconds, tscMhz };
}

/** The commands in the order in which they are sent: what keeps the machine alive goes first. */
export function crashCommands(
  { watchdog, sel, raw = [] }: CrashOrders,
  last: readonly CrashCommand[] = [],
): readonly CrashCommand[] {
  const commands = [
    ...(watchdog === undefined ? [] : watchdogCommands(watchdogOrder(watchdog))),
    ...(sel === undefined ? [] : selCommands(selText(sel))),
    ...raw.map(rawCommand),
    ...last,
  ];
  if (commands.length === 0) {
    throw wrong("there is nothing to tell the BMC; say --watchdog, --sel or --raw");
  }
  if (commands.length > COMMANDS_MAX) {
    throw wrong(`${commands.length} commands are more than the ${COMMANDS_MAX} there is room for`);
  }
  return commands;
}

/** Refuses what the executor cannot do at that place, which is said as `--at` has it. */
export function checkLocation(
  commands: readonly CrashCommand[],
  location: ExecutorLocation,
  at: string,
): void {
  checkPlace(location, at);
  checkLengths(commands, location.kind);
}

/** Refuses registers that no one access of the executor's reaches alone. */
export function checkPlace(location: ExecutorLocation, at: string): void {
  const why = location.at === "i801" ? undefined : misaligned(location);
  if (why !== undefined) throw wrong(`--at ${at}: ${why}`);
}

/** Refuses a command that is longer than the interface has it. */
export function checkLengths(commands: readonly CrashCommand[], kind: InterfaceKind): void {
  const most = commandBytesMax(kind);
  const long = commands.find(({ bytes }) => bytes.length > most);
  if (long === undefined) return;
  throw wrong(`a command of ${long.bytes.length} bytes: on ${kind} ${most} are the most`);
}

/** The time for all commands together, in ms. */
function budgetMs(text: string): number {
  const us = microseconds(text);
  if (us !== undefined && us >= BUDGET_US.least && us <= BUDGET_US.most) return us / 1_000;
  throw wrong(`--budget ${text}: a time from 1ms to 1min, such as 2s`);
}

const BUDGET_US = { least: 1_000, most: 60_000_000 } as const;

function watchdogOrder(text: string): WatchdogOrder {
  if (text === "stop") return "stop";
  const [time = "", word = ""] = text.split(":");
  const seconds = (microseconds(time) ?? 0) / SECOND_US;
  const action = Object.entries(ACTIONS).find(([name]) => name === word)?.[1];
  const fits = Number.isInteger(seconds) && seconds >= 1 && seconds <= WATCHDOG_SECONDS_MAX;
  if (action !== undefined && fits) return { seconds, action };
  throw wrong(
    `--watchdog ${text}: stop, or whole seconds up to ${WATCHDOG_SECONDS_MAX}s and ` +
      `${Object.keys(ACTIONS).join(", ")}, such as 300s:reset`,
  );
}

function selText(text: string): string {
  if (text.length <= PANIC_TEXT_MAX && /^[\x20-\x7e]*$/.test(text)) return text;
  throw wrong("--sel: the log takes printable ASCII only");
}

function rawCommand(text: string): CrashCommand {
  const bytes = parseHex(text);
  if (bytes.length >= REQUEST_BYTES_MIN && bytes.length <= COMMAND_BYTES_MAX) {
    return crashCommand(bytes);
  }
  throw wrong(`--raw ${text}: NetFn/LUN, command and data, such as "18 22"`);
}

function wrong(message: string): Failure {
  return new Failure(Exit.WrongCommand, message);
}
