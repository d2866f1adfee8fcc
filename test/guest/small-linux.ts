import { AddressSpace } from "../../src/assembler/address-space.ts";
import { Processor, type Surroundings } from "../../src/assembler/processor.ts";
import type { IpmiDevice } from "./ipmi-device.ts";

const RAX = 0;
const ARGUMENTS = [7, 6, 2, 10, 8, 9] as const;
const RSP = 4;
const R15 = 15;
const STACK_BYTES = 0x4000;
const BAR = 0xc000;
/** Few, so that a leak is noticed. */
const FILES_MAX = 8;
/** The watchdog's port at which the loader says that it waits. */
/** The host bridge's, by which a function's configuration is written. */
const PCI_PORTS = [0xcf8, 0xcfc];
const WAITING_PORT = 0x443;

const ENOENT = -2;
const ESRCH = -3;
const EBADF = -9;
const ECHILD = -10;
const EAGAIN = -11;
const ENODEV = -19;
const EMFILE = -24;
const ENOTTY = -25;
const SIGCHLD_SET = 1n << 16n;

/** One process of the machine. */
interface Task {
  readonly pid: number;
  readonly parent: number;
  readonly processor: Processor;
  readonly files: Map<number, string>;
  name: string;
  mayUsePorts: boolean;
  /** Asked at each turn: the system call's result once it can return. */
  blocked: (() => number | undefined) | undefined;
  /** When the sleep ends, if it does. */
  wakeUs: number;
  /** It is not let to the processor before then. */
  heldUntilUs: number;
  exited: boolean;
  status: number;
  reaped: boolean;
}

/** What the program of a test meets. Everything it does to it is on record. */
export interface World {
  /** The PCI device's configuration space; it is there from `deviceFromUs` on. */
  readonly config: Uint8Array;
  readonly deviceFromUs: number;
  readonly ipmi: IpmiDevice;
  portIn(offset: number, bytes: number): number;
  portOut(offset: number, bytes: number, value: number): void;
  /** Whose turn it is, among `count`. */
  pick(count: number): number;
  /** How many instructions until the next one gets a turn. */
  slice(): number;
}

/**
 * As much of a machine with Linux as guest programs use: one processor that is taken away anywhere,
 * virtual time, processes, signals, files, ports. What is used wrongly throws.
 */
export class SmallLinux {
  nowUs: number;
  /** Files in memory; a missing one cannot be opened. */
  readonly files = new Map<string, Uint8Array>();
  readonly calls: string[] = [];
  poweredOff = false;
  /** How often the loader said that it waits. */
  waits = 0;
  /** Set from outside to stop the machine where it is. */
  halted = false;
  readonly #world: World;
  readonly #tasks: Task[] = [];
  #nextPid = 1;
  #running: Task | undefined;

  constructor(world: World, startUs: number) {
    this.#world = world;
    this.nowUs = startUs;
  }

  /** Starts the first process with `code`, entered `entry` bytes from its begin. */
  boot(code: Uint8Array, entry: number): void {
    const memory = new AddressSpace();
    const processor = new Processor(
      memory,
      this.#surroundings(() => first),
    );
    const start = memory.map(code.length, false);
    memory.bytes(start, code.length).set(code);
    processor.rip = start + entry;
    processor.set(RSP, BigInt(memory.map(STACK_BYTES, false) + STACK_BYTES));
    processor.set(R15, BigInt(BAR));
    const first = this.#newTask(0, processor, new Map(), "init");
  }

