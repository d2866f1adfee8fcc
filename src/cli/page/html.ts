import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { visible } from "../../explain/index.ts";
import { packagePath } from "../../package-root.ts";
import type { TransportKind } from "../../trace/head.ts";
import { isSystemError } from "../environment.ts";
import { Exit, Failure } from "../failure.ts";

/** What stands in a page besides the trace. */
export interface PageAbout {
  /** The names of the files, without their folders, which are nobody's business; empty of standard input. */
  readonly files: readonly string[];
  /** What tells it from other interfaces of the same evidence; empty when nothing does. */
  readonly block: string;
  readonly remarks: readonly string[];
  readonly unmasked: boolean;
}

const STYLE = `
body { margin: 0; background: #fff; color: #1b1f24; font: 12.5px/19px ui-monospace, monospace; }
@media (prefers-color-scheme: dark) { body { background: #14171b; color: #e3e7ec; } }
@media print { body { background: #fff; color: #000; } }
@page { margin: 12mm; }
`;

/** The page of any trace, of a trace of that interface, and of explorations. */
export type PageName = "page" | `page-${TransportKind}` | "exploration";

/** What the page of that name runs; it may be put between script tags as it is. */
export function pageScript(name: PageName): string {
  try {
    return embeddable(readFileSync(packagePath(`dist/viewer/${name}.js`), "utf8"));
  } catch (error) {
    if (!isSystemError(error) || error.code !== "ENOENT") throw error;
  }
  throw new Failure(Exit.Missing, "the page's script is not built here: npm run build makes it");
}

/**
 * One page of one file: nothing is fetched, and nothing in it is run but that script, whose hash the
 * page's own policy has. `packed`: the trace as JSON Lines, packed by gzip.
 */
export function pageHtml(script: string, about: PageAbout, packed: Buffer): string {
  const trace = `<script type="application/gzip" id="trace">${packed.toString("base64")}</script>`;
  return tracePage({ script, about, trace });
}

/** The same, with the trace at an address of its own, from which it comes in pieces. */
export function servedHtml(script: string, about: PageAbout, address: string): string {
  const trace = `<script type="application/gzip" id="trace" data-address="${address}"></script>`;
  return tracePage({ script, about, trace, connects: true });
}

function tracePage({
  script,
  about,
  trace,
  connects = false,
}: {
  readonly script: string;
  readonly about: PageAbout;
  readonly trace: string;
  readonly connects?: boolean;
}): string {
  const body = [
    `<main>This page shows a trace by a script of its own, which does not run here.</main>`,
    `<script type="application/json" id="about">${embeddedJson(about)}</script>`,
    trace,
  ];
  return htmlOf({ script, title: about.files.join(" and "), body, connects });
}

/** The same of explorations, as `explore` writes them as data. */
export function explorationHtml(
  script: string,
  explorations: readonly { readonly scenario: string }[],
): string {
  const [first] = explorations;
  const title = explorations.length === 1 ? (first?.scenario ?? "") : "explorations";
  const body = [
    `<main>This page shows an exploration by a script of its own, which does not run here.</main>`,
    `<script type="application/json" id="explorations">${embeddedJson(explorations)}</script>`,
  ];
  return htmlOf({ script, title, body, connects: false });
}

function htmlOf({
  script,
  title,
  body,
  connects,
}: {
  readonly script: string;
  readonly title: string;
  readonly body: readonly string[];
  readonly connects: boolean;
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${pagePolicy(script, connects)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapedHtml(visible(title))}</title>
<style>${STYLE}</style>
</head>
<body>
${body.join("\n")}
<script type="module">${script}</script>
</body>
</html>
`;
}

/** What a browser may do in the page. `connects`: ask the page's own server. */
export function pagePolicy(script: string, connects: boolean): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(STYLE)}'`,
    "worker-src blob:",
    ...(connects ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** A script in which nothing looks like the end of the element that it stands in. */
function embeddable(script: string): string {
  return script.replace(/<(?=\/script|!--|script)/gi, "\\x3c");
}

function embeddedJson(document: unknown): string {
  return JSON.stringify(document).replaceAll("<", "\\u003c");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

export function escapedHtml(text: string): string {
  return text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
}
