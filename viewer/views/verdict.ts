/** The verdict and what was found, first to be read. */
import { css, html, nothing, type TemplateResult } from "lit";
import { visible } from "../../src/explain/visible.ts";
import { blamed, type Finding, sightLines, type Verdict } from "../../src/referee/verdict.ts";
import type { Opened } from "../questions.ts";
import { counted, secondsText } from "./words.ts";

interface Shown {
  /** The number of the event that is selected. */
  readonly at: number | undefined;
  readonly choose: (finding: Finding) => void;
  readonly remarks: readonly string[];
}

export function verdictView(opened: Opened, shown: Shown): TemplateResult {
  const { verdict, reading } = opened;
  const { violations, notes, open } = verdict;
  const remarks = [...cutRemarks(opened, shown), ...shown.remarks];
  return html`
    ${reading ? soFarView(verdict) : html`<h2 class=${violations.length === 0 ? "fault none" : "fault"}>${faultText(verdict)}</h2>`}
    ${remarks.map((remark) => html`<p class="remark">${visible(remark)}</p>`)}
    ${!reading && violations.length === 0 && notes.length === 0 ? html`<p class="quiet">No rule was found broken.</p>` : nothing}
    ${findings("violations", violations, verdict, shown)} ${findings("notes", notes, verdict, shown)}
    ${open.length === 0 ? nothing : html`<h3>open at the end</h3><ul>${open.map((each) => html`<li>${visible(each)}</li>`)}</ul>`}
    ${countsView(verdict, reading)}
  `;
}

/** Whom what came later may clear, and who is at fault first, is not known before the end. */
function soFarView({ violations }: Verdict): TemplateResult {
  const { length } = violations;
  const broken = length === 0 ? "no rule" : length === 1 ? "one rule" : `${counted(length)} rules`;
  return html`<h2 class="so-far" role="status">More is coming: ${broken} found broken by now</h2>`;
}

/** Evidence has no end of its own, and whoever wrote the page may have said where the trace breaks off. */
function cutRemarks({ cut, head }: Opened, { remarks }: Shown): readonly string[] {
  if (cut === undefined || head.witness !== undefined || remarks.length > 0) return [];
  return [`the trace is not whole: ${cut}`];
}

/** Everything that was found, in the order of the page. */
export function allFindings({ violations, notes }: Verdict): readonly Finding[] {
  return [...violations, ...notes];
}

/** Who is at fault, in words. */
export function faultText({ fault, violations }: Verdict): string {
  if (fault.length === 0) return "Nobody is at fault";
  const named = fault.map((party) => {
    if (party === "wire") return "the wire";
    const seat = violations.find((each) => each.party === party)?.seat ?? "";
    return `the ${party === "bmc" ? "BMC" : "host"} (${visible(seat)})${unlessText(violations, party)}`;
  });
  return `At fault: ${named.join(", then ")}`;
}

function unlessText(violations: readonly Finding[], party: Finding["party"]): string {
  const doubts = violations.filter((each) => blamed(each) === party).map(({ unless }) => unless);
  if (doubts.includes(undefined)) return "";
  const texts = [...new Set(doubts.flatMap((each) => each ?? []))];
  return `, unless ${texts.map(visible).join(", or ")}: this evidence does not show that`;
}

function findings(
  name: string,
  found: readonly Finding[],
  verdict: Verdict,
  shown: Shown,
): TemplateResult | typeof nothing {
  if (found.length === 0) return nothing;
  return html`<h3>${name} <span class="quiet">${found.length}</span></h3>
    <ol class="findings">${found.map((each, i) => html`<li>${findingView(each, i, verdict, shown)}</li>`)}</ol>`;
}

function findingView(
  finding: Finding,
  index: number,
  { violations }: Verdict,
  { at, choose }: Shown,
): TemplateResult {
  const { rule, party, seat, n, t, section, sentence, detail } = finding;
  const isViolation = violations.includes(finding);
  return html`<button aria-pressed=${at === n ? "true" : "false"} @click=${() => choose(finding)}>
    <span class="line"><b class=${isViolation ? "rule bad" : "rule"}>${isViolation ? `${index + 1}. ` : ""}${rule}</b>
      <span class=${`party ${party}`}>${party === "bmc" ? "BMC" : party} (${visible(seat)})</span>
      <span class="quiet when">event ${n}, ${secondsText(t)}</span></span>
    <span class="sentence">${sentence}</span>
    <span class="detail">${visible(detail)}</span>
    ${more(finding).map((line) => html`<span class="more">${line}</span>`)}
    <span class="quiet section">${section}</span>
  </button>`;
}

function more({ count, orders, wire, unless, follows }: Finding): readonly string[] {
  return [
    ...(count > 1 ? [`${counted(count)} times in all; this is the first`] : []),
    ...(orders.length > 0 ? [`on the scenario's orders: ${orders.map(visible).join(", ")}`] : []),
    ...(wire.length > 0 ? [`the wire's doing: ${wire.map(visible).join(", ")}`] : []),
    ...(unless === undefined ? [] : [`unless ${unless.map(visible).join(", or ")}`]),
    ...(follows === null ? [] : [`follows from ${follows + 1}.`]),
  ];
}

function countsView(verdict: Verdict, reading: boolean): TemplateResult {
  const { rulesChecked, transactions, events, ended, unseen } = verdict;
  const sight = unseen === undefined ? [] : sightLines(verdict);
  const end = ended || reading ? [] : ["the trace has no end: open promises were not judged"];
  return html`<p class="counts quiet">
      ${counted(rulesChecked)} rules, ${counted(transactions)} transactions, ${counted(events)} events
    </p>
    ${[...sight, ...end].map((line) => html`<p class="counts quiet">${visible(line)}</p>`)}`;
}

export const VERDICT_STYLES = css`
  .so-far { margin: 0; padding: 10px 12px; font-size: 15px; border-left: 4px solid var(--quiet); }
  .fault { margin: 0; padding: 10px 12px; font-size: 15px; border-left: 4px solid var(--bad); background: var(--mark); }
  .fault.none { border-color: var(--good); background: none; }
  .remark { margin: 0; padding: 6px 12px; background: var(--warn-ground); overflow-wrap: anywhere; }
  aside h3 { margin: 14px 12px 4px; font-size: 13px; font-weight: 600; }
  aside > p.quiet { margin: 8px 12px; }
  aside ul { margin: 0; padding: 0 12px 0 28px; }
  .findings { list-style: none; margin: 0; padding: 0; }
  .findings button {
    all: unset; box-sizing: border-box; display: block; width: 100%; padding: 7px 12px; cursor: pointer;
    border-top: 1px solid var(--line); border-left: 4px solid transparent;
  }
  .findings button:hover { background: var(--hover); }
  .findings button[aria-pressed="true"] { background: var(--selected); border-left-color: var(--accent); }
  .findings button:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
  .findings button > span { display: block; overflow-wrap: anywhere; unicode-bidi: isolate; }
  .findings .line { display: flex; flex-wrap: wrap; gap: 2px 10px; }
  .rule.bad { color: var(--bad); }
  .party.host { color: var(--host); }
  .party.bmc { color: var(--bmc); }
  .when { margin-left: auto; }
  .detail, .more { color: var(--soft); }
`;
