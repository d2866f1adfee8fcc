import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { Ladder } from "../../src/explain/index.ts";
import { visible } from "../../src/explain/visible.ts";
import type { Finding } from "../../src/referee/index.ts";
import { FIRST_VIEW, hashOf, TABS, type Tab, type View, viewOf } from "../permalink.ts";
import { Asking, type Opened } from "../questions.ts";
import { placeOf } from "../trace/columns.ts";
import { type Filter, isEmpty } from "../trace/filter.ts";
import InlineWorker from "../worker.ts?worker&inline";
import { commandOf, headerView, titleOf } from "./about.ts";
import { EventList } from "./event-list.ts";
import { FILTER_STYLES, filtersView } from "./filters.ts";
import { helpView, KeysOf } from "./keys.ts";
import { LADDER_STYLES, ladderView, paperView, rulesView } from "./ladder.ts";
import { List, type RowEvent } from "./list.ts";
import { type Shows, showsOf } from "./shows.ts";
import { STYLES } from "./styles.ts";
import { TITLES, tabsView } from "./tabs.ts";
import { type PickEvent, type SpanEvent, Timeline } from "./timeline.ts";
import {
  type Order,
  orderView,
  sortedTransfers,
  TRANSFER_STYLES,
  timesTable,
  transferSource,
} from "./transfers-table.ts";
import { allFindings, VERDICT_STYLES, verdictView } from "./verdict.ts";

/** The address is not written more often: browsers refuse that. */
const ADDRESS_MS = 250;
/**
 * A trace, who broke which rule in it, and what happened. In a page of somebody else's `src` says where the
 * trace is, JSON Lines, packed by gzip or not; it leaves that page's address, title and keys alone.
 */
export class Trace extends LitElement {
  #shows: Shows | undefined;
  readonly #asking: Asking;
  readonly #events: EventList;
  readonly #keys: KeysOf;
  #view: View = FIRST_VIEW;
  #opened: Opened | undefined;
  #error = "";
  #ladder: Ladder | undefined;
  #whole = false;
  #drawing = false;
  /** Whose ladder is there, or on its way. */
  #drawn: number | undefined;
  #tabBefore: Tab = "ladder";
  #order: Order = "start";
  #sorted: ReturnType<typeof sortedTransfers> = [];
  #paper: readonly TemplateResult[] = [];
  #address = 0;

  static override readonly properties = { src: {} };
  static override styles = [STYLES, VERDICT_STYLES, LADDER_STYLES, FILTER_STYLES, TRANSFER_STYLES];

