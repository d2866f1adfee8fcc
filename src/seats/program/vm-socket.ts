import { connect, type Socket } from "node:net";
import {
  encodeVmMessage,
  encodeVmOperation,
  VM_PROTOCOL_VERSION,
  VmCapability,
  type VmFrame,
  VmOperation,
  VmReader,
} from "../vm-protocol.ts";
import type { OutsideApplication, Said } from "./application.ts";

/** The host's machine has no power that could be switched, and interrupts nobody. */
const CAPABILITIES = VmCapability.Attention;

/** `127.0.0.1:9002`, `[::1]:9002`; all else is the path of a Unix socket. */
const HOST_AND_PORT = /^\[?([^/[\]]+)\]?:(\d{1,5})$/;
const PORT_MAX = 0xffff;

/** More than anybody says between two requests. */
const FRAMES_MAX = 10_000;

/** Why there can be no socket at what a user wrote; undefined when there can be one. */
export function whyNoSocket(at: string): string | undefined {
  const port = Number(HOST_AND_PORT.exec(at)?.[2] ?? PORT_MAX);
  return port > PORT_MAX || port === 0 ? `a port is 1 to ${PORT_MAX}, not ${port}` : undefined;
}

/**
 * A BMC behind a socket that speaks the protocol which OpenIPMI calls VM: `ipmi_sim`, and whatever else
 * serves QEMU's `ipmi-bmc-extern`. We are the machine there.
 */
export class VmSocket implements OutsideApplication {
  readonly fresh = false;
  readonly gone: Promise<string>;
  private readonly _said: Said;
  private readonly _socket: Socket;
  private readonly _reader = new VmReader();
  private readonly _name: string;
  private _sequence = 0;
  /** Frames since it was asked last. */
  private _unasked = 0;
  private _failed: string | undefined;

  constructor(at: string, name: string, said: Said) {
    this._name = name;
    this._said = said;
    const [, host, port] = HOST_AND_PORT.exec(at) ?? [];
    this._socket = port === undefined ? connect(at) : connect(Number(port), host);
    this._socket.once("connect", () => {
      this._socket.write(encodeVmOperation(VmOperation.Version, VM_PROTOCOL_VERSION));
      this._socket.write(encodeVmOperation(VmOperation.Capabilities, CAPABILITIES));
    });
    this._socket.on("data", (bytes) => this.#receive(bytes));
    this._socket.on("error", (error) => {
      this._failed ??= `${name} cannot be reached: ${error.message}`;
    });
    this.gone = new Promise((resolve) => {
      this._socket.once("close", () => resolve(this._failed ?? `${name} closed the connection`));
    });
  }

  ask(request: Uint8Array): void {
    this._unasked = 0;
    this._sequence = (this._sequence + 1) & 0xff;
    if (this._socket.writable) this._socket.write(encodeVmMessage(this._sequence, request));
  }

  kill(): void {
    this._socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (this._failed !== undefined) return;
    const frames = this._reader.push(bytes);
    this._unasked += frames.length;
    if (this._unasked > FRAMES_MAX) {
      return this.#fail(`sent more than ${FRAMES_MAX} frames without being asked anything`);
    }
    for (const frame of frames) this.#take(frame);
    if (this._reader.damaged > 0 || this._reader.overlong) {
      this.#fail("sent what is no frame of the VM protocol");
    }
  }

  #fail(what: string): void {
    this._failed ??= `${this._name} ${what}`;
    this.kill();
  }

  #take(frame: VmFrame): void {
    if (frame.kind === "message") return this._said.response(frame.message);
    switch (frame.operation) {
      case VmOperation.ClearAttention:
        return this._said.attention(false);
      case VmOperation.SetAttention:
      case VmOperation.SetAttentionAndInterrupt:
        return this._said.attention(true);
      default:
        // The rest is about a machine's power and its interrupt, which nobody has here.
        return;
    }
  }
}
