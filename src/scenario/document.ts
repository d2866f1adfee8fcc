import {
  type Alias,
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
  const tree = new Planting(lines).plain(document.contents, 0);
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

/** What an anchor stands for. */
interface Anchored {
  readonly tree: Tree;
  /** How many values that is, and how many levels. */
  readonly nodes: number;
  readonly levels: number;
}

/** Makes plain data of what was parsed, each part once, however many aliases stand for it. */
class Planting {
  readonly #lines: LineCounter;
  /** By name; undefined while it is still being made. */
  readonly #anchors = new Map<string, Anchored | undefined>();
  /** With all aliases written out. */
  #nodes = 0;
  #deepest = 0;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  /** Goes no deeper than DEPTH_MAX. */
  plain(node: unknown, depth: number): Tree {
    this.#count(node, 1, depth);
    if (isAlias(node)) return this.#meantBy(node, depth);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor === undefined) return this.#made(node, depth);
    this.#anchors.set(anchor, undefined);
    const before = { nodes: this.#nodes, deepest: this.#deepest };
    this.#deepest = depth;
    const tree = this.#made(node, depth);
    const [nodes, levels] = [this.#nodes - before.nodes, this.#deepest - depth];
    this.#anchors.set(anchor, { tree, nodes, levels });
    this.#deepest = Math.max(before.deepest, this.#deepest);
    return tree;
  }

  #meantBy(alias: Alias, depth: number): Tree {
    const { source } = alias;
    const meant = this.#anchors.get(source);
    if (meant !== undefined) {
      this.#count(alias, meant.nodes, depth + meant.levels);
      return meant.tree;
    }
    const within = this.#anchors.has(source);
    const why = within
      ? `*${source} is a part of &${source}`
      : `nothing before is called &${source}`;
    throw this.#error(alias, why);
  }

  #made(node: unknown, depth: number): Tree {
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

  #count(node: unknown, nodes: number, depth: number): void {
    this.#nodes += nodes;
    this.#deepest = Math.max(this.#deepest, depth);
    if (depth > DEPTH_MAX) throw this.#error(node, `more than ${DEPTH_MAX} levels in each other`);
    if (this.#nodes > NODES_MAX) {
      throw this.#error(node, `more than ${NODES_MAX} values, with the aliases written out`);
    }
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
