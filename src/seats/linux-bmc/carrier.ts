import { ArmAssembler, ArmIf, ArmRegister } from "../../assembler/arm.ts";
import { Label } from "../../assembler/operands.ts";
import { ARM_LOAD_ADDRESS, staticArmElf } from "../../guest/elf.ts";
import { Ask, HEADER_BYTES, PAYLOAD_BYTES_MAX, Told } from "./carrier-protocol.ts";

/** System call numbers of 32-bit ARM Linux. */
const Sys = {
  Read: 3,
  Write: 4,
  Open: 5,
  Close: 6,
  Mount: 21,
  Ioctl: 54,
  Poll: 168,
  FinitModule: 379,
} as const;
type Sys = (typeof Sys)[keyof typeof Sys];

const Open = {
  ReadOnly: 0,
  WriteOnly: 1,
  ReadWrite: 2,
  NonBlocking: 0x800,
  Truncate: 0x200,
} as const;
const POLLIN = 1;
/** Offsets in `struct pollfd`: its descriptor, what is waited for, what was found. */
const PollEntry = { descriptor: 0, events: 4, found: 6, bytes: 8 } as const;
const TCSETS = 0x5402;

/** Registers, by what they are for. A system call changes but register 0. */
const LINE = 4;
const DEVICE = 5;
/** Not 0: the device is looked at. */
const LOOKS = 6;
const OUT = 8;
const IN = 9;
const LENGTH = 10;
const KIND = 11;
const { Lr, Pc } = ArmRegister;
/** The number of a system call is there. */
const CALL = 7;
const NONE = 0xffff_ffff;

/** `struct termios` of a line that carries bytes as they are: 8 bits, 115200 baud, reader on. */
const RAW_LINE = Uint8Array.from([
  ...[0, 0, 0, 0],
  ...[0, 0, 0, 0],
  ...[0xb2, 0x18, 0, 0],
  ...[0, 0, 0, 0],
  // The line discipline, then the characters: of these VMIN is 1.
  ...[0, 0, 0, 0, 0, 0, 0, 1],
  ...new Uint8Array(16),
]);

/** What the guest does before it carries anything, in this order. */
export interface CarrierPlan {
  /** Paths of modules, each loaded after the one before. */
  readonly modules: readonly string[];
  /** The device that requests are read from. */
  readonly device: string;
  /** The serial line to us. */
  readonly line: string;
  /** Where the kernel's trace is mounted, and read. */
  readonly tracing: string;
}

/** What the steps of the set-up are about, by their places in `Told.SetUp`. */
export function setUpSteps({ modules, tracing }: CarrierPlan): readonly string[] {
  return [...modules.map((path) => `load ${path}`), `mount ${tracing}`];
}

/**
 * The guest's only process: it loads the drivers, and carries requests from the device of the KCS driver
 * to us, and what we ask for back. Whatever a BMC's application does, well or badly, is done by us.
 */
export function buildCarrier(plan: CarrierPlan): Uint8Array {
  const a = new ArmAssembler(ARM_LOAD_ADDRESS);
  const routines = new Routines(a);
  const main = new Label("main");
  a.b(main);
  routines.emit();
  a.bind(main);
  a.constant(OUT, a.space(HEADER_BYTES + 1 + PAYLOAD_BYTES_MAX));
  a.constant(IN, a.space(PAYLOAD_BYTES_MAX));
  a.constant(DEVICE, NONE);
  a.constant(LOOKS, 1);
  setUp(a, routines, plan);
  carry(a, routines, plan);
  return staticArmElf(a.finish());
}

/** Subroutines. Each keeps the registers that keep a value. */
class Routines {
  /** Sends a frame of kind r0 with r1 bytes, which lie in OUT behind the header. */
  readonly send = new Label("send");
  /** Sends r0, kind of the frame, r1, what it is about, and r2, what came of it. */
  readonly tell = new Label("tell");
  /** Reads r1 bytes from the line to r0. */
  readonly fetch = new Label("fetch");
  readonly #a: ArmAssembler;

  constructor(a: ArmAssembler) {
    this.#a = a;
  }

  emit(): void {
    this.#emitSend();
    this.#emitTell();
    this.#emitFetch();
  }

