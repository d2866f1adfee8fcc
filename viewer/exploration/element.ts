import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { visible } from "../../src/explain/visible.ts";
import { STYLES } from "../views/styles.ts";
import { counted } from "../views/words.ts";
import { hashOfRuns, runsOfHash } from "./address.ts";
import { ALL_RUNS, type BrokenRun, type Explored, type RunFilter, runsOf } from "./explored.ts";
import { HEAT_STYLES, heatMap } from "./heat-map.ts";

/** What the searches tried, what is broken, and what shows it again. */
export class Exploration extends LitElement {
  readonly #all: readonly Explored[];
  #chosen = 0;
  #filter: RunFilter = ALL_RUNS;

  static override styles = [
    STYLES,
    HEAT_STYLES,
    css`
    :host { height: auto; min-height: 100vh; }
    main, nav { padding: 8px 12px; max-width: 1200px; }
    select { font: inherit; color: inherit; background: var(--field); border: 1px solid var(--edge); max-width: 46ch; }
    h2 { font-size: 13px; margin: 14px 0 4px; }
    .fault { margin: 8px 0; padding: 8px 12px; font-size: 15px; border-left: 4px solid var(--bad); background: var(--mark); }
    .fault.none { border-color: var(--good); background: none; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 16px; margin: 4px 0; }
    dt { color: var(--quiet); }
    dd { margin: 0; overflow-wrap: anywhere; }
    form { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: baseline; margin: 6px 0; }
    ol { list-style: none; margin: 0; padding: 0; }
    li { border-top: 1px solid var(--line); padding: 5px 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
    li > * { display: block; }
    .rule { color: var(--bad); }
  `,
  ];

  constructor(all: readonly Explored[]) {
    super();
    this.#all = all;
    this.#follow();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.#follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#follow);
  }

  override render() {
    const explored = this.#all[this.#chosen];
    if (explored === undefined) return html`<p class="loading">Nothing was explored.</p>`;
    const { scenario, what, host, interface: kind, seed, judge } = explored;
    return html`<header>
        <h1>${visible(scenario)}: ${visible(what)}</h1>
        <span>host <b>${visible(host)}</b>, ${kind}, ${judge} judged</span>
        <span class="quiet">seed ${seed}</span>
      </header>
      ${this.#choice()}
      <main>
        <p class=${explored.brokenRuns === 0 ? "fault none" : "fault"} role="status">${foundText(explored)}</p>
        ${toldView(explored)}
        ${heatMap(explored.tried, {
          choose: (fault, events) => this.#narrow({ ...ALL_RUNS, fault, events }),
        })}
        ${explored.brokenRuns === 0 ? nothing : this.#runs(explored)}
      </main>`;
  }

