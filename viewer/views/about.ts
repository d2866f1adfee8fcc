/** What the page is about: its first line, and the command that shows the same. */
import { html, type TemplateResult } from "lit";
import { visible } from "../../src/explain/visible.ts";
import type { Opened, TraceGiven } from "../questions.ts";
import { counted, secondsText, shellWord } from "./words.ts";

/** What stands in the page besides the trace. */
export interface About {
  /** The names of the files that it was read from; empty when it was none. */
  readonly files: readonly string[];
  /** What tells it from other interfaces of the same evidence; empty when nothing does. */
  readonly block: string;
  /** What is to be said of how it was written down. */
  readonly remarks: readonly string[];
  /** Passwords and keys are in it. */
  readonly unmasked: boolean;
}

export function headerView(
  about: About,
  opened: Opened,
  { trace, help }: { readonly trace: TraceGiven; readonly help: () => void },
): TemplateResult {
  const { head, columns } = opened;
  const { host, bmc } = head;
  // Evidence was not drawn by lot.
  const seed = head.witness === undefined ? `seed ${head.seed}; ` : "";
  const faces = [...(head.taps.host ? ["host's"] : []), ...(head.taps.bmc ? ["BMC's"] : [])];
  const face = faces.length === 1 ? `, the ${faces[0]} face only` : "";
  const last = columns.times[columns.length - 1] ?? 0;
  const where = about.block === "" ? "" : ` at ${visible(about.block)}`;
  return html`<header>
    <h1>${titleOf(about, opened)}${where}</h1>
    <span>host <b>${visible(host)}</b>, BMC <b>${visible(bmc)}</b>, ${head.interface}${face}</span>
    <span class="quiet">${seed}${secondsText(last)}; ${counted(columns.length)} events</span>
    <button class="plain" @click=${() => save(trace, titleOf(about, opened))}>save the trace</button>
    <button class="plain" @click=${help}>keys</button>
  </header>`;
}

/** Gives the trace back as it came: JSON Lines, which every command here reads. */
function save(trace: TraceGiven, name: string): void {
  const made =
    "bytes" in trace
      ? URL.createObjectURL(new Blob([trace.bytes], { type: "application/gzip" }))
      : "";
  const link = document.createElement("a");
  link.href = "address" in trace ? trace.address : made;
  link.download = `${name.replace(/[^\w.-]+/g, "-")}.trace.jsonl.gz`;
  link.click();
  if (made !== "") setTimeout(() => URL.revokeObjectURL(made), KEPT_MS);
}

/** A browser may ask its user where to save it. */
const KEPT_MS = 60_000;

/** The scenario's name, or the files'. */
export function titleOf({ files }: About, { head }: Opened): string {
  if (head.scenario !== "") return visible(head.scenario);
  return files.length === 0 ? "standard input" : visible(files.join(" and "));
}

/** What shows the same ladder on a terminal. */
export function commandOf({ files, unmasked }: About, n: number): string {
  const words = files.length === 0 ? ["-"] : files.map(shellWord);
  const options = [`--at ${n}`, ...(unmasked ? ["--unmasked"] : [])];
  return ["baseboard explain", ...words, ...options].join(" ");
}
