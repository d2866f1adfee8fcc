/** `412 of 5,610 (7.3 %)` */
export function fraction(part: number, whole: number): string {
  const percent = whole === 0 ? 100 : (100 * part) / whole;
  const share = part === whole ? "all" : `${percent.toFixed(1)} %`;
  return `${grouped(part)} of ${grouped(whole)} (${share})`;
}

/** A count with its thousands apart, as all reports have it. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