  #choice(): TemplateResult | typeof nothing {
    if (this.#all.length < 2) return nothing;
    return html`<nav><label>search <select name="search" @change=${(event: Event) => {
      this.#chosen = Number(chosenIn(event));
      this.#narrow(ALL_RUNS);
    }}>${this.#all.map(
      (each, at) =>
        html`<option value=${at} ?selected=${at === this.#chosen}>${visible(each.scenario)}: ${counted(each.brokenRuns)} of ${counted(each.runs)} broken</option>`,
    )}</select></label></nav>`;
  }

  #runs(explored: Explored): TemplateResult {
    const { firstBroken, brokenRuns } = explored;
    const fit = runsOf(explored, this.#filter);
    const { events } = this.#filter;
    const where = events === undefined ? "" : `, fired at events ${events[0]} to ${events[1]}`;
    const few = firstBroken.length < brokenRuns ? `; ${counted(brokenRuns)} in all` : "";
    return html`<h2>Broken runs</h2>
      ${this.#filters(explored)}
      <p class="quiet" id="found">${counted(fit.length)} of the first ${counted(firstBroken.length)}${few}${where}</p>
      <ol>${fit.map((run) => runView(run, explored))}</ol>`;
  }

  #filters({ firstBroken }: Explored): TemplateResult {
    const rules = [...new Set(firstBroken.map(({ rule }) => rule))].sort();
    const faults = [...new Set(firstBroken.flatMap((run) => run.faults.map(({ fault }) => fault)))];
    const choice = (
      name: "rule" | "fault" | "without",
      any: string,
      values: readonly string[],
      word = "",
    ) => {
      const chosen = this.#filter[name];
      return html`<select name=${name} aria-label=${any} ?disabled=${values.length === 0}
        @change=${(event: Event) => this.#narrow({ ...this.#filter, [name]: chosenIn(event) })}>
        <option value="" ?selected=${chosen === ""}>${any}</option>
        ${values.map((value) => html`<option value=${value} ?selected=${value === chosen}>${word}${visible(value)}</option>`)}
      </select>`;
    };
    return html`<form role="search" @submit=${(event: Event) => event.preventDefault()}>
      ${choice("rule", "any rule", rules)} ${choice("fault", "with any fault", faults.toSorted())}
      ${choice("without", "preceded by any fault", faults.toSorted(), "not preceded by ")}
      <button type="button" class="plain" ?hidden=${this.#filter === ALL_RUNS}
        @click=${() => this.#narrow(ALL_RUNS)}>all runs</button>
    </form>`;
  }

  /** Shows what the address says. */
  readonly #follow = (): void => {
    const { search, filter } = runsOfHash(location.hash, this.#all.length);
    this.#chosen = search;
    this.#filter = filter;
    this.requestUpdate();
  };

  /** The address keeps it. */
  #narrow(filter: RunFilter): void {
    this.#filter = filter;
    const hash = hashOfRuns({ search: this.#chosen, filter });
    const plain = location.pathname + location.search;
    history.replaceState(null, "", hash === "" ? plain : `#${hash}`);
    this.requestUpdate();
  }
}

function foundText({ runs, brokenRuns, brokenSorts, ended }: Explored): string {
  if (runs === 0) return "Nothing was tried";
  const of = `${counted(runs)} runs, ${ENDED[ended] ?? ended}`;
  if (brokenRuns === 0) return `Nothing is broken in ${of}`;
  const sorts = brokenSorts.length === 1 ? "one sort" : `${counted(brokenSorts.length)} sorts`;
  return `${counted(brokenRuns)} broken, of ${sorts}, in ${of}`;
}

const ENDED: Readonly<Record<string, string>> = {
  complete: "which are all that there are",
  time: "until the time was up",
  runs: "as many as were asked for",
  first: "until the first that is broken",
  interrupted: "until it was interrupted",
};

function toldView({ coverage, plain, outcomes }: Explored): TemplateResult {
  return html`<dl>
    <dt>covered</dt><dd>${visible(coverage)}</dd>
    ${plain === undefined ? nothing : html`<dt>as the scenario stands</dt><dd>${visible(plain)}</dd>`}
    ${outcomes.map(({ what, runs }) => html`<dt>${counted(runs)} runs</dt><dd>${visible(what)}</dd>`)}
  </dl>`;
}

/** What was broken first, after which faults, and the command that has it again. */
function runView({ index, rule, detail, n, faults }: BrokenRun, { broken }: Explored) {
  const kept = broken.find((each) => each.index === index);
  const what = faults.map(({ at, fault }) => `${fault} at event ${at}`).join("; ");
  const again =
    kept === undefined || kept.unwritten !== undefined
      ? nothing
      : html`<code>baseboard replay ${visible(kept.file)}</code>`;
  return html`<li>
    <span><span class="rule">${rule}</span> <span class="quiet">run ${counted(index)}, event ${counted(n)}</span></span>
    <span>${visible(detail)}</span>
    <span class="quiet">${what === "" ? "nothing added" : visible(what)}</span>
    ${kept?.shrunk === undefined ? nothing : html`<span class="quiet">made smaller: ${visible(kept.shrunk)}</span>`}
    ${again}
  </li>`;
}

function chosenIn({ target }: Event): string {
  return target instanceof HTMLSelectElement ? target.value : "";
}

customElements.define("baseboard-exploration", Exploration);
