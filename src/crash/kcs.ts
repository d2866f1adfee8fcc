import { at, If, Label, r8, rax, rcx, rsi } from "../assembler/operands.ts";
import { Control, KcsRegister, Phase, Status } from "../wire/kcs/protocol.ts";
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

/**
 * How often a dummy byte is looked for that ought to come with each change of state. A BMC that is
 * polled need not give any. @see IPMI 2.0 §9.15
 */
const DUMMY_LOOKS = 64;
const PHASE_SHIFT = 6;

/** The routines that the others call. */
interface Routines {
  /** Waits for a clear IBF: the status in `rax`, its phase in `rcx`. */
  readonly ready: Label;
  /** Writes `al` to Command, and is `ready` again. */
  readonly control: Label;
  /** Writes the request's next byte, and is `ready` again. */
  readonly put: Label;
  /** The same with `al`. */
  readonly data: Label;
  /** Takes what the BMC has to say, until it is idle: `rsi` is how many bytes. */
  readonly receive: Label;
  /** The state is WRITE, or the try has failed; then `dummy`. */
  readonly writing: Label;
  /** Takes the dummy byte, if one comes. `rax` is the status. */
  readonly dummy: Label;
}

/** One try of a command over KCS. @see IPMI 2.0 §9.15, figures 9-6 to 9-8 */
export function emitKcs(frame: Frame): void {
  const routines: Routines = {
    ready: new Label("ready"),
    control: new Label("control"),
    put: new Label("put"),
    data: new Label("data"),
    receive: new Label("receive"),
    writing: new Label("writing"),
    dummy: new Label("dummy"),
  };
  emitTakeOver(frame, routines);
  emitTransfer(frame, routines);
  emitReceive(frame, routines);
  emitWrites(frame, routines);
  emitReady(frame, routines);
  emitDummy(frame, routines);
}

/** Gets the BMC out of whatever the host that crashed had begun. @see IPMI 2.0 §9.12, figure 9-8 */
function emitTakeOver(frame: Frame, { ready, control, data, receive, dummy }: Routines): void {
  const { a } = frame;
  const clean = new Label("clean");
  const idle = new Label("idle");
  enterStage(frame, Stage.TakingOver);
  a.call(ready);
  jumpOnBits(frame, Status.Obf, "clear", clean);
  readRegister(frame, KcsRegister.Data);
  a.bind(clean);
  a.test(rcx, rcx);
  a.jcc(If.Equal, idle);
  a.mov(rax, Control.GetStatusAbort);
  a.call(control);
  a.call(dummy);
  a.mov(rax, 0x00);
  a.call(data);
  a.call(receive);
  a.bind(idle);
}

function emitTransfer(frame: Frame, { control, put, receive, writing }: Routines): void {
  const { a, answered } = frame;
  const last = new Label("last");
  enterStage(frame, Stage.Sending);
  loadRequest(frame);
  a.mov(rax, Control.WriteStart);
  a.call(control);
  const more = a.here("more");
  a.call(writing);
  a.cmp(r8, 1);
  a.jcc(If.Equal, last);
  a.call(put);
  a.jmp(more);
  a.bind(last);
  a.mov(rax, Control.WriteEnd);
  a.call(control);
  a.call(writing);
  enterStage(frame, Stage.Sent);
  a.call(put);
  a.call(receive);
  a.jmp(answered);
}

function emitReceive(frame: Frame, { ready, data, receive, dummy }: Routines): void {
  const { a, failed } = frame;
  const loaded = new Label("loaded");
  const end = new Label("end");
  a.bind(receive);
  a.mov(rsi, 0);
  const read = a.here("read");
  a.cmp(rcx, Phase.Read);
  a.jcc(If.NotEqual, end);
  jumpOnBits(frame, Status.Obf, "set", loaded);
  a.call(ready);
  a.jmp(read);
  a.bind(loaded);
  readRegister(frame, KcsRegister.Data);
  storeAnswerByte(frame, rsi);
  a.mov(rax, Control.Read);
  a.call(data);
  a.jmp(read);
  a.bind(end);
  a.test(rcx, rcx);
  a.jcc(If.Equal, dummy);
  a.jmp(failed);
}

/** Its last lines go on with `ready`. */
function emitWrites(frame: Frame, { ready, control, data, put }: Routines): void {
  const { a } = frame;
  a.bind(control);
  writeRegister(frame, KcsRegister.Status);
  a.jmp(ready);
  a.bind(put);
  a.load(rax, at(rsi), 8);
  a.add(rsi, 1);
  a.sub(r8, 1);
  a.bind(data);
  writeRegister(frame, KcsRegister.Data);
}

function emitReady(frame: Frame, { ready }: Routines): void {
  const { a, look } = frame;
  a.bind(ready);
  a.call(look);
  jumpOnBits(frame, Status.Ibf, "set", ready);
  a.mov(rcx, rax);
  a.shr(rcx, PHASE_SHIFT);
  a.ret();
}

function emitDummy(frame: Frame, { ready, writing, dummy }: Routines): void {
  const { a, failed } = frame;
  const loaded = new Label("loaded");
  const none = new Label("none");
  a.bind(writing);
  a.cmp(rcx, Phase.Write);
  a.jcc(If.NotEqual, failed);
  a.bind(dummy);
  a.mov(rcx, DUMMY_LOOKS);
  const wait = a.here("wait");
  jumpOnBits(frame, Status.Obf, "set", loaded);
  a.sub(rcx, 1);
  a.jcc(If.Equal, none);
  a.push(rcx);
  a.call(ready);
  a.pop(rcx);
  a.jmp(wait);
  a.bind(loaded);
  readRegister(frame, KcsRegister.Data);
  a.bind(none);
  a.ret();
}
