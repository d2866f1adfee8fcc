import type { CommonRule } from "../rule.ts";
import { ActsAsAsked, BitesInTime, PretimeoutAsAsked, StopsWithSystem } from "./watchdog-expiry.ts";
import {
  CountsDown,
  GivesWhatWasSet,
  ResetStarts,
  SetClearsFlag,
  SetStops,
  SetsFlag,
  TellsUninitialised,
} from "./watchdog-settings.ts";

/** The BMC's watchdog timer. */
export const watchdogRules: readonly CommonRule[] = [
  {
    id: "WD-15",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §27.6, §27.7",
    sentence:
      "Get Watchdog Timer says what Set Watchdog Timer was accepted with, and whether the timer runs.",
    instead:
      "The BMC returns the use, the actions, the interval and the initial count that it " +
      "accepted, and a running timer as running.",
    observable: true,
    automaton: (context) => new GivesWhatWasSet(context),
  },
  {
    id: "WD-01",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §27.6",
    sentence:
      'Set Watchdog Timer stops the timer; with "don\'t stop" a running one goes on from the new ' +
      "count, and a stopped one stays stopped.",
    instead:
      'The BMC stops the timer, or lets a running one go on from the new count if "do not stop" is set.',
    observable: true,
    automaton: (context) => new SetStops(context),
  },
  {
    id: "WD-02",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §27.6",
    sentence: "Set Watchdog Timer clears the pre-timeout's message flag.",
    instead: "The BMC clears the pre-timeout's message flag as it carries out Set Watchdog Timer.",
    observable: true,
    automaton: (context) => new SetClearsFlag(context),
  },
  {
    id: "WD-03",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §27.5",
    sentence:
      "Reset Watchdog Timer starts the timer from its initial count, but not once its pre-timeout " +
      "was reached.",
    instead:
      "The BMC starts the timer from its initial count; once the pre-timeout was reached it lets " +
      "it run to its end.",
    observable: true,
    automaton: (context) => new ResetStarts(context),
  },
  {
    id: "WD-05",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §27.2, §27.3",
    sentence:
      "A timer that runs out does what was asked for, sets the flag of its use, and is logged, as the " +
      "BMC's event, unless it was not to be.",
    instead:
      "At the time-out the BMC carries out the action, sets the flag of the use, and logs it unless " +
      '"do not log" is set.',
    observable: true,
    automaton: (context) => new ActsAsAsked(context),
  },
  {
    id: "WD-06",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §27.4",
    sentence:
      "The pre-timeout comes as the interrupt that was asked for, its interval before the time-out, " +
      "or with it.",
    instead:
      "The BMC gives the interrupt that was asked for when what is left of the count is the " +
      "pre-timeout interval.",
    observable: true,
    automaton: (context) => new PretimeoutAsAsked(context),
  },
  {
    id: "WD-07",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §27.2",
    sentence: "The timer stops when the system loses power or is reset, and when the BMC is reset.",
    instead: "The BMC stops the timer at that moment, and lets nothing come of it.",
    observable: true,
    automaton: (context) => new StopsWithSystem(context),
  },
  {
    id: "WD-09",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §27.7",
    sentence:
      "The present count is the initial one when the timer starts, and falls with the time.",
    instead:
      "The BMC counts down from the initial count in steps of 100 ms, and states what is left.",
    observable: true,
    automaton: (context) => new CountsDown(context),
  },
  {
    id: "WD-13",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §27.5",
    sentence: "Reset Watchdog Timer gets 80h from a timer that was never set, and from no other.",
    instead:
      "The BMC answers 80h until the timer has been set, and from then on carries the command " +
      "out.",
    observable: true,
    automaton: (context) => new TellsUninitialised(context),
  },
  {
    id: "WD-14",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §22.4, §27.4",
    sentence: "A messaging pre-timeout sets its message flag, and no other one does.",
    instead:
      "The BMC sets the flag at a pre-timeout whose interrupt is the messaging interrupt, and " +
      "leaves it alone at others.",
    observable: true,
    automaton: (context) => new SetsFlag(context),
  },
  {
    id: "WD-16",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §27.5, §27.6",
    sentence: "The timer runs out when its count has passed.",
    instead:
      "The BMC lets the timer run out when its count has come down to zero, neither before nor " +
      "long after.",
    observable: true,
    automaton: (context) => new BitesInTime(context),
  },
];
