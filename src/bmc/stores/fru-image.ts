import { assert } from "../../assert.ts";
import { ipmbChecksum } from "../../ipmi/ipmb.ts";

/** What a FRU device says of the board and the product that it sits in. */
export interface FruContent {
  readonly boardManufacturer: string;
  readonly boardProduct: string;
  readonly boardSerial: string;
  readonly boardPart: string;
  readonly productManufacturer: string;
  readonly productName: string;
  readonly productPart: string;
  readonly productVersion: string;
  readonly productSerial: string;
  readonly assetTag: string;
}

export const FRU_DEFAULT: FruContent = {
  boardManufacturer: "Baseboard",
  boardProduct: "Virtual BMC",
  boardSerial: "0001",
  boardPart: "BB-1",
  productManufacturer: "Baseboard",
  productName: "Virtual server",
  productPart: "VS-1",
  productVersion: "1.0",
  productSerial: "0001",
  assetTag: "",
};

const FORMAT_VERSION = 0x01;
/** Areas begin at, and are long, multiples of this. */
const BLOCK_BYTES = 8;
const LANGUAGE_ENGLISH = 0x19;
const DEVICE_BYTES = 256;
const TYPE_LATIN1 = 0xc0;
const FIELD_BYTES_MAX = 0x3f;
const END_OF_FIELDS = 0xc1;
/** Minutes since 1996: not known. */
const MANUFACTURING_TIME = [0, 0, 0];

/**
 * A FRU device's content: the common header, a board and a product area. All areas and the header
 * sum up to zero. @see Platform Management FRU Information Storage Definition 1.0 §8, §11, §12
 */
export function fruImage(content: FruContent): Uint8Array {
  const board = area(
    [...MANUFACTURING_TIME],
    [content.boardManufacturer, content.boardProduct, content.boardSerial, content.boardPart, ""],
  );
  const product = area(
    [],
    [
      content.productManufacturer,
      content.productName,
      content.productPart,
      content.productVersion,
      content.productSerial,
      content.assetTag,
      "",
    ],
  );
  const boardAt = BLOCK_BYTES;
  const productAt = boardAt + board.length;
  const header = [FORMAT_VERSION, 0, 0, boardAt / BLOCK_BYTES, productAt / BLOCK_BYTES, 0, 0];
  const image = new Uint8Array(DEVICE_BYTES);
  assert(productAt + product.length <= DEVICE_BYTES, "the areas fit into the device");
  image.set([...header, ipmbChecksum(Uint8Array.from(header))], 0);
  image.set(board, boardAt);
  image.set(product, productAt);
  return image;
}

/** An area: version, length, language, what is special to it, its fields, and a checksum. */
function area(special: readonly number[], fields: readonly string[]): Uint8Array {
  const body = [LANGUAGE_ENGLISH, ...special, ...fields.flatMap(field), END_OF_FIELDS];
  const blocks = Math.ceil((2 + body.length + 1) / BLOCK_BYTES);
  const bytes = new Uint8Array(blocks * BLOCK_BYTES);
  bytes.set([FORMAT_VERSION, blocks, ...body]);
  bytes[bytes.length - 1] = ipmbChecksum(bytes);
  return bytes;
}

/** A type/length byte and the text, one byte a character. */
function field(text: string): number[] {
  assert(text.length <= FIELD_BYTES_MAX, "a field has 63 characters or fewer");
  assert(text.length !== 1, "a field of one character would be read as the end of fields");
  const codes = [...text].map((character) => character.charCodeAt(0));
  return text.length === 0 ? [0] : [TYPE_LATIN1 | text.length, ...codes];
}
