import { assert } from "../assert.ts";

/**
 * What is done in steps: at each yield whoever drives it may do something else first, or waits for
 * the promise that is yielded. So a match that waits for nobody can be had in one go, as a pure
 * function, and the same match can leave room for signals.
 */
export type Steps<T> = Generator<Promise<unknown> | undefined, T, undefined>;

/** Has it in one go. Only for what waits for nobody. */
export function inOneGo<T>(steps: Steps<T>): T {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    assert(next.value === undefined, "what is had in one go waits for nobody");
  }
}

/** Has it with a turn of the event loop, or what is waited for, first and at each yield. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  await turn();
  for (let next = steps.next(); ; ) {
    if (next.done === true) return next.value;
    try {
      await (next.value ?? turn());
    } catch (error) {
      // It may have something to put away.
      next = steps.throw(error);
      continue;
    }
    next = steps.next();
  }
}

/** Waits, within steps, for what may have to be waited for. */
export function* settled<T>(value: T | Promise<T>): Steps<T> {
  if (!(value instanceof Promise)) return value;
  const box: { settled: { readonly value: T } | undefined } = { settled: undefined };
  yield value.then((result) => {
    box.settled = { value: result };
  });
  assert(box.settled !== undefined, "what is yielded is waited for");
  return box.settled.value;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
