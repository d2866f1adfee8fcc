import { type Share, WHOLE } from "../lab/explore/index.ts";
import { Exit, Failure } from "./failure.ts";

/** More parts than that of one piece of work are a slip. */
const PARTS_MAX = 10_000;

/** The option as each command has it, for `Command.option`. */
export const SHARD_OPTION = [
  "--shard <i/n>",
  "this part of n alone; `baseboard merge` puts the documents of all together",
] as const;

/** The part that was asked for; all of it when the option was left out. */
export function shareOf(text: string | undefined): Share {
  if (text === undefined) return WHOLE;
  const [, part, of] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const share = { part: Number(part), of: Number(of) };
  if (share.part >= 1 && share.part <= share.of && share.of <= PARTS_MAX) return share;
  const right = `1/n to n/n, as 2/8, and n at most ${PARTS_MAX}`;
  throw new Failure(Exit.WrongCommand, `--shard ${text}: ${right}`);
}
