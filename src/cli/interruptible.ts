import { Failure } from "./failure.ts";

/** Ctrl-C, polite kills and a terminal that is gone, with the exit statuses that a shell knows. */
const STATUS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;
type Deadly = keyof typeof STATUS;
const DEADLY = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const satisfies readonly Deadly[];

/**
 * Hears the signals that would end this process while `work` goes on: `heard` gets the exit status
 * that belongs to each. What `work` does has to leave room for signals.
 */
export async function hearing<T>(
  heard: (status: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  const hear = DEADLY.map((signal) => ({ signal, take: () => heard(STATUS[signal]) }));
  for (const { signal, take } of hear) process.on(signal, take);
  try {
    return await work();
  } finally {
    for (const { signal, take } of hear) process.off(signal, take);
  }
}

/**
 * Lets Ctrl-C end a match in an orderly way: `run` is told by its signal, ends what it began and
 * settles; then the command fails, whatever came of it.
 */
export async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let status: number | undefined;
  const heard = (by: number) => {
    status = by;
    controller.abort();
  };
  return hearing(heard, async () => {
    try {
      const result = await run(controller.signal);
      // A signal that came in the last turn has not been heard yet.
      await new Promise((resolve) => setImmediate(resolve));
      if (status === undefined) return result;
    } catch (error) {
      // What was torn down may complain; that it was interrupted is all there is to say.
      if (status === undefined) throw error;
    }
    throw new Failure(status, "interrupted; nothing is left running");
  });
}

/** Until Ctrl-C, or whatever else would end this process. */
export async function untilInterrupted(): Promise<void> {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  await hearing(
    () => end(),
    () => ended,
  );
}
