/** A value among the properties of one of QEMU's options, which commas divide. */
export function optionValue(value: string): string {
  return value.replaceAll(",", ",,");
}
