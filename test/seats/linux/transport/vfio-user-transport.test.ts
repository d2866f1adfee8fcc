import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { VfioUserTransport } from "../../../../src/seats/linux/transport/vfio-user-transport.ts";
import { RecordingFunction } from "./recording-function.ts";

/** The first message of a conversation: version 0.1. */
const VERSION = Buffer.from("00000100140000000000000000000000" + "00000100", "hex");

/** However it comes to it. */
function closed(client: Socket): Promise<unknown> {
  client.on("error", () => {}).resume();
  return new Promise((resolve) => client.once("close", resolve));
}

// Goal: nothing holds the process after the end. Method: two clients that were answered, and so
// accepted; closing lets go of both.
test("a transport with two clients lets go of both", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vfio-"));
  const transport = new VfioUserTransport(new RecordingFunction(), folder, (error) => {
    throw error;
  });
  await transport.open();
  const clients = [0, 1].map(() => connect(join(folder, "vfio-user.sock")));
  for (const client of clients) {
    client.write(VERSION);
    const [answer] = await once(client, "data");
    expect(Buffer.from(answer).subarray(0, 4)).toEqual(VERSION.subarray(0, 4));
  }
  const gone = clients.map(closed);
  transport.close();
  await Promise.all(gone);
  rmSync(folder, { recursive: true, force: true });
});
