import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../../src/kernels/store.ts";
import { eventually } from "../eventually.ts";
import { unpackOnce } from "../unpack.ts";

/** ipmi_sim, and the libraries that it needs beside libc. */
const PACKAGES = ["openipmi", "libopenipmi0", "libpopt0"];
const FOLDER = join(cacheFolder(), "openipmi");
const LIBRARIES = "usr/lib/x86_64-linux-gnu";

/** A controller with a log; `channel` is its line in `lan.conf`. */
const setup = (address: string, channel: string) => `name "sim"
set_working_mc ${address}
${channel}
`;
const controller = (address: string) => `mc_setbmc ${address}
mc_add ${address} 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable ${address} 1000 0x0a
mc_enable ${address}
`;

/** Has the distribution's ipmi_sim in the cache. Installed, it would have drivers loaded at boot. */
export function unpackIpmiSim(): void {
  unpackOnce("unpack-packages.sh", FOLDER, ...PACKAGES);
}

/** What makes `library` of the C file beside this one; its headers are unpacked, too. Throws without a compiler. */
export function buildSerialConnected(library: string): void {
  const headers = join(cacheFolder(), "openipmi-headers");
  unpackOnce("unpack-packages.sh", headers, "libopenipmi-dev");
  const source = fileURLToPath(new URL("serial-connected.c", import.meta.url));
  const flags = ["-shared", "-fPIC", "-I", join(headers, "usr/include")];
  execFileSync("cc", [...flags, "-o", library, source], { stdio: "pipe" });
}

/** OpenIPMI's simulator of a BMC, on loopback. */
export class IpmiSim {
  readonly port: number;
  private readonly _folder: string;
  private readonly _child: ChildProcess;
  private readonly _gone: Promise<unknown>;

  private constructor(port: number, address: string, channel: string) {
    this.port = port;
    this._folder = mkdtempSync(join(tmpdir(), "ipmi-sim-"));
    mkdirSync(join(this._folder, "state"));
    writeFileSync(join(this._folder, "lan.conf"), setup(address, channel));
    writeFileSync(join(this._folder, "bmc.emu"), controller(address));
    const files = ["-c", "lan.conf", "-f", "bmc.emu", "-s", "state", "-n"];
    this._child = spawn(join(FOLDER, "usr/bin/ipmi_sim"), files, {
      cwd: this._folder,
      env: { ...process.env, LD_LIBRARY_PATH: join(FOLDER, LIBRARIES) },
      stdio: "ignore",
    });
    this._gone = once(this._child, "close");
  }

  /** Its serial channel is the stream that QEMU's `ipmi-bmc-extern` would be at. */
  static async start(codec = "VM", library?: string): Promise<IpmiSim> {
    const port = await freePort();
    const load = library === undefined ? "" : `loadlib "${library}" "x"\n`;
    const sim = new IpmiSim(port, "0x20", `${load}serial 15 127.0.0.1 ${port} codec ${codec}`);
    await eventually(() => listensAt(sim.port));
    return sim;
  }

  /**
   * A controller on an IPMB that is a file in the form of Linux's `ipmb-dev-int`; `link` leads to it. ipmi_sim takes
   * no name that is longer than 15 characters.
   */
  static async onIpmb(link: string, address: string): Promise<IpmiSim> {
    await eventually(() => void readlinkSync(link));
    const path = readlinkSync(link);
    const sim = new IpmiSim(0, address, `ipmb 0 ipmb_dev_int ${path}`);
    await eventually(() => hasOpen(sim._child.pid, path));
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

/** Throws while the process has not opened the file. */
function hasOpen(pid: number | undefined, path: string): void {
  const descriptors = `/proc/${pid}/fd`;
  const open = readdirSync(descriptors).map((name) => readlinkSync(join(descriptors, name)));
  if (!open.includes(path)) throw new Error(`${path} is not open yet`);
}

/** Throws while nobody listens there. To connect for that would take the place of who comes next. */
function listensAt(port: number): void {
  const at = port.toString(16).toUpperCase().padStart(4, "0");
  const listening = new RegExp(`:${at} 00000000:0000 0A `);
  if (!listening.test(readFileSync("/proc/net/tcp", "latin1"))) throw new Error("nobody listens");
}
