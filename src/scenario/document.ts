import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLError,
} from "yaml";

/** A document with text for all scalars: plain data. */
export type Tree = string | null | readonly Tree[] | TreeMap;

export interface TreeMap {
  readonly [key: string]: Tree;
}

/** Why a text is no document that we read, and in which line. */
export class DocumentError extends Error {
  readonly code = "BAD_DOCUMENT";
  /** Counted from 1. */
  readonly line: number;

  constructor(line: number, why: string) {
    super(why);
    this.line = line;
  }
}

/** A YAML text as plain data, which still knows where everything stands. */
export interface PlainDocument {
  readonly tree: Tree;
  /** The line of what lies at a path, or else of what that would be in. */
  lineAt(path: readonly PropertyKey[]): number;
  /** The line of a key of the map at a path. */
  lineOfKey(path: readonly PropertyKey[], key: string): number;
}

const DEPTH_MAX = 64;
/** Nodes, with what aliases stand for written out. */
const NODES_MAX = 200_000;

/** Reads one YAML document, of not more than `lengthMax` characters. Throws `DocumentError`. */
export function readDocument(text: string, lengthMax: number): PlainDocument {
  if (text.length > lengthMax) {
    throw new DocumentError(1, `${text.length} characters are too many: ${lengthMax} are the most`);
  }
  const lines = new LineCounter();
  // Twice the same key is found below, in a time that does not grow with the square of their number.
  const options = { schema: "failsafe", lineCounter: lines, uniqueKeys: false } as const;
  const document = parseDocument(text, options);
  const broken = document.errors[0];
  if (broken !== undefined) {
    throw new DocumentError(lines.linePos(broken.pos[0]).line, brokenText(broken));
  }
  const tree = new Planting(document, lines).plain(document.contents, 0);
  return {
    tree,
    lineAt: (path) => lineAt(document, lines, path),
    lineOfKey: (path, key) => lineOfKey(document, lines, path, key),
  };
}

function brokenText(error: YAMLError): string {
  if (error.code === "MULTIPLE_DOCS") return "a second document begins here: one a file is read";
  return `not YAML: ${error.message.split("\n")[0] ?? ""}`;
}

/** Makes plain data of what was parsed. */
class Planting {
  readonly #document: Document;
  readonly #lines: LineCounter;
  #nodes = 0;

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  /** Goes no deeper than DEPTH_MAX. */
  plain(node: unknown, depth: number): Tree {
    this.#nodes++;
    if (depth > DEPTH_MAX) throw this.#error(node, `more than ${DEPTH_MAX} levels in each other`);
    if (this.#nodes > NODES_MAX) {
      throw this.#error(node, `more than ${NODES_MAX} values, with the aliases written out`);
    }
    if (isAlias(node)) {
      const meant = node.resolve(this.#document);
      if (meant === undefined) throw this.#error(node, `nothing before is called &${node.source}`);
      return this.plain(meant, depth + 1);
    }
    if (isSeq(node)) return node.items.map((item) => this.plain(item, depth + 1));
    if (!isMap(node)) return isScalar(node) ? String(node.value ?? "") : null;
    const entries = new Map<string, Tree>();
    for (const { key, value } of node.items) {
      if (!isScalar(key)) throw this.#error(key, "a key is a word, not a list, a map or an alias");
      const name = String(key.value);
      if (entries.has(name)) throw this.#error(key, `"${name}" stands there twice`);
      entries.set(name, this.plain(value, depth + 1));
    }
    return Object.fromEntries(entries);
  }

  #error(node: unknown, why: string): DocumentError {
    return new DocumentError(isNode(node) ? lineOf(node, this.#lines) : 1, why);
  }
}

type Placed = Pick<ParsedNode, "range"> | { range?: ParsedNode["range"] | null };

function lineOf(node: Placed, lines: LineCounter): number {
  return node.range ? lines.linePos(node.range[0]).line : 1;
}

function lineAt(document: Document, lines: LineCounter, place: readonly PropertyKey[]): number {
  for (const path = [...place]; path.length > 0; path.pop()) {
    const node = document.getIn(path, true);
    if (isNode(node) && node.range) return lineOf(node, lines);
  }
  return 1;
}

function lineOfKey(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
  key: string,
): number {
  const parent = path.length === 0 ? document.contents : document.getIn(path, true);
  for (const { key: node } of isMap(parent) ? parent.items : []) {
    if (isScalar(node) && node.value === key) return lineOf(node, lines);
  }
  return lineAt(document, lines, path);
}
