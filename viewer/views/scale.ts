/** A stretch of time, in µs. */
export type Span = readonly [from: number, to: number];

/** Where times lie across so many pixels. */
export class Scale {
  readonly span: Span;
  readonly width: number;

  constructor(span: Span, width: number) {
    this.span = span;
    this.width = width;
  }

  /** The pixel of a time in µs. */
  x(t: number): number {
    const [from, to] = this.span;
    return ((t - from) / (to - from)) * this.width;
  }

  /** The time in µs of a pixel. */
  t(x: number): number {
    const [from, to] = this.span;
    return from + (x / this.width) * (to - from);
  }

  /** Round times in the stretch, a step of 1, 2 or 5 times a power of ten apart, about `count` of them. */
  ticks(count: number): { readonly step: number; readonly times: readonly number[] } {
    const [from, to] = this.span;
    const least = (to - from) / Math.max(1, count);
    const power = 10 ** Math.floor(Math.log10(least));
    const step = power * ([1, 2, 5].find((each) => each * power >= least) ?? 10);
    const first = Math.ceil(from / step);
    const length = Math.max(0, Math.floor(to / step) - first + 1);
    return { step, times: Array.from({ length }, (_, i) => (first + i) * step) };
  }
}

/** The stretch moved and made smaller so far as it has to be to lie within `whole` and be no less than `least`. */
export function within([from, to]: Span, whole: Span, least: number): Span {
  const [first, last] = whole;
  const width = Math.min(last - first, Math.max(least, to - from));
  const start = Math.min(Math.max(first, from - (width - (to - from)) / 2), last - width);
  return [start, start + width];
}
