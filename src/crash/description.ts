import { z } from "zod";
import { BadHex, hex, parseHex } from "../ipmi/message.ts";
import { LocationError, locationText, parseLocation } from "../wire/location.ts";
import { MARK, UnfitImage, wholeParagraphs } from "./bz-image.ts";
import { type CrashCommand, crashCommand } from "./commands.ts";
import type { CrashBounds } from "./executor.ts";
import { type ExecutorLocation, isReachable } from "./interfaces.ts";
import { COMMANDS_MAX } from "./results.ts";

/** What an image's executor is to do. */
export interface CrashOrder {
  readonly location: ExecutorLocation;
  readonly commands: readonly CrashCommand[];
  readonly bounds: Pick<CrashBounds, "budgetTicks" | "ticksPerMs">;
}

/** What an image that was made here says of itself. */
export interface DescribedImage extends Pick<CrashOrder, "location" | "commands"> {
  /** For all commands together; 0 when the image does not know how fast time goes. */
  readonly budgetMs: number;
  /** A kernel follows. */
  readonly hasKernel: boolean;
}

const BEGINS = '{"executor":1,';
/** Of 16 commands as long as they may be; more is not looked through. */
const BYTES_MAX = 16_384;
/** A signature that was put behind the image leaves up to seven bytes between. */
const SLACK_BYTES = 7;

const schema = z
  .object({
    executor: z.literal(1),
    at: z.string(),
    commands: z.array(z.string()).min(1).max(COMMANDS_MAX).readonly(),
    budgetMs: z.number().min(0),
  })
  .readonly();

/**
 * One line of JSON in whole paragraphs, to be put before the mark at an image's end: the executor is
 * made of constants, which nobody could read back.
 */
export function description({ location, commands, bounds }: CrashOrder): Uint8Array {
  const { budgetTicks, ticksPerMs } = bounds;
  const facts: z.infer<typeof schema> = {
    executor: 1,
    at: locationText(location),
    commands: commands.map(({ bytes }) => hex(bytes)),
    budgetMs: ticksPerMs === 0 ? 0 : budgetTicks / ticksPerMs,
  };
  const text = JSON.stringify(facts);
  return new TextEncoder().encode(text.padEnd(wholeParagraphs(text.length)));
}

/** Reads what an image says of itself. Throws `UnfitImage` where it was not made here, or is damaged. */
export function describedIn(image: Uint8Array): DescribedImage {
  const text = new TextDecoder("latin1").decode(image.slice(-BYTES_MAX));
  const end = text.slice(-MARK.wrapped.length - SLACK_BYTES);
  const hasKernel = end.includes(MARK.wrapped);
  if (!hasKernel && !end.includes(MARK.alone)) {
    throw new UnfitImage("NOT_WRAPPED", "has no executor in it; `crash build` puts one in");
  }
  const begins = text.lastIndexOf(BEGINS);
  const [line = ""] = /^\{.*\}/.exec(text.slice(begins)) ?? [];
  try {
    const { at, commands, budgetMs } = schema.parse(JSON.parse(line));
    const location = parseLocation(at);
    if (isReachable(location)) {
      const all = commands.map((each) => crashCommand(parseHex(each)));
      return { location, commands: all, budgetMs, hasKernel };
    }
  } catch (error) {
    if (!isBadText(error)) throw error;
  }
  throw new UnfitImage("NOT_WRAPPED", "does not say what its executor does; build it anew");
}

function isBadText(error: unknown): boolean {
  const kinds = [SyntaxError, z.ZodError, LocationError, BadHex];
  return kinds.some((kind) => error instanceof kind);
}
