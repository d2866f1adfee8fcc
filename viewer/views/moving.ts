import type { Scale, Span } from "./scale.ts";

/** Powers of two for each unit of a wheel: pixels, lines, pages. */
const WHEEL = [0.002, 0.05, 1] as const;
/** What a browser makes of two fingers on a pad counts more. */
const PINCH = 10;
/** A pointer that moved by no more clicked. */
const CLICK_PX = 3;

interface Moved {
  /** What is shown now. */
  readonly scale: () => Scale;
  readonly show: (span: Span) => void;
}

/** The wheel zooms, a pointer drags, and two of them do both: each keeps the time on which it came down. */
export class Moving {
  readonly #of: Moved;
  readonly #held = new Map<number, { x: number; readonly t: number }>();
  #downX = 0;
  #dragged = false;

  constructor(canvas: HTMLElement, of: Moved) {
    this.#of = of;
    canvas.addEventListener("wheel", this.#wheel, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      if (this.#held.size === 0) {
        this.#downX = event.offsetX;
        this.#dragged = false;
      }
      this.#hold(event.pointerId, event.offsetX);
    });
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"] as const) {
      canvas.addEventListener(name, ({ pointerId }) => {
        if (this.#held.delete(pointerId)) this.#hold();
      });
    }
  }

  /** The click that comes now is the end of a drag. */
  get dragged(): boolean {
    return this.#dragged;
  }

  readonly #wheel = (event: WheelEvent): void => {
    const { deltaY, deltaMode, ctrlKey, offsetX } = event;
    const by = 2 ** (deltaY * (WHEEL[deltaMode] ?? 1) * (ctrlKey ? PINCH : 1));
    const scale = this.#of.scale();
    const [from, to] = scale.span;
    const t = scale.t(offsetX);
    event.preventDefault();
    this.#of.show([t - (t - from) * by, t + (to - t) * by]);
  };

  /** From here on every pointer keeps the time on which it is. */
  #hold(id?: number, x = 0): void {
    const scale = this.#of.scale();
    if (id !== undefined) this.#held.set(id, { x, t: 0 });
    for (const [each, held] of this.#held) {
      this.#held.set(each, { x: held.x, t: scale.t(held.x) });
    }
  }

  #move({ pointerId, offsetX }: PointerEvent): void {
    const own = this.#held.get(pointerId);
    if (own === undefined) return;
    own.x = offsetX;
    if (Math.abs(offsetX - this.#downX) > CLICK_PX) this.#dragged = true;
    const scale = this.#of.scale();
    const [a, b] = [...this.#held.values()];
    if (a === undefined) return;
    const each =
      b === undefined || Math.abs(b.x - a.x) < 1
        ? (scale.span[1] - scale.span[0]) / scale.width
        : (b.t - a.t) / (b.x - a.x);
    if (!(each > 0)) return;
    const from = a.t - a.x * each;
    this.#of.show([from, from + each * scale.width]);
  }
}
