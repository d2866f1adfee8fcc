import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { failureAt } from "../environment.ts";

/** Nobody but this machine can ask. */
const LOOPBACK = "127.0.0.1";

/** Serves those pages on loopback, the first as `/`, the second as `/2`. */
export class PageServer {
  readonly #server: Server;
  readonly #pages: readonly string[];
  readonly #policy: string;

  constructor(pages: readonly string[], policy: string) {
    this.#pages = pages;
    this.#policy = policy;
    this.#server = createServer(({ method, url = "", headers }, response) => {
      const page = this.#isAsked(headers.host) ? this.#pageAt(url) : undefined;
      const known = method === "GET" || method === "HEAD";
      if (page === undefined || !known) {
        response
          .writeHead(known ? 404 : 405, { "content-type": "text/plain" })
          .end("no such page\n");
        return;
      }
      response.writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": this.#policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
      });
      response.end(method === "HEAD" ? undefined : page);
    });
  }

  /** Begins to listen; 0 is any port that is free. Gives the pages' addresses. */
  async listen(port: number): Promise<readonly string[]> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error) => reject(failureAt(`--port ${port}`, error)));
      this.#server.listen(port, LOOPBACK, resolve);
    });
    return this.#pages.map((_, i) => `http://${LOOPBACK}:${this.#port}/${i === 0 ? "" : i + 1}`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #port(): number {
    const address = this.#server.address() as AddressInfo;
    return address.port;
  }

  /** Another name for this machine is a stranger's page that asks. */
  #isAsked(host: string | undefined): boolean {
    return host === `${LOOPBACK}:${this.#port}` || host === `localhost:${this.#port}`;
  }

  #pageAt(url: string): string | undefined {
    const [, number] = /^\/(\d{0,4})(?:\?.*)?$/.exec(url) ?? [];
    if (number === undefined) return undefined;
    return this.#pages[number === "" ? 0 : Number(number) - 1];
  }
}
