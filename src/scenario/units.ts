/**
 * What stands in a scenario's fields. All scalars arrive as text, so that `02` is the byte 02 and
 * not the number two. Each says in its `published` what a JSON Schema says of it: the same, for an
 * editor whose YAML parser reads unquoted digits as a number and `true` as a boolean.
 */
import { z } from "zod";
import { commandByName, commandName, commandTable } from "../ipmi/command-table.ts";
import { BadHex, parseHex, REQUEST_BYTES_MIN } from "../ipmi/message.ts";
import {
  BYTE,
  COMMAND_NUMBERS,
  countPattern,
  DURATION_MAX_US,
  durationPattern,
  hexPattern,
  microseconds,
  upTo,
} from "./patterns.ts";

/** Of bytes in hexadecimal, so many characters: more than any interface can carry. */
const HEX_LENGTH_MAX = 4_096;

/** `250us`, `10ms`, `2s`, `1.5s`, `1min`; in whole µs, a year at most. */
export const duration = z
  .string()
  .transform((text, context) => {
    const us = microseconds(text);
    if (us === undefined) {
      const right = "write a number and us, ms, s or min, such as 250us, 2s";
      return refuse(context, `"${text}" is not a duration: ${right}`);
    }
    if (us <= DURATION_MAX_US) return us;
    return refuse(context, `"${text}" is too long: a year, 525600min, is the most`);
  })
  .meta({ called: "duration", published: { type: "string", pattern: durationPattern(0) } });

/** How long a match may take. A shrunk run may be left without time, but nobody asks for that. */
export const length = duration.meta({
  called: "length",
  published: { type: "string", pattern: durationPattern(1) },
});

/** A whole number in decimal. */
export function count(min: number, max: number) {
  return z
    .string()
    .transform((text, context) => {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return value;
      return refuse(context, `"${text}" is not a whole number from ${min} to ${max}`);
    })
    .meta({
      called: `count-${min}-to-${max}`,
      published: {
        anyOf: [
          { type: "string", pattern: countPattern(min, max) },
          { type: "integer", minimum: min, maximum: max },
        ],
      },
    });
}

/** One byte in hexadecimal: `d5`, `0xd5` or `D5h`. */
export const byte = z
  .string()
  .transform((text, context) => {
    const match = BYTE.exec(text);
    if (match?.[1] !== undefined) return Number.parseInt(match[1], 16);
    return refuse(context, `"${text}" is not a byte: write two hexadecimal digits, such as d5`);
  })
  .meta({
    called: "byte",
    published: {
      anyOf: [
        { type: "string", pattern: BYTE.source },
        { type: "integer", minimum: 0, maximum: 0xff },
      ],
    },
  });

/** Bytes in hexadecimal: `18 01`. */
export const bytes = hexadecimal(0, "bytes");

/** A request in hexadecimal: NetFn/LUN and Cmd are there at least. */
export const requestBytes = hexadecimal(REQUEST_BYTES_MIN, "request");

export const flag = z
  .string()
  .transform((text, context) => {
    if (text === "true" || text === "false") return text === "true";
    return refuse(context, `"${text}" is neither: write "true" or "false"`);
  })
  .meta({ called: "flag", published: { enum: ["true", "false", true, false] } });

/** Something that is there or not: who does not want it leaves it out. */
export const yes = z
  .string()
  .transform((text, context) => {
    if (text === "true") return true as const;
    return refuse(context, `"${text}" says nothing: write "true", or leave it out`);
  })
  .meta({ called: "yes", published: { enum: ["true", true] } });

/** Words that are digits, such as `0` and `1`. */
export function digits<const W extends readonly string[]>(...words: W) {
  const numbers = words.map(Number);
  return z.enum(words).meta({ published: { enum: [...words, ...numbers] } });
}

const FIRMWARE = /^(\d{1,3})\.(\d\d)$/;
const MAJOR_MAX = 0x7f;

/** A firmware version as people write it: `1.05`, the minor part two decimal digits. */
export const firmware = z
  .string()
  .transform((text, context) => {
    const match = FIRMWARE.exec(text);
    const major = Number(match?.[1]);
    if (match?.[2] !== undefined && major <= MAJOR_MAX) {
      return { major, minorBcd: Number.parseInt(match[2], 16) };
    }
    return refuse(
      context,
      `"${text}" is not a firmware version: write major (to 127) and two digits, as 2.01`,
    );
  })
  .meta({
    published: {
      anyOf: [
        { type: "string", pattern: `^${upTo(MAJOR_MAX)}\\.\\d\\d$` },
        { type: "number", minimum: 0, exclusiveMaximum: MAJOR_MAX + 1 },
      ],
    },
  });

/** A command by its name in the specification, or as `netFn/cmd` in hexadecimal. */
export const command = z.string().transform(commandNamed).meta(publishedCommand("command"));

/** The same, or `any`. */
export const commandOrAny = z
  .string()
  .transform((text, context) => (text === "any" ? text : commandNamed(text, context)))
  .meta(publishedCommand("command-or-any", "any"));

/** Whatever it is, as it stands there. */
export const text = z.string().meta({
  called: "text",
  published: { anyOf: [{ type: "string" }, { type: "number" }, { type: "boolean" }] },
});

type Context = z.core.$RefinementCtx<string>;

function refuse(context: Context, message: string) {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

function hexadecimal(bytesMin: 0 | 2, called: string) {
  return z
    .string()
    .transform((text, context) => {
      if (text.length > HEX_LENGTH_MAX) {
        return refuse(
          context,
          `${text.length} characters of bytes; ${HEX_LENGTH_MAX} are the most`,
        );
      }
      const read = bytesOf(text);
      if (typeof read === "string") return refuse(context, read);
      if (read.length >= bytesMin) return read;
      return refuse(context, `"${text}" is too short: a request has a NetFn/LUN and a Cmd`);
    })
    .meta({
      called,
      published: {
        anyOf: [
          { type: "string", pattern: hexPattern(bytesMin), maxLength: HEX_LENGTH_MAX },
          { type: "integer", minimum: 0 },
        ],
      },
    });
}

/** The bytes, or what is wrong with them. */
function bytesOf(text: string): Uint8Array | string {
  try {
    return parseHex(text);
  } catch (error) {
    if (!(error instanceof BadHex)) throw error;
    return error.message;
  }
}

function commandNamed(text: string, context: Context) {
  const numbers = COMMAND_NUMBERS.exec(text);
  if (numbers !== null) {
    const netFn = Number.parseInt(numbers[1] ?? "", 16);
    const cmd = Number.parseInt(numbers[2] ?? "", 16);
    return { netFn, cmd, name: commandName(netFn, cmd) };
  }
  const found = commandByName(text);
  if (found !== undefined) return { netFn: found.netFn, cmd: found.cmd, name: found.name };
  return refuse(
    context,
    `"${text}" is no command: write its name, such as Get Device ID, or netFn/cmd, 06/01`,
  );
}

/** Only names as the specification writes them, which is what an editor should propose. */
function publishedCommand(called: string, ...others: readonly string[]) {
  const names = [...others, ...commandTable.map(({ name }) => name)];
  const numbers = { type: "string", pattern: COMMAND_NUMBERS.source };
  return { called, published: { anyOf: [{ type: "string", enum: names }, numbers] } };
}
