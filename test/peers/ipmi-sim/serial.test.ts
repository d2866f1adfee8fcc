import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Answer, type RequestSpec, SerialHost } from "../../../src/host/index.ts";
import { RealScheduler } from "../../../src/time/real.ts";
import { buildSerialConnected, IpmiSim, unpackIpmiSim } from "./ipmi-sim.ts";

const folder = mkdtempSync(join(tmpdir(), "baseboard-sim-serial-"));
const library = join(folder, "connected.so");

let sim: IpmiSim | undefined;
let socket: Socket | undefined;

beforeAll(() => {
  unpackIpmiSim();
  if (hasCompiler()) buildSerialConnected(library);
});

afterEach(async () => {
  socket?.destroy();
  await sim?.stop();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hasCompiler(): boolean {
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

// Goal: our host is understood by a BMC that nobody here wrote, in both modes. Without a compiler ipmi_sim is mute.
describe.skipIf(!hasCompiler())("our host at a serial port of ipmi_sim", () => {
  test.each([
    ["serial-terminal", "TerminalMode"],
    ["serial-basic", "Direct"],
  ] as const)("%s, its codec %s", async (mode, codec) => {
    sim = await IpmiSim.start(codec, library);
    const joined = connect(sim.port, "127.0.0.1");
    socket = joined;
    await once(joined, "connect");
    const end = {
      write: (bytes: Uint8Array) => void joined.write(bytes),
      receive: (taken: (bytes: Uint8Array) => void) => void joined.on("data", taken),
    };
    const host = new SerialHost(end, new RealScheduler(), { mode });
    const ask = (spec: RequestSpec) =>
      new Promise<Answer>((resolve) => void host.submit(spec, resolve));
    const id = await ask({ netFn: 6, cmd: 1 });
    expect([id.maker, id.cc, ...id.data.slice(6, 9)]).toEqual(["bmc", 0, 0x91, 0x12, 0x00]);
    const info = await ask({ netFn: 0x0a, cmd: 0x40 });
    expect([info.maker, info.cc, info.data[0]]).toEqual(["bmc", 0, 0x51]);
    expect(await ask({ netFn: 6, cmd: 0x7f })).toMatchObject({ maker: "bmc", cc: 0xc1 });
    expect(host.strays).toBe(0);
    host.close();
  });
});
