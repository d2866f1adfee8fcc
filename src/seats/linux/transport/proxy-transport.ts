import type { Duplex } from "node:stream";
import type { DeviceProperties, PciFunction, PciTransport } from "./pci.ts";
import { ProxyProtocol } from "./proxy-protocol.ts";

/** `x-pci-proxy-dev` over a socket pair, one end of which QEMU inherits. */
export class ProxyTransport implements PciTransport {
  readonly kind = "x-pci-proxy-dev";
  readonly inherits = true;
  readonly #target: PciFunction;
  readonly #failed: (error: unknown) => void;
  #stream: Duplex | undefined;

  constructor(target: PciFunction, failed: (error: unknown) => void) {
    this.#target = target;
    this.#failed = failed;
  }

  async open(): Promise<void> {}

  connect(stream: Duplex): void {
    this.#stream = stream;
    serve(stream, new ProxyProtocol(this.#target, (bytes) => stream.write(bytes)), this.#failed);
  }

  device(inheritedFd: number): DeviceProperties {
    return { driver: this.kind, fd: String(inheritedFd) };
  }

  close(): void {
    this.#stream?.destroy();
  }
}

/**
 * Feeds a protocol from a stream. What the register model throws goes to `failed`: it must not get
 * lost between the stream's events. The stream's own errors say only that QEMU is gone.
 */
export function serve(
  stream: Duplex,
  protocol: { receive(bytes: Uint8Array): void },
  failed: (error: unknown) => void,
): void {
  stream.on("error", () => {});
  stream.on("data", (bytes: Uint8Array) => {
    try {
      protocol.receive(bytes);
    } catch (error) {
      stream.destroy();
      failed(error);
    }
  });
}
