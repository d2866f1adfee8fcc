/** x^8 + x^2 + x + 1, without its highest term. @see SMBus 2.0 §5.4 */
const POLYNOMIAL = 0x07;

const TABLE = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ ((crc & 0x80) !== 0 ? POLYNOMIAL : 0);
  return crc;
});

/**
 * The packet error code after one more byte; 0 before the first. It covers all bytes of a
 * transaction, the address bytes too. @see SMBus 2.0 §5.4
 */
export function pec(before: number, byte: number): number {
  return TABLE[(before ^ byte) & 0xff] ?? 0;
}
