import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RegisterPort } from "../../wire/registers/port.ts";
import { QemuMachine } from "./machine.ts";
import type { Qtest } from "./qtest.ts";

/** A PC whose processor stands, with the devices that are asked for. */
export function startPc(
  devices: readonly string[],
  options: { program?: string | undefined; lifeS?: number | undefined } = {},
): Promise<QemuMachine> {
  return QemuMachine.start({
    program: options.program ?? "qemu-system-x86_64",
    debianPackage: "qemu-system-x86",
    lifeS: options.lifeS,
    args: (folder) => {
      const firmware = join(folder, "halt.bin");
      writeFileSync(firmware, new Uint8Array(FIRMWARE_BYTES).fill(HALT));
      return ["-machine", "pc", "-m", MEMORY_MB, "-bios", firmware, ...devices];
    },
  });
}

const MEMORY_MB = "16";
/** The processor's instruction that waits, from the reset vector on, in the place of a BIOS. */
const HALT = 0xf4;
const FIRMWARE_BYTES = 0x1_0000;

/** A register block in I/O space. */
export class IoPorts implements RegisterPort {
  readonly #qtest: Qtest;
  readonly #base: number;

  constructor(qtest: Qtest, base: number) {
    this.#qtest = qtest;
    this.#base = base;
  }

  read(offset: number): number {
    return this.#qtest.inb(this.#base + offset);
  }

  write(offset: number, value: number): void {
    this.#qtest.outb(this.#base + offset, value);
  }
}

/** The configuration mechanism of PCI: an address port and a data port. @see PCI 3.0 §3.2.2.3.2 */
const CONFIG_ADDRESS = 0xcf8;
const CONFIG_DATA = 0xcfc;
const CONFIG_ENABLE = 0x8000_0000;
const COMMAND = 0x04;
const COMMAND_IO = 0x1;
const BAR_0 = 0x10;

/** Gives the function in that slot of bus 0 its I/O ports, as firmware would. */
export function placeIoBar(qtest: Qtest, slot: number, base: number): void {
  const write = (register: number, value: number) => {
    qtest.outl(CONFIG_ADDRESS, CONFIG_ENABLE + slot * 0x800 + register);
    qtest.outl(CONFIG_DATA, value);
  };
  write(BAR_0, base);
  write(COMMAND, COMMAND_IO);
}
