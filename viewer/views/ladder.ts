/** A ladder as a table: host left, BMC right, the wire between them. */
import { css, html, nothing, type TemplateResult } from "lit";
import type { DecodedMessage, Ladder, Passage, Rung, Step } from "../../src/explain/index.ts";
import { placeText, shownSteps } from "../../src/explain/shown.ts";
import { visible } from "../../src/explain/visible.ts";
import { hex } from "../../src/ipmi/message.ts";
import type { Finding } from "../../src/referee/verdict.ts";
import { counted, durationText, hexByte, secondsText } from "./words.ts";

/** The whole ladder; `whole`: no step of it is left out. */
export function ladderView(ladder: Ladder, whole: boolean, all: () => void): TemplateResult {
  const { before, passage } = ladder;
  const startUs = passage?.startUs ?? ladder.steps[0]?.rungs[0]?.t ?? 0;
  const { head, leftOut, middle, after } = whole ? wholeOf(ladder) : shownSteps(ladder);
  const steps = (part: readonly Step[]) => part.map((step) => stepRows(step, startUs));
  return html`
    ${before.length === 0 ? nothing : html`<ol class="before">${before.map(passageLine)}</ol>`}
    <table class="ladder">
      <caption>${
        passage === undefined
          ? "Before the first transfer"
          : html`
        ${title(passage)} <span class="quiet">from ${secondsText(passage.startUs)},
        ${durationText(passage.endUs - passage.startUs)}, ${passage.outcome}</span>`
      }</caption>
      <thead><tr>
        <th scope="col">event</th><th scope="col">µs</th>
        <th scope="col" class="host">host</th><th scope="col" class="bmc">BMC</th>
      </tr></thead>
      <tbody>
        ${steps(head)} ${gap(leftOut, all)} ${steps(middle)} ${gap(after, all)}
      </tbody>
    </table>
    ${passage === undefined ? nothing : messages(passage)}
    <p class="place"><b>The host</b> ${placeText(ladder)}</p>
  `;
}

/** Whose rules were broken there, and what a right party would have done. */
export function rulesView(found: readonly Finding[]): TemplateResult | typeof nothing {
  if (found.length === 0) return nothing;
  return html`<section class="rules" aria-label="What the rules want">${found.map(
    ({ rule, sentence, section, instead }) => html`<h4>${rule}</h4>
      <p>${sentence} <span class="quiet">${section}</span></p>
      <p><b>Instead</b> ${instead}</p>`,
  )}</section>`;
}

/** What paper has: each ladder under what was found there. */
export function paperView(
  ladders: readonly Ladder[],
  findings: readonly Finding[],
): readonly TemplateResult[] {
  return ladders.slice(0, ON_PAPER_MAX).map((ladder) => {
    const found = findings.filter(({ n }) => n === ladder.n);
    const heads = found.map(({ rule, detail }) => html`<h3>${rule}: ${visible(detail)}</h3>`);
    return html`<section>${heads}${ladderView(ladder, false, () => {})}${rulesView(found)}</section>`;
  });
}

/** More findings than these are not drawn on paper. */
const ON_PAPER_MAX = 40;

function wholeOf({ steps, leftOut }: Ladder): ReturnType<typeof shownSteps> {
  return { head: [], leftOut, middle: steps, after: 0 };
}

function title({ request }: Passage): string {
  return request === undefined ? "A request too short to be one" : visible(request.command);
}

function passageLine(passage: Passage): TemplateResult {
  const { response, outcome, startUs } = passage;
  const came =
    response?.code === undefined ? outcome : `${codeText(response.code)} ${hex(response.data)}`;
  return html`<li><span class="quiet">${secondsText(startUs)}</span> ${title(passage)} → ${came}</li>`;
}

function gap(events: number, all: () => void): TemplateResult | typeof nothing {
  if (events === 0) return nothing;
  return html`<tr class="gap"><td colspan="2"></td><td colspan="2">
    <button @click=${all}>… ${counted(events)} more events …</button></td></tr>`;
}

function stepRows({ rungs, times, apart, lastUs }: Step, startUs: number): TemplateResult {
  const what = rungs.length === 1 ? "the same" : `these ${rungs.length} lines`;
  return html`${rungs.map((rung) => rungRow(rung, startUs, apart))}
    ${
      times === 1
        ? nothing
        : html`<tr class="again"><td colspan="2"></td><td colspan="2">
      ${what} ${counted(times)} times, until ${counted(lastUs - startUs)} µs</td></tr>`
    }`;
}

function rungRow(rung: Rung, startUs: number, apart: boolean): TemplateResult {
  return html`<tr class=${`${rung.lane}${apart ? " apart" : ""}`} aria-current=${apart ? "true" : nothing}>
    <td class="n">${rung.n}</td><td class="us">${counted(rung.t - startUs)}</td>${cells(rung)}
  </tr>`;
}

function cells(rung: Rung): TemplateResult {
  const { lane, way, both = false } = rung;
  const text = visible(rung.masked ? `${rung.text} (masked)` : rung.text);
  const subject = rung.subject === "" ? "" : `${visible(rung.subject)} `;
  if (lane === "wire") return html`<td colspan="2" class="event">${subject}${text}</td>`;
  if (way === undefined) {
    const told = html`<td class="said" colspan=${lane === "host" ? 2 : 1}>${subject}${text}</td>`;
    return lane === "host" ? told : html`<td class="side"></td>${told}`;
  }
  const access = html`<span class="access"><span>${text}</span><i class=${way} aria-hidden="true"></i></span>`;
  const through = both
    ? html`<span class="access"><i class=${way} aria-hidden="true"></i></span>`
    : "";
  return lane === "host"
    ? html`<td class="side">${access}</td><td>${through}</td>`
    : html`<td class="side"></td><td>${access}</td>`;
}

