/**
 * The scenarios of which every beginning is taken away: short ones, of each sort: right matches, bad
 * BMCs, a reset, a panic, events, messages, a watchdog, users.
 */
export const WHOLLY: ReadonlySet<string> = new Set([
  "a-right-match",
  "bring-up",
  "device-id",
  "cold-reset-by-user",
  "panic-in-transfer",
  "one-command-never-answered",
  "dead-channel",
  "watchdog-bmc-reset",
  "command-for-nobody",
  "error-state-mid-request",
]);
