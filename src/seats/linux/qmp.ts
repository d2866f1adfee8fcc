import type { Duplex } from "node:stream";
import { z } from "zod";
import { SeatError } from "../../programs/errors.ts";
import { LineReader } from "../../programs/lines.ts";
import { within } from "./within.ts";

/** What we ask for is done at once, but the machine may be loaded many times over. */
const ANSWER_LIMIT_MS = 30_000;

const message = z.object({ event: z.string() });
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

/** QEMU's control channel. Its greeting and what nobody waits for are passed over. */
export class Qmp {
  readonly #stream: Duplex;
  readonly #answerLimitMs: number;
  readonly #waiting = new Map<number, Waiting>();
  readonly #expected = new Map<string, Omit<Waiting, "command">>();
  #count = 0;

  /** Commands are refused with `QEMU_HANGS` when no answer comes in `answerLimitMs`. */
  constructor(stream: Duplex, answerLimitMs = ANSWER_LIMIT_MS) {
    this.#stream = stream;
    this.#answerLimitMs = answerLimitMs;
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
    const answer = new Promise((resolve, reject) => {
      if (!this.#stream.writable) return reject(gone(command));
      this.#waiting.set(id, { command, resolve, reject });
      this.#stream.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });
    return within(this.#answerLimitMs, `its answer to ${command}`, answer);
  }

  /** Settles when QEMU tells of that event. */
  event(name: string, limitMs: number): Promise<unknown> {
    const told = new Promise((resolve, reject) => this.#expected.set(name, { resolve, reject }));
    return within(limitMs, `the event ${name}`, told);
  }

  #take(line: string): void {
    const json: unknown = JSON.parse(line);
    const told = message.safeParse(json);
    if (told.success) this.#expected.get(told.data.event)?.resolve(undefined);
    const parsed = reply.safeParse(json);
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
    for (const [name, { reject }] of this.#expected) reject(gone(name));
    this.#waiting.clear();
    this.#expected.clear();
  }
}

function gone(command: string): SeatError {
  return new SeatError("QEMU_FAILED", `QEMU ended before it answered ${command}`);
}