  constructor() {
    super();
    this.#asking = new Asking(new InlineWorker());
    this.#events = new EventList(this.#asking, () => this.requestUpdate());
    this.#keys = new KeysOf({
      search: () => this.#search(),
      finding: (by) => this.#goFinding(by),
      tab: (tab) => this.#show({ tab }),
      help: () => this.#help(),
    });
  }

  /** Shows that in place of what it showed. */
  shows(what: Shows): void {
    this.#shows = what;
    this.#view = what.ownsPage ? viewOf(location.hash) : FIRST_VIEW;
    if (this.isConnected) void this.#open(what);
  }

  override attributeChangedCallback(name: string, before: string | null, src: string | null): void {
    super.attributeChangedCallback(name, before, src);
    if (name === "src" && src !== null) this.shows(showsOf(src, this.hasAttribute("unmasked")));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const what = this.#shows;
    if (what?.ownsPage === true) {
      addEventListener("hashchange", this.#follow);
      addEventListener("keydown", this.#keys.take);
    } else this.addEventListener("keydown", this.#keys.take);
    addEventListener("beforeprint", this.#toPaper);
    if (what !== undefined) void this.#open(what);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#follow);
    removeEventListener("keydown", this.#keys.take);
    this.removeEventListener("keydown", this.#keys.take);
    removeEventListener("beforeprint", this.#toPaper);
  }

  override render() {
    const opened = this.#opened;
    if (this.#error !== "")
      return html`<p class="loading bad" role="alert">${visible(this.#error)}</p>`;
    if (this.#shows === undefined || opened === undefined) {
      return html`<p class="loading" role="status">Reading and judging the trace…</p>`;
    }
    const { about, trace } = this.#shows;
    return html`<div class="frame">
        ${headerView(about, opened, { trace, help: () => this.#help() })}
        <aside tabindex="0" aria-label="Verdict and findings">
          ${verdictView(opened, {
            at: this.#view.at,
            choose: (finding) => this.#chooseFinding(finding),
            remarks: about.remarks,
          })}
        </aside>
        <div class="work">
          <baseboard-timeline @pick=${this.#pick} @span=${this.#spanned}></baseboard-timeline>
          ${tabsView(this.#view.tab, (tab) => this.#show({ tab }), this.#tabKey)}
          <div class=${this.#view.tab === "ladder" ? "panel scrolls" : "panel"} role="tabpanel" id="panel"
            tabindex=${this.#view.tab === "ladder" ? 0 : nothing} aria-label=${TITLES[this.#view.tab]}>
            ${this.#panel(opened)}
          </div>
        </div>
      </div>
      <div class="paper">${this.#paper}</div>
      ${helpView()}`;
  }

  #panel(opened: Opened): TemplateResult {
    switch (this.#view.tab) {
      case "ladder":
        return this.#ladderPanel();
      case "events":
        return html`${filtersView(opened, {
          filter: this.#view.filter,
          found: this.#events.count,
          change: (filter) => this.#filter(filter),
        })}
          <baseboard-list id="events" @go=${this.#goEvent} @open=${this.#openEvent}></baseboard-list>`;
      case "transfers":
        return html`${timesTable(opened.times)}
          ${orderView(this.#order, (order) => this.#sort(order))}
          <baseboard-list id="transfers" @open=${this.#openTransfer}></baseboard-list>`;
    }
  }

  #ladderPanel(): TemplateResult {
    if (this.#drawing) return html`<p class="quiet" role="status">Drawing…</p>`;
    const ladder = this.#ladder;
    if (ladder === undefined) {
      return html`<p class="quiet">Choose a finding, an event or a transfer: what happened round it is shown here.</p>`;
    }
    const all = () => {
      this.#whole = true;
      this.requestUpdate();
    };
    const about = this.#shows?.about;
    return html`${ladderView(ladder, this.#whole, all)}
      ${rulesView(this.#findings.filter(({ n }) => n === ladder.n))}
      ${about && html`<p class="again-by">On a terminal: <code>${commandOf(about, ladder.n)}</code></p>`}`;
  }

  override updated(): void {
    const [opened, events] = [this.#opened, this.#part("#events")];
    if (opened === undefined) return;
    void this.#draw();
    if (this.#view.tab === "ladder" && this.#tabBefore !== "ladder") this.#centre();
    this.#tabBefore = this.#view.tab;
    if (events instanceof List && this.#events.fills(events)) this.#select(events);
    const transfers = this.#part("#transfers");
    if (transfers instanceof List && !transfers.isOf(this.#sorted)) {
      transfers.show(transferSource(this.#sorted, opened.codes), this.#sorted);
    }
  }

  async #open(what: Shows): Promise<void> {
    const { about, trace, ownsPage } = what;
    this.#opened = undefined;
    this.#error = "";
    const question = { trace, unmasked: about.unmasked };
    try {
      const opened = await this.#asking.ask("open", question, (soFar) => {
        if (this.#shows === what) void this.#has(soFar);
      });
      if (this.#shows !== what) return;
      const fault = opened.verdict.fault.join(", ") || "no fault";
      if (ownsPage) document.title = `${titleOf(about, opened)}: ${fault}`;
      const [first] = allFindings(opened.verdict);
      if (this.#view.at === undefined && first !== undefined)
        this.#view = { ...this.#view, at: first.n };
      await this.#has(opened);
    } catch (error) {
      this.#error = `This trace cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
      this.requestUpdate();
    }
  }

  /** Shows what there is of the trace by now. */
  async #has(opened: Opened): Promise<void> {
    const isFirst = this.#opened === undefined;
    this.#opened = opened;
    // A ladder that was drawn before the end may not have been whole.
    if (!opened.reading) this.#drawn = undefined;
    this.#sorted = sortedTransfers(opened.transfers, this.#order);
    this.#events.begin(opened);
    this.requestUpdate();
    await this.updateComplete;
    this.#beginTimeline(opened);
    if (isFirst || !opened.reading || !isEmpty(this.#view.filter)) this.#reveal();
  }

  #beginTimeline({ columns, faults, transfers, verdict }: Opened): void {
    const timeline = this.#part("baseboard-timeline");
    if (!(timeline instanceof Timeline)) return;
    timeline.timed = {
      columns,
      faults,
      transfers,
      found: verdict.violations.map(({ t }) => t),
      words: async (places) => {
        return (await this.#asking.ask("rows", { places })).map(({ text }) => text);
      },
    };
  }

  /** Brings everything to what the view says. */
  #reveal(): void {
    const { at, span, filter } = this.#view;
    const timeline = this.#part("baseboard-timeline");
    if (timeline instanceof Timeline) {
      timeline.at = this.#timeOf(at);
      timeline.span = span;
    }
    void this.#events.filter(filter);
    this.requestUpdate();
  }

  /** Changes the view, and the address with it. */
  #show(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change };
    this.requestUpdate();
    if (this.#address !== 0 || this.#shows?.ownsPage !== true) return;
    this.#address = window.setTimeout(() => {
      this.#address = 0;
      const hash = hashOf(this.#view);
      history.replaceState(
        null,
        "",
        hash === "" ? location.pathname + location.search : `#${hash}`,
      );
    }, ADDRESS_MS);
  }

  #go(at: number, tab?: Tab): void {
    this.#show({ at, ...(tab === undefined ? {} : { tab }) });
    const timeline = this.#part("baseboard-timeline");
    if (timeline instanceof Timeline) timeline.at = this.#timeOf(at);
    void this.updateComplete.then(() => {
      const events = this.#part("#events");
      if (events instanceof List) this.#select(events);
    });
  }

  /** The ladder of the event that is chosen, once it is to be seen. */
  async #draw(): Promise<void> {
    const { at, tab } = this.#view;
    if (tab !== "ladder" || at === undefined || at === this.#drawn) return;
    this.#drawn = at;
    this.#drawing = true;
    this.requestUpdate();
    const ladder = await this.#asking.ask("ladder", { n: at });
    if (at !== this.#drawn || ladder === null) return;
    this.#ladder = ladder;
    this.#whole = false;
    this.#drawing = false;
    this.requestUpdate();
    await this.updateComplete;
    this.#centre();
  }

  /** Brings the ladder's event to the middle of its panel, and leaves the page where it is. */
  #centre(): void {
    const [panel, mark] = [this.#part("#panel"), this.#part(".ladder .apart")];
    if (panel === null || mark === null) return;
    const { top, height } = panel.getBoundingClientRect();
    panel.scrollTop += mark.getBoundingClientRect().top - top - height / 2;
  }

  #select(events: List): void {
    const [columns, { at }] = [this.#opened?.columns, this.#view];
    events.selected =
      columns === undefined || at === undefined ? -1 : this.#events.indexOf(placeOf(columns, at));
  }

  #filter(filter: Filter): void {
    this.#show({ filter });
    void this.#events.filter(filter);
  }

  #sort(order: Order): void {
    this.#order = order;
    this.#sorted = sortedTransfers(this.#opened?.transfers ?? [], order);
    this.requestUpdate();
  }

  #chooseFinding({ n }: Finding): void {
    const filtered = !isEmpty(this.#view.filter);
    this.#go(n, this.#view.tab === "events" && !filtered ? "events" : "ladder");
  }

  #goFinding(by: 1 | -1): void {
    const findings = this.#findings;
    const at = findings.findIndex(({ n }) => n === this.#view.at);
    const next = findings[at === -1 ? 0 : (at + by + findings.length) % findings.length];
    if (next !== undefined) this.#chooseFinding(next);
  }

  #search(): void {
    this.#show({ tab: "events" });
    void this.updateComplete.then(() => this.#part("input")?.focus());
  }

  readonly #follow = (): void => {
    this.#view = viewOf(location.hash);
    this.#reveal();
  };

  readonly #pick = ({ detail }: PickEvent): void => {
    this.#go(this.#numberAt(detail), this.#view.tab === "transfers" ? "ladder" : this.#view.tab);
  };

  readonly #spanned = ({ detail }: SpanEvent): void => this.#show({ span: detail ?? undefined });

  readonly #goEvent = ({ detail }: RowEvent): void => {
    const n = this.#numberAt(this.#events.placeAt(detail));
    this.#show({ at: n });
    const timeline = this.#part("baseboard-timeline");
    if (timeline instanceof Timeline) timeline.at = this.#timeOf(n);
  };

  readonly #openEvent = ({ detail }: RowEvent): void => {
    this.#go(this.#numberAt(this.#events.placeAt(detail)), "ladder");
  };

  readonly #openTransfer = ({ detail }: RowEvent): void => {
    const number = this.#sorted[detail]?.number ?? 0;
    void this.#asking
      .ask("placeOfTransfer", { number })
      .then((place) => this.#go(this.#numberAt(place), "ladder"));
  };

  readonly #tabKey = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    const tab = TABS[(TABS.indexOf(this.#view.tab) + by + TABS.length) % TABS.length];
    if (tab !== undefined) this.#show({ tab });
    void this.updateComplete.then(() => this.#part(`#tab-${tab}`)?.focus());
  };

  /** Paper has each finding's ladder; they are known by now, so all is there in time. */
  readonly #toPaper = (): void => {
    this.#paper = paperView(this.#opened?.ladders ?? [], this.#findings);
    this.requestUpdate();
    this.performUpdate();
  };

  #help(): void {
    this.renderRoot.querySelector("dialog")?.showModal();
  }

  get #findings(): readonly Finding[] {
    return this.#opened === undefined ? [] : allFindings(this.#opened.verdict);
  }

  #numberAt(place: number): number {
    return this.#opened?.columns.numbers[place] ?? 0;
  }

  #timeOf(n: number | undefined): number | undefined {
    const columns = this.#opened?.columns;
    return columns === undefined || n === undefined
      ? undefined
      : columns.times[placeOf(columns, n)];
  }

  #part(selector: string): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(selector);
  }
}

customElements.define("baseboard-trace", Trace);
