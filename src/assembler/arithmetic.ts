/** What a conditional jump looks at. */
export interface Flags {
  readonly carry: boolean;
  readonly zero: boolean;
  readonly sign: boolean;
  readonly overflow: boolean;
}

/** Whether the condition of a jump, by its number, holds. @see Intel SDM volume 1, appendix B */
export function holds(condition: number, { carry, zero, sign, overflow }: Flags): boolean {
  const less = sign !== overflow;
  const facts = [overflow, carry, zero, carry || zero, sign, undefined, less, less || zero];
  const fact = facts[condition >> 1];
  if (fact === undefined) throw new Error("a condition on parity");
  return fact !== ((condition & 1) === 1);
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
