/** Which end of the wire was watched. */
export type Face = "host" | "bmc";

/** One access to a register block, at its offset in registers: before any spacing. */
export interface Access {
  readonly what: "read" | "write";
  readonly atUs: number;
  readonly face: Face;
  /** What tells one block from another on that machine: an `io` argument, a device's name. */
  readonly block: string;
  readonly offset: number;
  readonly value: number;
}

/** Something was lost here: nothing that follows may be judged by what stands before. */
export interface Gap {
  readonly what: "gap";
  readonly atUs: number;
  readonly text: string;
}

/** A message of the kernel's. */
export interface Log {
  readonly what: "log";
  readonly atUs: number;
  readonly text: string;
}

/** What the capture's own head says: the kernel, a module's parameter, ... */
export interface About {
  readonly what: "about";
  readonly atUs: number;
  readonly key: string;
  readonly value: string;
}

/** What one line of evidence tells, or a few that belong together, in words common to all formats. */
export type Sighting = Access | Gap | Log | About;

/** Who is told what a reader sees, as it sees it: nothing is kept for later. */
export interface Teller {
  /** Takes what was seen. */
  sighting(sighting: Sighting): void;
  /** Counts a line that cannot be used, by its kind: `a time that is none`. */
  unread(kind: string): void;
}

/** Reads one format line by line. Whatever it is given, it never throws. */
export interface LineReader {
  /** Takes a line without its end. */
  line(text: string): void;
  /** The evidence is over. */
  end(): void;
}
