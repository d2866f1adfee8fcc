import type { CheckedRule } from "../rule.ts";
import { answersInTime, answersOnce } from "./answers.ts";
import { beginsAgain } from "./begins-again.ts";
import { betweenKernels } from "./between-kernels.ts";
import { bridged } from "./bridged.ts";
import { numbersInTurn } from "./bridged-numbers.ts";
import { deliversToUsers } from "./deliveries.ts";
import { firmware } from "./firmware.ts";
import { heartbeats } from "./heartbeats.ts";
import { honestMaker, noForeignAnswer } from "./identity.ts";
import { knowing } from "./knowing.ts";
import { leavesUselessAttention } from "./of-no-use.ts";
import { ownCodes } from "./own-codes.ts";
import { ownQuestionsInTurn } from "./own-questions.ts";
import { panicInTime, panicMessages, silentAfterPanic } from "./panic.ts";
import { givesTime } from "./patience.ts";
import { saysWhyUnprotected } from "./protection.ts";
import { quietAfterReset } from "./quiet.ts";
import { nothingTwice } from "./repeats.ts";
import { goesOn } from "./stands-still.ts";
import { boundedWork, noStarvation, silentWhenDown } from "./traffic.ts";
import { triesAgain } from "./tries-again.ts";
import { nothingUnread } from "./unread.ts";
import { users } from "./users.ts";
import { truthfulWatchdog } from "./watchdog.ts";
import { watchdogSettings } from "./watchdog-setting.ts";
import { watching } from "./watching.ts";
import { whoFirst } from "./who-first.ts";

/** The guest's kernel prints lines that mean trouble; a warning is only a note. */
const soundKernel: CheckedRule = {
  id: "STACK-08",
  party: "host",
  severity: "violation",
  section: "promise of the stack",
  sentence: "The host's kernel neither hangs, oopses, panics nor corrupts its lists.",
  instead: "The kernel goes on to run, whatever the BMC does.",
  observable: true,
  automaton: ({ faults, report }) => ({
    guest: ({ what, text }) => {
      const ordered = what === "panic" && faults.orders("host").length > 0;
      report(`${what}: ${text}`, what === "warning" || ordered ? "note" : undefined);
    },
  }),
};

/** What the host's stack promises, whatever the BMC does. */
export const promises: readonly CheckedRule[] = [
  answersOnce,
  answersInTime,
  noStarvation,
  noForeignAnswer,
  boundedWork,
  quietAfterReset,
  silentWhenDown,
  soundKernel,
  honestMaker,
  ownCodes,
  panicInTime,
  panicMessages,
  silentAfterPanic,
  ownQuestionsInTurn,
  givesTime,
  nothingTwice,
  goesOn,
  ...beginsAgain,
  truthfulWatchdog,
  ...watchdogSettings,
  deliversToUsers,
  ...bridged,
  numbersInTurn,
  ...users,
  ...heartbeats,
  triesAgain,
  saysWhyUnprotected,
  ...watching,
  nothingUnread,
  ...whoFirst,
  leavesUselessAttention,
  ...knowing,
  ...firmware,
  ...betweenKernels,
];