function messages({ request, response, outcome }: Passage): TemplateResult {
  return html`<div class="messages">
    ${request === undefined ? nothing : message("request", request)}
    ${response === undefined ? html`<section><h4>response</h4><p>none: ${outcome}</p></section>` : message("response", response)}
  </div>`;
}

function message(name: string, decoded: DecodedMessage): TemplateResult {
  const { command, code, data, fields, misfit } = decoded;
  return html`<section>
    <h4>${name}</h4>
    <p>${visible(command)}${code === undefined ? "" : `, ${codeText(code)}`}</p>
    <p class="bytes">${data.length === 0 ? "no data" : hex(data)}</p>
    ${fields.length === 0 ? nothing : html`<dl>${fields.map((field) => html`<dt>${field.name}</dt><dd>${visible(field.value)}</dd>`)}</dl>`}
    ${misfit === undefined ? nothing : html`<p>${visible(misfit)}</p>`}
  </section>`;
}

function codeText({ value, text }: NonNullable<DecodedMessage["code"]>): string {
  return `${hexByte(value)} (${text})`;
}

export const LADDER_STYLES = css`
  .before { list-style: none; margin: 8px 0; padding: 0; color: var(--quiet); }
  .before li { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .before span { display: inline-block; min-width: 14ch; text-align: right; margin-right: 1ch; }
  table.ladder { border-collapse: collapse; width: 100%; table-layout: fixed; max-width: 1000px; }
  .ladder caption { text-align: left; font-weight: 600; padding: 6px 0; }
  .ladder caption .quiet { font-weight: 400; }
  .ladder th { position: sticky; top: 0; z-index: 1; background: var(--ground); font-weight: 400; color: var(--quiet); text-align: left; padding: 1px 8px; border-bottom: 1px solid var(--line); }
  .ladder th:nth-child(1) { width: 8ch; }
  .ladder th:nth-child(2) { width: 11ch; }
  .ladder th:nth-child(-n + 2), .n, .us { text-align: right; }
  .ladder th.host { color: var(--host); width: 44%; }
  .ladder th.bmc { color: var(--bmc); }
  .ladder td { padding: 0 8px; line-height: 19px; vertical-align: top; overflow-wrap: anywhere; unicode-bidi: isolate; }
  .n, .us { color: var(--quiet); }
  td.side, th.host { border-right: 2px solid var(--wire); }
  td.side { padding-right: 0; }
  td.side + td { padding-left: 0; }
  td.side + td.said { padding-left: 8px; }
  .access { display: flex; align-items: baseline; gap: 6px; }
  td.side + td .access { flex-direction: row-reverse; justify-content: flex-end; }
  .access i { flex: 1; min-width: 14px; border-bottom: 1px solid currentColor; opacity: 0.65; position: relative; transform: translateY(-4px); }
  td.side + td .access i { flex: 0 0 26px; }
  .access i::after { content: ""; position: absolute; bottom: -4px; border: 3.5px solid transparent; }
  td.side .access i.out::after, td.side + td .access i.in::after { right: -2px; border-left-color: currentColor; border-right-width: 0; border-left-width: 6px; }
  td.side .access i.in::after, td.side + td .access i.out::after { left: 0; border-right-color: currentColor; border-left-width: 0; border-right-width: 6px; }
  tr.host td.side + td .access i.in::after { left: 0; right: auto; border-left-width: 0; border-right: 6px solid currentColor; }
  tr.host td.side + td .access i.out::after { right: -2px; left: auto; border-right-width: 0; border-left: 6px solid currentColor; }
  tr.host .access { color: var(--host); }
  tr.bmc .access { color: var(--bmc); }
  .access span { color: var(--text); }
  .ladder .said { color: var(--soft); }
  .ladder .event { color: var(--fault); }
  .ladder tr.apart td { background: var(--mark); }
  .ladder tr.apart td.n { color: var(--bad); font-weight: 700; }
  .ladder tr.apart td.n::before { content: "▸ "; }
  .again td, .gap td { color: var(--quiet); font-style: italic; }
  .gap button { all: unset; cursor: pointer; color: var(--accent); font-style: normal; }
  .gap button:focus-visible { outline: 2px solid var(--accent); }
  .messages { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 4px 32px; max-width: 1000px; margin-top: 12px; border-top: 1px solid var(--line); }
  .messages h4 { margin: 8px 0 0; font-weight: 400; color: var(--quiet); }
  .messages p { margin: 0; overflow-wrap: anywhere; }
  .messages .bytes { color: var(--soft); }
  .messages dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 16px; margin: 4px 0 0; }
  .messages dt { color: var(--quiet); }
  .messages dd { margin: 0; overflow-wrap: anywhere; }
  .place { margin: 10px 0 0; }
  .rules { max-width: 1000px; margin-top: 12px; border-top: 1px solid var(--line); }
  .rules h4 { margin: 8px 0 0; }
  .rules p { margin: 0; overflow-wrap: anywhere; }
`;
