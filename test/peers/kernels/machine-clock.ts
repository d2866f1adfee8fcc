import type { bootedArena } from "../../../src/lab/crash/booted-arena.ts";

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
