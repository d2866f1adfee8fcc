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
export const KNOWN_FINDINGS: readonly KnownFinding[] = [];
