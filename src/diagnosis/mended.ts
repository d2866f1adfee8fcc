/** A fault of Linux's driver that a scenario shows, and what ended it. */
export interface Mending {
  readonly what: string;
  /** When it is known. */
  readonly cve?: string;
  readonly versions: string;
  /** The one that shows it best comes first. */
  readonly scenarios: readonly string[];
}

/** What is known of the kernels' side. Where no number stands, none is known. */
const MENDINGS: readonly Mending[] = [
  {
    what: "events or messages that never end keep everybody else from the wire",
    cve: "CVE-2026-46177",
    versions: "mended in Linux 7.1 and 6.12.88 (Debian: 6.1.176, 6.12.88)",
    scenarios: ["sticky-event-buffer", "sticky-receive-queue", "sticky-both", "sticky-both-queue"],
  },
  {
    what: "an event that was read and is none is taken for one",
    cve: "CVE-2026-46128",
    versions: "mended in Linux 7.1 and 6.12.88 (Debian: 6.1.176, 6.12.88)",
    scenarios: ["empty-event-read"],
  },
  {
    what: "a message whose sending failed is queued twice, and the list is corrupt",
    cve: "CVE-2026-23322",
    versions: "came with Linux 6.18, mended in 7.0",
    scenarios: [
      "ibf-sticks-mid-request",
      "watchdog-no-answer",
      "cold-reset-by-user",
      "dead-channel",
      "one-command-never-answered",
    ],
  },
  {
    what: "an interface in error is tried again without a pause, until a processor is taken for locked up",
    versions: "came with Linux 6.2, taken back in 6.18",
    scenarios: ["zombie-channel", "error-state-mid-request", "readers-in-error-state"],
  },
  {
    what: "a BMC that was declared failed is never looked at again, and who waits waits for ever",
    versions: "came with Linux 6.18, done anew in 7.0",
    scenarios: ["error-state-mid-request", "zombie-channel", "daemon-restarts-quickly"],
  },
];

/** What ended the kernel's part in a scenario. */
export function mendingsOf(scenario: string): readonly Mending[] {
  return MENDINGS.filter(({ scenarios }) => scenarios.includes(scenario));
}

/** Whether a scenario is the one that shows some fault of the kernel's best. */
export function showsBest(scenario: string): boolean {
  return MENDINGS.some(({ scenarios: [first] }) => first === scenario);
}
