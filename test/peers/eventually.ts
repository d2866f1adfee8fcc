import { vi } from "vitest";

/** Nothing that is waited for takes so long, unless somebody says so, on a machine with other things to do either. */
const LIMIT_MS = 20_000;

/** Tries again until what is expected holds. */
export function eventually(
  holds: () => void | Promise<void>,
  limitMs: number = LIMIT_MS,
): Promise<void> {
  return vi.waitFor(holds, { timeout: limitMs, interval: 10 });
}
