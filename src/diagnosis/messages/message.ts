/** Whom a message makes suspect. `machine`: the board, its firmware tables or its bus; `user`: who asked. */
export type Suspect = "bmc" | "host" | "either" | "machine" | "user" | "nobody";

/** What a kernel's message means. */
export interface Message {
  /** Found anywhere in the line's shape, which has no numbers but codes. */
  readonly pattern: RegExp;
  readonly suspect: Suspect;
  readonly meaning: string;
}
