import { SeatError } from "../programs/errors.ts";

/** A node of a flattened device tree. */
export interface TreeNode {
  readonly name: string;
  readonly properties: Map<string, Uint8Array>;
  readonly children: TreeNode[];
}

/** A device tree: its root, and what else its blob has. */
export interface DeviceTree {
  readonly root: TreeNode;
  /** Memory that is not to be touched, with the entry of zeros that ends the list. */
  readonly reservations: Uint8Array;
  readonly bootProcessor: number;
}

const MAGIC = 0xd00d_feed;
/** @see Devicetree Specification §5.2 */
const HEADER_BYTES = 40;
const VERSION = 17;
const COMPATIBLE_VERSION = 16;
const RESERVATION_BYTES = 16;
const Token = { BeginNode: 1, EndNode: 2, Property: 3, Nothing: 4, End: 9 } as const;
const DEPTH_MAX = 32;

/** Reads a blob. Throws `KERNEL_UNREADABLE` on what is none. @see Devicetree Specification §5 */
export function readDeviceTree(blob: Buffer, file: string): DeviceTree {
  try {
    if (blob.readUInt32BE(0) !== MAGIC) throw new RangeError("no magic number");
    const structure = blob.readUInt32BE(8);
    const strings = blob.subarray(blob.readUInt32BE(12));
    const reservations = blob.readUInt32BE(16);
    return {
      root: readNodes(blob.subarray(structure), strings),
      reservations: Uint8Array.from(reservationsIn(blob.subarray(reservations))),
      bootProcessor: blob.readUInt32BE(28),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SeatError("KERNEL_UNREADABLE", `${file} is no device tree: ${error.message}`);
  }
}

function reservationsIn(bytes: Buffer): Buffer {
  let end = 0;
  while (bytes.readBigUInt64BE(end) !== 0n || bytes.readBigUInt64BE(end + 8) !== 0n) {
    end += RESERVATION_BYTES;
  }
  return bytes.subarray(0, end + RESERVATION_BYTES);
}

function readNodes(structure: Buffer, strings: Buffer): TreeNode {
  const top: TreeNode = { name: "", properties: new Map(), children: [] };
  const open = [top];
  let at = 0;
  for (;;) {
    const token = structure.readUInt32BE(at);
    at += 4;
    const node = open.at(-1) ?? top;
    if (token === Token.End) break;
    if (token === Token.BeginNode) {
      const name = textAt(structure, at);
      at += padded(name.length + 1);
      const child: TreeNode = { name, properties: new Map(), children: [] };
      node.children.push(child);
      if (open.push(child) > DEPTH_MAX) throw new RangeError("nodes too deep");
    } else if (token === Token.EndNode) {
      if (open.length < 2) throw new RangeError("a node ends that did not begin");
      open.pop();
    } else if (token === Token.Property) {
      const length = structure.readUInt32BE(at);
      const name = textAt(strings, structure.readUInt32BE(at + 4));
      node.properties.set(name, Uint8Array.from(structure.subarray(at + 8, at + 8 + length)));
      at += 8 + padded(length);
    } else if (token !== Token.Nothing) throw new RangeError(`token ${token}`);
  }
  const [root] = top.children;
  if (root === undefined) throw new RangeError("no root");
  return root;
}

/** The blob of a tree. */
export function writeDeviceTree({ root, reservations, bootProcessor }: DeviceTree): Uint8Array {
  const strings = new Strings();
  const structure = Buffer.concat([nodeBytes(root, strings), word(Token.End)]);
  const at = { reservations: HEADER_BYTES, structure: HEADER_BYTES + reservations.length };
  const stringsAt = at.structure + structure.length;
  const header = [
    MAGIC,
    stringsAt + strings.bytes.length,
    at.structure,
    stringsAt,
    at.reservations,
    VERSION,
    COMPATIBLE_VERSION,
    bootProcessor,
    strings.bytes.length,
    structure.length,
  ];
  return Buffer.concat([...header.map(word), reservations, structure, strings.bytes]);
}

function nodeBytes(node: TreeNode, strings: Strings): Buffer {
  const parts = [word(Token.BeginNode), paddedBytes(Buffer.from(`${node.name}\0`, "latin1"))];
  for (const [name, value] of node.properties) {
    parts.push(word(Token.Property), word(value.length), word(strings.place(name)));
    parts.push(paddedBytes(value));
  }
  for (const child of node.children) parts.push(nodeBytes(child, strings));
  return Buffer.concat([...parts, word(Token.EndNode)]);
}

/** The names of properties, each of which is there once. */
class Strings {
  bytes = Buffer.alloc(0);
  private readonly _places = new Map<string, number>();

  place(name: string): number {
    const known = this._places.get(name);
    if (known !== undefined) return known;
    const place = this.bytes.length;
    this.bytes = Buffer.concat([this.bytes, Buffer.from(`${name}\0`, "latin1")]);
    this._places.set(name, place);
    return place;
  }
}

/** All nodes of a tree, the root first. */
export function* nodesOf(node: TreeNode): Generator<TreeNode> {
  yield node;
  for (const child of node.children) yield* nodesOf(child);
}

/** What a property has as text: one, or several in a list. */
export function texts(value: Uint8Array | undefined): readonly string[] {
  const all = Buffer.from(value ?? []).toString("latin1");
  return all.split("\0").filter((text) => text !== "");
}

/** What a property has as numbers of 32 bits. */
export function cells(value: Uint8Array | undefined): readonly number[] {
  const bytes = Buffer.from(value ?? []);
  return Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readUInt32BE(4 * index));
}

/** A property's value of one text. */
export function textValue(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

/** A property's value of one number of 32 bits. */
export function cellValue(value: number): Uint8Array {
  return Uint8Array.from(word(value));
}

function textAt(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at);
  if (end < at) throw new RangeError("a text without an end");
  return bytes.toString("latin1", at, end);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function paddedBytes(bytes: Uint8Array): Buffer {
  const whole = Buffer.alloc(padded(bytes.length));
  whole.set(bytes);
  return whole;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
