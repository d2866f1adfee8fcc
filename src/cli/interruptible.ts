import { Failure } from "./failure.ts";

/** Ctrl-C and a polite kill, with the exit statuses that a shell knows for them. */
const STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Lets Ctrl-C end what runs outside this process in an orderly way: `run` is told by its signal,
 * ends what it began and settles; then the command fails, whatever came of it.
 */
export async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let status: number | undefined;
  const stop = (signal: NodeJS.Signals) => {
    status = signal === "SIGTERM" ? STATUS.SIGTERM : STATUS.SIGINT;
    controller.abort();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    const result = await run(controller.signal);
    // A signal that came while something ran in one go has not been heard yet.
    await new Promise((resolve) => setImmediate(resolve));
    if (status === undefined) return result;
  } catch (error) {
    // What was torn down may complain; that it was interrupted is all there is to say.
    if (status === undefined) throw error;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
  throw new Failure(status, "interrupted; nothing is left running");
}
