import { z } from "zod";
import { SeatError } from "../../programs/errors.ts";
import type { LineChannel } from "./named-pipes.ts";

const reply = z.object({
  id: z.number(),
  return: z.unknown().optional(),
  error: z.object({ desc: z.string() }).optional(),
});

const event = z.object({ event: z.string(), data: z.record(z.string(), z.unknown()).optional() });

/** Something that QEMU told on its own account, such as SHUTDOWN or RESET. */
export type QmpEvent = z.output<typeof event>;

/** QEMU's control channel, one command at a time, done when the call returns. */
export class Qmp {
  /** What QEMU told so far; grows with each command, so a bare `sync` fetches what is new. */
  readonly events: QmpEvent[] = [];
  readonly #channel: LineChannel;
  #count = 0;

  constructor(channel: LineChannel) {
    this.#channel = channel;
  }

  /** Leaves the mode in which nothing but this is understood. */
  open(): void {
    this.execute("qmp_capabilities");
  }

  /** Throws when QEMU refuses the command. */
  execute(command: string, args?: Readonly<Record<string, unknown>>): unknown {
    const id = ++this.#count;
    this.#channel.send(JSON.stringify({ execute: command, arguments: args, id }));
    for (;;) {
      const line: unknown = JSON.parse(this.#channel.receive());
      const told = event.safeParse(line);
      if (told.success) this.events.push(told.data);
      const parsed = reply.safeParse(line);
      if (!parsed.success || parsed.data.id !== id) continue;
      const { error } = parsed.data;
      if (error === undefined) return parsed.data.return;
      throw new SeatError("QEMU_FAILED", `${command}: ${error.desc}`);
    }
  }

  /** Asks QEMU to end, and does not wait for it. Harmless when it is gone. */
  quit(): void {
    try {
      this.#channel.send(JSON.stringify({ execute: "quit" }));
    } catch (error) {
      if (!(error instanceof SeatError)) throw error;
    }
  }

  /** The events so far, with those that are still on their way. */
  sync(): readonly QmpEvent[] {
    this.execute("query-status");
    return this.events;
  }
}
