import type { Duplex } from "node:stream";
import { z } from "zod";
import { SeatError } from "../../programs/errors.ts";
import { LineReader } from "../../programs/lines.ts";

const reply = z.object({
  id: z.number(),
  return: z.unknown().optional(),
  error: z.object({ desc: z.string() }).optional(),
});

interface Waiting {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** QEMU's control channel. Its greeting and its events are passed over. */
export class Qmp {
  readonly #stream: Duplex;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;

  constructor(stream: Duplex) {
    this.#stream = stream;
    const lines = new LineReader((line) => this.#take(line));
    stream.on("data", (bytes: Uint8Array) => lines.feed(bytes));
    stream.on("close", () => this.#lost());
  }

  /** Leaves the mode in which nothing but this is understood. */
  async open(): Promise<void> {
    await this.execute("qmp_capabilities");
  }

  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> {
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      if (!this.#stream.writable) return reject(gone(command));
      this.#waiting.set(id, { command, resolve, reject });
      this.#stream.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });
  }

  #take(line: string): void {
    const parsed = reply.safeParse(JSON.parse(line));
    if (!parsed.success) return;
    const waiting = this.#waiting.get(parsed.data.id);
    if (waiting === undefined) return;
    this.#waiting.delete(parsed.data.id);
    const { error } = parsed.data;
    if (error === undefined) waiting.resolve(parsed.data.return);
    else waiting.reject(new SeatError("QEMU_FAILED", `${waiting.command}: ${error.desc}`));
  }

  #lost(): void {
    for (const { command, reject } of this.#waiting.values()) reject(gone(command));
    this.#waiting.clear();
  }
}

function gone(command: string): SeatError {
  return new SeatError("QEMU_FAILED", `QEMU ended before it answered ${command}`);
}
