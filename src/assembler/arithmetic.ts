/** What a conditional jump looks at. */
export interface Flags {
  readonly carry: boolean;
  readonly zero: boolean;
  readonly sign: boolean;
  readonly overflow: boolean;
}

/** Whether the condition of a jump, by its number, holds. @see Intel SDM volume 1, appendix B */
export function holds(condition: number, flags: Flags): boolean {
  return factOf(condition >> 1, flags) !== ((condition & 1) === 1);
}

/** What a condition and its opposite are about. */
function factOf(pair: number, { carry, zero, sign, overflow }: Flags): boolean {
  switch (pair) {
    case 0:
      return overflow;
    case 1:
      return carry;
    case 2:
      return zero;
    case 3:
      return carry || zero;
    case 4:
      return sign;
    case 6:
      return sign !== overflow;
    case 7:
      return sign !== overflow || zero;
    default:
      throw new Error("a condition on parity");
  }
}

/** OR, AND and XOR by their numbers in the manual's group. */
export function bitwise(operation: number, left: bigint, right: bigint): bigint {
  if (operation === 1) return left | right;
  if (operation === 4) return left & right;
  if (operation === 6) return left ^ right;
  throw new Error("invalid opcode");
}

/** A value of 64 bits with its sign. */
export function signed(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