  #emitSend(): void {
    const a = this.#a;
    a.bind(this.send);
    a.push(LINE, DEVICE, LENGTH, Lr);
    a.strb(0, OUT, 2);
    a.strb(1, OUT, 0);
    a.lsr(2, 1, 8);
    a.strb(2, OUT, 1);
    a.addConstant(LENGTH, 1, HEADER_BYTES);
    a.mov(DEVICE, OUT);
    const more = a.here("send: more");
    system(a, Sys.Write, { register: LINE }, { register: DEVICE }, { register: LENGTH });
    a.cmpConstant(0, 0);
    a.b(more, ArmIf.Negative);
    a.add(DEVICE, DEVICE, 0);
    a.sub(LENGTH, LENGTH, 0);
    a.cmpConstant(LENGTH, 0);
    a.b(more, ArmIf.NotEqual);
    a.pop(LINE, DEVICE, LENGTH, Pc);
  }

  /** The value is not at a multiple of 4, so it goes byte by byte. */
  #emitTell(): void {
    const a = this.#a;
    a.bind(this.tell);
    a.push(LINE, Lr);
    a.strb(1, OUT, HEADER_BYTES);
    for (let index = 0; index < 4; index++) {
      a.strb(2, OUT, HEADER_BYTES + 1 + index);
      a.lsr(2, 2, 8);
    }
    a.constant(1, 5);
    a.bl(this.send);
    a.pop(LINE, Pc);
  }

  #emitFetch(): void {
    const a = this.#a;
    const done = new Label("fetch: done");
    a.bind(this.fetch);
    a.push(DEVICE, LENGTH, LOOKS, Lr);
    a.mov(DEVICE, 0);
    a.mov(LENGTH, 1);
    const more = a.here("fetch: more");
    a.cmpConstant(LENGTH, 0);
    a.b(done, ArmIf.Equal);
    system(a, Sys.Read, { register: LINE }, { register: DEVICE }, { register: LENGTH });
    a.cmpConstant(0, 0);
    a.b(more, ArmIf.Negative);
    a.add(DEVICE, DEVICE, 0);
    a.sub(LENGTH, LENGTH, 0);
    a.b(more);
    a.bind(done);
    a.pop(DEVICE, LENGTH, LOOKS, Pc);
  }
}

function setUp(a: ArmAssembler, { tell }: Routines, plan: CarrierPlan): void {
  const { modules, line, tracing } = plan;
  // The fifth argument is in the register that the line has from then on.
  system(a, Sys.Mount, a.text("dev"), a.text("/dev"), a.text("devtmpfs"), 0, 0);
  system(a, Sys.Mount, a.text("trace"), a.text(tracing), a.text("tracefs"), 0, 0);
  a.mov(KIND, 0);
  system(a, Sys.Open, a.text(line), Open.ReadWrite, 0);
  a.mov(LINE, 0);
  system(a, Sys.Ioctl, { register: LINE }, TCSETS, a.data(RAW_LINE));
  const told = (place: number, from: number) => {
    a.mov(2, from);
    a.constant(0, Told.SetUp);
    a.constant(1, place);
    a.bl(tell);
  };
  for (const [place, path] of modules.entries()) {
    system(a, Sys.Open, a.text(path), Open.ReadOnly, 0);
    a.mov(LENGTH, 0);
    system(a, Sys.FinitModule, { register: LENGTH }, a.text(""), 0);
    told(place, 0);
  }
  told(modules.length, KIND);
}

/** Waits for the device and for the line, for ever. A descriptor below zero is not looked at. */
function carry(a: ArmAssembler, routines: Routines, plan: CarrierPlan): void {
  const waited = a.space(2 * PollEntry.bytes);
  const device = PollEntry.bytes;
  const fromLine = new Label("carry: from the line");
  const looked = new Label("carry: looked at");
  const again = a.here("carry");
  a.constant(0, waited);
  a.str(LINE, 0, PollEntry.descriptor);
  a.constant(1, NONE);
  a.cmpConstant(LOOKS, 0);
  a.b(looked, ArmIf.Equal);
  a.mov(1, DEVICE);
  a.bind(looked);
  a.str(1, 0, device + PollEntry.descriptor);
  a.constant(1, POLLIN);
  a.str(1, 0, PollEntry.events);
  a.str(1, 0, device + PollEntry.events);
  system(a, Sys.Poll, waited, 2, NONE);
  a.constant(0, waited);
  a.ldrb(1, 0, device + PollEntry.found);
  a.cmpConstant(1, 0);
  a.b(fromLine, ArmIf.Equal);
  a.constant(LOOKS, 0);
  a.constant(0, Told.Readable);
  a.constant(1, 0);
  a.bl(routines.send);
  a.bind(fromLine);
  a.constant(0, waited);
  a.ldrb(1, 0, PollEntry.found);
  a.cmpConstant(1, 0);
  a.b(again, ArmIf.Equal);
  obey(a, routines, plan);
  a.b(again);
}

/** Takes a frame from the line, does what it asks for, and tells what came of it. */
function obey(a: ArmAssembler, routines: Routines, plan: CarrierPlan): void {
  a.mov(0, IN);
  a.constant(1, HEADER_BYTES);
  a.bl(routines.fetch);
  a.ldrb(LENGTH, IN, 1);
  a.lsl(LENGTH, LENGTH, 8);
  a.ldrb(0, IN, 0);
  a.or(LENGTH, LENGTH, 0);
  a.ldrb(KIND, IN, 2);
  a.mov(0, IN);
  a.mov(1, LENGTH);
  a.bl(routines.fetch);
  const answer = new Label("obey: answer");
  const deeds = deedsOf(a, routines, plan);
  for (const { kind, act } of deeds) {
    const other = new Label(`obey: not ${kind}`);
    a.cmpConstant(KIND, kind);
    a.b(other, ArmIf.NotEqual);
    act();
    a.b(answer);
    a.bind(other);
  }
  a.constant(0, NONE);
  a.bind(answer);
  a.mov(2, 0);
  a.mov(1, KIND);
  a.constant(0, Told.Result);
  a.bl(routines.tell);
}

