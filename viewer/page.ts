/**
 * The page's beginning, and the element for other pages. What stands in a report as data goes to the element
 * that shows it. A browser that lacks something says so in a sentence.
 */
import type { About } from "./views/about.ts";
import { Trace } from "./views/trace.ts";

/** So many characters are decoded at a time: a multiple of four. */
const PIECE = 1 << 20;

begin();

function begin(): void {
  const place = document.querySelector("main");
  // A page of somebody else's has the element itself.
  if (place === null || document.getElementById("about") === null) return;
  const lacks = ["DecompressionStream", "Worker", "customElements"].filter(
    (name) => !(name in globalThis),
  );
  if (lacks.length > 0) {
    place.textContent = `This page cannot be shown here: the browser has no ${lacks.join(", no ")}.`;
    return;
  }
  const about: About = JSON.parse(textOf("about"));
  const trace = new Trace();
  const served = document.getElementById("trace")?.getAttribute("data-address");
  trace.shows({
    about,
    trace: served ? { address: addressOf(served) } : { bytes: unpacked(textOf("trace")) },
    ownsPage: true,
  });
  place.replaceChildren(trace);
}

/** The worker has no address of its own from which another one could be told. */
function addressOf(path: string): string {
  return new URL(path, document.baseURI).href;
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? "";
}

function unpacked(base64: string): Uint8Array<ArrayBuffer> {
  const text = base64.trim();
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let length = 0;
  for (let at = 0; at < text.length; at += PIECE) {
    const piece = atob(text.slice(at, at + PIECE));
    for (let i = 0; i < piece.length; i++) bytes[length++] = piece.charCodeAt(i);
  }
  return bytes.slice(0, length);
}
