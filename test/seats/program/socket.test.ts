import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { playBetween, readScenario } from "../../../src/lab/index.ts";
import { program } from "../../../src/seats/program/party.ts";
import { stack } from "../../../src/seats/stack/party.ts";
import {
  encodeVmMessage,
  encodeVmOperation,
  VmOperation,
  VmReader,
} from "../../../src/seats/vm-protocol.ts";

const OWN = new URL("../../../docs/examples/my-ipmid.mjs", import.meta.url);
/** A program of a user's own has no types. */
const answer: (request: Uint8Array) => readonly number[] = (await import(OWN.href)).answer;

function scenario(name: string) {
  const file = new URL(`../../../scenarios/${name}.yaml`, import.meta.url);
  return readScenario(readFileSync(file, "utf8"), `${name}.yaml`);
}

function bmcOf(written: string) {
  const bmc = program(written);
  if (bmc === undefined) throw new Error(`${written} names no BMC`);
  return bmc;
}

/** Plays against what serves at a socket of its own. */
async function played(serve: (socket: Socket) => void, name = "device-id") {
  const folder = mkdtempSync(join(tmpdir(), "baseboard-socket-"));
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  try {
    const path = join(folder, "bmc.sock");
    await new Promise<void>((listening) => server.listen(path, listening));
    const parties = { host: stack, bmc: bmcOf(`socket:${path}`) };
    return await playBetween(parties, scenario(name));
  } finally {
    for (const socket of open) socket.destroy();
    await new Promise((closed) => server.close(closed));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Answers as the program does that a user's page shows. */
function right(socket: Socket, answered: () => void = () => {}): void {
  const reader = new VmReader();
  socket.on("data", (bytes) => {
    for (const frame of reader.push(bytes)) {
      if (frame.kind !== "message") continue;
      socket.write(encodeVmMessage(frame.sequence, Uint8Array.from(answer(frame.message))));
      answered();
    }
  });
}

test.concurrent("a right BMC behind a socket plays a right match without a word from the referee", async () => {
  const { verdict, misses, interrupted } = await played(right, "a-right-match");
  expect({ misses, interrupted }).toEqual({ misses: [], interrupted: undefined });
  expect([...verdict.violations, ...verdict.notes]).toEqual([]);
  expect(verdict.transactions).toBeGreaterThan(40);
});

test.concurrent("a BMC that is silent is a silent BMC", async () => {
  const { verdict, interrupted } = await played((socket) => socket.resume());
  expect(interrupted).toBeUndefined();
  expect(verdict.violations.map(({ rule }) => rule)).toContain("GEN-02");
  expect(verdict.fault).toEqual(["bmc"]);
});

test.concurrent("a BMC that vanishes at its third answer breaks the match off", async () => {
  let left = 3;
  const { interrupted, misses } = await played((socket) => {
    right(socket, () => {
      left--;
      if (left === 0) socket.destroy();
    });
  });
  expect(interrupted).toMatch(/^socket:.* (closed the connection|cannot be reached: .*)$/);
  expect(misses).toHaveLength(1);
});

test.concurrent.each([
  [
    "closes at once",
    (socket: Socket) => socket.end(),
    /^socket:.* (closed the connection|cannot be reached: .*)$/,
  ],
  [
    "sends a frame that is none",
    (socket: Socket) => socket.write(Uint8Array.of(1, 2, 3, 4, 5, 6, 0xa0)),
    /^socket:.* sent what is no frame of the VM protocol$/,
  ],
  [
    "never ends its frame",
    (socket: Socket) => socket.write(new Uint8Array(100_000)),
    /^socket:.* sent what is no frame of the VM protocol$/,
  ],
  [
    "speaks without end",
    (socket: Socket) => {
      const frame = encodeVmOperation(VmOperation.SetAttention);
      socket.write(Buffer.concat(Array(20_000).fill(frame)));
    },
    /^socket:.* sent more than 10000 frames without being asked anything$/,
  ],
])("a BMC that %s breaks the match off, and the match says why", async (_what, serve, why) => {
  const { interrupted, misses } = await played(serve);
  expect(interrupted).toMatch(why);
  expect(misses).toHaveLength(1);
});

test.concurrent("a socket that is not there breaks the match off", async () => {
  const parties = { host: stack, bmc: bmcOf("socket:/none/such.sock") };
  const { interrupted } = await playBetween(parties, scenario("device-id"));
  expect(interrupted).toBe(
    "socket:/none/such.sock cannot be reached: connect ENOENT /none/such.sock",
  );
});

test.concurrent("a port that cannot be one is refused before anything is played", () => {
  const why = bmcOf("socket:127.0.0.1:99999").whyNot(scenario("device-id"));
  expect(why).toBe("socket:127.0.0.1:99999: a port is 1 to 65535, not 99999");
});
