import { KernelLog, type KnownMatch } from "../../src/diagnosis/index.ts";
import type { Play } from "./plays.ts";

/** What of a played match is kept: the kinds of its lines, nothing that another run would say otherwise. */
export function matchOf(play: Play): KnownMatch {
  const log = new KernelLog();
  for (const line of play.console) log.line(line);
  const { scenario, kernel, interface: kind, how, fault, broken } = play;
  const lines = new Map([...log.seen.values()].map(({ shape, count }) => [shape, count]));
  return { scenario, kernel, interface: kind, how, fault, broken, lines };
}

/** In one order, however the matches were played. */
export function inOrder(matches: readonly KnownMatch[]): readonly KnownMatch[] {
  const key = (match: KnownMatch) => {
    return [match.scenario, match.interface, match.how, paddedVersion(match.kernel)].join(" ");
  };
  return [...matches].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function paddedVersion(version: string): string {
  return version.replace(/\d+/g, (digits) => digits.padStart(4, "0"));
}
