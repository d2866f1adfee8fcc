import type { Target } from "../devices/index.ts";
import type { Answer, RequestSpec } from "../host/index.ts";
import { interruptible } from "./interruptible.ts";

/**
 * Opens the way to a BMC, sends one request, and lets go of it. Ctrl-C ends the wait; a transfer that is
 * under way comes to its end all the same, as far as the target has it so: the interface is left idle.
 */
export function askedOnce(
  open: (signal: AbortSignal) => Promise<Target>,
  request: RequestSpec,
): Promise<{ readonly target: string; readonly answer: Answer }> {
  return interruptible(async (signal) => {
    const target = await open(signal);
    try {
      signal.throwIfAborted();
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
      const answer = await Promise.race([target.request(request), aborted]);
      return { target: target.name, answer };
    } finally {
      await target.close();
    }
  });
}
