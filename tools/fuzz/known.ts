/** A fault of the product that the fuzzers find, and that has not been mended yet. */
export interface KnownFinding {
  /** The targets that show it. */
  readonly targets: readonly string[];
  /** What the failure says. */
  readonly shows: RegExp;
  /** What is wrong. */
  readonly what: string;
  /** The command that shows it. */
  readonly repeat: string;
}

/**
 * Failures that do not count. The list may only shrink: whoever mends one of these takes it off,
 * and nothing new goes on it. A test holds its length.
 */
export const KNOWN_FINDINGS: readonly KnownFinding[] = [
  {
    targets: ["stack:kcs", "stack:smic", "stack:bt", "stack:ssif"],
    shows: /^Broken: MF-02 /,
    what:
      "the stack's check of the global enables takes the first byte of an answer of any length, " +
      "and a check that is late overwrites a newer one",
    repeat: "npm run fuzz -- stack:kcs --seed 1 --one 1960 --keep 0,1,3,4",
  },
  {
    targets: ["stack:kcs", "stack:smic", "stack:bt", "stack:ssif"],
    shows: /^Broken: STACK-03 /,
    what:
      "when several requests wait and a round of fetches takes long, more fetches go before one of " +
      "them than the stack promises",
    repeat: "npm run fuzz -- stack:ssif --seed 1 --one 1075 --keep 6,13,14,15,17,23",
  },
  {
    targets: ["stack:kcs", "stack:smic", "stack:bt", "stack:ssif"],
    shows: /^Broken: (STACK-09|BT-05|BT-07|BT-10) /,
    what:
      "the referee names the host for what follows from a BMC that showed a wrong status, stated a " +
      "wrong time, or gave a response that is none",
    repeat: "npm run fuzz -- stack:bt --seed 1 --one 4 --keep 13",
  },
  {
    targets: ["stack:ssif"],
    shows: /^Broken: SSIF-07 /,
    what: "the referee takes a read at once after an alert for one that came too soon",
    repeat: "npm run fuzz -- stack:ssif --seed 1 --one 0 --keep 20",
  },
];
