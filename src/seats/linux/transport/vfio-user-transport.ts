import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { DeviceProperties, PciFunction, PciTransport } from "./pci.ts";
import { serve } from "./proxy-transport.ts";
import { VfioUserProtocol } from "./vfio-user-protocol.ts";

/** `vfio-user-pci` over a UNIX socket in the run's folder, which QEMU connects to. */
export class VfioUserTransport implements PciTransport {
  readonly kind = "vfio-user-pci";
  readonly inherits = false;
  readonly #target: PciFunction;
  readonly #failed: (error: unknown) => void;
  readonly #path: string;
  #server: Server | undefined;
  readonly #clients = new Set<Socket>();

  constructor(target: PciFunction, folder: string, failed: (error: unknown) => void) {
    this.#target = target;
    this.#path = join(folder, "vfio-user.sock");
    this.#failed = failed;
  }

  open(): Promise<void> {
    const server = createServer((client) => {
      this.#clients.add(client);
      client.once("close", () => this.#clients.delete(client));
      const protocol = new VfioUserProtocol(this.#target, (bytes) => client.write(bytes));
      serve(client, protocol, this.#failed);
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#path, () => resolve());
    });
  }

  connect(): void {}

  device(): DeviceProperties {
    return { driver: this.kind, socket: { type: "unix", path: this.#path } };
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
    this.#server?.close();
  }
}
