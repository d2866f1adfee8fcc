/** A part of a chip's address space whose registers are 32 bits wide. Offsets are in bytes. */
export interface RegisterWindow {
  readl(offset: number): number;
  writel(offset: number, value: number): void;
}

/** One whose registers are 8 bits wide, and want to be accessed so. */
export interface ByteWindow {
  readb(offset: number): number;
  writeb(offset: number, value: number): void;
}

/** Sets the bits under `mask` to `bits`, and writes the others back as they were read. */
export function update(window: RegisterWindow, offset: number, mask: number, bits: number): void {
  window.writel(offset, (window.readl(offset) & ~mask) | (bits & mask));
}
