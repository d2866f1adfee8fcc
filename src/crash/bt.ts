import { at, If, Label, r8, r13, rax, rbp, rcx, rsi } from "../assembler/operands.ts";
import { BT_RESPONSE_LENGTH_MIN, BtControl, BtRegister } from "../wire/bt/protocol.ts";
import {
  compareAnswer,
  enterStage,
  type Frame,
  jumpOnBits,
  loadRequest,
  readRegister,
  storeAnswerByte,
  writeRegister,
} from "./frame.ts";
import { NOTE_BYTES, Stage } from "./results.ts";

/** Of a frame, behind Length: NetFn/LUN, Seq, Cmd, and of a response the completion code. */
const SEQ_AT = 1;
/** Sequence numbers of a command's tries differ as long as there are no more tries than this. */
const SEQUENCES = 4;

/** The routines that the others call. */
interface Routines {
  /** Writes the request's next byte. */
  readonly put: Label;
  /** Takes the response: its bytes in `answer`, how many in `rsi`. Spoils `r8`. */
  readonly take: Label;
  /** The number of this try in `al`. */
  readonly sequence: Label;
}

/** One try of a command over BT. @see IPMI 2.0 §11.4 to §11.7 */
export function emitBt(frame: Frame): void {
  const routines: Routines = {
    put: new Label("put"),
    take: new Label("take"),
    sequence: new Label("sequence"),
  };
  emitTakeOver(frame, routines);
  emitRequest(frame, routines);
  emitResponse(frame, routines);
  emitRoutines(frame, routines);
}

/** What the host that crashed was reading is let go, and what was for it is read away. */
function emitTakeOver(frame: Frame, { take }: Routines): void {
  const { a, look } = frame;
  const released = new Label("released");
  const free = new Label("free");
  enterStage(frame, Stage.TakingOver);
  const watch = a.here("watch");
  a.call(look);
  jumpOnBits(frame, BtControl.HBusy, "clear", released);
  writeRegister(frame, BtRegister.Control, BtControl.HBusy);
  a.jmp(watch);
  a.bind(released);
  jumpOnBits(frame, BtControl.B2hAtn, "clear", free);
  a.call(take);
  a.jmp(watch);
  a.bind(free);
  jumpOnBits(frame, BtControl.BBusy | BtControl.H2bAtn, "set", watch);
}

function emitRequest(frame: Frame, { put, sequence }: Routines): void {
  const { a } = frame;
  enterStage(frame, Stage.Sending);
  loadRequest(frame);
  writeRegister(frame, BtRegister.Control, BtControl.ClearWritePointer);
  a.mov(rax, r8);
  a.add(rax, 1);
  writeRegister(frame, BtRegister.Fifo);
  a.call(put);
  a.call(sequence);
  writeRegister(frame, BtRegister.Fifo);
  const more = a.here("more");
  a.call(put);
  a.test(r8, r8);
  a.jcc(If.NotEqual, more);
  enterStage(frame, Stage.Sent);
  writeRegister(frame, BtRegister.Control, BtControl.H2bAtn);
}

/** Waits for the response to this request: another's is dropped. @see IPMI 2.0 §11.3 */
function emitResponse(frame: Frame, { take, sequence }: Routines): void {
  const { a, look, answer, answered } = frame;
  const wait = a.here("wait");
  a.call(look);
  jumpOnBits(frame, BtControl.B2hAtn, "clear", wait);
  a.call(take);
  a.cmp(rsi, BT_RESPONSE_LENGTH_MIN);
  a.jcc(If.Below, wait);
  a.call(sequence);
  a.lea(rsi, answer);
  a.load(rcx, at(rsi, SEQ_AT), 8);
  a.cmp(rax, rcx);
  a.jcc(If.NotEqual, wait);
  // What is judged has no Seq. The host that crashed may have used the same number.
  a.load(rax, at(rsi, SEQ_AT + 1), 16);
  a.store(at(rsi, SEQ_AT), rax, 16);
  compareAnswer(frame);
  a.jcc(If.NotEqual, wait);
  a.mov(rsi, BT_RESPONSE_LENGTH_MIN - 1);
  a.jmp(answered);
}

function emitRoutines(frame: Frame, { put, take, sequence }: Routines): void {
  const { a } = frame;
  const read = new Label("read");
  const done = new Label("done");
  a.bind(put);
  a.load(rax, at(rsi), 8);
  a.add(rsi, 1);
  a.sub(r8, 1);
  writeRegister(frame, BtRegister.Fifo);
  a.ret();
  a.bind(take);
  writeRegister(frame, BtRegister.Control, BtControl.HBusy);
  writeRegister(frame, BtRegister.Control, BtControl.B2hAtn);
  writeRegister(frame, BtRegister.Control, BtControl.ClearReadPointer);
  readRegister(frame, BtRegister.Fifo);
  a.mov(r8, rax);
  a.mov(rsi, 0);
  a.bind(read);
  a.test(r8, r8);
  a.jcc(If.Equal, done);
  readRegister(frame, BtRegister.Fifo);
  storeAnswerByte(frame, rsi);
  a.sub(r8, 1);
  a.jmp(read);
  a.bind(done);
  writeRegister(frame, BtRegister.Control, BtControl.HBusy);
  a.ret();
  a.bind(sequence);
  a.mov(rax, r13);
  a.shr(rax, Math.log2(NOTE_BYTES / SEQUENCES));
  a.add(rax, rbp);
  a.and(rax, 0xff);
  a.ret();
}