interface Deed {
  readonly kind: Ask;
  /** Leaves what came of it in register 0. */
  readonly act: () => void;
}

function deedsOf(a: ArmAssembler, routines: Routines, plan: CarrierPlan): readonly Deed[] {
  const open = () => {
    const flags = Open.ReadWrite | Open.NonBlocking;
    system(a, Sys.Open, a.text(plan.device), flags, 0);
  };
  return [
    {
      kind: Ask.Open,
      act: () => {
        open();
        a.mov(DEVICE, 0);
        a.constant(LOOKS, 1);
      },
    },
    {
      kind: Ask.Close,
      act: () => {
        system(a, Sys.Close, { register: DEVICE });
        a.constant(DEVICE, NONE);
      },
    },
    { kind: Ask.OpenAgain, act: () => openAgain(a, open) },
    { kind: Ask.Read, act: () => readRequest(a, routines) },
    {
      kind: Ask.Write,
      act: () => system(a, Sys.Write, { register: DEVICE }, { register: IN }, { register: LENGTH }),
    },
    {
      kind: Ask.Ioctl,
      act: () => {
        a.ldr(1, IN);
        system(a, Sys.Ioctl, { register: DEVICE }, { register: 1 }, 0);
      },
    },
    { kind: Ask.Put, act: () => put(a) },
    { kind: Ask.Trace, act: () => trace(a, routines, `${plan.tracing}/trace_pipe`) },
  ];
}

function openAgain(a: ArmAssembler, open: () => void): void {
  const refused = new Label("open again: refused");
  open();
  a.mov(LENGTH, 0);
  a.cmpConstant(LENGTH, 0);
  a.b(refused, ArmIf.Negative);
  system(a, Sys.Close, { register: LENGTH });
  a.bind(refused);
  a.mov(0, LENGTH);
}

function readRequest(a: ArmAssembler, routines: Routines): void {
  a.constant(LOOKS, 1);
  a.ldr(2, IN);
  a.addConstant(1, OUT, HEADER_BYTES);
  system(a, Sys.Read, { register: DEVICE }, { register: 1 }, { register: 2 });
  tellWhatWasRead(a, routines, Told.Request);
}

/** Sends what was read behind the header of OUT, if anything was; register 0 keeps how much, or why not. */
function tellWhatWasRead(a: ArmAssembler, { send }: Routines, kind: number): void {
  const none = new Label("read: none");
  a.mov(LENGTH, 0);
  a.cmpConstant(LENGTH, 0);
  a.b(none, ArmIf.Negative);
  a.constant(0, kind);
  a.mov(1, LENGTH);
  a.bl(send);
  a.bind(none);
  a.mov(0, LENGTH);
}

/** IN has a path, a zero, and the text that goes there. */
function put(a: ArmAssembler): void {
  system(a, Sys.Open, { register: IN }, Open.WriteOnly | Open.Truncate, 0);
  a.mov(3, 0);
  a.mov(1, IN);
  const next = a.here("put: next");
  a.ldrb(2, 1);
  a.addConstant(1, 1, 1);
  a.cmpConstant(2, 0);
  a.b(next, ArmIf.NotEqual);
  a.add(2, IN, LENGTH);
  a.sub(2, 2, 1);
  system(a, Sys.Write, { register: 3 }, { register: 1 }, { register: 2 });
  a.mov(LENGTH, 0);
  system(a, Sys.Close, { register: 3 });
  a.mov(0, LENGTH);
}

/**
 * Sends as much as there is and one frame holds. The file is opened once: what the kernel has made text of and
 * we have not read yet goes when it is closed.
 */
function trace(a: ArmAssembler, routines: Routines, path: string): void {
  const opened = new Label("trace: opened");
  const descriptor = a.space(4);
  a.constant(2, descriptor);
  a.ldr(3, 2);
  a.cmpConstant(3, 0);
  a.b(opened, ArmIf.NotEqual);
  system(a, Sys.Open, a.text(path), Open.ReadOnly | Open.NonBlocking, 0);
  a.mov(3, 0);
  a.constant(2, descriptor);
  a.str(3, 2);
  a.bind(opened);
  a.addConstant(1, OUT, HEADER_BYTES);
  system(a, Sys.Read, { register: 3 }, { register: 1 }, PAYLOAD_BYTES_MAX);
  tellWhatWasRead(a, routines, Told.Trace);
}

type Argument = number | Label | { readonly register: number };

/** Makes a system call; register 0 has what came of it. */
function system(a: ArmAssembler, call: Sys, ...args: readonly Argument[]): void {
  for (const [index, arg] of args.entries()) {
    if (typeof arg === "number" || arg instanceof Label) a.constant(index, arg);
    else if (arg.register !== index) a.mov(index, arg.register);
  }
  a.constant(CALL, call);
  a.svc();
}
