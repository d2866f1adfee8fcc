import { SeatError } from "../../programs/errors.ts";

/** `pending`, or after `limitMs` an error which says what QEMU did not do. */
export function within<Result>(
  limitMs: number,
  what: string,
  pending: Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      const text = `QEMU hangs: ${what} did not come within ${limitMs / 1_000} s`;
      reject(new SeatError("QEMU_HANGS", text, "look at the machine's load, or try another QEMU"));
    }, limitMs);
    pending.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
