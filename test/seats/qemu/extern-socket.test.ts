import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ExternBmc, ExternSocket } from "../../../src/seats/qemu/index.ts";
import { NamedPipes } from "../../../src/seats/qemu/named-pipes.ts";
import { VirtualTime } from "../../../src/time/index.ts";
import { Tracer } from "../../../src/trace/tracer.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "extern,socket-"));
  vi.stubEnv("TMPDIR", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function externBmc(): ExternBmc {
  const time = new VirtualTime();
  return new ExternBmc({ scheduler: time.lane("bmc"), tracer: new Tracer(() => time.nowUs) });
}

/** However it comes to it. */
function closed(client: Socket): Promise<unknown> {
  client.on("error", () => {}).resume();
  return new Promise((resolve) => client.once("close", resolve));
}

/** What QEMU takes for the path among the properties of its option. */
function pathIn(properties: readonly string[]): string {
  const [, escaped = ""] = /path=((?:[^,]|,,)+)/.exec(properties.join(" ")) ?? [];
  return escaped.replaceAll(",,", ",");
}

// Goal: closing ends, whoever is connected. Method: two clients, of which only one can be QEMU.
test("a socket with two clients closes, and both are let go", async () => {
  const socket = await ExternSocket.open(externBmc(), "bmc-listens");
  const path = pathIn(socket.arguments());
  const clients = [connect(path), connect(path)];
  await Promise.all(clients.map((client) => once(client, "connect")));
  const gone = clients.map(closed);
  await socket.close();
  await Promise.all(gone);
});

test("a comma in the temporary folder's name is doubled for QEMU", async () => {
  const socket = await ExternSocket.open(externBmc(), "bmc-listens");
  expect(pathIn(socket.arguments())).toMatch(new RegExp(`^${folder}/`));
  await socket.close();
  const pipes = await NamedPipes.create(folder, "qmp");
  expect(pathIn(pipes.chardev("qmp"))).toBe(join(folder, "qmp"));
});
