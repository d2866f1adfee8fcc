import { at, If, Label, r8, rax, rcx, rsi } from "../assembler/operands.ts";
import {
  SmicControl,
  SmicError,
  SmicFlag,
  SmicRegister,
  SmicStatus,
} from "../wire/smic/protocol.ts";
import {
  enterStage,
  type Frame,
  jumpOnBits,
  loadRequest,
  readRegister,
  storeAnswerByte,
  writeRegister,
} from "./frame.ts";
import { Stage } from "./results.ts";

/** The routines that the others call. */
interface Routines {
  /** Writes `al` to Control and the request's next byte to Data, and is `handed`. */
  readonly put: Label;
  /** Writes `al` to Control, and is `handed`. */
  readonly ask: Label;
  /** Hands the registers to the BMC and has them back: the flags in `rax`, the status code in `rcx`. */
  readonly handed: Label;
  /** Waits for a clear BUSY: the flags in `rax`. */
  readonly ready: Label;
  /** Waits for TX_DATA_RDY, beginning with the flags in `rax`. */
  readonly room: Label;
  /** Waits for RX_DATA_RDY, beginning with the flags in `rax`. */
  readonly loaded: Label;
}

/** One try of a command over SMIC. @see IPMI 2.0 §10.5, §10.9, §10.11 */
export function emitSmic(frame: Frame): void {
  const routines: Routines = {
    put: new Label("put"),
    ask: new Label("ask"),
    handed: new Label("handed"),
    ready: new Label("ready"),
    room: new Label("room"),
    loaded: new Label("loaded"),
  };
  emitRequest(frame, routines);
  emitResponse(frame, routines);
  emitHandshake(frame, routines);
  emitWait(frame, routines.room, { bit: SmicFlag.TxDataRdy, ready: routines.ready });
  emitWait(frame, routines.loaded, { bit: SmicFlag.RxDataRdy, ready: routines.ready });
}

/**
 * The registers are the BMC's while BUSY is set, whoever set it. Out of all else that the host that
 * crashed had begun WR_START leads: a BMC takes it in every state. @see IPMI 2.0 §10.5
 */
function emitRequest(frame: Frame, { put, ready, room }: Routines): void {
  const { a } = frame;
  const last = new Label("last");
  enterStage(frame, Stage.TakingOver);
  a.call(ready);
  enterStage(frame, Stage.Sending);
  loadRequest(frame);
  a.mov(rax, SmicControl.WriteStart);
  a.call(put);
  expectStatus(frame, SmicStatus.WriteStart);
  const more = a.here("more");
  a.call(room);
  a.cmp(r8, 1);
  a.jcc(If.Equal, last);
  a.mov(rax, SmicControl.WriteNext);
  a.call(put);
  expectStatus(frame, SmicStatus.WriteNext);
  a.jmp(more);
  a.bind(last);
  enterStage(frame, Stage.Sent);
  a.mov(rax, SmicControl.WriteEnd);
  a.call(put);
  expectStatus(frame, SmicStatus.WriteEnd);
}

/**
 * The answer is whole once its last byte is there. RD_END is not waited for: the next command's
 * beginning does that, and an answer is not lost by a BMC that does not let go.
 */
function emitResponse(frame: Frame, { ask, loaded }: Routines): void {
  const { a, failed, answered } = frame;
  const end = new Label("end");
  const byte = new Label("byte");
  a.push(rax);
  readRegister(frame, SmicRegister.Data);
  a.cmp(rax, SmicError.None);
  a.pop(rax);
  a.jcc(If.NotEqual, failed);
  a.mov(rsi, 0);
  a.call(loaded);
  a.mov(rax, SmicControl.ReadStart);
  a.call(ask);
  a.cmp(rcx, SmicStatus.ReadEnd);
  a.jcc(If.Equal, end);
  expectStatus(frame, SmicStatus.ReadStart);
  const more = a.here("more");
  a.call(byte);
  a.call(loaded);
  a.mov(rax, SmicControl.ReadNext);
  a.call(ask);
  a.cmp(rcx, SmicStatus.ReadEnd);
  a.jcc(If.Equal, end);
  expectStatus(frame, SmicStatus.ReadNext);
  a.jmp(more);
  a.bind(end);
  a.call(byte);
  writeRegister(frame, SmicRegister.Control, SmicControl.ReadEnd);
  writeRegister(frame, SmicRegister.Flags, SmicFlag.Busy);
  a.jmp(answered);
  a.bind(byte);
  a.push(rax);
  readRegister(frame, SmicRegister.Data);
  storeAnswerByte(frame, rsi);
  a.pop(rax);
  a.ret();
}

/** Its last lines go on with `ready`. */
function emitHandshake(frame: Frame, { put, ask, handed, ready }: Routines): void {
  const { a, look } = frame;
  const letGo = new Label("let go");
  a.bind(put);
  writeRegister(frame, SmicRegister.Control);
  a.load(rax, at(rsi), 8);
  a.add(rsi, 1);
  a.sub(r8, 1);
  writeRegister(frame, SmicRegister.Data);
  a.jmp(handed);
  a.bind(ask);
  writeRegister(frame, SmicRegister.Control);
  a.bind(handed);
  writeRegister(frame, SmicRegister.Flags, SmicFlag.Busy);
  a.call(ready);
  a.push(rax);
  readRegister(frame, SmicRegister.Control);
  a.mov(rcx, rax);
  a.pop(rax);
  a.ret();
  a.bind(ready);
  a.call(look);
  jumpOnBits(frame, SmicFlag.Busy, "clear", letGo);
  a.jmp(ready);
  a.bind(letGo);
  a.ret();
}

/** While the BMC has the registers no other flag is to be believed, so `ready` comes first each time. */
function emitWait(
  frame: Frame,
  wait: Label,
  { bit, ready }: { readonly bit: number; readonly ready: Label },
): void {
  const { a } = frame;
  const there = new Label("there");
  a.bind(wait);
  jumpOnBits(frame, bit, "set", there);
  a.call(ready);
  a.jmp(wait);
  a.bind(there);
  a.ret();
}

/** The status code in `rcx` is this one, or the try has failed. Spoils nothing. */
function expectStatus({ a, failed }: Frame, status: number): void {
  a.cmp(rcx, status);
  a.jcc(If.NotEqual, failed);
}
