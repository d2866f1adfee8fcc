import type { Message } from "./message.ts";

/** `ipmi_watchdog`. */
export const WATCHDOG: readonly Message[] = [
  {
    pattern: /driver initialized|Starting now|heartbeat completion/,
    suspect: "nobody",
    meaning: "The watchdog is in use.",
  },
  {
    pattern: /controller appears to have been reset/,
    suspect: "bmc",
    meaning: "Reset Watchdog Timer got 80h: the BMC has lost the timer. The driver sets it anew.",
  },
  {
    pattern: /watchdog: response: Error \S+ on cmd/,
    suspect: "bmc",
    meaning:
      "A watchdog command got the completion code that is named. FFh is the driver's own for a failed interface.",
  },
  {
    pattern: /heartbeat send failure/,
    suspect: "either",
    meaning:
      "A heartbeat could not be sent; the machine is unguarded, or will be reset. -16: the BMC is held for reset.",
  },
  {
    pattern: /set timeout error/,
    suspect: "either",
    meaning: "Set Watchdog Timer failed, and the timer is as it was.",
  },
  {
    pattern: /Unable to (restore|send the command to set) (the IPMI )?.*watchdog's settings/,
    suspect: "either",
    meaning:
      "The timer that the BMC lost could not be set again: the machine is not guarded any more.",
  },
  {
    pattern: /Unexpected close/,
    suspect: "user",
    meaning: "The watchdog's daemon went away without a word, so the timer runs on and will act.",
  },
  {
    pattern: /Unable to extend the watchdog timeout/,
    suspect: "either",
    meaning:
      "In a panic the timer could not be made longer; the reset may cut the crash dump short.",
  },
  {
    pattern: /NMI|nmi handler|Pretimeout op/,
    suspect: "machine",
    meaning: "The pre-timeout's interrupt does not reach the kernel.",
  },
  {
    pattern: /Unable to (register|get IPMI version)|register smi watcher|error unlinking/,
    suspect: "host",
    meaning: "The watchdog's driver could not be set up at its interface.",
  },
  {
    pattern: /Unknown (action|preaction|preop)/,
    suspect: "user",
    meaning: "A parameter of the watchdog is not understood, and its default is taken.",
  },
];
