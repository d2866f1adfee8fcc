import { z } from "zod";
import type { RegisterWindow } from "../../bmc/chips/register-window.ts";
import { Status } from "../../wire/kcs/protocol.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { QemuMachine } from "./machine.ts";

/** BMC chips whose KCS channels QEMU models. */
export const BMC_CHIPS = ["ast2400", "ast2500", "ast2600"] as const;
export type BmcChip = (typeof BMC_CHIPS)[number];
export type KcsChannel = 1 | 2 | 3 | 4;

/** QEMU's board with the chip, and the interrupt controller that its LPC controller reports to. */
const BOARDS = {
  ast2400: { machine: "palmetto-bmc", interrupts: "/machine/soc/vic" },
  ast2500: { machine: "ast2500-evb", interrupts: "/machine/soc/vic" },
  ast2600: { machine: "ast2600-evb", interrupts: "/machine/soc/a7mpcore/gic" },
} as const;
const LPC_BASE = 0x1e78_9000;
const LPC = "/machine/soc/lpc";
const STATUS_REGISTERS = { 1: 0x03c, 2: 0x040, 3: 0x044, 4: 0x11c } as const;

/**
 * QEMU's model of a BMC chip, whose processor stands: our driver is at its registers, and the host is
 * at the other end of its LPC bus. The model has no such bus, but lets a host's accesses be made by
 * name; docs/peers.md says what else it lacks.
 */
export class BmcBoard {
  /** The LPC controller's registers. */
  readonly window: RegisterWindow;
  readonly #machine: QemuMachine;
  #raised = false;
  #interrupt: () => void = () => {};

  private constructor(machine: QemuMachine) {
    this.#machine = machine;
    const { qtest } = machine;
    this.window = {
      readl: (offset) => qtest.readl(LPC_BASE + offset),
      writel: (offset, value) => qtest.writel(LPC_BASE + offset, value),
    };
  }

  static async start(
    chip: BmcChip,
    options: { program?: string | undefined; lifeS?: number | undefined } = {},
  ): Promise<BmcBoard> {
    const { machine, interrupts } = BOARDS[chip];
    const board = new BmcBoard(
      await QemuMachine.start({
        program: options.program ?? "qemu-system-arm",
        debianPackage: "qemu-system-arm",
        lifeS: options.lifeS,
        args: () => ["-machine", machine, "-S"],
      }),
    );
    board.#machine.qtest.watchInterrupts(interrupts, ({ level }) => {
      board.#raised = level;
    });
    return board;
  }

  /** The LPC controller raised its interrupt. */
  onInterrupt(run: () => void): void {
    this.#interrupt = run;
  }

  /** The host's data and status registers of a channel: offsets 0 and 1. */
  hostPort(channel: KcsChannel): RegisterPort {
    const status = STATUS_REGISTERS[channel];
    return {
      read: (offset) => this.#get(`${offset === 0 ? "odr" : "str"}${channel}`),
      write: (offset, value) => {
        this.#tellCommandFromData(status, offset !== 0);
        this.#set(`idr${channel}`, value);
        this.#deliver(status);
      },
    };
  }

  /** Ends QEMU. Resolves when nothing of it is left. */
  stop(): Promise<void> {
    return this.#machine.stop();
  }

  /** The model does not set C/D#. */
  #tellCommandFromData(register: number, command: boolean): void {
    const status = this.window.readl(register);
    const told = command ? status | Status.Cd : status & ~Status.Cd;
    if (told !== status) this.window.writel(register, told);
  }

  /** What the host's write raised is told with the next access. */
  #deliver(register: number): void {
    this.window.readl(register);
    if (!this.#raised) return;
    this.#raised = false;
    this.#interrupt();
  }

  #get(property: string): number {
    const args = { path: LPC, property };
    return z.number().parse(this.#machine.qmp.execute("qom-get", args)) & 0xff;
  }

  #set(property: string, value: number): void {
    this.#machine.qmp.execute("qom-set", { path: LPC, property, value });
  }
}
