import type { bootedArena } from "../../../src/lab/crash/booted-arena.ts";
import type { RegisterPort } from "../../../src/wire/registers/port.ts";

type BootedArena = ReturnType<typeof bootedArena>["arena"];

/** Has labs keep the time that a guest tells, from their own present on. */
export class GuestClock {
  readonly #arenas: readonly { readonly arena: BootedArena; readonly sinceUs: number }[];
  #firstUs: number | undefined;

  constructor(arenas: readonly BootedArena[]) {
    this.#arenas = arenas.map((arena) => ({ arena, sinceUs: arena.time.nowUs }));
  }

  tick(guestUs: number): void {
    this.#firstUs ??= guestUs;
    for (const { arena, sinceUs } of this.#arenas) {
      arena.time.runUntil(Math.max(arena.time.nowUs, sinceUs + guestUs - this.#firstUs));
    }
  }
}

/** Where a guest tells no time the lab knows its accesses alone: each read stands for the time until it. */
export function timedByReads({ time }: BootedArena, port: RegisterPort): RegisterPort {
  return {
    read: (offset) => {
      time.runUntil(time.nowUs + READ_US);
      return port.read(offset);
    },
    write: (offset, value) => port.write(offset, value),
  };
}
const READ_US = 200;
