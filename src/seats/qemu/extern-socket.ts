import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TemporaryFolder } from "../../programs/life.ts";
import { optionValue } from "../../programs/qemu-option.ts";
import type { ExternBmc } from "./extern-bmc.ts";
import { BMC_ID } from "./ipmi-device.ts";

/**
 * Who waits for whom. Either way the connection is made after QEMU has made its device: a QEMU whose
 * `ipmi-bmc-extern` finds its socket connected already dies of it.
 */
export type ExternOrder =
  /** QEMU listens, and we come. */
  | "qemu-listens"
  /** We listen, and QEMU comes, again and again. */
  | "bmc-listens";

const RETRY_MS = 5;
/** From this version on, the option to try again counts milliseconds. */
const RECONNECT_MS_FROM_MAJOR = 10;

/** The socket between QEMU's `ipmi-bmc-extern` and our controller, kept up until it is closed. */
export class ExternSocket {
  readonly #bmc: ExternBmc;
  readonly #order: ExternOrder;
  readonly #folder = new TemporaryFolder(tmpdir(), "baseboard-extern-");
  #server: Server | undefined;
  /** The connection that is served; there may be others on their way in or out. */
  #socket: Socket | undefined;
  readonly #sockets = new Set<Socket>();
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(bmc: ExternBmc, order: ExternOrder) {
    this.#bmc = bmc;
    this.#order = order;
  }

  static async open(bmc: ExternBmc, order: ExternOrder = "qemu-listens"): Promise<ExternSocket> {
    const socket = new ExternSocket(bmc, order);
    if (order === "qemu-listens") socket.#connect();
    else await socket.#listen();
    return socket;
  }

  /** QEMU's arguments for its end, and for the BMC device `BMC_ID` there. */
  arguments(qemuMajor = 0): readonly string[] {
    const reconnect = qemuMajor >= RECONNECT_MS_FROM_MAJOR ? "reconnect-ms=1000" : "reconnect=1";
    const way = this.#order === "qemu-listens" ? "server=on,wait=off" : reconnect;
    return [
      ...["-chardev", `socket,id=extern,path=${optionValue(this.#path)},${way}`],
      ...["-device", `ipmi-bmc-extern,id=${BMC_ID},chardev=extern`],
    ];
  }

  /** Nothing of it is left when this resolves. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    if (server !== undefined) {
      server.close();
      await once(server, "close");
    }
    this.#folder.kill();
  }

  get #path(): string {
    return join(this.#folder.path, "bmc");
  }

  #connect(): void {
    if (this.#closed) return;
    if (!this.#bmc.present) return this.#again();
    const socket = this.#known(connect(this.#path));
    this.#socket = socket;
    socket.once("connect", () => this.#serve(socket));
    // Until QEMU listens there is nothing to connect to; afterwards an error comes with a close.
    socket.on("error", () => {});
    socket.once("close", () => this.#again());
  }

  #again(): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => this.#connect(), RETRY_MS);
  }

  async #listen(): Promise<void> {
    const server = createServer((socket) => {
      this.#known(socket).on("error", () => {});
      this.#socket = socket;
      if (this.#bmc.present) this.#serve(socket);
      else socket.destroy();
    });
    this.#server = server;
    server.listen(this.#path);
    await once(server, "listening");
  }

  /** A server that closes waits for all its connections. */
  #known(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.once("close", () => this.#sockets.delete(socket));
  }

  #serve(socket: Socket): void {
    socket.on("data", (bytes) => this.#bmc.receive(bytes));
    socket.once("close", () => {
      if (this.#socket === socket) this.#bmc.disconnected();
    });
    this.#bmc.connected({
      write: (bytes) => {
        if (socket.writable) socket.write(bytes);
      },
      // A socket that is closed both ways at once may lose what QEMU has not read yet.
      drop: () => socket.end(),
    });
  }
}
