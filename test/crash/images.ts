const SETUP_BYTES = 1_024;
const SYSTEM_BYTES = 0x2000;
const PE_AT = 0x80;
const CERTIFICATE_TABLE_AT = PE_AT + 24 + 144;

/** What the 64-bit entry of the image begins with. */
export const ENTRY = Uint8Array.of(0xfc, 0xfa, 0x48, 0x8d, 0x2d, 1, 2, 3);
export const ENTRY_AT = SETUP_BYTES + 0x200;
export const SYSTEM_AT = SETUP_BYTES;

export interface ImageFacts {
  readonly initSize?: number;
  readonly protocol?: number;
  readonly loadFlags?: number;
  readonly extraLoadFlags?: number;
  /** The system part, in bytes, that the header tells of. */
  readonly told?: number;
  readonly signature?: Uint8Array;
  /** The PE header tells of a signature there in place of the end. */
  readonly signatureAt?: number;
}

/** As much of a bzImage with an EFI stub as its header tells of; the rest counts up. */
export function bzImage(facts: ImageFacts = {}): Uint8Array {
  const { signature = new Uint8Array(0), told = SYSTEM_BYTES } = facts;
  const end = SETUP_BYTES + SYSTEM_BYTES;
  const image = new Uint8Array(end + signature.length);
  for (let at = SETUP_BYTES; at < end; at++) image[at] = at & 0xff;
  image.set(ENTRY, ENTRY_AT);
  image.set(signature, end);
  const view = new DataView(image.buffer);
  view.setUint8(0x1f1, SETUP_BYTES / 512 - 1);
  view.setUint32(0x1f4, told / 16, true);
  view.setUint32(0x202, 0x5372_6448, true);
  view.setUint16(0x206, facts.protocol ?? 0x020f, true);
  view.setUint8(0x211, facts.loadFlags ?? 1);
  view.setUint16(0x236, facts.extraLoadFlags ?? 0x3f, true);
  view.setUint32(0x260, facts.initSize ?? 0x10_0000, true);
  view.setUint32(0x3c, PE_AT, true);
  view.setUint32(PE_AT, 0x4550, true);
  view.setUint16(PE_AT + 24, 0x20b, true);
  if (signature.length > 0) {
    view.setUint32(CERTIFICATE_TABLE_AT, facts.signatureAt ?? end, true);
    view.setUint32(CERTIFICATE_TABLE_AT + 4, signature.length, true);
  }
  return image;
}

/** Where and how long the PE header says that the signature is. */
export function signaturePlace(image: Uint8Array): readonly number[] {
  const view = new DataView(image.buffer, image.byteOffset);
  return [0, 4].map((each) => view.getUint32(CERTIFICATE_TABLE_AT + each, true));
}
