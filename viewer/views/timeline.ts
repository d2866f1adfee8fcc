import { css, html, LitElement } from "lit";
import { type Columns, LANES } from "../trace/columns.ts";
import { LaneDetail } from "../trace/detail.ts";
import type { FaultSpan } from "../trace/opened-trace.ts";
import type { TransferRow } from "../trace/transfers.ts";
import { Moving } from "./moving.ts";
import { Scale, type Span, within } from "./scale.ts";
import { AXIS_PX, HEIGHT_PX, LANE_PX, MARKS_MAX, TimelineDrawing } from "./timeline-drawing.ts";
import { secondsText } from "./words.ts";

/** The least that the timeline shows, in µs: a single access. */
const SPAN_MIN_US = 12;
/** A key moves by so much of what is shown. */
const STEP = 0.2;
const ZOOM = 2;

/** What a timeline is of. */
export interface Timed {
  readonly columns: Columns;
  readonly faults: readonly FaultSpan[];
  readonly transfers: readonly TransferRow[];
  /** When something was found. */
  readonly found: readonly number[];
  /** The events at those places, in words. */
  readonly words: (places: readonly number[]) => Promise<readonly string[]>;
}

/** The place of the event that was clicked. */
export type PickEvent = CustomEvent<number>;
/** The stretch that is shown, in µs; null of all. */
export type SpanEvent = CustomEvent<Span | null>;

/** All events by time, a lane for each kind, from the whole trace to one access. */
export class Timeline extends LitElement {
  #timed: Timed | undefined;
  #detail: LaneDetail | undefined;
  #whole: Span = [0, 1];
  /** What is shown; undefined is all. */
  #span: Span | undefined;
  #at: number | undefined;
  #width = 0;
  #frame = 0;
  #hovered = "";
  readonly #words = new Map<number, string>();
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #colours = new Map<string, string>();
  #moving: Moving | undefined;
  readonly #resized = new ResizeObserver(() => this.#resize());

  static override styles = css`
    :host { display: block; }
    .lanes { display: grid; grid-template-columns: 128px 1fr; }
    ol { list-style: none; margin: 0; padding: ${AXIS_PX}px 0 0 12px; color: var(--quiet); }
    li { height: ${LANE_PX}px; line-height: ${LANE_PX}px; white-space: nowrap; }
    canvas { display: block; width: 100%; height: ${HEIGHT_PX}px; cursor: crosshair; touch-action: none; }
    .view { min-width: 0; outline-offset: -2px; }
    .view:focus-visible { outline: 2px solid var(--accent); }
    output {
      display: block; height: 20px; line-height: 20px; padding: 0 12px 0 128px; color: var(--quiet);
      white-space: nowrap; overflow: hidden; text-overflow: ellipsis; border-bottom: 1px solid var(--line);
    }
    @media (max-width: 900px) {
      .lanes { grid-template-columns: 104px 1fr; font-size: 11px; }
      ol { padding-left: 8px; }
      output { padding-left: 104px; }
    }
  `;

  set timed(timed: Timed) {
    this.#timed = timed;
    this.#detail = new LaneDetail(timed.columns);
    const { times, length } = timed.columns;
    const [first = 0, last = 0] = [times[0], times[length - 1]];
    const margin = Math.max(10, (last - first) * 0.01);
    this.#whole = [first - margin, last + margin];
    this.#draw();
  }

  /** The time of the event that is selected. */
  set at(at: number | undefined) {
    this.#at = at;
    this.#draw();
  }

  /** What is shown; undefined is all. */
  set span(span: Span | undefined) {
    this.#span = span && within(span, this.#whole, SPAN_MIN_US);
    this.#draw();
  }

  override render() {
    return html`<div class="lanes">
        <ol aria-hidden="true">${LANES.map((lane) => html`<li>${lane}</li>`)}</ol>
        <div
          class="view" tabindex="0" role="application"
          aria-label="Timeline: arrow keys move, plus and minus zoom, 0 shows all"
          @keydown=${this.#key}
        ><canvas></canvas></div>
      </div>
      <output>${this.#hovered === "" ? "scroll to zoom, drag to move, click an event" : this.#hovered}</output>`;
  }