  /** Runs until the power is off, all processes are at rest for good, or the time is over. */
  run(untilUs: number): void {
    while (!this.poweredOff && !this.halted && this.nowUs < untilUs) {
      const ready = this.#tasks.filter((task) => this.#ready(task));
      const task = ready[ready.length > 1 ? this.#world.pick(ready.length) : 0];
      if (task !== undefined) this.#turn(task);
      else if (!this.#sleepOn(untilUs)) return;
    }
  }

  /** Ends the process that is running, as the kernel does when it failed on its behalf. */
  killRunning(): void {
    if (this.#running !== undefined) this.#end(this.#running, 9);
  }

  /** Others have the processor for so long, as on a busy machine. */
  holdRunning(us: number): void {
    if (this.#running !== undefined) this.#running.heldUntilUs = this.nowUs + us;
  }

  #turn(task: Task): void {
    this.#running = task;
    const slice = this.#world.slice();
    const goesOn = () => !task.exited && task.blocked === undefined && !this.#isHeld(task);
    for (let count = 0; count < slice && goesOn(); count++) task.processor.step();
    this.nowUs += 1;
  }

  #isHeld({ heldUntilUs }: Task): boolean {
    return this.nowUs < heldUntilUs;
  }

  #ready(task: Task): boolean {
    if (task.exited || this.#isHeld(task)) return false;
    if (task.blocked === undefined) return true;
    const result = task.blocked();
    if (result === undefined) return false;
    task.blocked = undefined;
    task.processor.set(RAX, BigInt(result));
    return true;
  }

  /** Nobody is ready: time goes on to the next moment at which one can be. */
  #sleepOn(untilUs: number): boolean {
    const sleeping = this.#tasks
      .filter((task) => !task.exited)
      .map((task) => (this.#isHeld(task) ? task.heldUntilUs : task.wakeUs));
    const next = Math.min(...sleeping, this.#world.ipmi.nextUs(this.nowUs));
    if (!Number.isFinite(next)) return false;
    this.nowUs = Math.min(Math.max(next, this.nowUs + 1), untilUs);
    return true;
  }

  #newTask(parent: number, processor: Processor, files: Map<number, string>, name: string): Task {
    const task: Task = {
      ...{ pid: this.#nextPid++, parent, processor, files, name },
      ...{ mayUsePorts: false, blocked: undefined, wakeUs: Number.POSITIVE_INFINITY },
      heldUntilUs: 0,
      ...{ exited: false, status: 0, reaped: false },
    };
    this.#tasks.push(task);
    return task;
  }

  #surroundings(task: () => Task): Surroundings {
    const offset = (port: number): number => {
      if (!task().mayUsePorts) throw new Error(`${task().name} may not use ports`);
      if (port < BAR || port >= BAR + 64) throw new Error(`port ${port.toString(16)}`);
      return port - BAR;
    };
    return {
      syscall: () => this.#syscall(task()),
      in: (port, bytes) => BigInt(this.#world.portIn(offset(port), bytes)),
      out: (port, bytes, value) => {
        if (port === WAITING_PORT && task().mayUsePorts) this.waits++;
        else if (PCI_PORTS.includes(port))
          this.calls.push(`out ${port.toString(16)} ${value.toString(16)}`);
        else this.#world.portOut(offset(port), bytes, Number(value));
      },
      ticks: () => {
        throw new Error("guest programs ask the kernel for the time");
      },
    };
  }

  #syscall(task: Task): void {
    const { processor } = task;
    const args = ARGUMENTS.map((register) => processor.get(register));
    const result = this.#call(task, Number(processor.get(RAX)), args);
    if (result !== undefined) processor.set(RAX, BigInt(result));
  }

  /** The result of a system call; undefined when it will have one later, or none. */
  #call(task: Task, call: number, args: readonly bigint[]): number | undefined {
    const [a = 0n, b = 0n, c = 0n, d = 0n] = args;
    const { memory } = task.processor;
    const text = (address: bigint): string => memory.text(Number(address));
    switch (call) {
      case 0: // read
      case 17: // pread64
        return this.#readFile(task, Number(a), memory.bytes(Number(b), Number(c)), Number(d));
      case 1: // write
      case 18: // pwrite64
        return this.#writeFile(task, Number(a), memory.bytes(Number(b), Number(c)), Number(d));
      case 2: // open
        return this.#open(task, text(a), Number(b));
      case 3: // close
        return task.files.delete(Number(BigInt.asIntN(64, a))) ? 0 : EBADF;
      case 9: // mmap
        return memory.map(Number(b), Number(d) === 0x21);
      case 14: // rt_sigprocmask
        return a === 0n && memory.read(Number(b), 8) === SIGCHLD_SET ? 0 : EAGAIN;
      case 16: // ioctl
        return this.#ioctl(task, Number(a), Number(b), Number(c));
      case 21: // access
        return this.#exists(text(a)) ? 0 : ENOENT;
      case 57: // fork
        return this.#fork(task);
      case 60: // exit
        this.#end(task, Number(a) << 8);
        return undefined;
      case 61: // wait4
        return this.#wait(task, memory, Number(b));
      case 228: // clock_gettime
        this.#putTime(memory, Number(b));
        return 0;
      case 313: // finit_module
        this.calls.push(`insert ${task.files.get(Number(a))} '${text(b)}'`);
        return 0;
    }
    return this.#rareCall(task, call, args) ?? this.#blockingCall(task, call, args);
  }

  #rareCall(task: Task, call: number, args: readonly bigint[]): number | undefined {
    const [a = 0n, b = 0n, c = 0n] = args;
    const { memory } = task.processor;
    const text = (address: bigint): string => memory.text(Number(address));
    switch (call) {
      case 62: // kill
        return this.#kill(Number(a), Number(b));
      case 83: // mkdir
        return -17;
      case 144: // sched_setscheduler
        this.calls.push(`${task.name}: scheduler ${b} ${memory.read(Number(c), 4)}`);
        return 0;
      case 157: // prctl: PR_SET_PDEATHSIG, PR_SET_NAME
        if (a === 15n) task.name = text(b).slice(0, 15);
        return 0;
      case 165: // mount
        this.calls.push(`mount ${text(c)} ${text(b)}`);
        return 0;
      case 169: // reboot
        this.poweredOff = a === 0xfee1_deadn && b === 0x2812_1969n && c === 0x4321_fedcn;
        return -22;
      case 172: // iopl
        task.mayUsePorts = a === 3n;
        return 0;
      case 176: // delete_module
        this.calls.push(`remove ${text(a)} ${b.toString(16)}`);
        return 0;
    }
    return undefined;
  }

  #blockingCall(task: Task, call: number, args: readonly bigint[]): undefined {
    const [a = 0n, b = 0n, c = 0n] = args.map((arg) => Number(arg));
    const { memory } = task.processor;
    const span = (address: number | bigint): number => readTime(memory, Number(address));
    const forever = Number.POSITIVE_INFINITY;
    if (call === 34) this.#block(task, forever, () => undefined);
    else if (call === 35) this.#block(task, this.nowUs + span(a), (late) => (late ? 0 : undefined));
    else if (call === 230) this.#block(task, span(c), (late) => (late ? 0 : undefined));
    else if (call === 128) {
      const child = (): boolean => this.#ended(task).length > 0;
      this.#block(task, this.nowUs + span(c), (late) => (child() ? 17 : late ? EAGAIN : undefined));
    } else if (call === 271) {
      const poll = memory.bytes(Number(a), 8);
      const path = task.files.get(poll[0] ?? 0);
      if (path !== "/dev/ipmi0" || b !== 1) throw new Error("poll of what is no IPMI device");
      this.#block(task, this.nowUs + span(c), (late) => {
        const ready = this.#world.ipmi.ready(task.pid, this.nowUs);
        poll[6] = ready ? 1 : 0;
        return ready ? 1 : late ? 0 : undefined;
      });
    } else {
      throw new Error(`system call ${call}`);
    }
    return undefined;
  }

  #block(task: Task, wakeUs: number, result: (late: boolean) => number | undefined): void {
    task.wakeUs = wakeUs;
    task.blocked = () => {
      const value = result(this.nowUs >= wakeUs);
      if (value !== undefined) task.wakeUs = Number.POSITIVE_INFINITY;
      return value;
    };
  }

  #fork(parent: Task): number {
    const processor = parent.processor.fork(this.#surroundings(() => child));
    const child = this.#newTask(parent.pid, processor, new Map(parent.files), parent.name);
    processor.set(RAX, 0n);
    return child.pid;
  }

  #end(task: Task, status: number): void {
    if (task.pid === 1) throw new Error("the first process ended");
    task.exited = true;
    task.status = status;
    task.wakeUs = Number.POSITIVE_INFINITY;
  }

  #kill(pid: number, signal: number): number {
    if (pid <= 0 || signal !== 9) throw new Error(`signal ${signal} to process ${pid}`);
    const task = this.#tasks.find((each) => each.pid === pid && !each.reaped);
    if (task === undefined) return ESRCH;
    if (!task.exited) this.#end(task, signal);
    return 0;
  }

  #ended(parent: Task): readonly Task[] {
    return this.#tasks.filter((task) => task.parent === parent.pid && task.exited && !task.reaped);
  }

  #wait(parent: Task, memory: AddressSpace, statusAt: number): number {
    const [task] = this.#ended(parent);
    if (task !== undefined) {
      task.reaped = true;
      memory.write(statusAt, 4, BigInt(task.status));
      return task.pid;
    }
    return this.#tasks.some((each) => each.parent === parent.pid && !each.exited) ? 0 : ECHILD;
  }

  #exists(path: string): boolean {
    if (path === "/dev/ipmi0") return this.#world.ipmi.present;
    if (isConfig(path)) return this.nowUs >= this.#world.deviceFromUs;
    return this.files.has(path);
  }

  #open(task: Task, path: string, flags: number): number {
    if ((flags & 0x40) !== 0 && !this.#exists(path)) this.files.set(path, Uint8Array.of());
    if (!this.#exists(path)) return ENOENT;
    let number = 3;
    while (task.files.has(number)) number++;
    if (number === FILES_MAX) return EMFILE;
    task.files.set(number, path);
    return number;
  }

  #readFile(task: Task, file: number, into: Uint8Array, offset: number): number {
    const path = task.files.get(file);
    if (path === undefined) return EBADF;
    const bytes = isConfig(path) ? this.#world.config : (this.files.get(path) ?? into.slice(0, 0));
    const part = bytes.subarray(offset, offset + into.length);
    into.set(part);
    return part.length;
  }

  #writeFile(task: Task, file: number, from: Uint8Array, offset: number): number {
    const path = task.files.get(file);
    if (file === 2) this.calls.push(`complains: ${new TextDecoder().decode(from).trim()}`);
    else if (path === undefined) return EBADF;
    else if (isConfig(path)) this.#world.config.set(from, offset);
    else this.files.set(path, from.slice());
    return from.length;
  }

  #ioctl(task: Task, file: number, request: number, address: number): number {
    const path = task.files.get(file);
    if (path === undefined) return EBADF;
    if (path !== "/dev/ipmi0") return ENOTTY;
    const { ipmi } = this.#world;
    if (!ipmi.present) return ENODEV;
    return ipmi.ioctl(task.pid, request, task.processor.memory, address, this.nowUs);
  }

  #putTime(memory: AddressSpace, address: number): void {
    memory.write(address, 8, BigInt(Math.floor(this.nowUs / 1_000_000)));
    memory.write(address + 8, 8, BigInt((this.nowUs % 1_000_000) * 1_000));
  }
}

function readTime(memory: AddressSpace, address: number): number {
  const ns = Number(memory.read(address + 8, 8));
  if (ns >= 1_000_000_000) throw new Error("a time of more than 999999999 ns");
  return Number(memory.read(address, 8)) * 1_000_000 + ns / 1_000;
}

function isConfig(path: string): boolean {
  return path === "/sys/bus/pci/devices/0000:00:02.0/config";
}
