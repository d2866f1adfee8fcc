import { createServer, type Server } from "node:http";
import { failureAt } from "../environment.ts";
import { escapedHtml } from "./html.ts";
import { LOOPBACK } from "./serving.ts";

/** Between two looks of who has the page open, in seconds. */
const AGAIN_S = 2;

/** A page of text on loopback that looks again by itself; `text` gives what there is to see now. */
export async function serveStatus(
  port: number,
  title: string,
  text: () => Promise<string>,
): Promise<{ readonly address: string; close(): void }> {
  const server = createServer(async ({ headers }, response) => {
    const { host } = headers;
    const names = [LOOPBACK, "localhost"].map((name) => `${name}:${portOf(server)}`);
    // Another name for this machine is a stranger's page that asks.
    if (host === undefined || !names.includes(host)) {
      response.writeHead(404, { "content-type": "text/plain" }).end("no such page\n");
      return;
    }
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    response.end(html(title, await text()));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(failureAt(`--page ${port}`, error)));
    server.listen(port, LOOPBACK, resolve);
  });
  const address = `http://${LOOPBACK}:${portOf(server)}/`;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address, close };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function html(title: string, text: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="${AGAIN_S}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapedHtml(title)}</title>
</head>
<body><main><pre>${escapedHtml(text)}</pre></main></body>
</html>
`;
}
