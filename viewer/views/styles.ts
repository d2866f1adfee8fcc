import { css } from "lit";

/** The colours by what they mean, on light ground and on dark, and the page's frame. */
export const STYLES = css`
  :host {
    --ground: #ffffff; --panel: #f7f8fa; --text: #1b1f24; --soft: #444c56; --quiet: #5f6873;
    --line: #e3e6ea; --edge: #b9c0c8; --field: #ffffff; --hover: #eef1f5; --selected: #dfe9f7;
    --accent: #1f5fbf; --bad: #b3261e; --bad-line: #b3261e55; --good: #2a7d46; --mark: #fdf0ee; --warn-ground: #fdf6e0;
    --host: #1c5ea8; --bmc: #7a3e9d; --wire: #c5ccd4; --wire-ink: #5b6b7c; --fault: #a3530a; --user: #2a7d46;
    --console: #5f6873; --transfer: #dfe6ee; --fault-span: #f6dcbf;
    display: block; height: 100vh; color: var(--text); background: var(--ground);
    font: 12.5px/19px ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --ground: #14171b; --panel: #191d22; --text: #e3e7ec; --soft: #b6bec8; --quiet: #929ca8;
      --line: #272d34; --edge: #48525d; --field: #1d2228; --hover: #20262d; --selected: #1f3350;
      --accent: #75a9f0; --bad: #ff8a80; --bad-line: #ff8a8066; --good: #6cc287; --mark: #33201f; --warn-ground: #332b14;
      --host: #7db3f5; --bmc: #cf9df0; --wire: #3c4650; --wire-ink: #93a4b5; --fault: #f0a860; --user: #6cc287;
      --console: #929ca8; --transfer: #28313b; --fault-span: #4a331b;
    }
  }
  .quiet { color: var(--quiet); }
  .bad { color: var(--bad); }
  .frame { display: grid; height: 100%; grid-template: auto minmax(0, 1fr) / minmax(320px, 31%) minmax(0, 1fr); }
  header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 2px 20px; align-items: baseline; padding: 6px 12px; border-bottom: 1px solid var(--line); background: var(--panel); }
  header h1 { font-size: 14px; margin: 0; overflow-wrap: anywhere; }
  header button { margin-left: auto; }
  header button ~ button { margin-left: 0; }
  aside { overflow-y: auto; border-right: 1px solid var(--line); outline-offset: -2px; }
  aside:focus-visible, .panel:focus-visible { outline: 2px solid var(--accent); }
  .work { display: flex; flex-direction: column; min-height: 0; min-width: 0; }
  [role="tablist"] { display: flex; gap: 2px; padding: 0 8px; border-bottom: 1px solid var(--line); background: var(--panel); }
  [role="tab"] { all: unset; padding: 5px 12px; cursor: pointer; border-bottom: 2px solid transparent; color: var(--soft); }
  [role="tab"][aria-selected="true"] { border-bottom-color: var(--accent); color: var(--text); }
  [role="tab"]:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
  .panel { flex: 1; min-height: 0; display: flex; flex-direction: column; outline-offset: -2px; }
  .scrolls { overflow: auto; padding: 0 12px 10px; display: block; }
  baseboard-list { flex: 1; }
  .plain { font: inherit; color: var(--accent); background: none; border: 0; padding: 0; cursor: pointer; }
  .plain:focus-visible { outline: 2px solid var(--accent); }
  .again-by { margin: 10px 0 0; color: var(--quiet); overflow-wrap: anywhere; }
  code { color: var(--soft); }
  .loading { padding: 24px 12px; }
  dialog { color: inherit; background: var(--panel); border: 1px solid var(--edge); border-radius: 4px; padding: 14px 18px; }
  dialog dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 8px 0; }
  dialog dd { margin: 0; }
  dialog h2 { font-size: 13px; margin: 0; }
  .paper { display: none; }
  @media (max-width: 900px) {
    :host { height: auto; min-height: 100vh; }
    .frame { display: block; }
    aside { border-right: 0; border-bottom: 1px solid var(--line); max-height: 44vh; }
    .panel { height: 72vh; flex: none; }
  }
  @media print {
    :host { height: auto; --ground: #fff; --panel: #fff; --text: #000; --soft: #222; --quiet: #444; --line: #bbb;
      --bad: #900; --mark: #f3f3f3; --host: #000; --bmc: #000; --fault: #000; --wire: #888; --accent: #000; --selected: #fff; font-size: 8.5pt; line-height: 11pt; }
    .frame { display: block; }
    .work, header button { display: none; }
    aside { overflow: visible; border: 0; }
    .paper { display: block; }
    .paper section { break-before: page; }
    .paper tr, .findings li { break-inside: avoid; }
    .paper .ladder td { line-height: 11pt; }
    .gap button { color: inherit; }
  }
`;
