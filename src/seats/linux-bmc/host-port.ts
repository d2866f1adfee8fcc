import { KcsRegister, Status } from "../../wire/kcs/protocol.ts";
import type { RegisterPort } from "../../wire/registers/port.ts";
import type { Qtest } from "../qemu/qtest.ts";
import { INTERRUPT, INTERRUPT_WHEN_FULL, Lpc } from "./board.ts";

/**
 * The host's end of the channel, which QEMU's model has no bus for: what the chip does on a host's
 * access is done to its registers from outside. A read of Data_Out clears OBF; a write sets IBF, tells
 * command from data, and interrupts the BMC, or does so when the BMC's driver comes to ask for it.
 */
export class HostPort implements RegisterPort {
  private readonly _qtest: Qtest;
  /** The interrupt waits for the BMC to enable it. */
  private _held = false;

  constructor(qtest: Qtest) {
    this._qtest = qtest;
  }

  /** The interrupt still waits. */
  get held(): boolean {
    return this._held;
  }

  read(offset: number): number {
    if (this._held) this.#interrupt();
    if (offset === KcsRegister.Status) return this._qtest.readl(Lpc.Status) & 0xff;
    const value = this._qtest.readl(Lpc.DataOut) & 0xff;
    this.#change((status) => status & ~Status.Obf);
    return value;
  }

  write(offset: number, value: number): void {
    const command = offset === KcsRegister.Status;
    this._qtest.writel(Lpc.DataIn, value);
    this.#change((status) => {
      const told = command ? status | Status.Cd : status & ~Status.Cd;
      return told | Status.Ibf;
    });
    this.#interrupt();
  }

  #change(change: (status: number) => number): void {
    this._qtest.writel(Lpc.Status, change(this._qtest.readl(Lpc.Status)));
  }

  /** The model drops the line when the BMC reads Data_In. */
  #interrupt(): void {
    const enabled = (this._qtest.readl(Lpc.HostControl2) & INTERRUPT_WHEN_FULL) !== 0;
    const full = (this._qtest.readl(Lpc.Status) & Status.Ibf) !== 0;
    this._held = full && !enabled;
    const { path, name, line } = INTERRUPT;
    if (full && enabled) this._qtest.setLine(path, name, { line, level: true });
  }
}
