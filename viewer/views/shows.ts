import type { TraceGiven } from "../questions.ts";
import type { About } from "./about.ts";

/** What is shown, and whether the page's address, title and keys are the element's to set. */
export interface Shows {
  readonly about: About;
  readonly trace: TraceGiven;
  readonly ownsPage: boolean;
}

/** What an element in a page of somebody else's shows by its `src`. */
export function showsOf(src: string, unmasked: boolean): Shows {
  // The worker has no address of its own from which another one could be told.
  const { href, pathname } = new URL(src, document.baseURI);
  const file = pathname.slice(pathname.lastIndexOf("/") + 1);
  const about = { files: [file], block: "", remarks: [], unmasked };
  return { about, trace: { address: href }, ownsPage: false };
}