  override firstUpdated(): void {
    const canvas = this.#canvas;
    if (canvas === null) return;
    this.#moving = new Moving(canvas, {
      scale: () => this.#scale,
      show: (span) => this.#show(span),
    });
    canvas.addEventListener("click", (event) => this.#pick(event));
    canvas.addEventListener("pointermove", (event) => this.#hover(event));
    this.#dark.addEventListener("change", this.#recolour);
    this.#resized.observe(canvas);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    this.#dark.removeEventListener("change", this.#recolour);
  }

  get #canvas(): HTMLCanvasElement | null {
    return this.renderRoot.querySelector("canvas");
  }

  get #scale(): Scale {
    return new Scale(this.#span ?? this.#whole, Math.max(1, this.#width));
  }

  #resize(): void {
    const canvas = this.#canvas;
    if (canvas === null || canvas.clientWidth === 0) return;
    this.#width = canvas.clientWidth;
    canvas.width = Math.round(this.#width * devicePixelRatio);
    canvas.height = Math.round(HEIGHT_PX * devicePixelRatio);
    this.#draw();
  }

  /** What the user wants to see, and the address with it. */
  #show(wanted: Span): void {
    const span = within(wanted, this.#whole, SPAN_MIN_US);
    this.#span = span[1] - span[0] < this.#whole[1] - this.#whole[0] ? span : undefined;
    this.#draw();
    this.dispatchEvent(new CustomEvent("span", { detail: this.#span ?? null }));
  }

  /** At the next frame; of many wishes for one frame, one is drawn. */
  #draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const [timed, detail, canvas] = [this.#timed, this.#detail, this.#canvas];
    const context = canvas?.getContext("2d");
    if (timed === undefined || detail === undefined || context == null || this.#width === 0) return;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const { faults, transfers, found } = timed;
    const drawing = new TimelineDrawing(context, this.#scale, (name) => this.#colour(name));
    drawing.draw({ detail, faults, transfers, found, at: this.#at, words: this.#words });
    this.#learnWords(timed, detail);
  }

  /** Asks for the words of those events that are drawn one by one, once. */
  #learnWords(timed: Timed, detail: LaneDetail): void {
    const { span } = this.#scale;
    const places = LANES.flatMap((_, lane) => {
      const count = detail.count(lane, ...span);
      return count > MARKS_MAX ? [] : detail.marks(lane, span, MARKS_MAX).map(({ at }) => at);
    }).filter((at) => !this.#words.has(at));
    if (places.length === 0) return;
    for (const at of places) this.#words.set(at, "");
    void timed.words(places).then((texts) => {
      for (const [i, at] of places.entries()) this.#words.set(at, texts[i] ?? "");
      this.#draw();
    });
  }

  #colour(name: string): string {
    const known = this.#colours.get(name);
    if (known !== undefined) return known;
    const colour = getComputedStyle(this).getPropertyValue(`--${name}`).trim();
    this.#colours.set(name, colour);
    return colour;
  }

  readonly #recolour = (): void => {
    this.#colours.clear();
    this.#draw();
  };

  #nearest({ offsetX, offsetY }: MouseEvent) {
    const lane = Math.floor((offsetY - AXIS_PX) / LANE_PX);
    return this.#detail?.nearest(lane, this.#scale.t(offsetX));
  }

  #pick(event: MouseEvent): void {
    if (this.#moving?.dragged === true) return;
    const mark = this.#nearest(event);
    if (mark !== undefined) this.dispatchEvent(new CustomEvent("pick", { detail: mark.at }));
  }

  #hover(event: PointerEvent): void {
    const mark = this.#nearest(event);
    const time = secondsText(Math.max(0, Math.round(this.#scale.t(event.offsetX))));
    this.#hovered = time;
    this.requestUpdate();
    if (mark === undefined || this.#timed === undefined) return;
    void this.#timed.words([mark.at]).then(([text = ""]) => {
      if (this.#hovered !== time) return;
      this.#hovered = `${time}   nearest, at ${secondsText(mark.t)}: ${text}`;
      this.requestUpdate();
    });
  }

  readonly #key = (event: KeyboardEvent): void => {
    const [from, to] = this.#scale.span;
    const width = to - from;
    const zoomed = (by: number): Span => {
      const middle =
        this.#at !== undefined && this.#at > from && this.#at < to ? this.#at : (from + to) / 2;
      return [middle - (middle - from) / by, middle + (to - middle) / by];
    };
    const spans: Readonly<Record<string, () => Span>> = {
      ArrowLeft: () => [from - STEP * width, to - STEP * width],
      ArrowRight: () => [from + STEP * width, to + STEP * width],
      "+": () => zoomed(ZOOM),
      "=": () => zoomed(ZOOM),
      "-": () => zoomed(1 / ZOOM),
      "0": () => this.#whole,
    };
    const span = spans[event.key];
    if (span === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#show(span());
  };
}

customElements.define("baseboard-timeline", Timeline);
