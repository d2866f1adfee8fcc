import { BaseboardError } from "../errors.ts";
import { byteAt } from "../ipmi/bytes.ts";

/**
 * Where the executor leaves what came of its commands: the unused bytes at the end of the page of boot
 * parameters, which the next kernel shows as /sys/kernel/boot_params/data. Fields are little-endian.
 */
export const RESULTS_AT = 0xeec;
/** The page of boot parameters. */
export const BOOT_PARAMS_BYTES = 0x1000;

/** "BBCR". */
export const MAGIC = 0x5243_4242;
export const FORMAT = 1;
/** What stands before the commands. `Magic` and `TicksPerMs` have 32 bits, the others 8. */
export const Header = { Magic: 0, Format: 4, Planned: 5, Begun: 6, TicksPerMs: 8 } as const;
export const HEADER_BYTES = 16;
/** What is noted of a command. `Looks` and `Ticks` have 32 bits, the others 8. */
export const Note = {
  Outcome: 0,
  CompletionCode: 1,
  Stage: 2,
  Tries: 3,
  NetFnLun: 4,
  Cmd: 5,
  Looks: 8,
  Ticks: 12,
} as const;
export const NOTE_BYTES = 16;
/** No more fit behind the header. */
export const COMMANDS_MAX = Math.floor(
  (BOOT_PARAMS_BYTES - RESULTS_AT - HEADER_BYTES) / NOTE_BYTES,
);
/** Ticks of the time stamp counter are noted in units of so many, as a power of two. */
export const TICKS_SHIFT = 10;

/** What came of a command. */
export const Outcome = {
  Answered: 1,
  /** The BMC did not take the whole of it, however often it was tried. */
  NotTaken: 2,
  /** The BMC had all of it at least once, and what came was no answer to it. */
  NotAnswered: 3,
  /** Nothing is there. Nothing else was tried. */
  Absent: 4,
  /** The time for all commands was used up. Nothing else was tried. */
  OutOfTime: 5,
  /** The processor has no such address. Nothing was tried. */
  NotMapped: 6,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** How far the last try of a command came. */
export const Stage = {
  /** Getting out of what the host that crashed had left on the wire. */
  TakingOver: 1,
  Sending: 2,
  /** From here on the BMC may have carried the command out. */
  Sent: 3,
  /** There is an answer, and it is judged. */
  Judging: 4,
} as const;
export type Stage = (typeof Stage)[keyof typeof Stage];

/** One command, as the executor noted it. */
export interface CommandResult {
  readonly netFn: number;
  readonly cmd: number;
  readonly outcome: Outcome;
  /** Undefined unless it was answered. */
  readonly completionCode: number | undefined;
  readonly stage: Stage | undefined;
  readonly tries: number;
  /** How often its status was read. */
  readonly looks: number;
  /** Since the executor began; undefined when nobody said how fast the counter goes. */
  readonly atMs: number | undefined;
}

/** What the executor left for the next kernel. */
export interface CrashResults {
  readonly planned: number;
  readonly commands: readonly CommandResult[];
}

/** Boot parameters that tell nothing of the executor, in one sentence. */
export class NoCrashResults extends BaseboardError<"NO_CRASH_RESULTS"> {
  constructor(message: string) {
    super(message, { code: "NO_CRASH_RESULTS", exit: 3 });
  }
}

/** Reads the page of boot parameters. Throws `NoCrashResults` where the executor wrote none. */
export function readResults(bootParams: Uint8Array): CrashResults {
  if (bootParams.length !== BOOT_PARAMS_BYTES) {
    throw new NoCrashResults(`boot parameters have 4096 bytes, not ${bootParams.length}`);
  }
  const view = new DataView(bootParams.buffer, bootParams.byteOffset + RESULTS_AT);
  if (view.getUint32(Header.Magic, true) !== MAGIC) {
    throw new NoCrashResults("no executor ran before this kernel");
  }
  const format = view.getUint8(Header.Format);
  const planned = view.getUint8(Header.Planned);
  const begun = view.getUint8(Header.Begun);
  if (format !== FORMAT || planned > COMMANDS_MAX || begun > planned) {
    throw new NoCrashResults("what the executor left is of another form, or was overwritten");
  }
  const ticksPerMs = view.getUint32(Header.TicksPerMs, true);
  const commands = Array.from({ length: begun }, (_, index) =>
    readNote(
      new Uint8Array(bootParams.buffer, view.byteOffset + HEADER_BYTES + index * NOTE_BYTES),
      ticksPerMs,
    ),
  );
  return { planned, commands };
}

function readNote(bytes: Uint8Array, ticksPerMs: number): CommandResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const outcome = valueIn(Outcome, byteAt(bytes, Note.Outcome));
  const stage = valueIn(Stage, byteAt(bytes, Note.Stage));
  if (outcome === undefined) throw new NoCrashResults("an outcome that no executor writes");
  const ticks = view.getUint32(Note.Ticks, true) * 2 ** TICKS_SHIFT;
  return {
    netFn: byteAt(bytes, Note.NetFnLun) >> 2,
    cmd: byteAt(bytes, Note.Cmd),
    outcome,
    completionCode: outcome === Outcome.Answered ? byteAt(bytes, Note.CompletionCode) : undefined,
    stage,
    tries: byteAt(bytes, Note.Tries),
    looks: view.getUint32(Note.Looks, true),
    atMs: ticksPerMs === 0 ? undefined : Math.round(ticks / ticksPerMs),
  };
}

function valueIn<T extends number>(names: Readonly<Record<string, T>>, value: number) {
  return Object.values(names).find((each) => each === value);
}

/** Whether the BMC did all that it was told. */
export function allDone({ planned, commands }: CrashResults): boolean {
  const done = commands.filter(
    ({ outcome, completionCode }) => outcome === Outcome.Answered && completionCode === 0,
  );
  return done.length === planned;
}
