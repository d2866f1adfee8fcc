import { compileGuest } from "../../src/guest/compile.ts";
import { loaderElf } from "../../src/guest/loader.ts";
import type { GuestProgram } from "../../src/guest/program.ts";
import { type Report, ReportReader } from "../../src/guest/reports.ts";
import { type Behaviour, IpmiDevice } from "./ipmi-device.ts";
import { SmallLinux, type World } from "./small-linux.ts";

const ELF_HEADERS_BYTES = 120;
const MAGIC = 0x4442_5342;
const REPORT = 0x20;
const TICK = 0x24;
const PROGRAM = 0x28;
const MAGIC_AT = 0x2c;
const ORDER = 0x30;
const BAR = 0xc000;

export interface MachineOptions {
  readonly behave?: Behaviour;
  readonly seed?: number;
  /** The longest turn of a process, in instructions. */
  readonly sliceMax?: number;
  readonly startUs?: number;
  readonly deviceFromUs?: number;
  /** What is read where the program's length should be. */
  readonly length?: number;
  readonly looksTwice?: boolean;
}

/** The loader in a small machine, with the mailbox from which it gets its program. */
export class GuestMachine {
  readonly linux: SmallLinux;
  readonly ipmi: IpmiDevice;
  readonly reports: Report[] = [];
  readonly ticks: { readonly low: number; readonly atUs: number }[] = [];
  /** The PCI device's configuration space. */
  readonly config = new Uint8Array(64);
  magic = MAGIC;
  /** What the order's register reads. */
  order = 0;
  orderReads = 0;
  /** Called with each byte of a report, before it counts. */
  onReportByte: () => void = () => {};
  readonly #reader = new ReportReader();
  readonly #stream: number[];
  /** The program powers the machine off by itself. */
  readonly #goesOn: boolean;
  #random: number;

  constructor(program: GuestProgram, options: MachineOptions = {}) {
    const code = compileGuest(program);
    this.#goesOn = program.atEnd === "power-off";
    const length = options.length ?? code.length;
    this.#stream = [...[0, 8, 16, 24].map((places) => (length >>> places) & 0xff), ...code];
    this.#random = options.seed ?? 1;
    this.ipmi = new IpmiDevice(options.behave ?? (() => undefined));
    const view = new DataView(this.config.buffer);
    view.setUint32(0x00, 0x10f0_1af4, true);
    view.setUint32(0x10, BAR | 1, true);
    const sliceMax = options.sliceMax ?? 1_000;
    const world: World = {
      config: this.config,
      deviceFromUs: options.deviceFromUs ?? 0,
      ipmi: this.ipmi,
      portIn: (offset, bytes) => this.#portIn(offset, bytes),
      portOut: (offset, bytes, value) => this.#portOut(offset, bytes, value),
      pick: (count) => this.#draw(count),
      slice: () => 1 + this.#draw(sliceMax),
    };
    this.linux = new SmallLinux(world, options.startUs ?? 1_000_000);
    this.linux.boot(loaderElf({ looksTwice: options.looksTwice }), ELF_HEADERS_BYTES);
  }

  /** Runs until the last report, for so long at most; gives all reports so far. */
  run(us: number): readonly Report[] {
    this.linux.run(this.linux.nowUs + us);
    return this.reports;
  }

  /** No more reports come: what is left of one becomes garbage. */
  end(): readonly Report[] {
    this.reports.push(...this.#reader.end());
    return this.reports;
  }

  #portIn(offset: number, bytes: number): number {
    if (new DataView(this.config.buffer).getUint16(4, true) !== 1) {
      throw new Error("the device does not decode its ports");
    }
    if (offset === MAGIC_AT && bytes === 4) return this.magic;
    if (offset === ORDER && bytes === 4) {
      this.orderReads++;
      return this.order;
    }
    if (offset !== PROGRAM) throw new Error(`a read at ${offset}`);
    const next = this.#stream.splice(0, bytes);
    return next.reduceRight((value, byte) => value * 0x100 + byte, 0);
  }

  #portOut(offset: number, bytes: number, value: number): void {
    if (offset === TICK && bytes === 4) {
      this.ticks.push({ low: value, atUs: this.linux.nowUs });
      return;
    }
    if (offset !== REPORT) throw new Error(`a write at ${offset}`);
    for (let index = 0; index < bytes; index++) {
      this.onReportByte();
      const byte = Math.floor(value / 0x100 ** index) & 0xff;
      this.reports.push(...this.#reader.push(Uint8Array.of(byte)));
      if (this.reports.at(-1)?.kind === "all-done") this.linux.halted = !this.#goesOn;
    }
  }

  /** A number below `limit`. @see Knuth, TAOCP 3.3.4, line 20 of table 1 */
  #draw(limit: number): number {
    this.#random = Number((BigInt(this.#random) * 1_664_525n + 1_013_904_223n) & 0xffff_ffffn);
    return Math.floor((this.#random / 2 ** 32) * limit);
  }
}
