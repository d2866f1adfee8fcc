import { If, Label, rax, rbx, rcx, rdx } from "../assembler/operands.ts";
import { Assembler } from "../assembler/x86-64.ts";
import { assert } from "../assert.ts";
import { ChassisAction, chassisControl } from "../ipmi/commands/chassis/chassis.ts";
import { encodeRequest } from "../ipmi/message.ts";
import { ENTRY_64, MARK, ownHeader, SYSTEM_AT, wholeParagraphs } from "./bz-image.ts";
import { type CrashCommand, crashCommand } from "./commands.ts";
import { description } from "./description.ts";
import { type ExecutorParts, executorCode, SAVED_BYTES } from "./executor.ts";
import { readTicks } from "./frame.ts";

/** What becomes of the machine when all is said, and no kernel follows. */
export type Ending = "reset" | "power-off" | "power-cycle";

/** How the endings come about: the processor resets by itself, all else is the BMC's. @see IPMI 2.0 §28.3 */
const CONTROLS = {
  reset: undefined,
  "power-off": ChassisAction.PowerDown,
  "power-cycle": ChassisAction.PowerCycle,
} as const satisfies Readonly<Record<Ending, number | undefined>>;
export const ENDINGS = Object.keys(CONTROLS).filter(isEnding);

export function isEnding(name: string): name is Ending {
  return Object.hasOwn(CONTROLS, name);
}

/** What the BMC is told last. */
export function endingCommands(ending: Ending): readonly CrashCommand[] {
  const action = CONTROLS[ending];
  if (action === undefined) return [];
  const { netFn, cmd, request } = chassisControl;
  const data = request.encode({ action });
  return [crashCommand(encodeRequest({ netFn, lun: 0, cmd, data }))];
}

/** Of the protected-mode part: where it ends, before the 64-bit entry. A 32-bit loader comes to its start. */
const ENDING_AT = 0x100;
/** So long a BMC may take until the power is gone; then the machine is reset in its place. */
const WAIT_MS = 10_000;
/** A read of a port takes about 1 µs: the wait has an end also where the counter stands still. */
const WAIT_READS = 20_000_000;
/** Reads of it do nothing, and take their time. */
const POST_CODE_PORT = 0x80;
/** The chip set's reset: bit 1 asks for a hard one, and bit 2's rise does it. @see Intel ICH9, RST_CNT */
const RESET_CONTROL = { port: 0xcf9, hard: 0x02, now: 0x06 } as const;
/** The keyboard controller's, where that one is not there. */
const KEYBOARD_RESET = { port: 0x64, pulse: 0xfe } as const;

/**
 * A bzImage of our own, which kexec loads as it does a kernel: it has no kernel in it. It sends the
 * commands, and then ends the machine's life. Those of the ending are among the commands.
 */
export function ownBzImage(
  parts: Omit<ExecutorParts, "entry" | "saved">,
  ending: Ending,
): { readonly bytes: Uint8Array; readonly executorBytes: number } {
  const end = endingCode(ending, parts.bounds.ticksPerMs);
  assert(ENDING_AT + end.length <= ENTRY_64, "the ending has its place before the entry");
  const saved = end.slice(0, SAVED_BYTES);
  const code = executorCode({ ...parts, entry: ENDING_AT - ENTRY_64, saved });
  const behind = wholeParagraphs(ENTRY_64 + code.length);
  const says = description(parts);
  const systemBytes = behind + says.length + MARK.alone.length;
  const bytes = new Uint8Array(SYSTEM_AT + systemBytes);
  bytes.set(ownHeader(systemBytes));
  bytes.set(end, SYSTEM_AT);
  bytes.set(end, SYSTEM_AT + ENDING_AT);
  bytes.set(code, SYSTEM_AT + ENTRY_64);
  bytes.set(says, SYSTEM_AT + behind);
  bytes.set(new TextEncoder().encode(MARK.alone), bytes.length - MARK.alone.length);
  return { bytes, executorBytes: code.length };
}

/** Needs no stack and no memory, and does not come back. */
function endingCode(ending: Ending, ticksPerMs: number): Uint8Array {
  const a = new Assembler();
  if (CONTROLS[ending] !== undefined) emitWait(a, ticksPerMs);
  for (const value of [RESET_CONTROL.hard, RESET_CONTROL.now]) {
    a.mov(rdx, RESET_CONTROL.port);
    a.mov(rax, value);
    a.out8();
  }
  a.mov(rdx, KEYBOARD_RESET.port);
  a.mov(rax, KEYBOARD_RESET.pulse);
  a.out8();
  const forEver = a.here("for ever");
  a.pause();
  a.jmp(forEver);
  return a.finish();
}

function emitWait(a: Assembler, ticksPerMs: number): void {
  readTicks(a);
  a.mov(rbx, WAIT_MS * ticksPerMs);
  a.add(rbx, rax);
  a.mov(rcx, WAIT_READS);
  const wait = a.here("wait");
  const over = new Label("over");
  a.pause();
  a.mov(rdx, POST_CODE_PORT);
  a.in8();
  a.sub(rcx, 1);
  a.jcc(If.Equal, over);
  readTicks(a);
  a.cmp(rax, rbx);
  a.jcc(If.Below, wait);
  a.bind(over);
}
