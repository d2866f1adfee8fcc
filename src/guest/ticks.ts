import { rax, rdx, rsi } from "../assembler/operands.ts";
import { Assembler } from "../assembler/x86-64.ts";
import { staticElf } from "./elf.ts";
import { CLOCK_MONOTONIC, Sys, syscall } from "./linux.ts";

/** Of one sample: the time stamp counter, then a `timespec` of the monotonic clock. 64 bits each. */
const SAMPLE_BYTES = 24;
const STANDARD_OUTPUT = 1;
const BETWEEN_NS = 100_000_000;
const NS_PER_MS = 1_000_000n;
const NS_PER_S = 1_000_000_000n;

/** A program that writes two samples of the counter and the clock, 100 ms apart, to its standard output. */
export function ticksElf(): Uint8Array {
  const a = new Assembler();
  const samples = [a.space(SAMPLE_BYTES), a.space(SAMPLE_BYTES)];
  const between = new Uint8Array(16);
  new DataView(between.buffer).setUint32(8, BETWEEN_NS, true);
  for (const [index, sample] of samples.entries()) {
    if (index > 0) syscall(a, Sys.Nanosleep, a.data(between), 0);
    a.rdtsc();
    a.shl(rdx, 32);
    a.or(rax, rdx);
    a.store(sample, rax);
    a.lea(rsi, sample);
    a.add(rsi, 8);
    syscall(a, Sys.ClockGettime, CLOCK_MONOTONIC, rsi);
  }
  for (const sample of samples) syscall(a, Sys.Write, STANDARD_OUTPUT, sample, SAMPLE_BYTES);
  syscall(a, Sys.Exit, 0);
  return staticElf(a.finish());
}

/** How fast the counter goes by what the program wrote; undefined when that is no two samples. */
export function ticksPerMs(samples: Uint8Array): number | undefined {
  if (samples.length !== 2 * SAMPLE_BYTES) return undefined;
  const view = new DataView(samples.buffer, samples.byteOffset);
  const at = (index: number) => view.getBigUint64(index * 8, true);
  const ns = (at(4) - at(1)) * NS_PER_S + at(5) - at(2);
  const ticks = at(3) - at(0);
  return ns > 0n && ticks > 0n ? Number((ticks * NS_PER_MS) / ns) : undefined;
}
