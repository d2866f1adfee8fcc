import { LANES } from "../trace/columns.ts";
import type { LaneDetail, Mark } from "../trace/detail.ts";
import type { FaultSpan } from "../trace/opened-trace.ts";
import type { TransferRow } from "../trace/transfers.ts";
import type { Scale } from "./scale.ts";
import { durationText } from "./words.ts";

export const AXIS_PX = 22;
export const LANE_PX = 22;
export const HEIGHT_PX = AXIS_PX + LANE_PX * LANES.length;
/** So many events in a lane are drawn one by one, with words where there is room. */
export const MARKS_MAX = 60;

/** What the timeline shows; times are µs. */
export interface Drawn {
  readonly detail: LaneDetail;
  readonly faults: readonly FaultSpan[];
  /** By the end. */
  readonly transfers: readonly TransferRow[];
  readonly found: readonly number[];
  readonly at: number | undefined;
  /** What is known of single events, by their places. */
  readonly words: ReadonlyMap<number, string>;
}

/** Custom properties of the page, as colours. */
export type Colour = (name: string) => string;

const TRANSFER_LANE = LANES.indexOf("wire");
const FAULT_LANE = LANES.indexOf("faults");
const LANE_COLOURS = ["user", "host", "wire-ink", "bmc", "fault", "console"] as const;
const TRANSFERS_MAX = 20_000;
/** Marks nearer to each other than that have room for the words of one alone. */
const TOGETHER_PX = 24;

/** Draws one frame. */
export class TimelineDrawing {
  readonly #context: CanvasRenderingContext2D;
  readonly #colour: Colour;
  readonly #scale: Scale;
  readonly #width: number;

  constructor(context: CanvasRenderingContext2D, scale: Scale, colour: Colour) {
    this.#context = context;
    this.#scale = scale;
    this.#colour = colour;
    this.#width = scale.width;
  }

  draw(drawn: Drawn): void {
    const context = this.#context;
    context.clearRect(0, 0, this.#width, HEIGHT_PX);
    context.font = "11px ui-monospace, monospace";
    context.textBaseline = "middle";
    this.#axis();
    this.#transfers(drawn.transfers);
    this.#faults(drawn.faults);
    LANES.forEach((_, lane) => {
      this.#lane(lane, drawn);
    });
    for (const t of drawn.found) this.#finding(t);
    if (drawn.at !== undefined) this.#line(drawn.at, "accent");
  }

  get #span(): readonly [number, number] {
    return this.#scale.span;
  }

