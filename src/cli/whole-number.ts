import { Exit, Failure } from "./failure.ts";

const NUMBER_MAX = 0xffff_ffff;

/** More threads, or guests at a time, than that are a slip. */
export const WORKERS = { least: 1, most: 256 };

/** An option's whole number; undefined when the option was left out. */
export function wholeNumber(
  option: string,
  text: string | undefined,
  { least, most = NUMBER_MAX }: { readonly least: number; readonly most?: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const right = `a whole number from ${least} to ${most}`;
  throw new Failure(Exit.WrongCommand, `${option} ${text}: ${right}`);
}
