import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../../src/kernels/store.ts";
import { eventually } from "../eventually.ts";

const SCRIPT = fileURLToPath(new URL("../../../tools/unpack-packages.sh", import.meta.url));
/** ipmi_sim, and the libraries that it needs beside libc. */
const PACKAGES = ["openipmi", "libopenipmi0", "libpopt0"];
const FOLDER = join(cacheFolder(), "openipmi");
const LIBRARIES = "usr/lib/x86_64-linux-gnu";

/** A BMC with a log, whose serial channel is the stream that QEMU's `ipmi-bmc-extern` would be at. */
const SETUP = (port: number) => `name "sim"
set_working_mc 0x20
serial 15 127.0.0.1 ${port} codec VM
`;
const BMC = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
mc_enable 0x20
`;

/** Has the distribution's ipmi_sim in the cache. Installed, it would have drivers loaded at boot. */
export function unpackIpmiSim(): void {
  if (existsSync(FOLDER)) return;
  const partial = `${FOLDER}.partial-${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  execFileSync("sh", [SCRIPT, partial, ...PACKAGES], { stdio: "ignore" });
  renameSync(partial, FOLDER);
}

/** OpenIPMI's simulator of a BMC, on loopback. */
export class IpmiSim {
  readonly port: number;
  private readonly _folder: string;
  private readonly _child: ChildProcess;
  private readonly _gone: Promise<unknown>;

  private constructor(port: number) {
    this.port = port;
    this._folder = mkdtempSync(join(tmpdir(), "ipmi-sim-"));
    mkdirSync(join(this._folder, "state"));
    writeFileSync(join(this._folder, "lan.conf"), SETUP(port));
    writeFileSync(join(this._folder, "bmc.emu"), BMC);
    const files = ["-c", "lan.conf", "-f", "bmc.emu", "-s", "state", "-n"];
    this._child = spawn(join(FOLDER, "usr/bin/ipmi_sim"), files, {
      cwd: this._folder,
      env: { ...process.env, LD_LIBRARY_PATH: join(FOLDER, LIBRARIES) },
      stdio: "ignore",
    });
    this._gone = once(this._child, "close");
  }

  static async start(): Promise<IpmiSim> {
    const sim = new IpmiSim(await freePort());
    await eventually(() => listensAt(sim.port));
    return sim;
  }

  kill(): void {
    this._child.kill("SIGKILL");
  }

  async stop(): Promise<void> {
    this.kill();
    await this._gone;
    rmSync(this._folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Throws while nobody listens there. To connect for that would take the place of who comes next. */
function listensAt(port: number): void {
  const at = port.toString(16).toUpperCase().padStart(4, "0");
  const listening = new RegExp(`:${at} 00000000:0000 0A `);
  if (!listening.test(readFileSync("/proc/net/tcp", "latin1"))) throw new Error("nobody listens");
}
