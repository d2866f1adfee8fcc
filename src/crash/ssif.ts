import { at, If, Label, r8, r11, rax, rbp, rcx, rsi } from "../assembler/operands.ts";
import { I801Auxiliary, I801Control, I801Register, I801Status } from "../wire/smbus/i801.ts";
import { READ_BIT } from "../wire/smbus/protocol.ts";
import { BLOCK_BYTES_MAX, MULTI_PART_MARK, SsifCommand } from "../wire/ssif/protocol.ts";
import {
  enterStage,
  type Frame,
  jumpOnBits,
  loadRequest,
  readRegister,
  readTicks,
  storeAnswerByte,
  writeRegister,
} from "./frame.ts";
import { Stage } from "./results.ts";

const ERRORS = I801Status.DeviceError | I801Status.BusError | I801Status.Failed;
const ENDED = I801Status.Done | ERRORS;
/** What is cleared by writing it, but for the alert, which is not the executor's. */
const LEFT = ENDED | I801Status.ByteDone;
const BITS_OF_BYTE = 8;
/** From a try that failed to the next, in writing as in reading: T3, T6. @see IPMI 2.0 §12.17 */
const BETWEEN_TRIES_MS = 60;

/** The routines that the others call. */
interface Routines {
  /** Has the controller begin what its registers say: a block, to or from the address in `al`. */
  readonly begin: Label;
  /** Waits until a byte was moved, or all has ended: the status in `rax`. */
  readonly moved: Label;
  /** Lets the time pass that must lie between two tries. */
  readonly pause: Label;
  /** Waits until the controller has ended: the status in `rax`. */
  readonly ended: Label;
}

/**
 * One try of a command over SSIF, behind a controller that nobody drives any more. The request goes byte
 * by byte, so that it is known whether the BMC may have all of it; the response comes into the
 * controller's buffer. No packet error codes. @see IPMI 2.0 §12.2, §12.9
 */
export function emitSsif(frame: Frame): void {
  const routines: Routines = {
    begin: new Label("begin"),
    moved: new Label("moved"),
    pause: new Label("pause"),
    ended: new Label("ended"),
  };
  const unread = frame.a.space(8);
  emitTakeOver(frame, routines, unread);
  emitRequest(frame, routines, unread);
  emitResponse(frame, routines, unread);
  emitRoutines(frame, routines);
}

/**
 * What the controller was at when the host crashed comes to its end by itself, unless it waits for
 * that host; then, and in a further try, it is told to stop.
 */
function emitTakeOver(frame: Frame, { pause }: Routines, unread: Label): void {
  const { a, look } = frame;
  const late = new Label("late");
  const first = new Label("first");
  const kill = new Label("kill");
  const free = new Label("free");
  enterStage(frame, Stage.TakingOver);
  a.cmp(rbp, 1);
  a.jcc(If.NotEqual, late);
  a.load(rax, unread);
  a.test(rax, rax);
  a.jcc(If.Equal, first);
  a.bind(late);
  a.call(pause);
  a.bind(first);
  const wait = a.here("wait");
  a.call(look);
  jumpOnBits(frame, I801Status.Busy, "clear", free);
  jumpOnBits(frame, I801Status.ByteDone, "set", kill);
  a.cmp(rbp, 1);
  a.jcc(If.Equal, wait);
  a.bind(kill);
  writeRegister(frame, I801Register.HostControl, I801Control.Kill);
  const killed = a.here("killed");
  a.call(look);
  jumpOnBits(frame, I801Status.Busy, "set", killed);
  writeRegister(frame, I801Register.HostControl, 0);
  a.bind(free);
}

