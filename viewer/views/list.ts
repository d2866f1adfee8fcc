import { css, html, LitElement, type TemplateResult } from "lit";

/** What a list shows: so many rows, of which only those in sight are ever asked for. */
export interface Source {
  readonly label: string;
  readonly count: number;
  /** Said where there is no row. */
  readonly empty: string;
  readonly rows: (from: number, to: number) => Promise<readonly TemplateResult[]>;
}

/** A row was gone to, or opened: its index. */
export type RowEvent = CustomEvent<number>;

const ROW_PX = 20;
/** Browsers know no element that is much higher; what is longer is scrolled in proportion. */
const HEIGHT_MAX_PX = 8_000_000;

/** A list of any length, with an element for each row in sight. */
export class List extends LitElement {
  #source: Source | undefined;
  #of: unknown;
  #selected = -1;
  #first = 0;
  #shown: { readonly first: number; readonly rows: readonly TemplateResult[] } = {
    first: 0,
    rows: [],
  };
  #asked = 0;
  readonly #resized = new ResizeObserver(() => this.#ask());

  static override styles = css`
    :host { display: block; min-height: 0; position: relative; }
    [role="listbox"] { position: absolute; inset: 0; overflow-y: auto; overflow-x: hidden; outline-offset: -2px; }
    [role="listbox"]:focus-visible { outline: 2px solid var(--accent); }
    .room { position: relative; }
    .sight { position: absolute; left: 0; right: 0; top: 0; }
    [role="option"] {
      height: ${ROW_PX}px; line-height: ${ROW_PX}px; display: flex; gap: 12px; padding: 0 12px;
      white-space: nowrap; overflow: hidden; cursor: default;
    }
    [role="option"]:hover { background: var(--hover); }
    [aria-selected="true"] { background: var(--selected); }
    p { margin: 0; padding: 16px 12px; color: var(--quiet); }
    .number { flex: none; min-width: 8ch; text-align: right; color: var(--quiet); }
    .time { flex: none; min-width: 14ch; text-align: right; color: var(--quiet); }
    .word { flex: none; width: 13ch; overflow: hidden; text-overflow: ellipsis; }
    .wide { flex: none; width: 32ch; overflow: hidden; text-overflow: ellipsis; }
    .rest { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; unicode-bidi: isolate; }
    .lane-host { color: var(--host); }
    .lane-bmc { color: var(--bmc); }
    .lane-wire { color: var(--fault); }
    .found { color: var(--bad); font-weight: 600; }
    .bad { color: var(--bad); }
    .refused { color: var(--fault); }
    @media (max-width: 900px) {
      .word { display: none; }
      .wide { width: 22ch; }
      [role="option"] { gap: 8px; padding: 0 8px; }
    }
  `;

  /** `of`: what it is a list of, so that a caller can tell whether it has changed. */
  show(source: Source, of: unknown): void {
    this.#source = source;
    this.#of = of;
    this.#shown = { first: 0, rows: [] };
    this.requestUpdate();
    void this.updateComplete.then(() => {
      this.#bringInSight();
      this.#ask();
    });
  }

  isOf(of: unknown): boolean {
    return this.#of === of;
  }

  /** The index of the row that is selected, or -1; it is brought in sight. */
  set selected(index: number) {
    if (index === this.#selected) return;
    this.#selected = index;
    this.requestUpdate();
    void this.updateComplete.then(() => this.#bringInSight());
  }

  override focus(): void {
    this.#box?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  override render() {
    const { label = "", count = 0, empty = "" } = this.#source ?? {};
    const { first, rows } = this.#shown;
    const inSight = this.#selected >= first && this.#selected < first + rows.length;
    return html`<div
      role="listbox" tabindex="0" aria-label=${label}
      aria-activedescendant=${inSight ? `row-${this.#selected}` : ""}
      @scroll=${this.#ask} @keydown=${this.#key}
    >
      <div class="room" role="presentation">
        <div class="sight" role="presentation">
          ${count === 0 ? html`<p role="option" aria-selected="false">${empty}</p>` : ""}
          ${rows.map((row, i) => {
            const index = first + i;
            return html`<div
              role="option" id=${`row-${index}`}
              aria-selected=${index === this.#selected ? "true" : "false"}
              aria-posinset=${index + 1} aria-setsize=${count}
              @click=${() => this.#go(index, "open")}
            >${row}</div>`;
          })}
        </div>
      </div>
    </div>`;
  }

  override firstUpdated(): void {
    this.#resized.observe(this);
  }

  override updated(): void {
    const [room, sight] = [this.#part(".room"), this.#part(".sight")];
    if (room === null || sight === null) return;
    room.style.height = `${this.#heightPx}px`;
    const top = this.#isScaled ? (this.#box?.scrollTop ?? 0) : this.#shown.first * ROW_PX;
    sight.style.transform = `translateY(${top}px)`;
  }

  get #box(): HTMLElement | null {
    return this.#part('[role="listbox"]');
  }

  get #heightPx(): number {
    return Math.min(HEIGHT_MAX_PX, (this.#source?.count ?? 0) * ROW_PX);
  }

  get #isScaled(): boolean {
    return (this.#source?.count ?? 0) * ROW_PX > HEIGHT_MAX_PX;
  }

  /** So many rows are whole in sight. */
  get #page(): number {
    return Math.max(1, Math.floor((this.#box?.clientHeight ?? 0) / ROW_PX));
  }

  #part(selector: string): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(selector);
  }

  /** Asks for the rows that are in sight now; of several askings the last one counts. */
  readonly #ask = (): void => {
    const [source, box] = [this.#source, this.#box];
    if (source === undefined || box === null) return;
    const free = this.#heightPx - box.clientHeight;
    const exact = this.#isScaled
      ? (box.scrollTop / Math.max(1, free)) * Math.max(0, source.count - this.#page)
      : box.scrollTop / ROW_PX;
    this.#first = Math.min(Math.max(0, source.count - 1), Math.floor(exact));
    const first = this.#first;
    const asked = ++this.#asked;
    void source.rows(first, Math.min(source.count, first + this.#page + 2)).then((rows) => {
      if (asked !== this.#asked) return;
      this.#shown = { first, rows };
      this.requestUpdate();
    });
  };

  #bringInSight(): void {
    const [box, page] = [this.#box, this.#page];
    const { count = 0 } = this.#source ?? {};
    if (box === null || this.#selected < 0) return;
    if (this.#selected >= this.#first && this.#selected < this.#first + page) return;
    const above = this.#selected < this.#first;
    const first = Math.max(0, this.#selected - (above ? 0 : page - 1));
    const free = this.#heightPx - box.clientHeight;
    box.scrollTop = this.#isScaled ? (first / Math.max(1, count - page)) * free : first * ROW_PX;
    this.#ask();
  }

  readonly #key = (event: KeyboardEvent): void => {
    const { count = 0 } = this.#source ?? {};
    const from = this.#selected < 0 ? this.#first - 1 : this.#selected;
    const to: Readonly<Record<string, number>> = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + this.#page,
      PageUp: from - this.#page,
      Home: 0,
      End: count - 1,
    };
    if (event.key === "Enter" && this.#selected >= 0) this.#go(this.#selected, "open");
    else if (event.key in to) {
      event.preventDefault();
      this.#go(Math.min(count - 1, Math.max(0, to[event.key] ?? 0)), "go");
    }
  };

  #go(index: number, name: "go" | "open"): void {
    this.selected = index;
    this.dispatchEvent(new CustomEvent(name, { detail: index }));
  }
}

customElements.define("baseboard-list", List);
