import { createServer, type Server } from "node:http";
import { type PageAbout, pagePolicy, servedHtml } from "./html.ts";
import { addressOf, isAsked, listen } from "./loopback.ts";

/** Serves those pages on loopback, the first as `/`, the second as `/2`, and their traces beside them. */
export class PageServer {
  readonly #server: Server;
  readonly #pages: readonly Served[];
  readonly #policy: string;

  constructor(script: string, pages: readonly ServedPage[]) {
    this.#policy = pagePolicy(script, true);
    this.#pages = pages.map(({ about, packed }, i) => {
      return { html: servedHtml(script, about, `/${i + 1}.trace`), packed };
    });
    this.#server = createServer(({ method, url = "", headers }, response) => {
      const found = isAsked(this.#server, headers.host) ? this.#at(url) : undefined;
      const known = method === "GET" || method === "HEAD";
      if (found === undefined || !known) {
        response
          .writeHead(known ? 404 : 405, { "content-type": "text/plain" })
          .end("no such page\n");
        return;
      }
      response.writeHead(200, {
        "content-type": found.type,
        "content-security-policy": this.#policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
      });
      const { body } = found;
      if (method === "HEAD" || typeof body !== "function") {
        response.end(method === "HEAD" ? undefined : body);
      } else body((piece) => void (piece === undefined ? response.end() : response.write(piece)));
    });
  }

  /** Begins to listen; 0 is any port that is free. Gives the pages' addresses. */
  async listen(port: number): Promise<readonly string[]> {
    await listen(this.#server, port, "--port");
    const address = addressOf(this.#server);
    return this.#pages.map((_, i) => `${address}${i === 0 ? "" : i + 1}`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #at(
    url: string,
  ): { readonly type: string; readonly body: string | Served["packed"] } | undefined {
    const [, number, trace] = /^\/(\d{0,4})(\.trace)?(?:\?.*)?$/.exec(url) ?? [];
    if (number === undefined) return undefined;
    const page = this.#pages[number === "" ? 0 : Number(number) - 1];
    if (page === undefined) return undefined;
    return trace === undefined
      ? { type: "text/html; charset=utf-8", body: page.html }
      : { type: "application/gzip", body: page.packed };
  }
}

/** Gives pieces to whoever follows, and undefined when there are no more. */
type Following = (follower: (piece: Buffer | undefined) => void) => void;

/** A page, and its trace, packed: whole, or as it comes. */
export interface ServedPage {
  readonly about: PageAbout;
  readonly packed: Buffer | Following;
}

interface Served {
  readonly html: string;
  readonly packed: ServedPage["packed"];
}
