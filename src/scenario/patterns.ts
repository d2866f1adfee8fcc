/**
 * How scalars look, as regular expressions that a JSON Schema can carry, too: what they match is
 * what is read.
 */

/** A year: no match is longer, and all times of one stay whole numbers. */
export const DURATION_MAX_US = 365 * 24 * 60 * 60 * 1_000_000;

/** Each unit of a duration, in µs, and the digits behind the point that still give whole µs. */
const UNITS: Readonly<Record<string, { readonly us: number; readonly fraction: string }>> = {
  us: { us: 1, fraction: "" },
  ms: { us: 1_000, fraction: "\\d{1,3}" },
  s: { us: 1_000_000, fraction: "\\d{1,6}" },
  min: { us: 60_000_000, fraction: "\\d{1,7}" },
};

const DURATION = new RegExp(
  `^(?:${Object.entries(UNITS)
    .map(([unit, { fraction }]) => `\\d+${fractional(fraction)}${unit}`)
    .join("|")})$`,
);

const HEX_LONG = "(?:[0-9a-fA-F]{2}){2,}";
const HEX_TOKEN = `(?:(?:0[xX])?[0-9a-fA-F]{1,2}|${HEX_LONG})`;

/** One byte: `d5`, `0xd5` or `D5h`. */
export const BYTE = /^(?:0x)?([0-9a-fA-F]{1,2})h?$/;

/** `06/01`. */
export const COMMAND_NUMBERS = /^([0-9a-fA-F]{2})\/([0-9a-fA-F]{2})$/;

/** Undefined when that is no duration, or none of whole µs. */
export function microseconds(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  const [, whole = "", fraction = "", unit = ""] = /^(\d+)(?:\.(\d+))?(\D+)$/.exec(text) ?? [];
  const { us } = UNITS[unit] ?? { us: 0 };
  // Whole and fraction each by itself: a binary fraction is not exact.
  return Number(whole) * us + Math.round(Number(`0.${fraction}0`) * us);
}

/** The durations up to the longest, from nothing or from 1 µs on. */
export function durationPattern(leastUs: 0 | 1): string {
  const forms = Object.entries(UNITS).map(([unit, { us, fraction }]) => {
    const most = DURATION_MAX_US / us;
    return `(?:${upTo(most - 1)}${fractional(fraction)}|0*${most}(?:\\.0+)?)${unit}`;
  });
  return `^${leastUs === 0 ? "" : "(?=.*[1-9])"}(?:${forms.join("|")})$`;
}

/** Whole numbers in decimal. */
export function countPattern(min: number, max: number): string {
  return `^${min === 0 ? "" : `(?!${upTo(min - 1)}$)`}${upTo(max)}$`;
}

/** Bytes in hexadecimal, so many at least. */
export function hexPattern(bytesMin: 0 | 2): string {
  const more = `(?:[\\s,]+${HEX_TOKEN})`;
  const tokens =
    bytesMin === 0 ? `(?:${HEX_TOKEN}${more}*)?` : `(?:${HEX_LONG}${more}*|${HEX_TOKEN}${more}+)`;
  return `^[\\s,]*${tokens}[\\s,]*$`;
}

/** Matches the decimal numbers from 0 to `max`, with zeros before them or not. */
export function upTo(max: number): string {
  const digits = String(max);
  const forms = [...digits].flatMap((digit, index) => {
    if (digit === "0") return [];
    const rest = digits.length - index - 1;
    const lower = `[0-${Number(digit) - 1}]`;
    return [`${digits.slice(0, index)}${lower}${rest > 0 ? `\\d{${rest}}` : ""}`];
  });
  const shorter = digits.length > 1 ? [`\\d{1,${digits.length - 1}}`] : [];
  return `0*(?:${[...shorter, ...forms, digits].join("|")})`;
}

function fractional(digits: string): string {
  return digits === "" ? "(?:\\.0+)?" : `(?:\\.${digits}0*)?`;
}
