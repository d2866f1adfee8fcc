const COUNTED = "shift=2,sleep=off";
/**
 * The main loop and the guest's processor take turns, as they do for a recording; the recording goes nowhere.
 * Without it the main loop can find a processor halted whose last instructions are not counted yet, and the
 * clock, which it lets jump to the next timer, goes that far beyond it.
 */
const IN_TURNS = "rr=record,rrfile=/dev/null";

/**
 * The arguments by which QEMU's guest has a time of its own: it stands still while we work and jumps while the
 * guest idles, so that the same inputs give the same register accesses, however fast or busy this machine is,
 * and a time-out of minutes takes seconds. Without `inTurns` a busy machine makes a microsecond's difference once
 * in a while; but QEMU cannot save the state of a guest with it, and ends with SIGABRT when the guest's processor
 * runs for 2^31 instructions, 8.6 s, with no timer set, as in a panic.
 */
export function virtualTime({ inTurns }: { readonly inTurns: boolean } = { inTurns: true }) {
  const icount = inTurns ? `${COUNTED},${IN_TURNS}` : COUNTED;
  return ["-icount", icount, "-rtc", "base=2026-01-01,clock=vm", "-seed", "1"] as const;
}
