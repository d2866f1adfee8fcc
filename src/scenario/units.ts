import { z } from "zod";
import { commandByName, commandName } from "../ipmi/command-table.ts";
import { BadHex, parseHex } from "../ipmi/message.ts";

/** All scalars of a scenario arrive as text, so that `02` is the byte 02 and not the number two. */

const DURATION = /^(\d+(?:\.\d+)?)(us|ms|s|min)$/;
const UNIT_US: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  min: 60_000_000,
};

/** Marks fields that an editor's YAML parser reads as numbers. */
const alsoNumber = { alsoNumber: true } as const;

/** `250us`, `10ms`, `2s`, `1.5s`, `1min`; in whole µs. */
export const duration = z.string().transform((text, context) => {
  const match = DURATION.exec(text);
  const us = match === null ? Number.NaN : Number(match[1]) * (UNIT_US[match[2] ?? ""] ?? 0);
  if (Number.isInteger(us)) return us;
  context.addIssue({
    code: "custom",
    message: `"${text}" is not a duration: write a number and us, ms, s or min, such as 250us, 2s`,
  });
  return z.NEVER;
});

/** A whole number in decimal. */
export function count(min: number, max: number) {
  return z
    .string()
    .transform((text, context) => {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return value;
      context.addIssue({
        code: "custom",
        message: `"${text}" is not a whole number from ${min} to ${max}`,
      });
      return z.NEVER;
    })
    .meta(alsoNumber);
}

/** One byte in hexadecimal: `d5`, `0xd5` or `D5h`. */
export const byte = z
  .string()
  .transform((text, context) => {
    const match = /^(?:0x)?([0-9a-fA-F]{1,2})h?$/.exec(text);
    if (match?.[1] !== undefined) return Number.parseInt(match[1], 16);
    context.addIssue({
      code: "custom",
      message: `"${text}" is not a byte: write two hexadecimal digits, such as d5`,
    });
    return z.NEVER;
  })
  .meta(alsoNumber);

/** Bytes in hexadecimal: `18 01`. */
export const bytes = z
  .string()
  .transform((text, context) => {
    try {
      return parseHex(text);
    } catch (error) {
      if (!(error instanceof BadHex)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return z.NEVER;
    }
  })
  .meta(alsoNumber);

export const flag = z
  .enum(["true", "false"], { error: 'write "true" or "false"' })
  .transform((text) => text === "true")
  .meta({ alsoBoolean: true });

/** A firmware version as people write it: `1.05`, the minor part two decimal digits. */
export const firmware = z
  .string()
  .transform((text, context) => {
    const match = /^(\d{1,3})\.(\d\d)$/.exec(text);
    const major = Number(match?.[1]);
    if (match?.[2] !== undefined && major <= 0x7f) {
      return { major, minorBcd: Number.parseInt(match[2], 16) };
    }
    context.addIssue({
      code: "custom",
      message: `"${text}" is not a firmware version: write major (to 127) and two digits, as 2.01`,
    });
    return z.NEVER;
  })
  .meta(alsoNumber);

function commandNamed(text: string, context: z.core.$RefinementCtx<string>) {
  const numbers = /^([0-9a-fA-F]{2})\/([0-9a-fA-F]{2})$/.exec(text);
  if (numbers !== null) {
    const netFn = Number.parseInt(numbers[1] ?? "", 16);
    const cmd = Number.parseInt(numbers[2] ?? "", 16);
    return { netFn, cmd, name: commandName(netFn, cmd) };
  }
  const found = commandByName(text);
  if (found !== undefined) return { netFn: found.netFn, cmd: found.cmd, name: found.name };
  context.addIssue({
    code: "custom",
    message: `"${text}" is no command: write its name, such as Get Device ID, or netFn/cmd, 06/01`,
  });
  return z.NEVER;
}

/** A command by its name in the specification, or as `netFn/cmd` in hexadecimal. */
export const command = z.string().transform(commandNamed);

/** The same, or `any`. */
export const commandOrAny = z.string().transform((text, context) => {
  return text === "any" ? text : commandNamed(text, context);
});
