/** Numbers, times and names as the page writes them. */
import { visible } from "../../src/explain/visible.ts";

/** The time in the trace, as verdicts give it. */
export function secondsText(us: number): string {
  return `${(us / 1_000_000).toFixed(6)} s`;
}

/** A length of time in the unit that suits it. */
export function durationText(us: number): string {
  if (us < 1_000) return `${us} µs`;
  if (us < 1_000_000) return `${trimmed(us / 1_000)} ms`;
  if (us < 120_000_000) return `${trimmed(us / 1_000_000)} s`;
  return `${trimmed(us / 60_000_000)} min`;
}

/** A name as a shell takes it for one word. */
export function shellWord(name: string): string {
  if (/^[\w./+][\w./+-]*$/.test(name)) return name;
  return `'${visible(name).replaceAll("'", "'\\''")}'`;
}

export function counted(count: number): string {
  return count.toLocaleString("en-US");
}

export function hexByte(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, "0")}h`;
}

function trimmed(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