  #axis(): void {
    const context = this.#context;
    const [from, to] = this.#span;
    const { times, step } = this.#scale.ticks(Math.max(2, Math.floor(this.#width / 130)));
    for (const tick of times) {
      const x = Math.round(this.#scale.x(tick)) + 0.5;
      this.#fill("line", x, AXIS_PX - 5, 1, HEIGHT_PX - AXIS_PX + 5);
      context.fillStyle = this.#colour("quiet");
      const text = tickText(tick, step);
      if (x + context.measureText(text).width + 4 < this.#width) context.fillText(text, x + 4, 10);
    }
    const text = durationText(Math.max(1, Math.round(to - from)));
    const room = context.measureText(text).width + 14;
    this.#fill("ground", this.#width - room, 0, room, AXIS_PX - 6);
    context.fillStyle = this.#colour("text");
    context.fillText(text, this.#width - room + 8, 10);
    for (let lane = 0; lane <= LANES.length; lane++) {
      this.#fill("line", 0, AXIS_PX + lane * LANE_PX, this.#width, 1);
    }
  }

  /** Behind the wire's events, how long each transfer took. */
  #transfers(transfers: readonly TransferRow[]): void {
    const [from, to] = this.#span;
    let until = -1;
    let drawn = 0;
    for (const { startUs, durationUs } of transfers) {
      if (startUs + durationUs < from || startUs > to) continue;
      const x = Math.max(0, this.#scale.x(startUs));
      const right = Math.min(this.#width, this.#scale.x(startUs + durationUs));
      if (right < until + 0.5) continue;
      this.#fill("transfer", x, AXIS_PX + TRANSFER_LANE * LANE_PX + 2, Math.max(1, right - x), 19);
      until = right;
      if (++drawn === TRANSFERS_MAX) return;
    }
  }

  #faults(faults: readonly FaultSpan[]): void {
    for (const { fromUs, toUs } of faults) {
      const x = Math.max(0, this.#scale.x(fromUs));
      const right = Math.min(this.#width, this.#scale.x(toUs));
      if (right < 0 || x > this.#width) continue;
      const y = AXIS_PX + FAULT_LANE * LANE_PX;
      this.#fill("fault-span", x, y + 2, Math.max(1, right - x), LANE_PX - 3);
    }
  }

  #lane(lane: number, drawn: Drawn): void {
    const span = this.#span;
    const count = drawn.detail.count(lane, ...span);
    if (count === 0) return;
    if (count <= MARKS_MAX) {
      this.#marks(lane, drawn.detail.marks(lane, span, MARKS_MAX), drawn.words);
      return;
    }
    const counts = new Uint32Array(Math.max(1, Math.floor(this.#width / 2)));
    drawn.detail.density(lane, span, counts);
    const most = Math.log2(1 + counts.reduce((a, b) => Math.max(a, b), 1));
    const bottom = AXIS_PX + (lane + 1) * LANE_PX;
    for (const [part, count] of counts.entries()) {
      if (count === 0) continue;
      const height = 4 + (LANE_PX - 8) * (Math.log2(1 + count) / most);
      this.#fill(LANE_COLOURS[lane] ?? "text", 2 * part, bottom - 2 - height, 2, height);
    }
  }

  #marks(lane: number, marks: readonly Mark[], words: Drawn["words"]): void {
    const context = this.#context;
    const top = AXIS_PX + lane * LANE_PX;
    // Of those that fall together the first one is told in words: it is what the others follow from.
    let together = marks[0];
    marks.forEach(({ at, t }, i) => {
      const x = this.#scale.x(t);
      this.#fill(LANE_COLOURS[lane] ?? "text", x - 1, top + 4, 2, LANE_PX - 7);
      if (together === undefined || x - this.#scale.x(together.t) > TOGETHER_PX)
        together = { at, t };
      const next = marks[i + 1];
      const room = (next === undefined ? this.#width : this.#scale.x(next.t)) - x - 10;
      const text = words.get(together.at);
      if (text === undefined || room < 24) return;
      context.save();
      context.beginPath();
      context.rect(x + 4, top, room, LANE_PX);
      context.clip();
      context.fillStyle = this.#colour("text");
      context.fillText(text, x + 5, top + LANE_PX / 2 + 1);
      context.restore();
    });
  }

  #finding(t: number): void {
    const x = this.#scale.x(t);
    if (x < -6 || x > this.#width + 6) return;
    this.#line(t, "bad-line");
    const context = this.#context;
    context.fillStyle = this.#colour("bad");
    context.beginPath();
    context.moveTo(x - 5, AXIS_PX - 8);
    context.lineTo(x + 5, AXIS_PX - 8);
    context.lineTo(x, AXIS_PX);
    context.fill();
  }

  #line(t: number, colour: string): void {
    this.#fill(colour, this.#scale.x(t) - 0.5, AXIS_PX - 4, 1, HEIGHT_PX - AXIS_PX + 4);
  }

  #fill(colour: string, x: number, y: number, width: number, height: number): void {
    this.#context.fillStyle = this.#colour(colour);
    this.#context.fillRect(x, y, width, height);
  }
}

/** As many places as the ticks differ in. */
export function tickText(us: number, stepUs: number): string {
  const places = Math.min(6, Math.max(0, -Math.floor(Math.log10(Math.max(stepUs, 1) / 1_000_000))));
  return `${(us / 1_000_000).toFixed(places)} s`;
}
