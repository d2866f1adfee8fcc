import { parse, stringify } from "yaml";

/** A document with text for scalars, as scenarios are read: plain data that can be cut smaller. */
export type Tree = string | readonly Tree[] | TreeMap;

export interface TreeMap {
  readonly [key: string]: Tree;
}

/** The tree of a YAML text that was read before, and so is known to be one. */
export function treeOf(text: string): TreeMap {
  // The reader has counted what its aliases stand for.
  const tree: Tree = parse(text, { schema: "failsafe", maxAliasCount: -1 });
  return isMap(tree) ? tree : {};
}

export function textOf(tree: Tree): string {
  return stringify(tree, { schema: "failsafe", lineWidth: 100 });
}

export function isMap(tree: Tree | undefined): tree is TreeMap {
  return typeof tree === "object" && !isList(tree);
}

export function isList(tree: Tree | undefined): tree is readonly Tree[] {
  return Array.isArray(tree);
}

/** What lies at a path; undefined when nothing does. */
export function at(tree: Tree, path: readonly string[]): Tree | undefined {
  let here: Tree | undefined = tree;
  for (const key of path) {
    if (isList(here)) here = here[Number(key)];
    else if (isMap(here)) here = here[key];
    else return undefined;
  }
  return here;
}

/** The same tree with `value` at a path, or without what lies there when it is undefined. */
export function withAt(tree: Tree, path: readonly string[], value: Tree | undefined): Tree {
  const trail: { readonly node: Tree; readonly key: string }[] = [];
  let here: Tree | undefined = tree;
  for (const key of path) {
    if (here === undefined) return tree;
    trail.push({ node: here, key });
    here = at(here, [key]);
  }
  let made = value;
  for (const { node, key } of trail.reverse()) made = replaced(node, key, made);
  return made ?? tree;
}

function replaced(node: Tree, key: string, value: Tree | undefined): Tree {
  if (isList(node)) {
    const index = Number(key);
    return node.flatMap((item, i) => (i !== index ? [item] : value === undefined ? [] : [value]));
  }
  if (!isMap(node)) return node;
  const { [key]: _old, ...rest } = node;
  return value === undefined ? rest : { ...node, [key]: value };
}
