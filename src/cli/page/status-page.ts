import { createServer } from "node:http";
import { escapedHtml } from "./html.ts";
import { addressOf, isAsked, listen } from "./loopback.ts";

/** Between two looks of who has the page open, in seconds. */
const AGAIN_S = 2;

/** A page of text on loopback that looks again by itself; `text` gives what there is to see now. */
export async function serveStatus(
  port: number,
  title: string,
  text: () => Promise<string>,
): Promise<{ readonly address: string; close(): void }> {
  const server = createServer(async ({ headers }, response) => {
    if (!isAsked(server, headers.host)) {
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
  await listen(server, port, "--page");
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address: addressOf(server), close };
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
