/** A number as kernels print it, `0xc1` or `193`; undefined when it is none. */
export function numberIn(text: string): number | undefined {
  return /^(?:0x[0-9a-f]{1,16}|[0-9]{1,15})$/i.test(text) ? Number(text) : undefined;
}

/** A byte as kernels print it; undefined when it is none. */
export function byteIn(text: string): number | undefined {
  const value = numberIn(text);
  return value !== undefined && value <= 0xff ? value : undefined;
}

const SECONDS_DIGITS_MAX = 9;
const US_DIGITS = 6;

/** µs from a time in seconds, `12.703561`; undefined when it is none, or too large to be one. */
export function usOf(seconds: string, fraction: string): number | undefined {
  const whole = Number(seconds);
  const isWhole = fraction.length === US_DIGITS;
  const part = Number(isWhole ? fraction : fraction.slice(0, US_DIGITS).padEnd(US_DIGITS, "0"));
  const sound = seconds.length <= SECONDS_DIGITS_MAX + 1 && Number.isInteger(whole + part);
  return sound ? whole * 1_000_000 + part : undefined;
}
