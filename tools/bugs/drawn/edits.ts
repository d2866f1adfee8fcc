import { parseSync } from "oxc-parser";

/** One small change of a text: what stands from `start` to `end` becomes `to`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly to: string;
  readonly kind: EditKind;
}

export type EditKind =
  | "negated"
  | "compared otherwise"
  | "reckoned otherwise"
  | "joined otherwise"
  | "half a condition"
  | "another number"
  | "another name"
  | "left out"
  | "done twice";

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** Each operator, and what a slip makes of it. */
const COMPARED: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
};
const RECKONED: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "&": "|",
  "|": "&",
  "^": "|",
  "<<": ">>",
  ">>": "<<",
  "+=": "-=",
  "-=": "+=",
  "|=": "&=",
  "&=": "|=",
  "++": "--",
  "--": "++",
};
const JOINED: Readonly<Record<string, string>> = { "&&": "||", "||": "&&" };
/** A number up to here is missed by one, a greater one by a factor of two. */
const COUNTED_MAX = 16;
/** What only holds or tells what is so: a slip in it is none of the party's behaviour. */
const TELLS = /^assert\(|racer\.(active|emit)|^throw |^super\(|^(this\._)?statistics\./;

/** All single edits of a source, in the order in which they stand there. Types and imports have none. */
export function editsOf(text: string): readonly Edit[] {
  const { program, errors } = parseSync("source.ts", text);
  if (errors[0] !== undefined) throw new Error(errors[0].message);
  const editor = new Editor(text);
  editor.visit(program as unknown as Node);
  return editor.edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

class Editor {
  readonly edits: Edit[] = [];
  readonly #text: string;
  /** The members of each name that begins with a capital, as far as this file names them. */
  readonly #members: ReadonlyMap<string, readonly string[]>;

  constructor(text: string) {
    this.#text = text;
    this.#members = membersIn(text);
  }

  visit(node: Node): void {
    const { type } = node;
    if (type === "ImportDeclaration") return;
    if (type === "TSAsExpression" || type === "TSNonNullExpression") {
      this.visit(node["expression"] as Node);
      return;
    }
    if (type.startsWith("TS")) return;
    if (isStatement(type) && TELLS.test(this.#of(node))) {
      if (type !== "IfStatement" || /racer\.active/.test(this.#of(node["test"] as Node))) return;
    }
    this.#edit(node);
    for (const child of childrenOf(node)) this.visit(child);
  }

  #edit(node: Node): void {
    switch (node.type) {
      case "IfStatement":
        if (node["alternate"] === null) this.#add(node, ";", "left out");
        return this.#negate(node["test"] as Node);
      case "WhileStatement":
      case "ConditionalExpression":
        return this.#negate(node["test"] as Node);
      case "ExpressionStatement":
        return this.#statement(node);
      case "UnaryExpression":
        if (node["operator"] === "!")
          this.#add(node, this.#of(node["argument"] as Node), "negated");
        return;
      case "LogicalExpression":
        return this.#logical(node);
      case "BinaryExpression":
      case "AssignmentExpression":
        return this.#operator(node, node["left"] as Node);
      case "UpdateExpression":
        return this.#operator(node, node["argument"] as Node);
      case "Literal":
        return this.#literal(node);
      case "MemberExpression":
        return this.#member(node);
    }
  }

  #negate(test: Node): void {
    this.#add(test, `!(${this.#of(test)})`, "negated");
  }

  #statement(node: Node): void {
    const text = this.#of(node);
    this.#add(node, ";", "left out");
    const { type } = node["expression"] as Node;
    if (type === "CallExpression") this.#add(node, `{ ${text} ${text} }`, "done twice");
  }

  #logical(node: Node): void {
    const [left, right] = [node["left"] as Node, node["right"] as Node];
    if (JOINED[node["operator"] as string] === undefined) return;
    this.#operator(node, left);
    this.#add(node, this.#of(left), "half a condition");
    this.#add(node, this.#of(right), "half a condition");
  }

  /** The operator stands behind what it is applied to; comments between them are not foreseen. */
  #operator(node: Node, left: Node): void {
    const operator = node["operator"] as string;
    const start = this.#text.indexOf(operator, node["prefix"] === true ? node.start : left.end);
    const place = { start, end: start + operator.length };
    for (const [kind, others] of OPERATORS) {
      const to = others[operator];
      if (to !== undefined) this.#add(place, to, kind);
    }
  }

  #literal(node: Node): void {
    const value = node["value"];
    if (typeof value === "boolean") this.#add(node, String(!value), "negated");
    if (typeof value !== "number") return;
    const hexadecimal = this.#of(node).startsWith("0x");
    const others =
      value <= COUNTED_MAX || hexadecimal
        ? [value + 1, ...(value > 0 ? [value - 1] : [])]
        : [value * 2, Math.floor(value / 2)];
    for (const other of others) this.#add(node, String(other), "another number");
  }

  /** `State.Write` becomes the next other state that this file knows. */
  #member(node: Node): void {
    const { type, name } = node["object"] as Node;
    const property = node["property"] as Node;
    const known = type === "Identifier" ? this.#members.get(String(name)) : undefined;
    const at = known?.indexOf(this.#of(property)) ?? -1;
    if (known === undefined || at < 0 || known.length < 2) return;
    this.#add(property, known[(at + 1) % known.length] ?? "", "another name");
  }

  #add({ start, end }: Pick<Node, "start" | "end">, to: string, kind: EditKind): void {
    this.edits.push({ start, end, to, kind });
  }

  #of({ start, end }: Node): string {
    return this.#text.slice(start, end);
  }
}

const OPERATORS: readonly (readonly [EditKind, Readonly<Record<string, string>>])[] = [
  ["compared otherwise", COMPARED],
  ["reckoned otherwise", RECKONED],
  ["joined otherwise", JOINED],
];

function isStatement(type: string): boolean {
  return type.endsWith("Statement") && type !== "BlockStatement";
}

function childrenOf(node: Node): readonly Node[] {
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === "type" || typeof value !== "object" || value === null) return [];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.filter((each): each is Node => {
      return typeof each === "object" && each !== null && "type" in each && "start" in each;
    });
  });
}

/** Names that stand for a set of values: `State.Idle`, `Status.Obf`; not what is called or typed. */
function membersIn(text: string): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, Set<string>>();
  for (const [, name = "", member = ""] of text.matchAll(/\b([A-Z]\w*)\.([A-Z]\w*)\b(?!\()/g)) {
    members.set(name, (members.get(name) ?? new Set()).add(member));
  }
  return new Map([...members].map(([name, all]) => [name, [...all].sort()]));
}