/** A request whose response is not read to its end is given up, which takes its time. */
function emitRequest(frame: Frame, { begin, moved, ended }: Routines, unread: Label): void {
  const { a, failed, address } = frame;
  const put = new Label("put");
  const last = new Label("last");
  const all = new Label("all");
  enterStage(frame, Stage.Sending);
  loadRequest(frame);
  writeRegister(frame, I801Register.HostStatus, LEFT);
  writeRegister(frame, I801Register.AuxiliaryControl, 0);
  writeRegister(frame, I801Register.HostCommand, SsifCommand.SinglePartWrite);
  a.mov(rax, r8);
  writeRegister(frame, I801Register.Data0);
  a.call(put);
  a.mov(rax, 1);
  a.store(unread, rax);
  a.mov(rax, address << 1);
  a.call(begin);
  const more = a.here("more");
  a.call(moved);
  jumpOnBits(frame, ENDED, "set", failed);
  a.cmp(r8, 1);
  a.jcc(If.Above, last);
  enterStage(frame, Stage.Sent);
  a.bind(last);
  a.call(put);
  writeRegister(frame, I801Register.HostStatus, I801Status.ByteDone);
  a.cmp(r11, Stage.Sent);
  a.jcc(If.NotEqual, more);
  a.call(moved);
  jumpOnBits(frame, ENDED, "set", all);
  writeRegister(frame, I801Register.HostStatus, I801Status.ByteDone);
  a.bind(all);
  a.call(ended);
  jumpOnBits(frame, ERRORS, "set", failed);
  const behind = new Label("behind");
  a.jmp(behind);
  a.bind(put);
  a.load(rax, at(rsi), 8);
  a.add(rsi, 1);
  a.sub(r8, 1);
  writeRegister(frame, I801Register.BlockData);
  a.ret();
  a.bind(behind);
}

/** A BMC that has no response yet acknowledges no read, and is asked again. */
function emitResponse(frame: Frame, { begin, pause, ended }: Routines, unread: Label): void {
  const { a, answered, answer, failed, address } = frame;
  const ask = new Label("ask");
  a.jmp(ask);
  const again = a.here("again");
  a.call(pause);
  a.bind(ask);
  writeRegister(frame, I801Register.HostStatus, LEFT);
  writeRegister(frame, I801Register.AuxiliaryControl, I801Auxiliary.BlockBuffer);
  writeRegister(frame, I801Register.HostCommand, SsifCommand.ReadStart);
  a.mov(rax, (address << 1) | READ_BIT);
  a.call(begin);
  a.call(ended);
  jumpOnBits(frame, ERRORS, "set", again);
  // A read of the control has the buffer begin at its first byte.
  readRegister(frame, I801Register.HostControl);
  readRegister(frame, I801Register.Data0);
  a.mov(r8, rax);
  a.cmp(r8, BLOCK_BYTES_MAX);
  a.jcc(If.Above, failed);
  a.mov(rsi, 0);
  const more = a.here("more");
  a.cmp(rsi, r8);
  const taken = new Label("taken");
  a.jcc(If.Equal, taken);
  readRegister(frame, I801Register.BlockData);
  storeAnswerByte(frame, rsi);
  a.jmp(more);
  a.bind(taken);
  writeRegister(frame, I801Register.HostStatus, LEFT);
  writeRegister(frame, I801Register.AuxiliaryControl, 0);
  const parts = new Label("parts");
  a.load(rax, answer, 16);
  a.cmp(rax, MULTI_PART_MARK[0] | (MULTI_PART_MARK[1] << BITS_OF_BYTE));
  a.jcc(If.Equal, parts);
  a.xor(rax, rax);
  a.store(unread, rax);
  a.jmp(answered);
  a.bind(parts);
  // Of a response in several blocks the first has all that is noted.
  a.load(rax, answer);
  a.shr(rax, MULTI_PART_MARK.length * BITS_OF_BYTE);
  a.lea(rcx, answer);
  a.store(at(rcx), rax);
  a.sub(rsi, MULTI_PART_MARK.length);
  a.jmp(answered);
}

function emitRoutines(frame: Frame, { begin, moved, pause, ended }: Routines): void {
  const { a, look } = frame;
  a.bind(pause);
  readTicks(a);
  a.mov(rcx, BETWEEN_TRIES_MS * frame.ticksPerMs);
  a.add(rcx, rax);
  const passes = a.here("passes");
  a.call(look);
  readTicks(a);
  a.cmp(rax, rcx);
  a.jcc(If.Below, passes);
  a.ret();
  const over = new Label("over");
  a.bind(begin);
  writeRegister(frame, I801Register.SlaveAddress);
  const order = I801Control.Start | I801Control.Block;
  writeRegister(frame, I801Register.HostControl, order);
  a.ret();
  a.bind(moved);
  a.call(look);
  jumpOnBits(frame, I801Status.ByteDone | ENDED, "clear", moved);
  jumpOnBits(frame, ENDED, "clear", over);
  a.bind(ended);
  a.call(look);
  jumpOnBits(frame, I801Status.Busy, "set", ended);
  jumpOnBits(frame, ENDED, "clear", ended);
  a.bind(over);
  a.ret();
}
